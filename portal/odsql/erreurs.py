"""The errors of a query, in the words of the Explore API.

Belongs here: the texts that are shared. Does not: finding the errors.
"""

import difflib
from collections.abc import Iterable

from portal.erreurs import ApiError

SYNTAXE, REQUETE, TYPES = "ODSQLSyntaxError", "ODSQLError", "IncompatibleTypesInComparisonFilter"


def syntaxe(inattendu: str, position: int, texte: str, clause: str) -> ApiError:
    """The clause cannot be read."""
    return ApiError(
        400,
        SYNTAXE,
        f"ODSQL syntax exception: unexpected {inattendu} at position {position} in {texte}."
        f" Clause(s) containing the error(s): {clause}.",
    )


def malformee(raison: str, clause: str, code: str = REQUETE) -> ApiError:
    """The clause can be read but does not mean anything."""
    return ApiError(
        400,
        code,
        f"ODSQL query is malformed: {raison.rstrip('.')}."
        f" Clause(s) containing the error(s): {clause}.",
    )


def champ_inconnu(nom: str, position: int, connus: Iterable[str], clause: str) -> ApiError:
    """No field bears that name; say which one may have been meant."""
    near = difflib.get_close_matches(nom.lower(), list(connus), n=3, cutoff=0.6)
    hint = f" (position {position}; did you mean {', '.join(near)}?)" if near else ""
    return malformee(f"Unknown field: {nom}{hint}", clause)


def types_incompatibles(gauche: str, droite: str, position: int, clause: str) -> ApiError:
    """What is compared cannot be."""
    return malformee(
        f"IncompatibleTypesInComparisonFilter: {gauche} cannot be compared with {droite}"
        f" (position {position})",
        clause,
        TYPES,
    )
