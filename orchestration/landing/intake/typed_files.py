"""Lists that are no CSV: exports of a portal as Parquet, JSON or JSON lines, read as texts."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.landing.intake.kinds import is_parquet
from orchestration.landing.intake.rejects import LandingError
from orchestration.sql import identifier, literal

_HEAD = 4096
_FORMATS = {b"[": "array", b"{": "newline_delimited"}
# Records that tell whether a JSON is an export; an export has more columns than this.
_SAMPLE, _FEWEST = 200, 5
_OPTIONS = "compression = 'uncompressed', maximum_object_size = 16777216"


@dataclass(frozen=True)
class TypedFile:
    """``form``: how it is called; ``relation``: SQL of its rows, with their rank ``rang`` from 1.

    Reading the relation raises ``duckdb.Error`` when the file is damaged: see :func:`damaged`.
    """

    form: str
    names: tuple[str, ...]
    relation: str


def typed_file(path: Path) -> TypedFile | None:
    """Return what a file is that a portal has typed; None when it may be a CSV.

    Raises :class:`LandingError` when a Parquet cannot be read.
    """
    if is_parquet(path):
        try:
            names = pq.read_schema(path).names
        except (pa.ArrowException, OSError):
            raise damaged(path, "Parquet") from None
        rows = f"read_parquet({literal(path)}, file_row_number = true)"
        return TypedFile(
            "Parquet",
            tuple(names),
            f"(select * exclude (file_row_number), file_row_number + 1 as rang from {rows})",
        )
    return _json_export(path)


def damaged(path: Path, form: str) -> LandingError:
    """Say that a file cannot be read to its end."""
    return LandingError(path.name, f"{form} illisible ou tronqué : le télécharger de nouveau.")


def _json_export(path: Path) -> TypedFile | None:
    """Return a JSON that a portal has exported; any other is none, and named for what it is.

    A portal writes flat records, figures as numbers, and nothing as null: what has texts only, or
    empty ones, is made by other tools, which may have lost first zeros or accents.
    """
    if not path.is_file():
        return None
    with path.open("rb") as file:
        form = _FORMATS.get(file.read(_HEAD).lstrip()[:1])
    if form is None:
        return None
    objects = f"read_json_objects({literal(path)}, format = '{form}', {_OPTIONS})"
    try:
        with duckdb.connect() as connection:
            rows = connection.execute(f"select json from {objects} limit {_SAMPLE}").fetchall()
        sample = [json.loads(row[0]) for row in rows]
    except (duckdb.Error, ValueError, RecursionError):
        return None
    names = tuple(dict.fromkeys(name for record in sample for name in record))
    values = [value for record in sample for value in record.values()]
    if len(names) < _FEWEST or not _are_exported(values):
        return None
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    rows_read = (
        f"read_json({literal(path)}, format = '{form}', columns = {{{columns}}}, {_OPTIONS})"
    )
    return TypedFile("JSON", names, f"(select *, row_number() over () as rang from {rows_read})")


def _are_exported(values: list[Any]) -> bool:
    numbers = any(isinstance(x, int | float) and not isinstance(x, bool) for x in values)
    records = any(isinstance(y, dict) for x in values if isinstance(x, list) for y in x)
    return numbers and not records and "" not in values


def texts(typed: TypedFile) -> str:
    """Return SQL of all columns as trimmed texts, in their order; empty where there is none."""
    read = [f"coalesce(trim({identifier(name)}::varchar), '')" for name in typed.names]
    return f"select {', '.join(read)} from {typed.relation} order by rang"
