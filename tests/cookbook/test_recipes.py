"""Each figure that the cookbook prints is the truth, or a minimum that says how much is missing."""

from typing import Any

import duckdb
import pytest

from orchestration.datasets import Dataset
from orchestration.site.cookbook import read_recipes
from tests.cookbook.answers import ANSWERS
from tests.cookbook.comparison import Compared, Truth, compare
from tests.cookbook.wrong import WRONG
from tests.factories.small_datasets import PURCHASES

pytestmark = pytest.mark.xdist_group("cookbook")
RECIPES = read_recipes()
# About the files, not about one figure: see below.
LEVELS, SECRETS, COLUMNS = 20, 21, 23


def _rows(database: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    answer = database.execute(sql)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _compared(
    published: duckdb.DuckDBPyConnection,
    truth: duckdb.DuckDBPyConnection,
    sql: str,
    how: Truth,
) -> Compared:
    return compare(_rows(published, sql), _rows(truth, how.sql), how)


def test_every_recipe_has_its_answer() -> None:
    assert sorted(RECIPES) == list(range(1, len(RECIPES) + 1))
    assert set(RECIPES) == set(ANSWERS) | {LEVELS, SECRETS, COLUMNS}
    assert [recipe.title for recipe in RECIPES.values() if not recipe.why] == []


@pytest.mark.parametrize("number", sorted(ANSWERS))
def test_recipe(
    published: duckdb.DuckDBPyConnection, truth: duckdb.DuckDBPyConnection, number: int
) -> None:
    compared = _compared(published, truth, RECIPES[number].sql, ANSWERS[number])
    assert compared.differences == ()
    assert compared.cells > 0
    assert compared.told >= ANSWERS[number].told, compared


@pytest.mark.parametrize(("number", "sql"), WRONG.values(), ids=WRONG)
def test_a_wrong_recipe_is_refused(
    published: duckdb.DuckDBPyConnection, truth: duckdb.DuckDBPyConnection, number: int, sql: str
) -> None:
    """Former recipes, and sums that somebody in a hurry makes."""
    compared = _compared(published, truth, sql, ANSWERS[number])
    assert any("in truth" in difference for difference in compared.differences)


def test_every_dossier_is_at_a_level(
    published: duckdb.DuckDBPyConnection, truth: duckdb.DuckDBPyConnection
) -> None:
    rows = _rows(published, RECIPES[LEVELS].sql)
    by_edition = (
        "select if(mois_definitif, 'definitive', 'provisoire'), count(*) from achats group by 1"
    )
    for edition, dossiers in truth.execute(by_edition).fetchall():
        own = [row for row in rows if row["edition"] == edition]
        assert sum(row["dossiers"] for row in own) == dossiers
        assert abs(sum(row["part_dossiers"] for row in own) - 100) < 0.05


def test_every_table_counts_every_dossier_told_or_secret(
    published: duckdb.DuckDBPyConnection,
    truth: duckdb.DuckDBPyConnection,
    datasets: dict[str, Dataset],
) -> None:
    rows = {row["tableau"]: row for row in _rows(published, RECIPES[SECRETS].sql)}
    tables = {table.nom for table in datasets[PURCHASES].tables}
    assert set(rows) == tables
    ((dossiers,),) = truth.execute("select count(*) from achats").fetchall()
    for name, row in rows.items():
        assert row["dossiers_dits"] + row["dossiers_secrets"] == dossiers, name
        # A secret cell counts somebody.
        assert row["dossiers_secrets"] >= row["secretes"], name
    by_column = {"mois": "mois", "annee_departement": "annee, departement, a_distance"}
    by_column |= {"annee_certification": "annee, certification", "annee_nsf": "annee, code_nsf"}
    for name, columns in by_column.items():
        ((cells,),) = truth.execute(
            f"select count(*) from (select distinct {columns} from achats)"
        ).fetchall()
        assert rows[name]["cellules"] == cells, name


def test_the_texts_of_columns_are_those_that_are_declared(
    published: duckdb.DuckDBPyConnection, datasets: dict[str, Dataset]
) -> None:
    texts = {
        (row["jeu"], row["colonne"]): row["definition"]
        for row in _rows(published, RECIPES[COLUMNS].sql)
    }
    assert texts == {
        (dataset.nom, column.nom): column.description
        for dataset in datasets.values()
        for column in dataset.colonnes
    }
