"""Which of the publisher's four exports a header is of, in which vintage."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from orchestration.landing.intake.hints import Hints
from orchestration.landing.intake.names import plain_name
from orchestration.landing.sources.exports import entries, purchases, users
from orchestration.landing.sources.exports.roles import CERTAIN, UNKNOWN, Guess, Roles, guesses

OFFER, PURCHASES, USERS, ENTRIES = "offre", "achats", "usagers", "entrees-sorties"
# Of each group a row fills one at least, or has no key.
KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    OFFER: (("numero_formation",),),
    PURCHASES: (
        ("mois_validation",),
        ("intitule_certification", "code_rncp", "code_rs", "code_certifinfo"),
    ),
    USERS: (("trimestre_entree",),),
    ENTRIES: (("annee_mois", "mois"), ("siret_of_contractant",), ("intitule_certification",)),
}
SOURCES: Mapping[str, str] = {
    OFFER: "portail",
    PURCHASES: purchases.NAME,
    USERS: users.NAME,
    ENTRIES: entries.NAME,
}
# So many names that are certain tell an export that lacks something.
_ENOUGH = 3


@dataclass(frozen=True)
class Recognised:
    """The export that a header is of, what each column is, and the required roles that lack."""

    export: str | None
    roles: Roles | None
    columns: tuple[Guess, ...]
    missing: tuple[tuple[str, ...], ...] = ()


def recognise(
    offer: Roles, columns: Sequence[str], hints: Hints, file_name: str, asked: str | None = None
) -> Recognised:
    """Return the export that has most of these columns, ``asked`` when somebody says which.

    Of a file that is none, every column has no role.
    """
    known = {
        OFFER: offer,
        PURCHASES: purchases.ROLES,
        USERS: users.ROLES,
        ENTRIES: entries.ROLES,
    }
    ranked = []
    for name, roles in known.items():
        if asked not in (None, name):
            continue
        # A mapping is of one export: for the others its roles are no roles.
        told = hints if asked else Hints(hints.technical_names)
        found = tuple(guesses(roles, columns, told, file_name))
        played = {guess.role for guess in found if guess.role}
        missing = tuple(group for group in roles.required if not played & set(group))
        certain = sum(guess.confidence == CERTAIN and bool(guess.role) for guess in found)
        ranked.append(((not missing, certain, len(played)), name, roles, found, missing))
    (whole, certain, _), name, roles, found, missing = max(ranked, key=lambda rank: rank[0])
    if not (asked or whole or certain >= _ENOUGH):
        return nothing(columns)
    return Recognised(name, roles, found, missing)


def nothing(columns: Sequence[str]) -> Recognised:
    """Return what a header is that is of none of the exports."""
    return Recognised(None, None, tuple(Guess(x, None, UNKNOWN) for x in columns))


def vintage_of_offer(columns: Collection[str]) -> str:
    """Say in French which vintage of the export of the offer has these columns."""
    names = {plain_name(column) for column in columns}
    if "date_chargement" in names:
        return "C (la dernière vue : date_chargement, code_rs)"
    if "objectif_formation" not in names:
        return "A (juillet 2024)"
    return "B (mars 2025)" if "siret" in names else "B′ (mars 2025, siret_of)"
