"""What the expectations look at: measures of a candidate, and frames of its rows or measures."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.candidates.candidate import Candidate
from orchestration.candidates.deliveries import Supply
from orchestration.datasets import Dataset
from orchestration.landing.intake import schemas
from orchestration.published_rows import describe_columns, published_rows
from orchestration.quality.measures import Measures
from orchestration.quality.periods import is_period, period_bounds
from orchestration.quality.suite import (
    FILE,
    PROFILE,
    SOURCES,
    TYPES,
    Expectation,
    Suite,
    cited_columns,
    seed_path,
)
from orchestration.sql import limit

if TYPE_CHECKING:
    import pandas as pd

ROW_NUMBER = "file_row_number"
# What staging writes in place of a person in a free text (macros/masques.sql).
MASKS = {
    "courriels": "[courriel masqué]",
    "telephones": "[téléphone masqué]",
    "personnes": "[personne masquée]",
}


class CandidateReader:
    """Reads one candidate; its connection also knows each seed as a table of its name."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, candidate: Candidate
    ) -> None:
        self._connection = connection
        self._dataset = dataset
        parquet = candidate.path("parquet")
        self._csv, self._jsonl = candidate.path("csv"), candidate.path("jsonl")
        for view, numbered in (("candidat", False), ("lignes", True)):
            rows = published_rows(connection, parquet, numbered=numbered)
            connection.execute(f"create view {view} as from {rows}")
        for seed in sorted(seed_path("*").parent.glob("*.csv")):
            connection.execute(
                f"create view {seed.stem} as from read_csv('{seed}', all_varchar = true)"
            )
        self.types = describe_columns(connection, "candidat")

    def measure(self, suite: Suite) -> Measures:
        """Measure the candidate; what is missing or not a number has none."""
        totals = [name for name in self._dataset.totaux if self._is_number(name)]
        watched_columns = [
            watched
            for watched in suite.watched_columns
            if {watched.column, *cited_columns(watched.condition, self._dataset)} <= set(self.types)
        ]
        expressions = [
            "count(*)",
            *(f'coalesce(sum("{name}"), 0)::varchar' for name in totals),
            *(
                f'coalesce(avg(("{watched.column}" is null)::integer) '
                f"filter (where {watched.condition}), 0)"
                for watched in watched_columns
            ),
        ]
        rows, *others = self._fetch_row(f"select {', '.join(expressions)} from candidat")
        periods = self._periods()
        newest = max(periods, key=period_bounds, default=None)
        return Measures(
            lignes=rows,
            colonnes=tuple(self.types.items()),
            totaux=dict(zip(totals, others[: len(totals)], strict=True)),
            nuls={
                watched.column: round(float(share), 6)
                for watched, share in zip(watched_columns, others[len(totals) :], strict=True)
            },
            periode_min=min(periods, key=period_bounds, default=None),
            periode_max=newest,
            dernier_jour=period_bounds(newest)[1].isoformat() if newest else None,
            niveaux=self._levels(),
            csv_fidele=self._csv_is_faithful(),
            jsonl_fidele=self._same_content(
                f"read_json('{self._jsonl}', format = 'newline_delimited', "
                f"columns = {self._columns()})"
            ),
            masques=self._masks(),
        )

    def frame(self, expectations: Sequence[Expectation]) -> "pd.DataFrame | None":
        """Return the rows that they read, indexed by row number; None if SQL refuses one of them.

        All of them share one ``row_filter``. Decimals become floats, since Great Expectations
        compares them one by one in Python otherwise (2 M values: 4 s instead of 0.3).
        """
        import pandas as pd

        plain = {
            name
            for expectation in expectations
            if not expectation.condition
            for name in expectation.columns
        }
        columns = [
            f'"{name}"::double as "{name}"'
            if self.types[name].startswith("DECIMAL")
            else f'"{name}"'
            for name in sorted(plain)
        ]
        checks = [
            f'coalesce({expectation.condition}, false) as "{expectation.id}"'
            for expectation in expectations
            if expectation.condition
        ]
        try:
            table = self._connection.execute(
                f"select {', '.join([ROW_NUMBER, *columns, *checks])} from lignes "
                f"where {expectations[0].row_filter or 'true'}"
            ).to_arrow_table()
        except duckdb.Error:
            # Its text would quote values of the rows: the expectation is reported as not evaluable.
            return None
        frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype).set_index(ROW_NUMBER)
        # Great Expectations gives the labels of an index without a name, plainly.
        return frame.rename_axis(index=None)

    def read(
        self, columns: Sequence[str], rows: Sequence[int], condition: str
    ) -> list[dict[str, Any]]:
        """Return these columns of these rows (numbers in the file) where ``condition`` holds.

        Nothing when that cannot be told (it reads a column of another type).
        """
        names = ", ".join(f'"{name}"::varchar as "{name}"' for name in columns)
        numbers = ", ".join(str(number) for number in rows)
        try:
            values = self._connection.execute(
                f"select {ROW_NUMBER} + 1 as ligne, {names} from lignes "
                f"where {ROW_NUMBER} in ({numbers}) and {condition} order by 1"
            ).fetchall()
        except duckdb.Error:
            return []
        return [dict(zip(("ligne", *columns), row, strict=True)) for row in values]

    def _masks(self) -> dict[str, int]:
        texts = [f'"{name}"' for name, kind in self.types.items() if kind == "VARCHAR"]
        if not texts:
            return {}
        held = ", ".join(f"bool_or(contains({name}, ' masqué'))" for name in texts)
        rows = zip(texts, self._fetch_row(f"select {held} from candidat"), strict=True)
        masked = [name for name, holds in rows if holds]
        if not masked:
            return {}
        text = f"concat_ws(' ', {', '.join(masked)})"
        counts = [
            f"sum((strlen({text}) - strlen(replace({text}, '{mask}', ''))) // strlen('{mask}'))"
            for mask in MASKS.values()
        ]
        totals = self._fetch_row(f"select {', '.join(counts)} from candidat")
        return {kind: int(total) for kind, total in zip(MASKS, totals, strict=True) if total}

    def _periods(self) -> set[str]:
        """Return the periods of the rows; what is none is the business of other expectations."""
        name = self._dataset.period
        if name not in self.types:
            return set()
        rows = self._connection.execute(f'select distinct "{name}"::varchar from candidat')
        return {text for (text,) in rows.fetchall() if is_period(text or "")}

    def _levels(self) -> tuple[tuple[int, int, int], ...]:
        if not self._dataset.plan:
            return ()
        counted = self._dataset.counters or ("nb_dossiers",)
        if not all(self._is_number(name) for name in ("niveau_diffusion", *counted)):
            return ()
        dossiers = " + ".join(f"coalesce({name}, 0)" for name in counted)
        rows = self._connection.execute(
            f"select niveau_diffusion, count(*), sum({dossiers})::bigint from candidat "
            f"where niveau_diffusion is not null and coalesce({', '.join(counted)}) is not null "
            "group by 1 order by 1"
        ).fetchall()
        return tuple((level, count, dossiers) for level, count, dossiers in rows)

    def _is_number(self, column: str) -> bool:
        return self.types.get(column, "").startswith(("INTEGER", "BIGINT", "DECIMAL"))

    def _csv_is_faithful(self) -> bool:
        """Say whether the CSV, read back, has the Parquet's header and the same bag of rows."""
        with self._csv.open(encoding="utf-8", newline="") as file:
            if file.readline().rstrip("\n") != ";".join(self.types):
                return False
        return self._same_content(
            f"read_csv('{self._csv}', delim = ';', header = true, quote = '\"', escape = '\"', "
            f"nullstr = '', auto_detect = false, columns = {self._columns()})"
        )

    def _columns(self) -> str:
        return "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in self.types.items()) + "}"

    def _same_content(self, delivered: str) -> bool:
        """Say whether a file, read back, has the Parquet's bag of rows."""
        fingerprint = "select count(*), sum(hash(donnees)::hugeint) from {} as donnees"
        try:
            actual = self._fetch_row(fingerprint.format(delivered))
        except duckdb.Error:
            return False
        return actual == self._fetch_row(fingerprint.format("candidat"))

    def _fetch_row(self, query: str) -> tuple[Any, ...]:
        row = self._connection.execute(query).fetchone()
        return row or ()


@contextmanager
def open_reader(dataset: Dataset, candidate: Candidate) -> Iterator[CandidateReader]:
    """Open a candidate for reading; nothing here needs the warehouse, the vault or a key."""
    with duckdb.connect() as connection:
        limit(connection)
        yield CandidateReader(connection, dataset, candidate)


def quality_profile(measures: Measures) -> dict[str, Any]:
    """Return the measures as one row, under the names that the derived expectations use.

    Days are numbers (``date.toordinal``), which Great Expectations compares without a cast.
    """
    first = period_bounds(measures.periode_max)[0] if measures.periode_max else None
    last = dt.date.fromisoformat(measures.dernier_jour) if measures.dernier_jour else None
    return {
        "lignes": measures.lignes,
        "csv_fidele": measures.csv_fidele,
        "jsonl_fidele": measures.jsonl_fidele,
        "debut": first and first.toordinal(),
        "fin": last and last.toordinal(),
        **{f"total.{name}": float(total) for name, total in measures.totaux.items()},
        **{f"nuls.{name}": share for name, share in measures.nuls.items()},
    }


def measure_frames(
    dataset: Dataset, measures: Measures, sources: Supply
) -> dict[str, "pd.DataFrame"]:
    """Return each frame that expectations bear on, other than the rows."""
    import pandas as pd

    frames = dict(measures.colonnes)
    # A missing column is the business of the expectation on columns, not of the one on types.
    types = [f"{column.nom} {frames.get(column.nom, column.type)}" for column in dataset.colonnes]
    landed = {extract.source: extract.sha256 for extract in sources.extraits}
    rejects = {
        fate.source: schemas.too_many(fate.source, fate.lus, fate.rejetes)
        for fate in sources.devenir
    }
    return {
        FILE: pd.DataFrame(columns=list(frames)),
        TYPES: pd.DataFrame(columns=types),
        PROFILE: pd.DataFrame([quality_profile(measures)]),
        SOURCES: pd.DataFrame(
            {
                "source": list(sources.filiere),
                "sha256": [landed.get(source) for source in sources.filiere],
                "trop_de_rejets": [rejects.get(source, False) for source in sources.filiere],
            }
        ),
    }
