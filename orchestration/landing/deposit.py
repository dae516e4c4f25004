"""One deposit: the folder that a source fills, and that appears whole or not at all.

Belongs here: the deposit that every lander writes through. Does not: reading or checking a source,
the files' format (``parquet``) or what a reject is (``rejects``). A lander writes its tables,
rejects what it must and gives its counts; leaving the block reconciles them and renames the folder.
"""

import calendar
import datetime as dt
import json
import os
import re
import shutil
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from orchestration import files, settings, warehouse
from orchestration.files import fsync, identity, sha256
from orchestration.landing import history
from orchestration.landing.parquet import Lineage, Parquets
from orchestration.landing.rejects import LandingError, Reject, Rejects

_DAY = re.compile(r"(?<!\d)(20\d{2})([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)(20\d{2})[-_](0[1-9]|1[0-2])(?!\d)")


def extraction_date(name: str) -> dt.date:
    """Return the first date of a file name (``2024-02-22``, ``2024_02_22``, ``20240222``).

    ``2024-02`` alone is the last day of that month; without any date, today (UTC).
    """
    for day in _DAY.finditer(name):
        try:
            return dt.date(int(day[1]), int(day[3]), int(day[4]))
        except ValueError:
            continue
    month = _MONTH.search(name)
    if month:
        year, number = int(month[1]), int(month[2])
        return dt.date(year, number, calendar.monthrange(year, number)[1])
    return dt.datetime.now(dt.UTC).date()


__all__ = ["Deposit", "LandingError", "Lineage", "Reject", "sha256"]


class Deposit:
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
        self.warnings: list[str] = []
        self.lus = self.atterris = 0
        self._identity = identity(path)
        self._date_given = date_extraction is not None
        date = date_extraction or extraction_date(path.name)
        self.lineage = Lineage(path.name, sha256 or files.sha256(path), date)
        self.directory = settings.landing(source) / (
            f"{history.DRAFT}{self.lineage.sha256[:16]}-{os.getpid()}"
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
            self._rejects = Rejects(self.connection)
            self._parquets = Parquets(self.source, self.directory, self.connection)
            self._stack.callback(self._parquets.close)
        except BaseException:
            self._stack.close()
            raise
        return self

    @property
    def rejetes(self) -> int:
        """Records rejected so far."""
        return self._rejects.by_reason.total()

    @property
    def rejects_by_reason(self) -> dict[str, int]:
        """Records rejected so far, by reason."""
        return dict(self._rejects.by_reason)

    def date_of_content(self, date: dt.date) -> None:
        """Take the extraction date found in the content, unless somebody gave one.

        To be called before any row is written: the date is part of every row's lineage.
        """
        if not self._date_given:
            self.lineage = replace(self.lineage, date_extraction=date)

    def warn(self, message: str) -> None:
        """Keep a remark (French, without any value) that must be seen but refuses nothing."""
        self.warnings.append(message)

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

    def reject(self, reject: Reject) -> None:
        """Keep one record out of the tables, with its reason and its content."""
        self._rejects.add(reject)

    def reject_query(self, query: str) -> int:
        """Reject the records that a query on ``connection`` gives; return their number.

        Columns of the query: num, ligne, colonne, motif, detail, contenu (as in :class:`Reject`).
        """
        return self._rejects.add_query(query)

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
        self._rejects.write(self.directory / "rejets.parquet", fichier, sha256)
        if identity(self.path) != self._identity:
            raise LandingError(
                fichier,
                "le fichier a changé pendant sa lecture : attendre la fin de la copie et relancer.",
            )
        (self.directory / history.RECORD).write_text(
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
            "rejets_par_motif": self.rejects_by_reason,
            "tables": dict(self._parquets.rows),
            "avertissements": self.warnings,
        }
