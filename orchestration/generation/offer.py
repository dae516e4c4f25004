"""What the bodies offer: trainings, their places, actions and sessions, as arrays.

The offer depends on the scale and the seed only, so that an older dossier may refer to a training
which every later catalogue still delivers; dates are the catalogue's affair.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.generation import reference
from orchestration.generation.invented_certifications import Catalog, Certification
from orchestration.generation.rates import RATES
from orchestration.generation.training_bodies import TrainingBody

IntArray = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


class Bracket(NamedTuple):
    """A bracket of counts, evenly drawn between its bounds."""

    minimum: int
    maximum: int
    part: float


NATIONAL_ROWS = 200_000  # rows training × département, legislative exceptions aside
EXCEPTION_SHARE = 0.07  # rows of driving licences, bilan, VAE and creation, on top
REMOTE_SHARE = 0.22  # of the rows
UNDECLARED_HOURS_SHARE = 0.64
HOME_SHARE = 0.6  # first place in the body's own département
BLENDED_SHARE = 0.15
CLOSED_SESSION_SHARE = 0.15
MAX_PRICE_EUR = 25_000
CONCENTRATION = 2.2  # exponent of the bodies' skew: 151 bodies for 830 rows in the NSF 326 sample
PLACES_PER_TRAINING = (
    Bracket(1, 1, 0.86),
    Bracket(2, 2, 0.08),
    Bracket(3, 5, 0.045),
    Bracket(6, 20, 0.015),
)
MEAN_PLACES = 1.38  # mean of PLACES_PER_TRAINING
ACTIONS_PER_PLACE = (
    Bracket(1, 1, 0.80),
    Bracket(2, 2, 0.14),
    Bracket(3, 3, 0.04),
    Bracket(4, 7, 0.02),
)
OPEN_SESSIONS_PER_ACTION = (
    Bracket(0, 0, 0.03), Bracket(1, 1, 0.66), Bracket(2, 2, 0.16),
    Bracket(3, 3, 0.07), Bracket(4, 6, 0.055), Bracket(7, 12, 0.025),
)  # fmt: skip


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


def build(scale: float, seed: int, catalog: Catalog, bodies: tuple[TrainingBody, ...]) -> Offer:
    """Draw the offer of a scale: the certifying trainings, then the legislative exceptions."""
    rng = np.random.default_rng([seed, 4])
    row_count = max(round(NATIONAL_ROWS * scale), 100)
    certification, places, remoteness = _formations(row_count, rng, catalog)
    row_offsets = np.concatenate(([0], np.cumsum(places)))
    body = _bodies(certification, catalog, len(bodies), rng)
    departements = _departements(row_offsets, remoteness, body, bodies, rng)
    action_counts = _draw_counts(ACTIONS_PER_PLACE, int(row_offsets[-1]), rng)
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
        a_prices=np.minimum(_displayed_price(prices[formation] * variation), MAX_PRICE_EUR * 100),
        a_open=_draw_counts(OPEN_SESSIONS_PER_ACTION, count, rng),
        a_closed=(rng.random(count) < CLOSED_SESSION_SHARE).astype(np.int64),
    )


def _formations(
    row_count: int, rng: np.random.Generator, catalog: Catalog
) -> tuple[IntArray, IntArray, Booleans]:
    """Certification, number of places and remoteness of each training, for ``row_count`` rows."""
    exceptions = np.array([c.exception for c in catalog.certifications])
    weights = np.array([c.offer_weight for c in catalog.certifications])
    remoteness = np.array([c.part_distance for c in catalog.certifications])
    # A remote training is one row, a local one several: hence the share of trainings to aim at.
    part = REMOTE_SHARE * MEAN_PLACES / (1 - REMOTE_SHARE + REMOTE_SHARE * MEAN_PLACES)
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
        places = np.where(remote, 1, _draw_counts(PLACES_PER_TRAINING, target, rng))
        # One draw per row wanted is more than enough; the surplus is cut at the exact row.
        end = int(np.searchsorted(np.cumsum(places), target)) + 1
        places[end - 1] -= int(places[:end].sum()) - target
        pieces.append((certification[:end], places[:end], remote[:end]))
    certification, places, remote = (
        np.concatenate([piece[rank] for piece in pieces]) for rank in range(3)
    )
    return certification, places, remote.astype(np.bool_)


def _bodies(
    certification: IntArray, catalog: Catalog, count: int, rng: np.random.Generator
) -> IntArray:
    """Give each training a body: skewed, and each NSF group has its own leaders."""
    nsf_codes = sorted({c.nsf for c in catalog.certifications})
    shift = np.array([nsf_codes.index(c.nsf) for c in catalog.certifications])
    rank = (count * rng.random(len(certification)) ** CONCENTRATION).astype(np.int64)
    return np.asarray((rank + shift[certification] * (count // len(nsf_codes))) % count)


def _departements(
    row_offsets: IntArray,
    remoteness: Booleans,
    body: IntArray,
    bodies: tuple[TrainingBody, ...],
    rng: np.random.Generator,
) -> IntArray:
    """Place each row: -1 when remote, mostly the body's own département first, never one twice."""
    departements = reference.departements()
    rank = {d.code: rank for rank, d in enumerate(departements)}
    home = np.array([rank[o.departement.code] for o in bodies])
    populations = np.array([d.milliers_habitants for d in departements], dtype=float)
    places = rng.choice(len(departements), size=row_offsets[-1], p=populations / populations.sum())
    first_rows = row_offsets[:-1]
    at_home = rng.random(len(first_rows)) < HOME_SHARE
    places[first_rows[at_home]] = home[body[at_home]]
    places[first_rows[remoteness]] = -1
    for formation in np.flatnonzero(np.diff(row_offsets) > 1).tolist():
        start, end = int(row_offsets[formation]), int(row_offsets[formation + 1])
        places[start:end] = _make_distinct(places[start:end].tolist(), len(departements))
    return np.asarray(places)


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


def _draw_counts(brackets: tuple[Bracket, ...], count: int, rng: np.random.Generator) -> IntArray:
    """Draw ``count`` counts."""
    ranks = rng.choice(len(brackets), size=count, p=[bracket.part for bracket in brackets])
    minimum = np.array([bracket.minimum for bracket in brackets])[ranks]
    maximum = np.array([bracket.maximum for bracket in brackets])[ranks]
    return rng.integers(minimum, maximum + 1)


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


def _displayed_price(cents: Floats) -> IntArray:
    """Round to 10 € as bodies do; one price in eight gets cents (VAT added to a net price)."""
    rounded = np.rint(cents / 1000).astype(np.int64) * 1000
    return np.where(rounded % 8000 == 0, rounded + 60, rounded)
