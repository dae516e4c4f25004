"""The Parquet files of one deposit: typed, compressed, with their lineage, encrypted when personal.

Belongs here: writing rows, from Arrow batches or from a DuckDB query. Does not: the deposit's life
(``deposit``), the types (``common_schema``) or the rejects (``rejects``).
"""

import datetime as dt
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import warehouse
from orchestration.landing import schemas
from orchestration.sql import literal


@dataclass(frozen=True)
class Lineage:
    """Where the rows of a deposit come from."""

    fichier: str
    sha256: str
    date_extraction: dt.date


class Parquets:
    """The tables of one source, being written in one folder; ``rows`` counts them."""

    def __init__(self, source: str, directory: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.rows: Counter[str] = Counter()
        self._source = source
        self._directory = directory
        self._connection = connection
        self._encryption = f", {warehouse.ENCRYPTED_PARQUET}" if source in schemas.PERSONAL else ""
        self._writers: dict[str, pq.ParquetWriter] = {}

    def write_batch(self, table: str, batch: pa.RecordBatch | pa.Table, lineage: Lineage) -> None:
        """Append rows to a public table; see ``Deposit.write_batch``."""
        if self._source in schemas.PERSONAL:
            raise ValueError(f"{self._source}.{table} is personal: use copy_query")
        rows = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
        schema = schemas.arrow_schema(self._source, table)
        for name, value in _constants(lineage).items():
            rows = rows.append_column(name, pa.repeat(pa.scalar(value), len(rows)))
        if table not in self._writers:
            self._writers[table] = pq.ParquetWriter(self._file(table), schema, compression="zstd")
        self._writers[table].write_table(rows.select(schema.names).cast(schema))
        self.rows[table] += len(rows)

    def copy_query(self, table: str, query: str, lineage: Lineage) -> int:
        """Write the whole of a table from a query; see ``Deposit.copy_query``."""
        constants = _constants(lineage)
        chosen = ", ".join(
            f"{f'${name}' if name in constants else name}::{kind} as {name}"
            for name, kind in schemas.columns(self._source, table).items()
        )
        written = self._connection.execute(
            f"copy (select {chosen} from ({query})) to {literal(self._file(table))} "
            f"(format parquet, compression zstd{self._encryption})",
            constants,
        ).fetchone()
        self.rows[table] = int(written[0]) if written else 0
        return self.rows[table]

    def finish(self, lineage: Lineage) -> None:
        """Write, empty, the tables that nobody wrote, and close the files."""
        for table in schemas.SOURCES[self._source].keys() - self.rows.keys():
            kinds = schemas.columns(self._source, table)
            nulls = ", ".join(f"null::{kind} as {name}" for name, kind in kinds.items())
            self.copy_query(table, f"select {nulls} limit 0", lineage)
        self.close()

    def close(self) -> None:
        """Close the files being written (twice is once)."""
        for writer in self._writers.values():
            writer.close()

    def _file(self, table: str) -> Path:
        return self._directory / f"{table}.parquet"


def _constants(lineage: Lineage) -> dict[str, str | dt.date]:
    return {f"_{name}": value for name, value in asdict(lineage).items()}
