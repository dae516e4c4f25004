"""The header of a CSV file: its separator and its columns, refused when not the expected ones."""

import csv
import re
from collections.abc import Callable, Collection, Mapping, Sequence

from orchestration.landing.intake.rejects import LandingError

SEPARATOR = ";"


def read_header(
    file_name: str,
    line: str,
    required: Collection[str],
    optional: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
    unknown: Callable[[str], None] | None = None,
) -> list[str]:
    """Return the column names of a header line, in the order of the file.

    Names are accepted in any order; ``renamed`` maps older names to the present ones. Unknown
    columns go to ``unknown``, as a warning, when it is given. Raises :class:`LandingError` naming
    what is missing, repeated, or unknown.
    """
    aliases = renamed or {}
    text = line.rstrip("\r\n")
    if "\r" in text:
        raise LandingError(
            file_name, "fins de ligne CR seules : les convertir en LF (dos2unix -c mac).", ligne=1
        )
    columns = [name.strip() for name in next(csv.reader([text], delimiter=SEPARATOR), [])]
    names = [aliases.get(name, name) for name in columns]
    if len(names) == 1 and len(required) > 1:
        _refuse_separator(file_name, text)
    extra = [_shown(name) for name in names if name not in {*required, *optional}]
    _refuse_names(file_name, names, required, optional, aliases, [] if unknown else extra)
    if unknown and extra:
        unknown(f"colonnes inconnues, laissées de côté : {', '.join(extra)}.")
    return names


def _refuse_separator(file_name: str, text: str) -> None:
    for separator, label in ((",", "virgule"), ("\t", "tabulation"), ("|", "barre verticale")):
        if separator in text:
            raise LandingError(
                file_name,
                f"séparateur {label} au lieu du point-virgule : réexporter avec « ; ».",
                ligne=1,
            )


def _refuse_names(
    file_name: str,
    names: Sequence[str],
    required: Collection[str],
    optional: Collection[str],
    renamed: Mapping[str, str],
    extra: Sequence[str],
) -> None:
    known = {*required, *optional}
    if not known & set(names):
        # Not a header: perhaps records, so nothing of it is repeated.
        raise LandingError(
            file_name,
            f"aucun nom de colonne connu : l'en-tête manque, ou c'est un autre fichier. Attendu : "
            f"{SEPARATOR.join(_aliased(name, renamed) for name in [*required, *optional])}",
            ligne=1,
        )
    problems = {
        "colonnes absentes": [_aliased(name, renamed) for name in required if name not in names],
        "colonnes en trop": extra,
        "colonnes répétées": sorted(name for name in known if names.count(name) > 1),
    }
    complaints = [
        f"{label} : {', '.join(columns)}" for label, columns in problems.items() if columns
    ]
    if complaints:
        raise LandingError(
            file_name, f"{' ; '.join(complaints)}. Corriger l'en-tête ou l'extraction.", ligne=1
        )


def _aliased(name: str, renamed: Mapping[str, str]) -> str:
    others = [alias for alias, present in renamed.items() if present == name]
    return " ou ".join([*others, name])


def _shown(name: str) -> str:
    """Return a column name as it may be repeated: a word, not a value that lost its header."""
    return name if re.fullmatch(r"[^\W\d][\w. -]{0,60}", name) else "(sans nom)"
