"""What the rules look at, read by DuckDB from the candidate's own files.

Belongs here: the measures of a candidate (rows, totals, nulls, newest period) and the frames of
rows or measures given to Great Expectations. Does not: rules, verdicts.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat
from orchestration.quality.periodes import bornes, connue
from orchestration.quality.regles import Regle, Reglement, colonnes_citees, nomenclature

if TYPE_CHECKING:
    import pandas as pd

LIGNE = "file_row_number"


@dataclass(frozen=True)
class Mesures:
    """Figures of a candidate. ``totaux`` are exact decimals as text, ``nuls`` shares from 0 to 1.

    ``colonnes`` are those found, with their types; ``niveaux`` gives (level, rows, dossiers).
    Of the periods: the oldest and the newest to begin, and the last day that any of them holds
    (a row whose month is generalised still has its quarter or its year).
    """

    lignes: int
    colonnes: tuple[tuple[str, str], ...]
    totaux: dict[str, str]
    nuls: dict[str, float]
    periode_min: str | None
    periode_max: str | None
    dernier_jour: str | None
    niveaux: tuple[tuple[int, int, int], ...]
    csv_fidele: bool


class Lecteur:
    """Reads one candidate; its connection also knows each seed as a table of its name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, jeu: Jeu, candidat: Candidat) -> None:
        self._connection = connection
        self._jeu = jeu
        parquet = candidat.chemin("parquet")
        self._csv = candidat.chemin("csv")
        connection.execute(f"create view candidat as from read_parquet('{parquet}')")
        connection.execute(
            f"create view lignes as from read_parquet('{parquet}', file_row_number = true)"
        )
        for seed in sorted(nomenclature("*").parent.glob("*.csv")):
            connection.execute(
                f"create view {seed.stem} as from read_csv('{seed}', all_varchar = true)"
            )
        described = connection.execute("describe candidat").fetchall()
        self.types = {str(row[0]): str(row[1]) for row in described}

    def mesurer(self, reglement: Reglement) -> Mesures:
        """Measure the candidate; what is missing or not a number has none."""
        totals = [name for name in self._jeu.totaux if self._est_nombre(name)]
        watched = [
            item
            for item in reglement.suivis
            if {item.colonne, *colonnes_citees(item.si, self._jeu)} <= set(self.types)
        ]
        expressions = [
            "count(*)",
            *(f'coalesce(sum("{name}"), 0)::varchar' for name in totals),
            *(
                f'coalesce(avg(("{item.colonne}" is null)::integer) filter (where {item.si}), 0)'
                for item in watched
            ),
        ]
        rows, *others = self._one(f"select {', '.join(expressions)} from candidat")
        periods = self._periodes()
        return Mesures(
            lignes=rows,
            colonnes=tuple(self.types.items()),
            totaux=dict(zip(totals, others[: len(totals)], strict=True)),
            nuls={
                item.colonne: round(float(share), 6)
                for item, share in zip(watched, others[len(totals) :], strict=True)
            },
            periode_min=min(periods, key=bornes, default=None),
            periode_max=max(periods, key=bornes, default=None),
            dernier_jour=max((bornes(text)[1].isoformat() for text in periods), default=None),
            niveaux=self._niveaux(),
            csv_fidele=self._csv_fidele(),
        )

    def cadre(self, regles: Sequence[Regle]) -> "pd.DataFrame | None":
        """Return the rows that ``regles`` read, indexed by row number; None if SQL refuses one.

        All of them share one ``filtre``. Decimals become floats, since Great Expectations
        compares them one by one in Python otherwise (2 M values: 4 s instead of 0.3).
        """
        import pandas as pd

        plain = {name for rule in regles if not rule.condition for name in rule.colonnes}
        columns = [
            f'"{name}"::double as "{name}"'
            if self.types[name].startswith("DECIMAL")
            else f'"{name}"'
            for name in sorted(plain)
        ]
        checks = [
            f'coalesce({rule.condition}, false) as "{rule.id}"' for rule in regles if rule.condition
        ]
        try:
            table = self._connection.execute(
                f"select {', '.join([LIGNE, *columns, *checks])} from lignes "
                f"where {regles[0].filtre or 'true'}"
            ).to_arrow_table()
        except duckdb.Error:
            # Its text would quote values of the rows: the rule is reported as not evaluable.
            return None
        frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype).set_index(LIGNE)
        # Great Expectations gives the labels of an index without a name, plainly.
        return frame.rename_axis(index=None)

    def lire(self, colonnes: Sequence[str], lignes: Sequence[int], si: str) -> list[dict[str, Any]]:
        """Return these columns of these rows (numbers in the file) where ``si`` holds.

        Nothing when that cannot be told (``si`` reads a column of another type).
        """
        names = ", ".join(f'"{name}"::varchar as "{name}"' for name in colonnes)
        numbers = ", ".join(str(number) for number in lignes)
        try:
            rows = self._connection.execute(
                f"select {LIGNE} + 1 as ligne, {names} from lignes "
                f"where {LIGNE} in ({numbers}) and {si} order by 1"
            ).fetchall()
        except duckdb.Error:
            return []
        return [dict(zip(("ligne", *colonnes), row, strict=True)) for row in rows]

    def _periodes(self) -> set[str]:
        """Return the finest known period of each row."""
        _, _, event = self._jeu.periode.partition("_")
        names = [self._jeu.periode, f"trimestre_{event}", f"annee_{event}"]
        columns = ", ".join(f'"{name}"::varchar' for name in names if name in self.types)
        if not columns:
            return set()
        rows = self._connection.execute(f"select distinct {columns} from candidat").fetchall()
        return {text for row in rows if (text := connue(row))}

    def _niveaux(self) -> tuple[tuple[int, int, int], ...]:
        if not (self._est_nombre("niveau_diffusion") and self._est_nombre("nb_dossiers")):
            return ()
        rows = self._connection.execute(
            "select niveau_diffusion, count(*), sum(nb_dossiers)::bigint from candidat "
            "where niveau_diffusion is not null and nb_dossiers is not null group by 1 order by 1"
        ).fetchall()
        return tuple((level, count, dossiers) for level, count, dossiers in rows)

    def _est_nombre(self, colonne: str) -> bool:
        return self.types.get(colonne, "").startswith(("INTEGER", "BIGINT", "DECIMAL"))

    def _csv_fidele(self) -> bool:
        """Say whether the CSV, read back, has the Parquet's header and the same bag of rows."""
        with self._csv.open(encoding="utf-8", newline="") as file:
            if file.readline().rstrip("\n") != ";".join(self.types):
                return False
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in self.types.items())
        delivered = (
            f"read_csv('{self._csv}', delim = ';', header = true, quote = '\"', escape = '\"', "
            f"nullstr = '', auto_detect = false, columns = {{{columns}}})"
        )
        fingerprint = "select count(*), sum(hash(donnees)::hugeint) from {} as donnees"
        try:
            found = self._one(fingerprint.format(delivered))
        except duckdb.Error:
            return False
        return found == self._one(fingerprint.format("candidat"))

    def _one(self, query: str) -> tuple[Any, ...]:
        row = self._connection.execute(query).fetchone()
        return row or ()


@contextmanager
def ouvrir(jeu: Jeu, candidat: Candidat) -> Iterator[Lecteur]:
    """Open a candidate for reading; nothing here needs the warehouse, the vault or a key."""
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{settings.memory_limit()}'")
        connection.execute(f"set threads = {settings.threads()}")
        yield Lecteur(connection, jeu, candidat)
