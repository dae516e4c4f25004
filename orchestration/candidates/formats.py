"""The formats of a release: the same rows as Parquet, then CSV, JSON lines and XLSX drawn from it.

Each is streamed, and the same bytes for the same rows. Amounts are doubles in the Parquet.
"""

import base64
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.published_rows import (
    DECIMALS,
    convert,
    decimal_columns,
    describe_columns,
    published_rows,
)
from orchestration.sql import identifier, literal, load_extension

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

    Decimals become doubles, which any reader takes as numbers; the file says which they were. The
    declared texts go into the file: as key-value metadata for any reader, and as Arrow fields'
    metadata for those that read ``ARROW:schema`` (pyarrow, pandas, R's arrow).
    """
    decimals = decimal_columns(describe_columns(connection, f"({query})"))
    _check_exact(connection, query, decimals)
    query = f"from {convert(f'({query})', dict.fromkeys(decimals, 'DOUBLE'))}"
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
        DECIMALS: json.dumps(decimals),
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
    formats = [name for name in FORMATS if name != "xlsx" or row_count <= XLSX_ROWS]

    def write(extension: str) -> Path:
        path = parquet.with_suffix(f".{extension}")
        with connection.cursor() as own:
            if FORMATS[extension](own, dataset, parquet, path) != row_count:
                raise RuntimeError(f"{path.name} : des lignes manquent.")
        return path

    # DuckDB writes each in one thread, and a workbook takes as long as the others together.
    with ThreadPoolExecutor(min(len(formats), settings.threads())) as pool:
        # The workbook first, which takes longest.
        return list(pool.map(write, reversed(formats)))[::-1]


def _csv(connection: Connection, _dataset: Dataset, parquet: Path, path: Path) -> int:
    return _copy(
        connection,
        _rows(connection, parquet),
        path,
        "format csv, delimiter ';', header, nullstr ''",
    )


def _jsonl(connection: Connection, _dataset: Dataset, parquet: Path, path: Path) -> int:
    return _copy(connection, _rows(connection, parquet), path, "format json, array false")


def _xlsx(connection: Connection, dataset: Dataset, parquet: Path, path: Path) -> int:
    load_extension(connection, "excel")
    cells = ", ".join(
        f"left(regexp_replace({c.nom}, '{NOT_XML}', '', 'g'), {XLSX_CELL}) as {c.nom}"
        for c in dataset.colonnes
        if c.type == "VARCHAR"
    )
    rows = _rows(connection, parquet)
    query = f"select * replace ({cells}) {rows}" if cells else rows
    return _copy(connection, query, path, "format xlsx, header true")


FORMATS: dict[str, Callable[[Connection, Dataset, Path, Path], int]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "xlsx": _xlsx,
}


def _rows(connection: Connection, parquet: Path) -> str:
    return f"from {published_rows(connection, parquet)}"


def _check_exact(connection: Connection, query: str, decimals: Mapping[str, str]) -> None:
    """Refuse a decimal that a double would not give back: none has lost a cent."""
    lost = " or ".join(
        f"{identifier(name)}::double::{kind} is distinct from {identifier(name)}"
        for name, kind in decimals.items()
    )
    row = connection.execute(f"select count(*) from ({query}) where {lost or 'false'}").fetchone()
    if row and row[0]:
        raise RuntimeError("un nombre a trop de chiffres pour être écrit sans perte.")


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
