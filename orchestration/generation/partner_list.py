"""The partners of the certifications: who may train, since when, and the cases that a list has.

A sound pair is listed under every establishment that sells. Planted beside: pairs that nobody
authorised, that are listed under another establishment, without SIRET, to examine only, or removed;
a body that moved, listed where it was; two bodies that sell what they certify, one unlisted.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from orchestration.generation.invented_certifications import Catalog
from orchestration.generation.rates import RATES
from orchestration.generation.training_bodies import TrainingBody

# To train and to examine, to train, to examine: from the most to the least given.
HABILITATIONS = ("HABILITATION_ORGA_FORM", "HABILITATION_FORMER", "HABILITATION_ORGANISER")
ACTIVE, REMOVED = "Actif", "Supprimé"
TRAINERS_SHARE = 0.25  # of those that may train, without examining
REMOVED_SINCE = (10, 400)  # days before the register's


@dataclass(frozen=True)
class Partner:
    """A line of the list; ``siret`` is empty where none is told."""

    code: str
    name: str
    siret: str
    authorisation: str
    state: str
    since: dt.date
    changed: dt.date


@dataclass(frozen=True)
class CertifyingBody:
    """A body that certifies what it sells; ``listed`` if it is its own partner too."""

    certification: int
    body: int
    listed: bool


def certifying_bodies(
    catalog: Catalog, authorisations: list[tuple[int, int]]
) -> tuple[CertifyingBody, ...]:
    """Two bodies that sell certifications of their own: one is its own partner, the other not."""
    chosen: list[tuple[int, int]] = []
    for certification, body in authorisations:
        others = {pair[position] for pair in chosen for position in (0, 1)}
        known = catalog.certifications[certification].certificateur
        if not known and not {certification, body} & others:
            chosen.append((certification, body))
        if len(chosen) == 2:
            break
    return tuple(
        CertifyingBody(certification, body, listed=rank == 0)
        for rank, (certification, body) in enumerate(chosen)
    )


def build(
    catalog: Catalog,
    bodies: tuple[TrainingBody, ...],
    authorisations: list[tuple[int, int]],
    day: dt.date,
    rng: np.random.Generator,
) -> list[Partner]:
    """Return the lines of the list of ``day``, by certification and body."""
    unlisted = {
        (own.certification, own.body)
        for own in certifying_bodies(catalog, authorisations)
        if not own.listed
    }
    draws = rng.random(len(authorisations)).tolist()
    partners = []
    for (certification, rank), draw in zip(authorisations, draws, strict=True):
        if (certification, rank) not in unlisted:
            partners += _lines(catalog.certifications[certification].code, bodies[rank], day, draw)
    return partners


def _lines(code: str, body: TrainingBody, day: dt.date, draw: float) -> list[Partner]:
    """The lines of one partner: ``draw``, in [0, 1[, says which case it is."""
    since = day - dt.timedelta(days=500 + int(draw * 7919) % 900)
    given = HABILITATIONS[int(draw * 7 % 1 < TRAINERS_SHARE)]

    def line(siret: str, authorisation: str = given, state: str = ACTIVE) -> Partner:
        first, last = REMOVED_SINCE
        changed = day - dt.timedelta(days=first + int(draw * 104729) % (last - first))
        changed = changed if state == REMOVED else since
        return Partner(code, body.denomination, siret, authorisation, state, since, changed)

    if body.former_siret:
        return [line(body.former_siret)]
    for share, lines in (
        (RATES.partenaire_sans_siret, [line("")]),
        (RATES.partenaire_autre_etablissement, [line(f"{body.siren}00977")]),
        (RATES.partenaire_evaluateur, [line(x, HABILITATIONS[2]) for x in body.sirets]),
        (RATES.partenaire_retire, [line(x, state=REMOVED) for x in body.sirets]),
    ):
        draw -= share
        if draw < 0:
            return lines
    # One that was removed and is back has both lines.
    back = [line(body.siret, state=REMOVED)] if draw < RATES.partenaire_revenu else []
    return [*back, *(line(siret) for siret in body.sirets)]
