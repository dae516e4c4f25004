"""A version that follows the file of an older one, whose columns and types were others."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.datasets import Dataset
from orchestration.sql import literal
from tests.factories.rendered_models import Models
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_versions import Version, first_version, second_version

COUNT, SEED = 700, 2
RULE = "lignes_figees"


@pytest.fixture(scope="module")
def second(
    datasets: dict[str, Dataset], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Version]:
    """A version that keeps rows of the one before, among others with a price."""
    file = tmp_path_factory.mktemp("suivie") / "avant.parquet"
    first = first_version(datasets[PURCHASES], Models(), SEED, COUNT)
    version = second_version(first, SEED, COUNT, file)
    assert RULE not in version.failures()
    kept = version.value(
        "select count(prix_moyen) from coffre.intermediate.int_{jeu}__diffusion "
        "anti join coffre.intermediate.int_{jeu}__editions using (cohorte)"
    )
    assert kept > 0
    yield version
    version.connection.close()


def _after(version: Version, columns: str) -> Version:
    """Return the version after a file that has other ``columns`` of the same rows."""
    assert version.previous is not None
    older = version.previous.with_name("autre.parquet")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {columns} from read_parquet({literal(version.previous)})) "
            f"to {literal(older)} (format parquet)"
        )
    return replace(version, previous=Path(older))


@pytest.mark.parametrize(
    "columns",
    [
        "* replace (annee_validation::varchar as annee_validation)",
        "* replace (montant_engage::decimal(20, 2) as montant_engage)",
        "* exclude (montants_par_financeur)",
        "* replace ('Ancien intitulé' as intitule_certification)",
    ],
    ids=["a year was text", "a type was another", "a status is new", "a title is corrected"],
)
def test_a_version_follows_what_says_the_same(second: Version, columns: str) -> None:
    assert RULE not in _after(second, columns).failures()


@pytest.mark.parametrize(
    "columns",
    [
        "* replace ((annee_validation - 1)::varchar as annee_validation)",
        "* replace (nb_dossiers + 1 as nb_dossiers)",
        "* exclude (prix_moyen)",
        "* replace ('Validé' as statut_dossier)",
    ],
    ids=["another year", "another count", "a price was not told", "another status"],
)
def test_a_kept_row_says_nothing_else(second: Version, columns: str) -> None:
    assert RULE in _after(second, columns).failures()
