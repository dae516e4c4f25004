"""What the bodies offer: trainings, their places, actions and sessions, as arrays.

The offer depends on the scale and the seed only, so that an older dossier may refer to a training
which every later catalogue still delivers; dates are the catalogue's affair.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.generation import reference
from orchestration.generation.counts import (
    ACTIONS_PER_PLACE,
    OPEN_SESSIONS_PER_ACTION,
    PLACES_PER_TRAINING,
    draw_counts,
    mean_count,
)
from orchestration.generation.invented_certifications import Catalog, Certification
from orchestration.generation.prices import displayed_prices
from orchestration.generation.rates import RATES
from orchestration.generation.scales import Scale
from orchestration.generation.training_bodies import EXCEPTION_SHARE, TrainingBody, ranges

IntArray = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


NATIONAL_ROWS = 200_000  # rows training × département, legislative exceptions aside
REMOTE_SHARE = 0.22  # of the rows
UNDECLARED_HOURS_SHARE = 0.64
HOME_SHARE = 0.6  # first place in the body's own département
BLENDED_SHARE = 0.15
CLOSED_SESSION_SHARE = 0.15
MAX_PRICE_EUR = 25_000
CONCENTRATION = 2.2  # exponent of the bodies' skew: 151 bodies for 830 rows in the NSF 326 sample
GENERALIST_SHARE = 0.1  # trainings of the bodies that sell everything


@dataclass(frozen=True)
class Offer:
    """Trainings (``f_``), their rows, i.e. places (``l_``), and their actions (``a_``).

    ``row_offsets`` and ``action_offsets`` are offsets, one longer than the level above. Prices in
    cents, tax included; ``l_departement`` indexes ``reference.departements()``, -1 when remote.
    """

    f_certification: IntArray
    f_body: IntArray
    f_hours: IntArray
    f_numbers: tuple[str, ...]
    row_offsets: IntArray
    l_departement: IntArray
    action_offsets: IntArray
    a_mode: IntArray
    a_prices: IntArray
    a_open: IntArray
    a_closed: IntArray

    def row_formations(self) -> IntArray:
        """Training of each row."""
        return np.repeat(np.arange(len(self.f_certification)), np.diff(self.row_offsets))


def build(scale: Scale, seed: int, catalog: Catalog, bodies: tuple[TrainingBody, ...]) -> Offer:
    """Draw the offer of a scale: the certifying trainings, then the legislative exceptions."""
    rng = np.random.default_rng([seed, 4])
    row_count = max(round(NATIONAL_ROWS * scale.offer), 100)
    certification, places, remoteness = _formations(row_count, rng, catalog, scale)
    row_offsets = np.concatenate(([0], np.cumsum(places)))
    body = _bodies(certification, catalog, bodies, rng)
    departements = _departements(row_offsets, remoteness, body, bodies, scale, rng)
    action_counts = draw_counts(ACTIONS_PER_PLACE, int(row_offsets[-1]), rng)
    row = np.repeat(np.arange(len(departements)), action_counts)
    formation = np.repeat(np.arange(len(places)), places)[row]
    count = len(row)
    prices, heures = _prices_and_hours(certification, catalog, rng)
    variation = np.where(rng.random(count) < 0.2, rng.choice([0.8, 0.9, 1.1, 1.25], count), 1)
    blended = (rng.random(count) < BLENDED_SHARE).astype(np.int64)
    return Offer(
        f_certification=certification,
        f_body=body,
        f_hours=heures,
        f_numbers=_numbers(certification, heures, catalog, rng),
        row_offsets=row_offsets,
        l_departement=departements,
        action_offsets=np.concatenate(([0], np.cumsum(action_counts))),
        a_mode=np.where(departements[row] < 0, 2, blended),
        a_prices=np.minimum(
            displayed_prices(prices[formation] * variation, rng.random(count)), MAX_PRICE_EUR * 100
        ),
        a_open=draw_counts(OPEN_SESSIONS_PER_ACTION, count, rng),
        a_closed=(rng.random(count) < CLOSED_SESSION_SHARE).astype(np.int64),
    )


def _formations(
    row_count: int, rng: np.random.Generator, catalog: Catalog, scale: Scale
) -> tuple[IntArray, IntArray, Booleans]:
    """Certification, number of places and remoteness of each training, for ``row_count`` rows."""
    exceptions = np.array([c.exception for c in catalog.certifications])
    weights = np.array([c.offer_weight for c in catalog.certifications])
    remoteness = np.array([c.part_distance for c in catalog.certifications])
    # A remote training is one row, a local one several: hence the share of trainings to aim at.
    most = int(np.count_nonzero(scale.place_shares()))
    mean = mean_count(PLACES_PER_TRAINING, most)
    part = REMOTE_SHARE * mean / (1 - REMOTE_SHARE + REMOTE_SHARE * mean)
    pieces = []
    for exception, target in (
        (False, row_count),
        (True, max(round(row_count * EXCEPTION_SHARE), 10)),
    ):
        parts = np.where(exceptions == exception, weights, 0)
        parts = parts / parts.sum()
        certification = rng.choice(len(parts), size=target, p=parts)
        threshold = remoteness if exception else _scale_shares(remoteness, parts, part)
        remote = rng.random(target) < threshold[certification]
        places = np.where(
            remote, 1, np.minimum(draw_counts(PLACES_PER_TRAINING, target, rng), most)
        )
        # One draw per row wanted is more than enough; the surplus is cut at the exact row.
        end = int(np.searchsorted(np.cumsum(places), target)) + 1
        places[end - 1] -= int(places[:end].sum()) - target
        pieces.append((certification[:end], places[:end], remote[:end]))
    certification, places, remote = (
        np.concatenate([piece[rank] for piece in pieces]) for rank in range(3)
    )
    return certification, places, remote.astype(np.bool_)


def _bodies(
    certification: IntArray,
    catalog: Catalog,
    bodies: tuple[TrainingBody, ...],
    rng: np.random.Generator,
) -> IntArray:
    """Give each training a body of its sector: skewed, and each NSF group has its own leaders."""
    by_sector = ranges(bodies)
    general = by_sector[reference.GENERAL_SECTOR]
    own = [by_sector[c.sector.secteur] for c in catalog.certifications]
    nsf_codes = sorted({c.nsf for c in catalog.certifications})
    leader = np.array([nsf_codes.index(c.nsf) / len(nsf_codes) for c in catalog.certifications])
    generalist = rng.random(len(certification)) < GENERALIST_SHARE
    start = np.where(generalist, general.start, np.array([r.start for r in own])[certification])
    size = np.where(generalist, len(general), np.array([len(r) for r in own])[certification])
    rank = (size * rng.random(len(certification)) ** CONCENTRATION).astype(np.int64)
    shift = (size * leader[certification]).astype(np.int64)
    return np.asarray(start + (rank + shift) % size)


def _departements(
    row_offsets: IntArray,
    remoteness: Booleans,
    body: IntArray,
    bodies: tuple[TrainingBody, ...],
    scale: Scale,
    rng: np.random.Generator,
) -> IntArray:
    """Place each row: -1 when remote, mostly the body's own département first, never one twice."""
    shares = scale.place_shares()
    known = np.flatnonzero(shares)  # until the last line, places are ranks in it
    rank = {reference.departements()[place].code: rank for rank, place in enumerate(known)}
    home = np.array([rank[o.departement.code] for o in bodies])
    places = rng.choice(len(known), size=row_offsets[-1], p=shares[known])
    first_rows = row_offsets[:-1]
    at_home = rng.random(len(first_rows)) < HOME_SHARE
    places[first_rows[at_home]] = home[body[at_home]]
    for formation in np.flatnonzero(np.diff(row_offsets) > 1).tolist():
        start, end = int(row_offsets[formation]), int(row_offsets[formation + 1])
        places[start:end] = _make_distinct(places[start:end].tolist(), len(known))
    placed = known[places]
    placed[first_rows[remoteness]] = -1
    return np.asarray(placed)


def _prices_and_hours(
    certification: IntArray, catalog: Catalog, rng: np.random.Generator
) -> tuple[Floats, IntArray]:
    """Price in cents around the certification's, and hours (0 = not declared, 64 %)."""
    prices = np.array([c.prix_eur for c in catalog.certifications])[certification]
    dispersion = np.array([c.dispersion for c in catalog.certifications])[certification]
    usual_hours = np.array([c.heures for c in catalog.certifications])[certification]
    count = len(certification)
    drawn = prices * np.exp(dispersion * rng.standard_normal(count))
    heures = np.maximum(np.rint(usual_hours * np.exp(0.3 * rng.standard_normal(count))), 4)
    declared = rng.random(count) >= UNDECLARED_HOURS_SHARE
    return np.clip(drawn, 60, MAX_PRICE_EUR) * 100, np.where(declared, heures, 0).astype(np.int64)


def _numbers(
    certification: IntArray, heures: IntArray, catalog: Catalog, rng: np.random.Generator
) -> tuple[str, ...]:
    """Numbers given by the bodies, each in its own manner; a running number makes them unique."""
    styles = rng.integers(4, size=len(certification)).tolist()
    codes = [catalog.certifications[rank].code for rank in certification.tolist()]
    styles_of_number = ("{code}_{rank}", "F{rank:06d}", "A{rank}-INTER-{duree}H", "MOD-{rank}")
    return tuple(
        styles_of_number[style].format(code=code, rank=rank, duree=duree)
        for rank, (style, code, duree) in enumerate(
            zip(styles, codes, heures.tolist(), strict=True), start=1001
        )
    )


def authorisations(
    offer: Offer, certifications: tuple[Certification, ...], seed: int
) -> list[tuple[int, int]]:
    """Pairs (certification, body) that the partners' file authorises: nearly all those offered."""
    rng = np.random.default_rng([seed, 5])
    pairs = np.unique(np.stack([offer.f_certification, offer.f_body], axis=1), axis=0)
    ordinary = np.array([not c.exception for c in certifications])[pairs[:, 0]]
    pairs = pairs[ordinary]
    known = pairs[rng.random(len(pairs)) >= RATES.offre_non_habilitee]
    return [(int(certification), int(body)) for certification, body in known]


def _scale_shares(parts: Floats, weights: Floats, target: float) -> Floats:
    """Scale shares (each kept ≤ 0.9) so that their mean weighted by ``weights`` is ``target``."""
    factor = 1.0
    for _ in range(20):
        factor *= target / float((np.minimum(parts * factor, 0.9) * weights).sum())
    return np.asarray(np.minimum(parts * factor, 0.9))


def _make_distinct(values: list[int], count: int) -> list[int]:
    """Move each repeated value to the next free one below ``count``, circularly."""
    taken: set[int] = set()
    for rank, value in enumerate(values):
        free = value
        while free in taken:
            free = (free + 1) % count
        taken.add(free)
        values[rank] = free
    return values
