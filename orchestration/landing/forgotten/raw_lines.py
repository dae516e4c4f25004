"""The lines of forgotten persons, in delivered files and in the texts that were rejected.

A line is theirs by its own columns where it has those of the header; else, or without a header that
says where they are, by any of its words. Whatever it is, a file is read as bytes: one that the
landing refuses is searched too, provided that it has lines.
"""

import csv
import gzip
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa

from orchestration.files import PRIVATE, fsync
from orchestration.landing.forgotten import digests
from orchestration.landing.intake.blocks import BLOCK, raw_blocks
from orchestration.landing.intake.header import SEPARATOR
from orchestration.landing.intake.names import plain_name
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.sources.dossiers import parameters
from orchestration.sql import literal

_GZIP = b"\x1f\x8b"
_IDENTIFIERS = ("id_titulaire", "id_dossier")
# Those that a file of each source has.
_OF_SOURCE = {"dossiers": frozenset(_IDENTIFIERS), "financements": frozenset({"id_dossier"})}


@dataclass
class Matches:
    """Numbers of the lines of a file (0: the header) or of its records; digests of their persons.

    ``dossiers`` are ids of dossiers of these persons, ``words`` all the words of lines that do not
    say which of them is one.
    """

    numbers: set[int] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    dossiers: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def update(self, other: "Matches") -> None:
        """Add what ``other`` says of persons; the numbers of its lines are of another file."""
        self.persons |= other.persons
        self.dossiers |= other.dossiers
        self.words |= other.words


@dataclass(frozen=True)
class Header:
    """How many fields the lines of a file have, and the position (from 1) of its identifiers."""

    width: int
    positions: dict[str, int]


def search_file(connection: duckdb.DuckDBPyConnection, source: str, path: Path) -> Matches:
    """Find the lines of a delivered file; the connection has been given ``digests.load``.

    Raises :class:`LandingError` when it has no lines to be read.
    """
    matches = Matches()
    header: Header | None = None
    number = 0
    for lines in _lines(path):
        texts = _decoded(lines)
        if number == 0:
            header = _read_header(texts[0], _OF_SOURCE[source])
            search(connection, _relation(connection, texts[:1], 0), None, matches)
        first = 1 if number == 0 else 0
        relation = _relation(connection, texts[first:], number + first)
        search(connection, relation, header, matches)
        number += len(lines)
    return matches


def search(
    connection: duckdb.DuckDBPyConnection, relation: str, header: Header | None, matches: Matches
) -> None:
    """Add to ``matches`` the lines of forgotten persons of a relation (SQL: num, ligne)."""
    rows = connection.execute(_query(relation, header), parameters()).fetchall()
    for num, person, is_whole, dossiers in rows:
        matches.numbers.add(num)
        if person:
            matches.persons.add(person)
            (matches.dossiers if is_whole else matches.words).update(dossiers)


def without_lines(path: Path, numbers: set[int], target: Path) -> None:
    """Write a file again without some of its lines, compressed if it is, safe on the disk."""
    with path.open("rb") as file:
        compressed = file.read(2) == _GZIP
    target.touch(PRIVATE)
    number = 0
    with target.open("wb") as raw, _compressed(raw) if compressed else nullcontext(raw) as file:
        for lines in _lines(path):
            file.writelines(line for rank, line in enumerate(lines, number) if rank not in numbers)
            number += len(lines)
    fsync(target)


def _compressed(file: BinaryIO) -> gzip.GzipFile:
    """Without name nor date: the same lines make the same bytes."""
    return gzip.GzipFile("", "wb", fileobj=file, mtime=0)


def _lines(path: Path) -> Iterator[list[bytes]]:
    """Yield the lines of a file with their ends, by blocks."""
    tail = b""
    for block in raw_blocks(path):
        if b"\0" in block:
            raise LandingError(path.name, "ce n'est pas du texte.")
        *whole, tail = (tail + block).split(b"\n")
        if len(tail) > BLOCK:
            raise LandingError(path.name, "ce n'est pas un fichier de lignes.")
        if whole:
            yield [line + b"\n" for line in whole]
    if tail:
        yield [tail]


def _decoded(lines: list[bytes]) -> list[str]:
    """Lines as texts: identifiers are ASCII, so that any encoding that has it will do."""
    whole = b"".join(lines)
    try:
        text = str(whole, "utf-8-sig")
    except UnicodeDecodeError:
        text = str(whole, "latin-1")
    return text.removesuffix("\n").split("\n")


def _read_header(line: str, identifiers: frozenset[str]) -> Header | None:
    """Return where the identifiers are; None when one of them has no column."""
    names = [plain_name(name) for name in next(csv.reader([line.strip()], delimiter=SEPARATOR), [])]
    positions = {name: names.index(name) + 1 for name in identifiers if name in names}
    return Header(len(names), positions) if len(positions) == len(identifiers) else None


def _relation(connection: duckdb.DuckDBPyConnection, texts: list[str], first: int) -> str:
    numbers = range(first, first + len(texts))
    lines = pa.table({"num": pa.array(numbers, pa.int64()), "ligne": pa.array(texts, pa.string())})
    connection.register("lignes_lues", lines)
    return "lignes_lues"


def _query(relation: str, header: Header | None) -> str:
    """SQL of num, digest of the forgotten person if any, whether it is whole, its dossiers."""
    width = header.width if header else 0
    positions = header.positions if header else {}
    fields = ", ".join(
        f"champs[{positions[name]}] as {name}" if name in positions else f"null as {name}"
        for name in _IDENTIFIERS
    )
    spelled = ", ".join(f"{digests.spelled(name)} as {name}" for name in _IDENTIFIERS)
    return f"""
        with
        coupees as (
            select
                num,
                ligne,
                string_split(ligne, {literal(SEPARATOR)}) as champs
            from {relation}
        ),
        mots as (
            select num, true as est_entiere, {fields}
            from coupees
            where len(champs) = {width}
            union all
            select num, false as est_entiere, mot as id_titulaire, mot as id_dossier
            from (
                select num, unnest(string_split_regex(ligne, '[;,|\\t]')) as mot
                from coupees
                where len(champs) <> {width}
            )
        ),
        empreintes as (
            select
                num,
                est_entiere,
                id_dossier,
                {digests.OF_IDENTIFIER} as personne,
                {digests.OF_DOSSIER} as dossier
            from (select num, est_entiere, {spelled} from mots)
        ),
        reconnues as (
            select
                num,
                any_value(personne) filter (
                    personne in (select empreinte from {digests.PERSONS})
                ) as oubliee,
                -- Whose a whole line is, it says itself, if it says it.
                bool_or(
                    (personne is null or not est_entiere)
                    and dossier in (select empreinte from {digests.DOSSIERS})
                ) as est_d_un_dossier,
                bool_and(est_entiere) as est_entiere,
                list(distinct id_dossier) filter (id_dossier is not null) as dossiers
            from empreintes
            group by num
        )
        select num, oubliee, est_entiere, if(oubliee is null, [], coalesce(dossiers, []))
        from reconnues
        where oubliee is not null or est_d_un_dossier
    """
