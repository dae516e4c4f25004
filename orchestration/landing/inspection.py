"""What a file is, told before it lands: its form, its columns, their roles, a mapping to mend."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.landing.intake.blocks import lines, raw_blocks
from orchestration.landing.intake.header import SEPARATORS
from orchestration.landing.intake.hints import Hints
from orchestration.landing.intake.names import plain_name
from orchestration.landing.intake.records import records
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.intake.typed_files import damaged, texts, typed_file
from orchestration.landing.sources import dossiers, financements, organismes, portail
from orchestration.landing.sources.exports import entries, purchases, users
from orchestration.landing.sources.exports.export import columns_of, named_roles
from orchestration.landing.sources.exports.personal_names import personal
from orchestration.landing.sources.exports.recognition import (
    KEYS,
    OFFER,
    Recognised,
    nothing,
    recognise,
    vintage_of_offer,
)
from orchestration.landing.sources.exports.roles import WIDE, Roles, is_wide

TOP = 20
# Distinct values that are counted of a column: a key has as many as rows.
_MOST_DISTINCT = 5_000
_ROWS = 10_000
_BOM = b"\xef\xbb\xbf"
# Other files that may be given by mistake, and their columns; those of persons show no value.
_OTHERS: Mapping[str, Iterable[str]] = {
    "dossiers": dossiers.COLUMNS,
    "financements": financements.COLUMNS,
    "organismes": organismes.TABLE.required_columns,
}


@dataclass(frozen=True)
class ColumnSeen:
    """A column: its role and how sure it is, how many rows fill it, its most frequent values."""

    name: str
    role: str | None
    confidence: str
    filled: int = 0
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Inspection:
    """What a file is; of one that cannot be read, ``problem`` says why and the rest is empty."""

    file_name: str
    problem: str | None = None
    export: str | None = None
    vintage: str | None = None
    encoding: str = ""
    separator: str = ""
    rows: int = 0
    without_key: int | None = None
    columns: tuple[ColumnSeen, ...] = ()
    remarks: tuple[str, ...] = ()
    mapping: str = ""


@dataclass
class _Tally:
    """Counts of the values of each column, row by row."""

    recognised: Recognised
    counters: list[Counter[str]] = field(default_factory=list)
    filled: list[int] = field(default_factory=list)
    rows: int = 0
    without_key: int = 0

    def __post_init__(self) -> None:
        self.counters = [Counter() for _ in self.recognised.columns]
        self.filled = [0] * len(self.counters)
        played = [guess.role for guess in self.recognised.columns]
        self._key = [
            [rank for rank, role in enumerate(played) if role in group]
            for group in KEYS.get(self.recognised.export or "", ())
        ]

    def add(self, values: Sequence[str]) -> None:
        """Count a row."""
        self.rows += 1
        for rank, (value, counter) in enumerate(zip(values, self.counters, strict=False)):
            if value:
                self.filled[rank] += 1
                if value in counter or len(counter) < _MOST_DISTINCT:
                    counter[value] += 1
        self.without_key += any(
            not any(rank < len(values) and values[rank] for rank in group) for group in self._key
        )


def inspect(path: Path, hints: Hints, asked: str | None = None) -> Inspection:
    """Return what a file is; one that cannot be read, or is none that is known, is no error.

    ``asked``: the export that somebody says it is of (``achats``).
    """
    try:
        return _inspect(path, hints, asked)
    except LandingError as error:
        return Inspection(path.name, problem=str(error))


def offer_roles() -> Roles:
    """Roles of the export of the offer: its columns by their names."""
    return named_roles(portail.table())


def _inspect(path: Path, hints: Hints, asked: str | None) -> Inspection:
    offer = offer_roles()
    names, separator = columns_of(path, _any_of(offer), hints)
    other = _other(names)
    found = recognise(offer, names, hints, path.name, asked) if not other else nothing(names)
    warned: list[str] = []
    tally = _Tally(found)
    for values in _rows(path, len(names), separator, warned):
        tally.add(values)
    hidden = other in ("dossiers", "financements") or bool(personal(names))
    columns = tuple(
        ColumnSeen(
            guess.column,
            guess.role,
            guess.confidence,
            tally.filled[rank],
            () if hidden else tuple(tally.counters[rank].most_common(TOP)),
        )
        for rank, guess in enumerate(found.columns)
    )
    return Inspection(
        path.name,
        export=found.export,
        vintage=vintage_of_offer(names) if found.export == OFFER else None,
        encoding=_encoding(path, warned),
        separator="" if typed_file(path) else SEPARATORS[separator],
        rows=tally.rows,
        without_key=tally.without_key if found.export else None,
        columns=columns,
        remarks=tuple(_remarks(found, other, warned, hidden=hidden)),
        mapping=_mapping(found),
    )


def _any_of(offer: Roles) -> Roles:
    """Roles of all the exports together, by which the separator of a header is told."""
    known = (offer, purchases.ROLES, entries.ROLES)
    return Roles(
        names={name: names for roles in known for name, names in roles.names.items()},
        patterns=lambda plain: users.ROLES.guess(plain)[0] or purchases.ROLES.patterns(plain),
        required=(),
    )


def _rows(path: Path, width: int, separator: str, warned: list[str]) -> Iterator[Sequence[str]]:
    typed = typed_file(path)
    if typed is not None:
        try:
            with duckdb.connect() as connection:
                read = connection.execute(texts(typed))
                while rows := read.fetchmany(_ROWS):
                    yield from rows
        except duckdb.Error:
            raise damaged(path, typed.form) from None
        return
    source = lines(path, warned.append)
    next(source, "")
    for record in records(path.name, source, width, separator):
        yield [text.strip() for text in record.fields]


def _encoding(path: Path, warned: Sequence[str]) -> str:
    typed = typed_file(path)
    if typed is not None:
        return typed.form
    if warned:
        return "Windows-1252 (en tout ou partie)"
    first = next(raw_blocks(path), b"")
    return "UTF-8 avec marque d'ordre (BOM)" if first.startswith(_BOM) else "UTF-8"


def _other(names: Sequence[str]) -> str | None:
    plains = {plain_name(name) for name in names}
    return next(
        (
            source
            for source, columns in _OTHERS.items()
            if {plain_name(name) for name in columns} <= plains
        ),
        None,
    )


def _remarks(
    found: Recognised, other: str | None, warned: Sequence[str], *, hidden: bool
) -> Iterator[str]:
    yield from warned
    if other:
        yield f"ces colonnes sont celles de la source {other} : cpf land {other}"
    elif found.export is None:
        yield (
            "aucun des quatre exports publics n'est reconnu ; pour dire lequel c'est : "
            "cpf inspect --jeu achats (ou offre, usagers, entrees-sorties)"
        )
    if hidden:
        yield "colonnes qui peuvent nommer des personnes : aucune valeur n'est montrée"
    yield from _obstacles(found)


def _obstacles(found: Recognised) -> Iterator[str]:
    """What keeps a file from landing, else how to land it."""
    played: dict[str, list[str]] = {}
    for guess in found.columns:
        if guess.role:
            played.setdefault(guess.role, []).append(guess.column)
    remarks = [WIDE] if is_wide(found.columns) else []
    remarks += [f"colonne obligatoire absente : {' ou '.join(group)}" for group in found.missing]
    remarks += [
        f"plusieurs colonnes pour {role} : {', '.join(columns)}"
        for role, columns in played.items()
        if len(columns) > 1
    ]
    yield from remarks
    if found.export and not remarks:
        yield f"pour le faire atterrir : cpf land portail/{found.export} FICHIER"


def _mapping(found: Recognised) -> str:
    """Text of a mapping file, to be mended: what has a role, then what has none."""
    if not found.export:
        return ""
    lines_of_file = [f'jeu = "{found.export}"', "", "[colonnes]"]
    lines_of_file += [
        f"{guess.role} = {json.dumps(guess.column, ensure_ascii=False)}"
        for guess in found.columns
        if guess.role
    ]
    lines_of_file += [f'# {" ou ".join(group)} = "…"  (obligatoire)' for group in found.missing]
    lines_of_file += [
        f"# sans rôle : {json.dumps(guess.column, ensure_ascii=False)}"
        for guess in found.columns
        if not guess.role
    ]
    return "\n".join(lines_of_file) + "\n"
