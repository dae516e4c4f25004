"""The relation ``textes`` of a CSV whose quoted fields may hold line ends.

By blocks where nothing is odd in them, else record by record.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.landing.intake.block_source import BlockSource
from orchestration.landing.intake.column_rules import Table
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.header import SEPARATOR, SEPARATORS, Header, read_header
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.intake.typed_files import typed_file
from orchestration.landing.intake.typed_records import read_typed
from orchestration.landing.intake.whole_blocks import Block, read_block

_BATCH = 5_000
_SPACES = "".join(sign for sign in map(chr, range(0x10000)) if sign.isspace())
_ANOMALY = "csv_invalide"


@dataclass(frozen=True)
class Record:
    """One record: where it starts, its original text, its fields (or what is wrong with it)."""

    num: int
    ligne: int
    contenu: str
    fields: Sequence[str]
    anomaly: str | None


class _Traced:
    """Lines given one by one to the CSV reader, remembered until the record is complete."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._given_back: deque[str] = deque()
        self._pending_lines: list[str] = []
        self.read = 0

    def give_back(self) -> list[str]:
        """Read again, later, all but the first line of the record in progress; return these."""
        lines = self._pending_lines[1:]
        del self._pending_lines[1:]
        self._given_back.extendleft(reversed(lines))
        self.read -= len(lines)
        return lines

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else next(self._source)
        self.read += 1
        self._pending_lines.append(line)
        return line

    def has_given_back(self) -> bool:
        """Tell whether lines wait to be read again."""
        return bool(self._given_back)

    def content(self) -> str:
        """Return and forget the text of the record that has just been read."""
        text = "".join(self._pending_lines).rstrip("\r\n")
        self._pending_lines.clear()
        return text


def read_records(table: Table, path: Path, deposit: Deposit, header: Header | None = None) -> int:
    """Make the table ``textes`` of a file and return its number of records.

    ``header``: what its first line says, when that is known already.

    Columns: num, ligne (where the record starts), contenu, anomalie (null, ``ligne_vide``,
    ``nb_colonnes``, ``csv_invalide``), then the raw texts, trimmed, null when empty or absent.
    """
    connection = deposit.connection
    # Each thread holds a group of rows, of some 2 kB of texts each: one is as fast, and fits.
    connection.execute("set threads = 1")
    typed = typed_file(path)
    if typed is not None:
        return read_typed(table, path, typed, deposit, header)
    source = BlockSource(path, deposit.warn)
    first = source.header()
    header = header or read_header(
        path.name,
        first,
        table.required_columns,
        table.optional_columns,
        table.renamed_columns,
        unknown=deposit.warn,
        unread=table.unread_columns,
        separators=SEPARATORS,
    )
    names = ["num", "ligne", "contenu", "anomalie", *table.columns]
    kinds = ", ".join(f"{name} {'bigint' if name in names[:2] else 'varchar'}" for name in names)
    connection.execute(f"create temp table textes ({kinds})")
    read = 0
    ranks = sorted(set(header.positions.values()))
    while source.more():
        block = read_block(source.block, header.width, header.separator, ranks)
        if block is None:
            read += _read_one_by_one(table, path, source, header, connection, read)
            continue
        _insert_block(block, table, header.positions, connection, read, source.line)
        read += len(block.texts)
        source.passed()
    return read


def _read_one_by_one(
    table: Table,
    path: Path,
    source: BlockSource,
    header: Header,
    connection: duckdb.DuckDBPyConnection,
    before: int,
) -> int:
    """Read the records of a block, ``before`` being those before it; return how many they are."""
    source.into_lines()
    found = records(
        path.name,
        source,
        header.width,
        header.separator,
        before=before,
        line=source.line,
        until=source.at_the_end_of_a_block,
    )
    read = 0
    batch: list[Record] = []
    for record in found:
        batch.append(record)
        read += 1
        if len(batch) == _BATCH:
            _insert(batch, table, header.positions, connection)
            batch.clear()
    _insert(batch, table, header.positions, connection)
    return read


def records(
    file_name: str,
    source: Iterator[str],
    width: int,
    separator: str = SEPARATOR,
    *,
    before: int = 0,
    line: int = 2,
    until: Callable[[], bool] = lambda: False,
) -> Iterator[Record]:
    """Yield the records of a CSV after its header; ``width`` is the number of its columns.

    ``before``: the records that were read already, ``line``: the one at which the source starts.
    Reading stops after a record where ``until`` says so.

    Empty fields after the last column are left out: some publishers end every line by a separator.

    A misplaced quote rejects the line where its record starts, and reading goes on with the next.
    Raises :class:`LandingError` when the file ends inside quotes.
    """
    traced = _Traced(source)
    reader = csv.reader(traced, delimiter=separator, strict=True)
    num = before
    while True:
        start = traced.read + line
        num += 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            swallowed = traced.give_back()
            reader = csv.reader(traced, delimiter=separator, strict=True)
            if "unexpected end" in str(error) and not _records_in(swallowed, separator, width):
                raise LandingError(
                    file_name,
                    "guillemet ouvert et jamais refermé : fichier tronqué ou mal exporté. "
                    "Le faire livrer de nouveau.",
                    ligne=start,
                ) from None
            yield Record(num, start, traced.content(), (), _ANOMALY)
            continue
        while len(fields) > width and not fields[-1]:
            fields.pop()
        yield Record(num, start, traced.content(), fields, _anomaly(fields, width))
        if until() and not traced.has_given_back():
            return


def _records_in(lines: Sequence[str], separator: str, width: int) -> bool:
    """Tell whether some of the lines that an open quote has swallowed are records of their own."""
    return any(len(fields) >= width for fields in csv.reader(lines, delimiter=separator))


def _anomaly(fields: Sequence[str], width: int) -> str | None:
    if not fields:
        return "ligne_vide"
    return None if len(fields) == width else "nb_colonnes"


def _insert(
    batch: Sequence[Record],
    table: Table,
    position: dict[str, int],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    columns: dict[str, list[int] | list[str] | list[str | None]] = {
        "num": [record.num for record in batch],
        "ligne": [record.ligne for record in batch],
        "contenu": [record.contenu for record in batch],
        "anomalie": [record.anomaly for record in batch],
    }
    for name in table.columns:
        rank = position.get(name)
        columns[name] = [
            None if rank is None or record.anomaly else record.fields[rank] for record in batch
        ]
    types = [pa.int64(), pa.int64(), *[pa.string()] * (len(columns) - 2)]
    arrays = {
        name: pa.array(x, kind) for (name, x), kind in zip(columns.items(), types, strict=True)
    }
    _insert_rows(arrays | {name: _texts(arrays[name]) for name in table.columns}, connection)


def _insert_block(
    block: Block,
    table: Table,
    position: dict[str, int],
    connection: duckdb.DuckDBPyConnection,
    before: int,
    line: int,
) -> None:
    count = len(block.texts)
    columns = {
        "num": pa.array(range(before + 1, before + count + 1), pa.int64()),
        "ligne": pa.array(block.lines_before + line, pa.int64()),
        "contenu": block.texts,
        "anomalie": pa.nulls(count, pa.string()),
    }
    for name in table.columns:
        rank = position.get(name)
        columns[name] = pa.nulls(count, pa.string()) if rank is None else _texts(block.fields[rank])
    _insert_rows(columns, connection)


def _insert_rows(columns: dict[str, pa.Array], connection: duckdb.DuckDBPyConnection) -> None:
    connection.register("lot", pa.table(columns))
    connection.execute(f"insert into textes by name select {', '.join(columns)} from lot")
    connection.unregister("lot")


def _texts(fields: pa.StringArray) -> pa.StringArray:
    """Trim what Python calls spaces, a column at once; lines end by ``\\n``, nothing is null."""
    trimmed = pc.replace_substring(pc.utf8_trim(fields, _SPACES), "\r\n", "\n")
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)
