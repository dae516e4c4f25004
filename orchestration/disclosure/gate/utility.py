"""How much detail a publication keeps, in shares that anybody could draw from its files, and what
other thresholds would keep.

Belongs here: levels, thresholds, financers, unanimity. Does not: judging (``row_rules``…).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.microdata import kept_columns, short_name, table

THRESHOLDS = (5, 10, 11)
MAX_EXAMPLES = 20
# What says most of a person: a whole group that shares it is flagged.
SENSITIVE_COLUMNS = {"formations_engagees": ("statut_dossier",), "usagers": ("csp", "statut")}


@dataclass(frozen=True)
class Level:
    """Rows, dossiers and euros published at one level."""

    niveau: int
    lignes: int
    dossiers: int
    montant: str


@dataclass(frozen=True)
class Estimation:
    """Share of the dossiers at each level if only a threshold of ``seuil`` persons were applied."""

    seuil: int
    parts: tuple[float, ...]


@dataclass(frozen=True)
class FinanceurTotals:
    """Euros of a financer told by rows, and told again by rows of ventilation."""

    colonne: str
    par_lignes: str
    par_ventilation: str


@dataclass(frozen=True)
class Unanimity:
    """Rows whose whole group shares one value of ``colonne``, and the public keys of some."""

    colonne: str
    lignes: int
    exemples: tuple[dict[str, Any], ...]


def niveaux(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, parquet: Path
) -> tuple[Level, ...]:
    """Return what the candidate publishes at each level of the plan."""
    found = connection.execute(
        "select niveau_diffusion, count(*), sum(nb_dossiers)::bigint, sum(montant_engage)::varchar "
        f"from read_parquet('{parquet}') where niveau_diffusion <= {len(dataset.plan) + 1} "
        "group by 1 order by 1"
    ).fetchall()
    return tuple(Level(*row) for row in found)


def financeurs(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, parquet: Path
) -> tuple[FinanceurTotals, ...]:
    """Return the euros that the candidate tells of each financer; what it tells of none, last."""
    amount_columns = [c.nom for c in dataset.colonnes if c.nom.startswith("montant_")]
    last = len(dataset.plan) + 1
    sums = ", ".join(
        f"coalesce(sum({name}) filter (where niveau_diffusion {sign} {last}), 0)::varchar"
        for name in amount_columns
        if name != "montant_engage"
        for sign in ("<=", ">")
    )
    row = connection.execute(f"select {sums} from read_parquet('{parquet}')").fetchall()[0]
    financeur_columns = [name for name in amount_columns if name != "montant_engage"]
    return tuple(
        FinanceurTotals(name, row[2 * rank], row[2 * rank + 1])
        for rank, name in enumerate(financeur_columns)
    )


def estimations(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> tuple[Estimation, ...]:
    """Return what each of ``THRESHOLDS`` would keep: a roll-up of the cells by their persons alone.

    Without the rules on intervals and amounts, nor persons counted once between cells: a trend.
    """
    groups = "".join(
        f", hash({', '.join([*kept_columns(dataset, level), str(level)])}) as groupe_{level}"
        for level in range(2, len(dataset.plan) + 2)
    )
    connection.execute(
        "create or replace temp table fines as select nb_titulaires as personnes, nb_dossiers as "
        f"dossiers, numeros[1] as groupe_1{groups} from {table(dataset, 'cellules')}"
    )
    return tuple(
        Estimation(
            seuil, _to_shares(list(_kept_by_level(connection, len(dataset.plan) + 1, seuil)))
        )
        for seuil in THRESHOLDS
    )


def _kept_by_level(connection: duckdb.DuckDBPyConnection, levels: int, seuil: int) -> Iterator[int]:
    """Yield the dossiers kept at each level, then those that no level keeps."""
    connection.execute("create or replace temp table reste as from fines")
    for level in range(1, levels + 1):
        kept = (
            f"select groupe_{level} from reste group by groupe_{level} "
            f"having sum(personnes) >= {seuil}"
        )
        connection.execute(f"create or replace temp table gardes as {kept}")
        yield connection.execute(
            f"select coalesce(sum(dossiers), 0)::bigint from reste semi join gardes "
            f"using (groupe_{level})"
        ).fetchall()[0][0]
        connection.execute(
            "create or replace temp table reste as from reste anti join gardes "
            f"using (groupe_{level})"
        )
    yield connection.execute("select coalesce(sum(dossiers), 0)::bigint from reste").fetchall()[0][
        0
    ]


def _to_shares(counts: list[int]) -> tuple[float, ...]:
    total = sum(counts) or 1
    return tuple(round(count / total, 4) for count in counts[:-1])


def unanimites(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> tuple[Unanimity, ...]:
    """Find the rows whose siblings are all empty: whoever is in the group has that value."""
    return tuple(
        _unanimity(connection, dataset, column)
        for column in SENSITIVE_COLUMNS.get(short_name(dataset), ())
    )


def _unanimity(connection: duckdb.DuckDBPyConnection, dataset: Dataset, colonne: str) -> Unanimity:
    parent = ", ".join(kept_columns(dataset, 2))
    rows = (
        f"from (from {table(dataset, 'partition')} where niveau_diffusion = 1) semi join (select "
        f"{parent} from {table(dataset, 'cellules')} group by {parent} having count(distinct {colonne})"
        f" = 1) using ({parent})"
    )
    keys = ", ".join([*kept_columns(dataset, 2), colonne])
    count = connection.execute(f"select count(*) {rows}").fetchall()[0][0]
    found = connection.execute(f"select distinct {keys} {rows} order by all limit {MAX_EXAMPLES}")
    names = [column[0] for column in found.description or []]
    examples = tuple(dict(zip(names, row, strict=True)) for row in found.fetchall())
    return Unanimity(colonne, int(count), examples)
