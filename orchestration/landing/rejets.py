"""What does not land: a file refused whole, a record rejected with its reason.

Belongs here: the refusal's exception, the reject and its encrypted file. Does not: deciding what
is refused or rejected (each source does).
"""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration import warehouse
from orchestration.landing import schemas

_BUFFERED = 5_000
_OWN_COLUMNS = "_num, ligne, colonne, motif, detail, contenu"


class LandingError(Exception):
    """A file refused whole. Its French message says where, what and what to do, never a value."""

    def __init__(
        self, fichier: str, probleme: str, *, ligne: int | None = None, colonne: str | None = None
    ) -> None:
        where = fichier.rpartition("/")[2]
        where += "" if ligne is None else f", ligne {ligne}"
        where += "" if colonne is None else f", colonne {colonne}"
        super().__init__(f"{where} : {probleme}")


@dataclass(frozen=True)
class Rejet:
    """One record kept out: its 1-based number in the file, why, and its original text.

    ``motif`` is a short stable code (``date_invalide``), ``detail`` a French sentence without any
    value of the record; ``contenu`` is only ever written encrypted.
    """

    num: int
    ligne: int | None
    colonne: str | None
    motif: str
    detail: str
    contenu: str


class Rejets:
    """The rejects of one deposit: buffered, held by DuckDB (which spills), written encrypted."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.par_motif: Counter[str] = Counter()
        self._connection = connection
        self._buffer: list[Rejet] = []
        kinds = {**schemas.REJETS}
        names = ", ".join(f"{name} {kinds[name]}" for name in _OWN_COLUMNS.split(", "))
        connection.execute(f"create temp table rejets ({names})")

    def add(self, rejet: Rejet) -> None:
        """Keep one record."""
        self.par_motif[rejet.motif] += 1
        self._buffer.append(rejet)
        if len(self._buffer) >= _BUFFERED:
            self._flush()

    def add_query(self, query: str) -> int:
        """Keep the records of a query (num, ligne, colonne, motif, detail, contenu); count them."""
        self._connection.execute(f"create or replace temp table nouveaux_rejets as {query}")
        found = self._connection.execute(
            "select motif, count(*) from nouveaux_rejets group by all"
        ).fetchall()
        self.par_motif.update(dict(found))
        self._connection.execute(
            f"insert into rejets ({_OWN_COLUMNS}) "
            "select num, ligne, colonne, motif, detail, contenu from nouveaux_rejets"
        )
        self._connection.execute("drop table nouveaux_rejets")
        return sum(number for _, number in found)

    def write(self, target: Path, fichier: str, sha256: str) -> None:
        """Write every reject to an encrypted Parquet file, in the order of the records."""
        self._flush()
        self._connection.execute(
            f"copy (select $fichier as _fichier, $sha256 as _sha256, {_OWN_COLUMNS} "
            f"from rejets order by _num) to '{quoted(target)}' "
            f"(format parquet, compression zstd, {warehouse.ENCRYPTED_PARQUET})",
            {"fichier": fichier, "sha256": sha256},
        )

    def _flush(self) -> None:
        if not self._buffer:
            return
        rows = pa.Table.from_pylist([asdict(rejet) for rejet in self._buffer])
        self._connection.register("rejets_en_memoire", rows)
        self._connection.execute(
            f"insert into rejets ({_OWN_COLUMNS}) "
            "select num, ligne, colonne, motif, detail, contenu from rejets_en_memoire"
        )
        self._connection.unregister("rejets_en_memoire")
        self._buffer.clear()


def quoted(path: Path) -> str:
    """Return a path ready to stand between single quotes in SQL."""
    return str(path).replace("'", "''")
