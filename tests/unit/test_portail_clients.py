"""What programs ask of the CPF offer, pandas and DuckDB, against a live ``cpf serve``."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from duckdb_extensions import import_extension

from orchestration import settings
from orchestration.jeux import Jeu
from tests.clients.paquets import CATALOGUE, LIGNES, ecrire
from tests.clients.serveur import servir
from tests.unit.petites_publications import publier_jeu
from tests.unit.petits_jeux import ACHATS
from tests.unit.portail_double import Serveur

pytestmark = pytest.mark.xdist_group("portail-clients")
_ICI = f"/api/explore/v2.1/catalog/datasets/{CATALOGUE}"
_TOTAUX = {
    "where=intitule_formation like 'bureautique'": LIGNES // 5,
    'where=intitule_formation like "l\'information"': LIGNES // 5,
    'where=search(intitule_formation,"informatique")&limit=20': LIGNES // 5,
    "where=nom_region = 'Île-de-France' and nom_departement='Paris'": LIGNES // 4,
    'where=nom_departement="Côtes-d\'Armor"': LIGNES // 4,
    "where=code_rncp=30001": LIGNES // 40,
    'where=code_rncp="30001"': LIGNES // 40,
    "where=code_rome_1='M1805' AND code_nsf_1='326'": LIGNES // 2,
    "where=frais_ttc_tot_mean <= 599.5 and nombre_heures_total_mean >= 7": LIGNES // 10,
    "refine=nom_departement:Paris&refine=nom_departement:Yvelines": LIGNES // 2,
    "limit=0": LIGNES,
    "select=date_extract&limit=1": LIGNES,
    "group_by=intitule_certification&select=count(*) as n&order_by=n desc&limit=101": 40,
}


@pytest.fixture(scope="module")
def serveur(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    root = tmp_path_factory.mktemp("clients")
    ecrire(root / "publications")
    with servir(root) as server:
        yield server


@pytest.fixture
def duck(serveur: Serveur) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        import_extension("httpfs", con=connection)
        connection.load_extension("httpfs")
        yield connection


@pytest.mark.parametrize(("demande", "total"), _TOTAUX.items())
def test_ce_que_les_programmes_demandent(serveur: Serveur, demande: str, total: int) -> None:
    found = serveur.demander(f"{_ICI}/records?{demande}").json()
    assert found["total_count"] == total


def test_un_agregat_se_lit_dans_la_premiere_ligne(serveur: Serveur) -> None:
    asked = "select=avg(frais_ttc_tot_mean) as m, count(*) as n&where=nom_region='Bretagne'&limit=1"
    (row,) = serveur.demander(f"{_ICI}/records?{asked}").json()["results"]
    frais = [500 + rank % 1000 + 0.5 for rank in range(1, LIGNES, 2)]
    assert row == {"m": sum(frais) / len(frais), "n": len(frais)}


def test_les_nombres_sont_des_nombres_et_la_date_est_datee(serveur: Serveur) -> None:
    (row,) = serveur.demander(f"{_ICI}/records?limit=1").json()["results"]
    assert (row["frais_ttc_tot_mean"], row["nombre_heures_total_mean"]) == (500.5, 7)
    (old,) = serveur.demander(f"{_ICI}/records?select=date_extract&limit=1").json()["results"]
    assert old == {"date_extract": "2026-03-01"}


def test_les_facettes_sans_parametre(serveur: Serveur) -> None:
    found = serveur.demander(f"{_ICI}/facets").json()["facets"]
    counts = {item["name"]: {v["name"]: v["count"] for v in item["facets"]} for item in found}
    assert counts["nom_region"] == {"Île-de-France": LIGNES // 2, "Bretagne": LIGNES // 2}


def test_pandas_lit_l_export(serveur: Serveur) -> None:
    asked = "limit=-1&use_labels=false&epsg=4326&timezone=UTC"
    found = pd.read_csv(f"{serveur.url}{_ICI}/exports/csv?{asked}", sep=";")
    assert len(found) == LIGNES
    assert found.columns[0] == "numero_formation"
    assert found["frais_ttc_tot_mean"].dtype == "float64"
    assert found["frais_ttc_tot_mean"].sum() == sum(500 + n % 1000 + 0.5 for n in range(LIGNES))
    assert set(found["intitule_formation"]) >= {'Anglais "professionnel"; niveau B2'}


def _lire(duck: duckdb.DuckDBPyConnection, choix: str, url: str) -> object:
    return duck.execute(f"select {choix} from read_parquet(?)", [url]).fetchone()


def test_duckdb_lit_l_export_par_morceaux(
    serveur: Serveur, duck: duckdb.DuckDBPyConnection
) -> None:
    path = f"{_ICI}/exports/parquet"
    head = serveur.demander(path, headers={"Range": "bytes=0-3"})
    assert (head.status_code, head.content) == (206, b"PAR1")
    chosen = "count(*), sum(nb_action), typeof(any_value(date_extraction))"
    expected = (LIGNES, sum(1 + n % 5 for n in range(LIGNES)), "DATE")
    assert _lire(duck, chosen, serveur.url + path) == expected


def test_duckdb_lit_le_parquet_publie_par_morceaux(
    etat: Path, jeux: dict[str, Jeu], duck: duckdb.DuckDBPyConnection
) -> None:
    publier_jeu(jeux[ACHATS])
    (path,) = settings.publications(ACHATS).glob("*/moncompteformation*.parquet")
    with servir(etat) as server:
        address = f"/{ACHATS}/derniere/{path.name}"
        head = server.demander(address, headers={"Range": "bytes=0-3"})
        assert (head.status_code, head.content) == (206, b"PAR1")
        read = _lire(duck, "count(*), sum(nb_dossiers)", server.url + address)
    assert read == duckdb.sql(f"select count(*), sum(nb_dossiers) from '{path}'").fetchone()
