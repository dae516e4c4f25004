"""The header of a CSV file: its separator and its columns, however their names are written."""

import csv
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from orchestration.landing.intake.names import plain_name
from orchestration.landing.intake.rejects import LandingError

SEPARATOR = ";"
# What a list may be separated by when it comes back from a spreadsheet or another portal.
SEPARATORS = {
    SEPARATOR: "point-virgule",
    ",": "virgule",
    "\t": "tabulation",
    "|": "barre verticale",
}


@dataclass(frozen=True)
class Header:
    """What a header line says: the column of each field, None where it is left aside."""

    columns: tuple[str | None, ...]
    separator: str = SEPARATOR

    @property
    def width(self) -> int:
        """Number of fields of a record, those after the last name left out."""
        return len(self.columns)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Rank of the field of each column."""
        return {name: rank for rank, name in enumerate(self.columns) if name}


def read_header(
    file_name: str,
    line: str,
    required: Collection[str],
    optional: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
    unknown: Callable[[str], None] | None = None,
    separators: Collection[str] = (SEPARATOR,),
    unread: Collection[str] = (),
) -> Header:
    """Return what a header line says.

    Names are accepted in any order and any spelling (``plain_name``); ``renamed`` maps other names
    to the present ones. Unknown columns go to ``unknown``, as a warning, when it is given; those
    that are known and not read (``unread``) are left aside without a word. The
    separator is that of ``separators`` under which most names are known. Raises
    :class:`LandingError` naming what is missing, repeated, or unknown.
    """
    aliases = renamed or {}
    known = {plain_name(alias): name for alias, name in aliases.items()}
    known |= {plain_name(name): name for name in [*required, *optional]}
    text = line.rstrip("\r\n")
    if "\r" in text:
        raise LandingError(
            file_name, "fins de ligne CR seules : les convertir en LF (dos2unix -c mac).", ligne=1
        )
    separator = _separator(file_name, text, known, separators)
    fields = _fields(text, separator)
    # A separator at the end of every line names no column.
    while fields and not fields[-1]:
        fields.pop()
    names = [known.get(plain_name(field)) for field in fields]
    unnamed = {field: name for field, name in zip(fields, names, strict=True) if name is None}
    silent = {plain_name(name) for name in unread}
    extra = [
        _shown(rank, field)
        for rank, field in enumerate(fields, 1)
        if field in unnamed and plain_name(field) not in silent
    ]
    _refuse_names(file_name, fields, names, required, optional, aliases, [] if unknown else extra)
    if unknown and extra:
        unknown(f"colonnes inconnues, laissées de côté : {', '.join(extra)}.")
    return Header(tuple(names), separator)


def split_header(
    file_name: str, line: str, is_known: Callable[[str], bool]
) -> tuple[list[str], str]:
    """Return the names of a header line, and the separator under which most of them are known.

    Raises :class:`LandingError` when its line ends are those of none.
    """
    text = line.rstrip("\r\n")
    if "\r" in text:
        raise LandingError(
            file_name, "fins de ligne CR seules : les convertir en LF (dos2unix -c mac).", ligne=1
        )
    separator = max(
        SEPARATORS,
        key=lambda x: (sum(map(is_known, _fields(text, x))), len(_fields(text, x))),
    )
    fields = _fields(text, separator)
    while fields and not fields[-1]:
        fields.pop()
    return fields, separator


def told_names(columns: Sequence[str], chosen: Collection[str]) -> str:
    """Return the names of the ``chosen`` columns as they may be repeated."""
    return ", ".join(_shown(rank, x) for rank, x in enumerate(columns, 1) if x in chosen)


def _fields(text: str, separator: str) -> list[str]:
    return [name.strip() for name in next(csv.reader([text], delimiter=separator), [])]


def _separator(file_name: str, text: str, known: Collection[str], accepted: Collection[str]) -> str:
    """Return the separator under which most names are known; refuse one that is not accepted."""
    counts = {
        separator: sum(plain_name(field) in known for field in _fields(text, separator))
        for separator in SEPARATORS
    }
    best = max(SEPARATORS, key=lambda separator: counts[separator])
    if best in accepted or counts[best] <= 1:
        rivals = [x for x in accepted if x != best and counts[x] == counts[best] > 1]
        if not rivals:
            return best if best in accepted else SEPARATOR
    raise LandingError(
        file_name,
        f"séparateur {SEPARATORS[best]} au lieu du point-virgule : réexporter avec « ; ».",
        ligne=1,
    )


def _refuse_names(
    file_name: str,
    fields: Sequence[str],
    names: Sequence[str | None],
    required: Collection[str],
    optional: Collection[str],
    renamed: Mapping[str, str],
    extra: Sequence[str],
) -> None:
    if not any(names):
        # Not a header: perhaps records, so nothing of it is repeated.
        raise LandingError(
            file_name,
            f"aucun nom de colonne connu : l'en-tête manque, ou c'est un autre fichier"
            f"{_hint(fields)}. Attendu : "
            f"{SEPARATOR.join(_aliased(name, renamed) for name in [*required, *optional])}",
            ligne=1,
        )
    problems = {
        "colonnes absentes": [_aliased(name, renamed) for name in required if name not in names],
        "colonnes en trop": extra,
        "colonnes répétées": sorted(
            " et ".join(dict.fromkeys(x for x, y in zip(fields, names, strict=True) if y == name))
            for name in {*required, *optional}
            if names.count(name) > 1
        ),
    }
    complaints = [
        f"{label} : {', '.join(columns)}" for label, columns in problems.items() if columns
    ]
    if complaints:
        hint = _hint([x for x, name in zip(fields, names, strict=True) if name is None])
        raise LandingError(
            file_name,
            f"{' ; '.join(complaints)}{hint}. Corriger l'en-tête ou l'extraction.",
            ligne=1,
        )


def _hint(fields: Sequence[str]) -> str:
    """What to try when most of the unknown names are sentences: labels in place of names."""
    sentences = [field for field in fields if re.search(r"[^\W\d] [^\W\d]|[À-ÿ]", field)]
    if not fields or 2 * len(sentences) <= len(fields):
        return ""
    return (
        " (des libellés à la place des noms techniques ? exporter sans l'option des libellés, "
        "use_labels=false)"
    )


def _aliased(name: str, renamed: Mapping[str, str]) -> str:
    others = [alias for alias, present in renamed.items() if present == name]
    return " ou ".join([*others, name])


def _shown(rank: int, name: str) -> str:
    """Return a column name as it may be repeated: a word, not a value that lost its header."""
    if not name:
        return f"colonne {rank} (sans nom)"
    return name if re.fullmatch(r"[^\W\d][\w. '’-]{0,60}", name) else "(sans nom)"
