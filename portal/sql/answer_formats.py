"""The formats of an answer to a SQL query, written inside of a ``worker``."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import duckdb
import orjson

MEDIA_TYPES = {
    "json": "application/json; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
ARROW = frozenset({"parquet", "arrow"})
_OPTIONS = orjson.OPT_NON_STR_KEYS


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Load what reads parameters and makes values, while files can still be opened."""
    connection.execute(
        "select ?, timestamptz '2024-01-01 00:00:00+00', timestamp '2024-01-01', time '10:00',"
        " interval 1 day, 1.5::decimal(9, 2), uuid(), [1], {'a': 1}, map {1: 2}, 'a'::blob",
        ["a"],
    ).fetchall()


def prepare_arrow(connection: duckdb.DuckDBPyConnection) -> None:
    """Load what writes Arrow and Parquet, while files can still be opened."""
    for form in sorted(ARROW):
        _arrow(connection.execute("select 1 as n, 'a' as t, [1] as l"), form, 1)


def write(cursor: duckdb.DuckDBPyConnection, form: str, limit: int) -> tuple[bytes, bool]:
    """Return at most ``limit`` rows in a format, and whether there were more."""
    if form in ARROW:
        return _arrow(cursor, form, limit)
    columns = [(column[0], str(column[1])) for column in cursor.description or ()]
    names = _distinct_names([name for name, _ in columns])
    rows = cursor.fetchmany(limit + 1)
    truncated, rows = len(rows) > limit, rows[:limit]
    if form == "csv":
        return _csv(names, rows), truncated
    records = [dict(zip(names, row, strict=True)) for row in rows]
    if form == "jsonl":
        return b"".join(_json(record) + b"\n" for record in records), truncated
    kinds = [{"name": name, "type": kind} for name, (_, kind) in zip(names, columns, strict=True)]
    return _json({"columns": kinds, "truncated": truncated, "results": records}), truncated


def _arrow(cursor: duckdb.DuckDBPyConnection, form: str, limit: int) -> tuple[bytes, bool]:
    import pyarrow as pa
    from pyarrow import parquet

    reader = cursor.to_arrow_reader(20_000)
    batches, count = [], 0
    for batch in reader:
        batches.append(batch)
        count += batch.num_rows
        if count > limit:
            break
    table = pa.Table.from_batches(batches, reader.schema)
    table = table.rename_columns(_distinct_names(table.column_names)).slice(0, limit)
    sink = io.BytesIO()
    if form == "parquet":
        parquet.write_table(table, sink)
    else:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue(), count > limit


def _csv(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """RFC 4180: comma, CRLF, empty for null."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink)
    writer.writerow(names)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return sink.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return _json(value).decode()
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else value


def _json(content: Any) -> bytes:
    try:
        return orjson.dumps(content, default=_json_default, option=_OPTIONS)
    except TypeError:  # an integer of more than 64 bits: sums are HUGEINT
        return json.dumps(content, default=_json_default, ensure_ascii=False).encode()


def _json_default(value: Any) -> Any:
    if type(value).__name__ == "Decimal":
        return float(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _distinct_names(names: Sequence[str]) -> list[str]:
    """Rename columns of the same name: ``n``, ``n_1``."""
    seen: dict[str, int] = {}
    renamed = []
    for name in names:
        rank = seen.get(name, 0)
        seen[name] = rank + 1
        renamed.append(f"{name}_{rank}" if rank else name)
    return renamed
