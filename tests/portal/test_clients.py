"""What programs ask of the CPF offer, pandas and DuckDB, against a live ``cpf serve``."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from duckdb_extensions import import_extension

from orchestration import settings
from orchestration.datasets import Dataset
from tests.clients.packages import CATALOG, ROWS, write
from tests.clients.server import serve
from tests.factories.portal_double import Server
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_publications import publish_dataset

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portail-clients")]
_DATASET_PATH = f"/api/explore/v2.1/catalog/datasets/{CATALOG}"
_TOTALS = {
    "where=intitule_formation like 'bureautique'": ROWS // 5,
    'where=intitule_formation like "l\'information"': ROWS // 5,
    'where=search(intitule_formation,"informatique")&limit=20': ROWS // 5,
    "where=nom_region = 'Île-de-France' and nom_departement='Paris'": ROWS // 4,
    'where=nom_departement="Côtes-d\'Armor"': ROWS // 4,
    "where=code_rncp=30001": ROWS // 40,
    'where=code_rncp="30001"': ROWS // 40,
    "where=code_rome_1='M1805' AND code_nsf_1='326'": ROWS // 2,
    "where=frais_ttc_tot_mean <= 599.5 and nombre_heures_total_mean >= 7": ROWS // 10,
    "refine=nom_departement:Paris&refine=nom_departement:Yvelines": ROWS // 2,
    "limit=0": ROWS,
    "select=date_extract&limit=1": ROWS,
    "group_by=intitule_certification&select=count(*) as n&order_by=n desc&limit=101": 40,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("clients")
    write(root / "publications")
    with serve(root) as server:
        yield server


@pytest.fixture
def duck(server: Server) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        import_extension("httpfs", con=connection)
        connection.load_extension("httpfs")
        yield connection


@pytest.mark.parametrize(("query", "total"), _TOTALS.items())
def test_what_programs_ask(server: Server, query: str, total: int) -> None:
    answer = server.request(f"{_DATASET_PATH}/records?{query}").json()
    assert answer["total_count"] == total


def test_an_aggregate_is_read_in_the_first_row(server: Server) -> None:
    query = "select=avg(frais_ttc_tot_mean) as m, count(*) as n&where=nom_region='Bretagne'&limit=1"
    (row,) = server.request(f"{_DATASET_PATH}/records?{query}").json()["results"]
    fees = [500 + rank % 1000 + 0.5 for rank in range(1, ROWS, 2)]
    assert row == {"m": sum(fees) / len(fees), "n": len(fees)}


def test_numbers_are_numbers_and_the_date_is_a_date(server: Server) -> None:
    (row,) = server.request(f"{_DATASET_PATH}/records?limit=1").json()["results"]
    assert (row["frais_ttc_tot_mean"], row["nombre_heures_total_mean"]) == (500.5, 7)
    (old,) = server.request(f"{_DATASET_PATH}/records?select=date_extract&limit=1").json()[
        "results"
    ]
    assert old == {"date_extract": "2026-03-01"}


def test_facets_without_parameters(server: Server) -> None:
    answer = server.request(f"{_DATASET_PATH}/facets").json()["facets"]
    counts = {item["name"]: {v["name"]: v["count"] for v in item["facets"]} for item in answer}
    assert counts["nom_region"] == {"Île-de-France": ROWS // 2, "Bretagne": ROWS // 2}


def test_pandas_reads_the_export(server: Server) -> None:
    query = "limit=-1&use_labels=false&epsg=4326&timezone=UTC"
    answer = pd.read_csv(f"{server.url}{_DATASET_PATH}/exports/csv?{query}", sep=";")
    assert len(answer) == ROWS
    assert answer.columns[0] == "numero_formation"
    assert answer["frais_ttc_tot_mean"].dtype == "float64"
    assert answer["frais_ttc_tot_mean"].sum() == sum(500 + n % 1000 + 0.5 for n in range(ROWS))
    assert set(answer["intitule_formation"]) >= {'Anglais "professionnel"; niveau B2'}


def _read(duck: duckdb.DuckDBPyConnection, selection: str, url: str) -> object:
    return duck.execute(f"select {selection} from read_parquet(?)", [url]).fetchone()


def test_duckdb_reads_the_export_by_ranges(server: Server, duck: duckdb.DuckDBPyConnection) -> None:
    path = f"{_DATASET_PATH}/exports/parquet"
    head = server.request(path, headers={"Range": "bytes=0-3"})
    assert (head.status_code, head.content) == (206, b"PAR1")
    chosen = "count(*), sum(nb_action), typeof(any_value(date_extraction))"
    expected = (ROWS, sum(1 + n % 5 for n in range(ROWS)), "DATE")
    assert _read(duck, chosen, server.url + path) == expected


def test_duckdb_reads_the_published_parquet_by_ranges(
    state: Path, datasets: dict[str, Dataset], duck: duckdb.DuckDBPyConnection
) -> None:
    publish_dataset(datasets[PURCHASES])
    (path,) = settings.publications(PURCHASES).glob("*/moncompteformation*.parquet")
    with serve(state) as server:
        address = f"/{PURCHASES}/derniere/{path.name}"
        head = server.request(address, headers={"Range": "bytes=0-3"})
        assert (head.status_code, head.content) == (206, b"PAR1")
        read = _read(duck, "count(*), sum(nb_dossiers)", server.url + address)
    assert read == duckdb.sql(f"select count(*), sum(nb_dossiers) from '{path}'").fetchone()
