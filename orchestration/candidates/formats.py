"""The formats of a release: the same rows as Parquet, then CSV, JSON lines and XLSX drawn from it.

Each is streamed, and the same bytes for the same rows.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb_extensions import import_extension

from orchestration.datasets import Dataset
from orchestration.sql import literal

# DuckDB's own row group: what engines prune best; said here because the bytes depend on it.
ROW_GROUP = 122_880
# What a sheet can hold, its header apart, and what a cell can.
XLSX_ROWS = 1_048_575
XLSX_CELL = 32_767
# XML has no way to write these.
NOT_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"

Connection = duckdb.DuckDBPyConnection


def write_parquet(connection: Connection, dataset: Dataset, query: str, path: Path) -> int:
    """Write the rows of ``query``, in its order; return how many.

    The declared texts go into the file: as key-value metadata for any reader, and as Arrow fields'
    metadata for those that read ``ARROW:schema`` (pyarrow, pandas, R's arrow).
    """
    texts = {
        "titre": dataset.titre,
        "description": dataset.description,
        "licence": dataset.licence,
        "colonnes": json.dumps(
            {
                column.nom: {
                    "titre": column.titre,
                    "unite": column.unit,
                    "description": column.description,
                }
                for column in dataset.colonnes
            },
            ensure_ascii=False,
        ),
        "ARROW:schema": _arrow_schema(connection, dataset, query),
    }
    pairs = ", ".join(f"{literal(name)}: {literal(text)}" for name, text in texts.items())
    return _copy(
        connection,
        query,
        path,
        f"format parquet, compression zstd, row_group_size {ROW_GROUP}, kv_metadata {{{pairs}}}",
    )


def write_other_formats(
    connection: Connection, dataset: Dataset, parquet: Path, row_count: int
) -> list[Path]:
    """Write the other formats beside ``parquet``; return their paths, CSV first.

    From the file and not from the mart: sorted once, and each format is what the Parquet says.
    """
    written = []
    for extension, write in FORMATS.items():
        if extension == "xlsx" and row_count > XLSX_ROWS:
            continue
        path = parquet.with_suffix(f".{extension}")
        if write(connection, dataset, parquet, path) != row_count:
            raise RuntimeError(f"{path.name} : des lignes manquent.")
        written.append(path)
    return written


def _csv(connection: Connection, _dataset: Dataset, parquet: Path, path: Path) -> int:
    return _copy(connection, _rows(parquet), path, "format csv, delimiter ';', header, nullstr ''")


def _jsonl(connection: Connection, _dataset: Dataset, parquet: Path, path: Path) -> int:
    return _copy(connection, _rows(parquet), path, "format json, array false")


def _xlsx(connection: Connection, dataset: Dataset, parquet: Path, path: Path) -> int:
    import_extension("excel", con=connection)
    connection.execute("load excel")
    cells = ", ".join(
        f"left(regexp_replace({c.nom}, '{NOT_XML}', '', 'g'), {XLSX_CELL}) as {c.nom}"
        for c in dataset.colonnes
        if c.type == "VARCHAR"
    )
    rows = f"select * replace ({cells}) from read_parquet('{parquet}')" if cells else _rows(parquet)
    return _copy(connection, rows, path, "format xlsx, header true")


FORMATS: dict[str, Callable[[Connection, Dataset, Path, Path], int]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "xlsx": _xlsx,
}


def _rows(parquet: Path) -> str:
    return f"from read_parquet('{parquet}')"


def _copy(connection: Connection, query: str, path: Path, options: str) -> int:
    row = connection.execute(f"copy ({query}) to '{path}' ({options})").fetchone()
    return int(row[0]) if row else 0


def _arrow_schema(connection: Connection, dataset: Dataset, query: str) -> str:
    """Return the schema that Arrow readers take from a Parquet file: IPC bytes in base64."""
    declared = {column.nom: column for column in dataset.colonnes}
    fields = []
    for field in connection.execute(f"select * from ({query}) limit 0").to_arrow_table().schema:
        column = declared.get(field.name)
        texts = {}
        if column:
            texts = {"titre": column.titre, "description": column.description}
            texts |= {"unite": column.unit} if column.unit else {}
        fields.append(field.with_metadata(texts))
    return base64.b64encode(pa.schema(fields).serialize().to_pybytes()).decode()
