"""The portal on versions as they are published: years are numbers, amounts keep their cents."""

from collections.abc import Iterator
from typing import Any

import pytest

from orchestration import settings
from orchestration.datasets import Dataset
from tests.clients.server import serve
from tests.factories import small_state
from tests.factories.portal_double import Server
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_publications import publish_dataset

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portail-types")]
YEARS = [(PURCHASES, "annee_validation", 2025, 8), (USERS, "annee_entree", 2024, 6)]


@pytest.fixture(scope="module")
def server(
    datasets: dict[str, Dataset], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("types")
    with settings.state_in(folder):
        small_state.land_all_deliveries()
        for name in (PURCHASES, USERS):
            publish_dataset(datasets[name])
    with serve(folder) as server:
        yield server


def _ask(server: Server, name: str, kind: str, **parameters: Any) -> Any:
    answer = server.request(f"/api/explore/v2.1/catalog/datasets/{name}/{kind}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _sql(server: Server, query: str) -> Any:
    answer = server.request("/api/sql", params={"q": query})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(("name", "column", "year", "rows"), YEARS)
def test_a_year_is_a_number(server: Server, name: str, column: str, year: int, rows: int) -> None:
    for asked in (f"{column} = {year}", f'{column} = "{year}"', f"{column} < {year + 1}"):
        assert _ask(server, name, "records", where=asked)["total_count"] == rows
    for part in ("refine", "exclude"):
        found = _ask(server, name, "records", **{part: f"{column}:{year}"})["total_count"]
        assert found == (rows if part == "refine" else 12 - rows)
    (record,) = _ask(server, name, "records", limit=1, where=f"{column} = {year}")["results"]
    assert record[column] == year
    (facet,) = _ask(server, name, "facets", facet=column)["facets"]
    assert {item["name"]: item["count"] for item in facet["facets"]}[str(year)] == rows
    groups = _ask(server, name, "records", select="count(*) as n", group_by=column)["results"]
    assert {group[column]: group["n"] for group in groups}[year] == rows


@pytest.mark.parametrize(("name", "column", "year", "rows"), YEARS)
def test_a_year_is_a_number_in_sql(
    server: Server, name: str, column: str, year: int, rows: int
) -> None:
    answer = _sql(
        server, f"select {column}, count(*) as n from {name} where {column} = {year} group by 1"
    )
    assert answer["results"] == [{column: year, "n": rows}]


def test_sums_are_exact(server: Server) -> None:
    """Seven rows of 9,000.10 do not make 63000.69999999999."""
    where = "montants_par_financeur = 'publies'"
    total = "sum(montant_personne) as total, sum(montant_employeur) as employeurs"
    expected = {"total": 63000.7, "employeurs": 6999.3}
    assert _sql(server, f"select {total} from {PURCHASES} where {where}")["results"] == [expected]
    (answer,) = _ask(server, PURCHASES, "records", select=total, where=where, limit=1)["results"]
    assert answer == expected
    asked = f"select distinct montant_personne, prix_moyen from {PURCHASES} where {where}"
    cells = server.request("/api/sql", params={"q": asked, "format": "csv"}).text
    assert cells.splitlines()[1:] == ["9000.10,250.00"]
    (record,) = _ask(server, PURCHASES, "records", where=where, limit=1)["results"]
    assert (record["montant_personne"], record["prix_moyen"]) == (9000.1, 250.0)
    found = _ask(server, PURCHASES, "records", where="montant_personne = 9000.10")
    assert found["total_count"] == 7
