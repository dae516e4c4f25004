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
# Rows that are written at once: few, as a value may have megabytes.
_BLOCK = 256


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
        _arrow(connection.execute("select 1 as n, 'a' as t, [1] as l"), form, 1, 1_000_000)


class TooLargeError(ValueError):
    """The answer has more bytes than one may have."""


def write(
    cursor: duckdb.DuckDBPyConnection, form: str, limit: int, most: int
) -> tuple[list[bytes], bool]:
    """Return at most ``limit`` rows in a format, in parts, and whether there were more.

    Raises ``TooLargeError`` beyond ``most`` bytes.
    """
    if form in ARROW:
        return _arrow(cursor, form, limit, most)
    columns = [(column[0], str(column[1])) for column in cursor.description or ()]
    names = _distinct_names([name for name, _ in columns])
    kinds = [{"name": name, "type": kind} for name, (_, kind) in zip(names, columns, strict=True)]
    parts = [_csv([names])] if form == "csv" else []
    count, size = 0, 0
    while rows := cursor.fetchmany(min(_BLOCK, limit + 1 - count)):
        kept = rows[: limit - count]
        count += len(rows)
        if not kept:
            break
        parts.append(_block(names, kept, form))
        size += len(parts[-1])
        if size > most:
            raise TooLargeError
        if count > limit:
            break
    truncated = count > limit
    if form != "json":
        return parts, truncated
    head = _json({"columns": kinds, "truncated": truncated, "results": []}).removesuffix(b"]}")
    return [head, b",".join(parts), b"]}"], truncated


def _block(names: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> bytes:
    if form == "csv":
        return _csv([[_cell(value) for value in row] for row in rows])
    records = [_json(dict(zip(names, row, strict=True))) for row in rows]
    return b"".join(record + b"\n" for record in records) if form == "jsonl" else b",".join(records)


def _arrow(
    cursor: duckdb.DuckDBPyConnection, form: str, limit: int, most: int
) -> tuple[list[bytes], bool]:
    import pyarrow as pa
    from pyarrow import parquet

    reader = cursor.to_arrow_reader(20_000)
    batches, count, size = [], 0, 0
    for batch in reader:
        batches.append(batch)
        count += batch.num_rows
        size += batch.nbytes
        if size > most:
            raise TooLargeError
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
    return [sink.getvalue()], count > limit


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    """RFC 4180: comma, CRLF, empty for null."""
    sink = io.StringIO(newline="")
    csv.writer(sink).writerows(rows)
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
