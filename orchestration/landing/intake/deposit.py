"""One deposit: the folder that a lander fills, and that appears whole or not at all.

A lander writes its tables, rejects what it must and gives its counts; leaving the block reconciles
them and renames the folder. Tables are zstd Parquet, with their lineage, encrypted when personal.
"""

import calendar
import datetime as dt
import json
import os
import re
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

from orchestration import files, settings, warehouse
from orchestration.landing.intake import history, identifiers, schemas
from orchestration.landing.intake.deposit_record import RECORD
from orchestration.landing.intake.hints import Hints
from orchestration.landing.intake.rejects import LandingError, Reject, Rejects
from orchestration.sql import literal

_DAY = re.compile(r"(?<!\d)(20\d{2})([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)(20\d{2})[-_](0[1-9]|1[0-2])(?!\d)")


def date_of_name(name: str) -> dt.date | None:
    """Return the first date of a file name (``2024-02-22``, ``2024_02_22``, ``20240222``).

    ``2024-02`` alone is the last day of that month, or today while it lasts.
    """
    for day in _DAY.finditer(name):
        try:
            return dt.date(int(day[1]), int(day[3]), int(day[4]))
        except ValueError:
            continue
    month = _MONTH.search(name)
    if month:
        first = dt.date(int(month[1]), int(month[2]), 1)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        return max(first, min(last, _today()))
    return None


def extraction_date(name: str) -> dt.date:
    """Return the date of a file name; without any, today (UTC)."""
    return date_of_name(name) or _today()


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


@dataclass(frozen=True)
class Lineage:
    """Where the rows of a deposit come from."""

    fichier: str
    sha256: str
    date_extraction: dt.date

    def columns(self) -> dict[str, str | dt.date]:
        """Return the values of the lineage columns."""
        return {f"_{name}": value for name, value in asdict(self).items()}


class Deposit:
    """Context manager of one landing: ``with Deposit(source, path, date) as deposit``.

    On a normal exit the counts are reconciled (read = landed + rejected), tables never written are
    written empty, and the folder is renamed to ``<date>_<sha16>``. On any exception nothing stays.
    ``connection`` is a private in-memory DuckDB, which keeps the order of rows and reads and writes
    encrypted Parquet; ``engine`` is one that several deposits share (opening one takes 0.1 s).
    Raises :class:`LandingError` when it is dated in the future; at exit when too many records are
    rejected (``schemas.MAX_REJECTED``), the counts do not add up or the file has changed.
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
        self.registers: tuple[str, ...] = schemas.REGISTERS
        self.hints = Hints()
        self.lus = self.atterris = 0
        self._identity = files.identity(path)
        self._date_given = date_extraction is not None
        date = date_extraction or extraction_date(path.name)
        self.lineage = Lineage(path.name, sha256 or files.sha256(path), date)
        self.directory = settings.landing(source) / (
            f"{history.DRAFT}{self.lineage.sha256[:16]}-{os.getpid()}"
        )
        self._engine = engine
        self._stack = ExitStack()
        self._rows: Counter[str] = Counter()
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> Self:
        if self._date_given or self.source not in schemas.DATED_BY_CONTENT:
            self._refuse_the_future()
        self._stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
        shutil.rmtree(self.directory, ignore_errors=True)
        try:
            files.private_folder(settings.landing())
            self.directory.mkdir(parents=True)
            engine = self._engine or self._stack.enter_context(identifiers.engine())
            # A cursor has its own temporary tables and shares the engine's memory and threads.
            self.connection = self._stack.enter_context(engine.cursor())
            self.connection.execute("set preserve_insertion_order = true")
            self._rejects = Rejects(self.connection)
            self._stack.callback(self._close_writers)
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
        if self.source in settings.PERSONAL_SOURCES:
            raise ValueError(f"{self.source}.{table} is personal: use copy_query")
        rows = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
        schema = schemas.arrow_schema(self.source, table)
        for name, value in self.lineage.columns().items():
            rows = rows.append_column(name, pa.repeat(pa.scalar(value), len(rows)))
        if table not in self._writers:
            self._writers[table] = pq.ParquetWriter(self._file(table), schema, compression="zstd")
        self._writers[table].write_table(rows.select(schema.names).cast(schema))
        self._rows[table] += len(rows)

    def copy_query(self, table: str, query: str) -> int:
        """Write the whole of a table from a ``query`` on ``connection``; return its rows.

        Encrypted when the source is personal. The query gives ``_num`` and the table's columns;
        the other lineage columns are added here.
        """
        lineage = self.lineage.columns()
        columns = ", ".join(
            f"{f'${name}' if name in lineage else name}::{kind} as {name}"
            for name, kind in schemas.columns(self.source, table).items()
        )
        encryption = (
            f", {warehouse.ENCRYPTED_PARQUET}" if self.source in settings.PERSONAL_SOURCES else ""
        )
        written = self.connection.execute(
            f"""
            copy (select {columns} from ({query}))
            to {literal(self._file(table))}
            (format parquet, compression zstd{encryption})
            """,
            lineage,
        ).fetchone()
        self._rows[table] = int(written[0]) if written else 0
        return self._rows[table]

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

    def _refuse_the_future(self) -> None:
        date = self.lineage.date_extraction
        # In some places it is tomorrow already.
        if date > _today() + dt.timedelta(days=1):
            raise LandingError(
                self.lineage.fichier,
                f"date d'extraction dans le futur ({date:%d/%m/%Y}) : corriger le nom du fichier, "
                "ou donner la vraie date (--date).",
            )

    def _refuse_if_mostly_rejected(self) -> None:
        """Refuse the file whole above the declared share: it is not what it claims."""
        advice = "Rien n'atterrit, la livraison précédente reste : corriger le fichier."
        if self.lus and not self.atterris:
            raise LandingError(
                self.lineage.fichier,
                f"tous les enregistrements ({self.lus}) sont rejetés : "
                f"{self._rejects.summary()}. {advice}",
            )
        without_key = self.rejects_by_reason.get(schemas.NO_KEY, 0)
        judged, rejected = self.lus - without_key, self.rejetes - without_key
        most = schemas.MAX_REJECTED[self.source]
        if schemas.too_many(self.source, judged, rejected):
            raise LandingError(
                self.lineage.fichier,
                f"{rejected} enregistrements rejetés sur {judged}, soit plus de {most:.0%} : "
                f"{self._rejects.summary()}. {advice}",
            )

    def _finish(self) -> None:
        fichier, sha256 = self.lineage.fichier, self.lineage.sha256
        if self.lus != self.atterris + self.rejetes:
            raise LandingError(
                fichier,
                f"{self.lus} enregistrements lus, mais {self.atterris} atterris et {self.rejetes} "
                "rejetés : rien n'est gardé, signaler ce défaut aux développeurs.",
            )
        self._refuse_if_mostly_rejected()
        for table in schemas.SOURCES[self.source].keys() - self._rows.keys():
            self.copy_query(table, schemas.no_rows(self.source, table))
        self._close_writers()
        self._rejects.write(self.directory / "rejets.parquet", fichier, sha256)
        if files.identity(self.path) != self._identity:
            raise LandingError(
                fichier,
                "le fichier a changé pendant sa lecture : attendre la fin de la copie et relancer.",
            )
        (self.directory / RECORD).write_text(
            json.dumps(self._record(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )

    def _commit(self) -> None:
        for path in self.directory.iterdir():
            path.chmod(0o400)
        date, sha256 = self.lineage.date_extraction, self.lineage.sha256
        files.settle(self.directory, self.directory.with_name(f"{date:%Y-%m-%d}_{sha256[:16]}"))

    def _close_writers(self) -> None:
        """Close the files being written (twice is once)."""
        for writer in self._writers.values():
            writer.close()

    def _file(self, table: str) -> Path:
        return self.directory / f"{table}.parquet"

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
            "tables": dict(self._rows),
            "avertissements": self.warnings,
            "repertoires": list(self.registers),
            **({"jeu_du_producteur": self.hints.dataset_id} if self.hints.dataset_id else {}),
        }
