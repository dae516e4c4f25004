"""One deposit: the folder that a source fills, and that appears whole or not at all.

Belongs here: the deposit that every lander writes through. Does not: reading or checking a source,
nor what a reject is (``rejets``). A lander writes its tables, rejects what it must and gives its
counts; leaving the block reconciles them and renames the folder into place.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import settings, warehouse
from orchestration.landing import historique, schemas
from orchestration.landing.dates import extraction_date
from orchestration.landing.rejets import LandingError, Rejet, Rejets, quoted

__all__ = ["Depot", "LandingError", "Lineage", "Rejet", "sha256_of"]


@dataclass(frozen=True)
class Lineage:
    """Where the rows of a deposit come from."""

    fichier: str
    sha256: str
    date_extraction: dt.date


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file, read once by blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Depot:
    """Context manager of one landing: ``with Depot(source, path, date) as depot``.

    On a normal exit the counts are reconciled (read = landed + rejected), tables never written are
    written empty, and the folder is renamed to ``<date>_<sha16>``. On any exception nothing stays.
    ``connection`` is a private in-memory DuckDB, able to read and write encrypted Parquet.
    Raises :class:`LandingError` at exit when the counts do not add up or the file has changed.
    """

    connection: duckdb.DuckDBPyConnection

    def __init__(
        self,
        source: str,
        path: Path,
        date_extraction: dt.date | None = None,
        sha256: str | None = None,
    ) -> None:
        self.source = source
        self.path = path
        self._identity = _identity(path)
        self._date_given = date_extraction is not None
        date = date_extraction or extraction_date(path.name)
        self.lineage = Lineage(path.name, sha256 or sha256_of(path), date)
        self.avertissements: list[str] = []
        self.directory = settings.atterrissage(source) / (
            f"{historique.DRAFT}{self.lineage.sha256[:16]}-{os.getpid()}"
        )
        self.tables: Counter[str] = Counter()
        self.lus = self.atterris = 0
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        try:
            self.connection = self._stack.enter_context(warehouse.connect())
            self._rejets = Rejets(self.connection)
        except BaseException:
            self._clean()
            raise
        return self

    @property
    def rejetes(self) -> int:
        """Records rejected so far."""
        return self._rejets.par_motif.total()

    @property
    def rejets_par_motif(self) -> dict[str, int]:
        """Records rejected so far, by reason."""
        return dict(self._rejets.par_motif)

    def date_of_content(self, date: dt.date) -> None:
        """Take the extraction date found in the content, unless somebody gave one.

        To be called before any row is written: the date is part of every row's lineage.
        """
        if not self._date_given:
            self.lineage = replace(self.lineage, date_extraction=date)

    def warn(self, message: str) -> None:
        """Keep a remark (French, without any value) that must be seen but refuses nothing."""
        self.avertissements.append(message)

    def write_batch(self, table: str, batch: pa.RecordBatch | pa.Table) -> None:
        """Append rows to a public table (streamed, zstd).

        ``batch`` has ``_num`` and the columns of ``schemas.SOURCES[source][table]``, in any order,
        of types that cast safely to them; the other lineage columns are added here.
        """
        if self.source in schemas.PERSONAL:
            raise ValueError(f"{self.source}.{table} is personal: use copy_query")
        rows = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
        schema = schemas.arrow_schema(self.source, table)
        for name, value in self._constants().items():
            rows = rows.append_column(name, pa.repeat(pa.scalar(value), len(rows)))
        self._writer(table).write_table(rows.select(schema.names).cast(schema))
        self.tables[table] += len(rows)

    def copy_query(self, table: str, query: str) -> int:
        """Write the whole of a table from a ``query`` on ``connection``; return its rows.

        Encrypted when the source is personal.

        The query gives ``_num`` and the table's columns; the other lineage columns are added.
        """
        constants = self._constants()
        chosen = ", ".join(
            f"{f'${name}' if name in constants else name}::{kind} as {name}"
            for name, kind in schemas.columns(self.source, table).items()
        )
        encryption = f", {warehouse.ENCRYPTED_PARQUET}" if self.source in schemas.PERSONAL else ""
        written = self.connection.execute(
            f"copy (select {chosen} from ({query})) to '{quoted(self._file(table))}' "
            f"(format parquet, compression zstd{encryption})",
            constants,
        ).fetchone()
        self.tables[table] = int(written[0]) if written else 0
        return self.tables[table]

    def reject(self, rejet: Rejet) -> None:
        """Keep one record out of the tables, with its reason and its content."""
        self._rejets.add(rejet)

    def reject_query(self, query: str) -> int:
        """Reject the records that a query on ``connection`` gives; return their number.

        Columns of the query: num, ligne, colonne, motif, detail, contenu (as in :class:`Rejet`).
        """
        return self._rejets.add_query(query)

    def counts(self, *, lus: int, atterris: int) -> None:
        """Give the totals in records; they are reconciled with the rejects at the end."""
        self.lus, self.atterris = lus, atterris

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
                self._commit()
        finally:
            self._clean()

    def _finish(self) -> None:
        if self.lus != self.atterris + self.rejetes:
            raise LandingError(
                self.lineage.fichier,
                f"{self.lus} enregistrements lus, mais {self.atterris} atterris et {self.rejetes} "
                "rejetés : rien n'est gardé, signaler ce défaut aux développeurs.",
            )
        for table in schemas.SOURCES[self.source].keys() - self.tables.keys():
            self._write_empty(table)
        for writer in self._writers.values():
            writer.close()
        self._rejets.write(
            self.directory / "rejets.parquet", self.lineage.fichier, self.lineage.sha256
        )
        if _identity(self.path) != self._identity:
            raise LandingError(
                self.lineage.fichier,
                "le fichier a changé pendant sa lecture : attendre la fin de la copie et relancer.",
            )
        (self.directory / historique.RECORD).write_text(
            json.dumps(self._record(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )

    def _commit(self) -> None:
        for path in self.directory.iterdir():
            path.chmod(0o400)
            _fsync(path)
        _fsync(self.directory)
        date, sha = self.lineage.date_extraction, self.lineage.sha256
        self.directory.rename(self.directory.with_name(f"{date:%Y-%m-%d}_{sha[:16]}"))
        _fsync(self.directory.parent)

    def _clean(self) -> None:
        # After a commit the folder bears its final name: there is nothing left to remove here.
        for writer in self._writers.values():
            writer.close()
        self._stack.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _record(self) -> dict[str, object]:
        return {
            "source": self.source,
            **asdict(self.lineage),
            "octets": self._identity[1],
            "date_extraction": self.lineage.date_extraction.isoformat(),
            "atterri_le": dt.datetime.now(dt.UTC).isoformat(),
            "lus": self.lus,
            "atterris": self.atterris,
            "rejetes": self.rejetes,
            "rejets_par_motif": self.rejets_par_motif,
            "tables": dict(self.tables),
            "avertissements": self.avertissements,
        }

    def _constants(self) -> dict[str, str | dt.date]:
        return {f"_{name}": value for name, value in asdict(self.lineage).items()}

    def _file(self, table: str) -> Path:
        return self.directory / f"{table}.parquet"

    def _writer(self, table: str) -> pq.ParquetWriter:
        if table not in self._writers:
            schema = schemas.arrow_schema(self.source, table)
            self._writers[table] = pq.ParquetWriter(self._file(table), schema, compression="zstd")
        return self._writers[table]

    def _write_empty(self, table: str) -> None:
        kinds = schemas.columns(self.source, table)
        nulls = ", ".join(f"null::{kind} as {name}" for name, kind in kinds.items())
        self.copy_query(table, f"select {nulls} limit 0")


def _identity(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written again: inode, size, modification time."""
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
