"""Why a dataset cannot be served, said so that its publisher can mend it.

Belongs here: the error and its words, in French. Does not: finding what is wrong.
"""

import re

_LIGNE = re.compile(r"\b(?:Line|line|record/value|row):? (\d+)")
_CAUSES = (
    ("Expected Number of Columns", "le nombre de cellules n'est pas celui de l'en-tête"),
    ("unterminated quote", "un guillemet n'est pas fermé"),
    ("Invalid unicode", "l'encodage n'est pas UTF-8 : déclarer « encoding » dans la ressource"),
    ("not utf-8", "l'encodage n'est pas UTF-8 : déclarer « encoding » dans la ressource"),
    ("Malformed JSON", "le JSON est mal formé"),
    ("Out of Memory", "la mémoire manque : CPF_PORTAIL_MEMOIRE_IMAGE en donne davantage"),
)


class PaquetError(ValueError):
    """A dataset is refused. The message names the file, the row, the column; never a value."""

    def __init__(
        self, fichier: str, raison: str, *, ligne: int | None = None, colonne: str | None = None
    ) -> None:
        where = [fichier]
        if ligne is not None:
            where.append(f"ligne {ligne}")
        if colonne is not None:
            where.append(f"colonne « {colonne} »")
        super().__init__(f"{', '.join(where)} : {raison}")


def de_duckdb(fichier: str, error: Exception) -> PaquetError:
    """Tell what DuckDB could not read, without the row that its message quotes."""
    text = str(error)
    found = _LIGNE.search(text)
    cause = next((words for mark, words in _CAUSES if mark in text), "le fichier est illisible")
    return PaquetError(fichier, cause, ligne=int(found.group(1)) if found else None)
