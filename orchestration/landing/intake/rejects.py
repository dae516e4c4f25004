"""What does not land: a file refused whole, a record rejected with its reason, kept encrypted."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration import settings, warehouse
from orchestration.landing.intake import schemas
from orchestration.sql import literal

_BUFFERED = 5_000
_OWN_COLUMNS = "_num, ligne, colonne, motif, detail, contenu"


class LandingError(Exception):
    """A file refused whole. Its French message says where, what and what to do, never a value."""

    def __init__(
        self, file_name: str, problem: str, *, ligne: int | None = None, colonne: str | None = None
    ) -> None:
        location = file_name.rpartition("/")[2]
        location += "" if ligne is None else f", ligne {ligne}"
        location += "" if colonne is None else f", colonne {colonne}"
        super().__init__(f"{location} : {problem}")


@dataclass(frozen=True)
class Reject:
    """One record kept out: its 1-based number in the file, why, and its original text.

    ``motif`` is a short stable code (``date_invalide``), ``detail`` a French sentence without any
    value of the record; ``contenu`` is written encrypted (see :meth:`Rejects.write`).
    """

    num: int
    ligne: int | None
    colonne: str | None
    motif: str
    detail: str
    contenu: str


class Rejects:
    """The rejects of one deposit: buffered, held by DuckDB (which spills), written encrypted."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.by_reason: Counter[str] = Counter()
        self._connection = connection
        self._buffer: list[Reject] = []
        names = ", ".join(f"{name} {schemas.REJECTS[name]}" for name in _OWN_COLUMNS.split(", "))
        connection.execute(f"create temp table rejets ({names})")

    def add(self, reject: Reject) -> None:
        """Keep one record."""
        self.by_reason[reject.motif] += 1
        self._buffer.append(reject)
        if len(self._buffer) >= _BUFFERED:
            self._flush()

    def add_query(self, query: str) -> int:
        """Keep the records of a query (num, ligne, colonne, motif, detail, contenu); count them."""
        self._connection.execute(f"create or replace temp table nouveaux_rejets as {query}")
        counts = self._connection.execute(
            """
            select
                motif,
                count(*)
            from nouveaux_rejets
            group by all
            """
        ).fetchall()
        self.by_reason.update(dict(counts))
        self._insert_from("nouveaux_rejets")
        self._connection.execute("drop table nouveaux_rejets")
        return sum(number for _, number in counts)

    def summary(self) -> str:
        """Say in French each reason, how often and where first; no value of a record."""
        self._flush()
        reasons = self._connection.execute(
            """
            select
                motif,
                count(*),
                min_by(ligne, _num),
                min_by(colonne, _num),
                rtrim(min_by(detail, _num), '.')
            from rejets
            group by motif
            order by count(*) desc, motif
            """
        ).fetchall()
        return ", ".join(
            f"{reason} {count} fois (d'abord"
            f"{'' if line is None else f' ligne {line}'}{f', colonne {column}' if column else ''}"
            f" : {detail})"
            for reason, count, line, column, detail in reasons
        )

    def write(self, target: Path, file_name: str, sha256: str) -> None:
        """Write every reject to a Parquet file, in the order of the records: encrypted, but for
        those of public exports where nobody has a key.
        """
        self._flush()
        encryption = "" if settings.is_public() else f", {warehouse.ENCRYPTED_PARQUET}"
        self._connection.execute(
            f"""
            copy (
                select
                    $fichier as _fichier,
                    $sha256 as _sha256,
                    {_OWN_COLUMNS}
                from rejets
                order by _num
            )
            to {literal(target)}
            (format parquet, compression zstd{encryption})
            """,
            {"fichier": file_name, "sha256": sha256},
        )

    def _flush(self) -> None:
        if not self._buffer:
            return
        rows = pa.Table.from_pylist([asdict(reject) for reject in self._buffer])
        self._connection.register("rejets_en_memoire", rows)
        self._insert_from("rejets_en_memoire")
        self._connection.unregister("rejets_en_memoire")
        self._buffer.clear()

    def _insert_from(self, relation: str) -> None:
        self._connection.execute(
            f"""
            insert into rejets ({_OWN_COLUMNS})
            select num, ligne, colonne, motif, detail, contenu
            from {relation}
            """
        )
