"""The forms of an answer to a SQL query.

Belongs here: from rows to bytes. Does not: running queries. Runs inside of ``ouvrier``.
"""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import duckdb
import orjson

TYPES = {
    "json": "application/json; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
ARROW = frozenset({"parquet", "arrow"})
_OPTIONS = orjson.OPT_NON_STR_KEYS


def preparer(connexion: duckdb.DuckDBPyConnection) -> None:
    """Load what reads parameters and makes values, while files can still be opened."""
    connexion.execute(
        "select ?, timestamptz '2024-01-01 00:00:00+00', timestamp '2024-01-01', time '10:00',"
        " interval 1 day, 1.5::decimal(9, 2), uuid(), [1], {'a': 1}, map {1: 2}, 'a'::blob",
        ["a"],
    ).fetchall()


def preparer_arrow(connexion: duckdb.DuckDBPyConnection) -> None:
    """Load what writes Arrow and Parquet, while files can still be opened."""
    for forme in sorted(ARROW):
        _arrow(connexion.execute("select 1 as n, 'a' as t, [1] as l"), forme, 1)


def ecrire(resultat: duckdb.DuckDBPyConnection, forme: str, limite: int) -> tuple[bytes, bool]:
    """Return at most ``limite`` rows in a format, and whether there were more."""
    if forme in ARROW:
        return _arrow(resultat, forme, limite)
    columns = [(column[0], str(column[1])) for column in resultat.description or ()]
    names = _distincts([name for name, _ in columns])
    rows = resultat.fetchmany(limite + 1)
    truncated, rows = len(rows) > limite, rows[:limite]
    if forme == "csv":
        return _csv(names, rows), truncated
    records = [dict(zip(names, row, strict=True)) for row in rows]
    if forme == "jsonl":
        return b"".join(_json(record) + b"\n" for record in records), truncated
    kinds = [{"name": name, "type": kind} for name, (_, kind) in zip(names, columns, strict=True)]
    return _json({"columns": kinds, "truncated": truncated, "results": records}), truncated


def _arrow(resultat: duckdb.DuckDBPyConnection, forme: str, limite: int) -> tuple[bytes, bool]:
    import pyarrow as pa
    from pyarrow import parquet

    reader = resultat.to_arrow_reader(20_000)
    batches, count = [], 0
    for batch in reader:
        batches.append(batch)
        count += batch.num_rows
        if count > limite:
            break
    table = pa.Table.from_batches(batches, reader.schema)
    table = table.rename_columns(_distincts(table.column_names)).slice(0, limite)
    sink = io.BytesIO()
    if forme == "parquet":
        parquet.write_table(table, sink)
    else:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue(), count > limite


def _csv(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """RFC 4180: comma, CRLF, empty for null."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink)
    writer.writerow(names)
    writer.writerows([[_cellule(value) for value in row] for row in rows])
    return sink.getvalue().encode()


def _cellule(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return _json(value).decode()
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else value


def _json(content: Any) -> bytes:
    try:
        return orjson.dumps(content, default=_autre, option=_OPTIONS)
    except TypeError:  # an integer of more than 64 bits: sums are HUGEINT
        return json.dumps(content, default=_autre, ensure_ascii=False).encode()


def _autre(value: Any) -> Any:
    if type(value).__name__ == "Decimal":
        return float(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _distincts(names: Sequence[str]) -> list[str]:
    """Rename columns of the same name: ``n``, ``n_1``."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        rank = seen.get(name, 0)
        seen[name] = rank + 1
        made.append(f"{name}_{rank}" if rank else name)
    return made
