"""One deposit: the folder that a source fills, and that appears whole or not at all.

Belongs here: the deposit that every lander writes through. Does not: reading or checking a source,
the files' format (``parquets``) or what a reject is (``rejets``). A lander writes its tables,
rejects what it must and gives its counts; leaving the block reconciles them and renames the folder.
"""

import datetime as dt
import json
import os
import shutil
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from orchestration import settings, warehouse
from orchestration.landing import historique
from orchestration.landing.dates import extraction_date
from orchestration.landing.fichiers import fsync, identity, sha256_of
from orchestration.landing.parquets import Lineage, Parquets
from orchestration.landing.rejets import LandingError, Rejet, Rejets

__all__ = ["Depot", "LandingError", "Lineage", "Rejet", "sha256_of"]


class Depot:
    """Context manager of one landing: ``with Depot(source, path, date) as depot``.

    On a normal exit the counts are reconciled (read = landed + rejected), tables never written are
    written empty, and the folder is renamed to ``<date>_<sha16>``. On any exception nothing stays.
    ``connection`` is a private in-memory DuckDB, which keeps the order of rows and reads and writes
    encrypted Parquet; ``engine`` is one that several deposits share (opening one takes 0.1 s).
    Raises :class:`LandingError` at exit when the counts do not add up or the file has changed.
    """

    connection: duckdb.DuckDBPyConnection

    def __init__(
        self,
        source: str,
        path: Path,
        date_extraction: dt.date | None = None,
        sha256: str | None = None,
        engine: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        self.source = source
        self.path = path
        self.avertissements: list[str] = []
        self.lus = self.atterris = 0
        self._identity = identity(path)
        self._date_given = date_extraction is not None
        date = date_extraction or extraction_date(path.name)
        self.lineage = Lineage(path.name, sha256 or sha256_of(path), date)
        self.directory = settings.atterrissage(source) / (
            f"{historique.DRAFT}{self.lineage.sha256[:16]}-{os.getpid()}"
        )
        self._engine = engine
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
        shutil.rmtree(self.directory, ignore_errors=True)
        try:
            self.directory.mkdir(parents=True)
            engine = self._engine or self._stack.enter_context(warehouse.connect())
            # A cursor has its own temporary tables and shares the engine's memory and threads.
            self.connection = self._stack.enter_context(engine.cursor())
            self.connection.execute("set preserve_insertion_order = true")
            self._rejets = Rejets(self.connection)
            self._parquets = Parquets(self.source, self.directory, self.connection)
            self._stack.callback(self._parquets.close)
        except BaseException:
            self._stack.close()
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
        self._parquets.write_batch(table, batch, self.lineage)

    def copy_query(self, table: str, query: str) -> int:
        """Write the whole of a table from a ``query`` on ``connection``; return its rows.

        Encrypted when the source is personal. The query gives ``_num`` and the table's columns;
        the other lineage columns are added here.
        """
        return self._parquets.copy_query(table, query, self.lineage)

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
        # After a commit the folder bears its final name, and the stack finds nothing to remove.
        with self._stack:
            if kind is None:
                self._finish()
                self._commit()

    def _finish(self) -> None:
        fichier, sha256 = self.lineage.fichier, self.lineage.sha256
        if self.lus != self.atterris + self.rejetes:
            raise LandingError(
                fichier,
                f"{self.lus} enregistrements lus, mais {self.atterris} atterris et {self.rejetes} "
                "rejetés : rien n'est gardé, signaler ce défaut aux développeurs.",
            )
        self._parquets.finish(self.lineage)
        self._rejets.write(self.directory / "rejets.parquet", fichier, sha256)
        if identity(self.path) != self._identity:
            raise LandingError(
                fichier,
                "le fichier a changé pendant sa lecture : attendre la fin de la copie et relancer.",
            )
        (self.directory / historique.RECORD).write_text(
            json.dumps(self._record(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )

    def _commit(self) -> None:
        for path in self.directory.iterdir():
            path.chmod(0o400)
            fsync(path)
        fsync(self.directory)
        date, sha256 = self.lineage.date_extraction, self.lineage.sha256
        self.directory.rename(self.directory.with_name(f"{date:%Y-%m-%d}_{sha256[:16]}"))
        fsync(self.directory.parent)

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
            "tables": dict(self._parquets.rows),
            "avertissements": self.avertissements,
        }
