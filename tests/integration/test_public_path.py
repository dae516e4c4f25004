"""The whole path outside: four public exports, four publications, without vault or key.

Then another day of them, of which the published difference is exactly what was changed.
"""

import csv
import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from orchestration import settings
from orchestration.generation.generator import generate_public
from orchestration.generation.scales import fraction
from tests.factories.quiet_server import serving
from tests.integration.conftest import CPF, World

OFFER = "moncompteformation_catalogueformation"
PURCHASES = "moncompteformation_formations_engagees"
USERS = "moncompteformation_usagers"
ENTRIES = "entree_sortie_formation"
DASHBOARDS = ("offre", "achats", "usagers", "entrees")
FOUR = (OFFER, PURCHASES, USERS, ENTRIES)
SIGNALS = "signaux_habilitation"
pytestmark = pytest.mark.xdist_group("public")
Rows = list[dict[str, str]]


class Outside(World):
    """A machine that has neither key nor vault."""

    def environment(self) -> dict[str, str]:
        """As others, without ``CPF_KEY``."""
        return {name: x for name, x in super().environment().items() if name != "CPF_KEY"}

    def manifest(self, dataset: str) -> dict[str, Any]:
        """The manifest of the current version."""
        folder = self.version(dataset)
        assert folder
        content: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return content


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _write(path: Path, rows: Rows) -> None:
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(target.getvalue(), encoding="utf-8")


def _file(folder: Path, dataset: str) -> Path:
    (path,) = folder.glob(f"{dataset}_*.csv")
    return path


def _changes(world: Outside, dataset: str) -> tuple[int, int, int]:
    """Rows added, removed and revised since the version before, as the current one publishes it."""
    folder = world.version(dataset)
    assert folder
    lines = json.loads((folder / "ecarts.json").read_text(encoding="utf-8"))["lignes"]
    return lines["ajoutees"], lines["retirees"], lines["revisees"]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    generate_public(fraction(0.002), "2021-06", 7, folder)
    entries = _file(folder, ENTRIES)
    rows = _read(entries)
    # The same body under a new name, in the same month.
    rows.append(
        rows[-1]
        | {
            "raison_sociale_of_contractant": "NOUVEAU NOM",
            "entrees_formation": "2",
            "sorties_realisation_totale": "3",
        }
    )
    _write(entries, rows)
    return folder


@pytest.fixture(scope="module")
def outside(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Outside:
    world = Outside(tmp_path_factory.mktemp("dehors") / "data")
    world.cpf("run", "--public", str(exports))
    return world


def test_the_four_are_published_and_verified(outside: Outside) -> None:
    for dataset in FOUR:
        assert outside.version(dataset), dataset
    assert "intègre" in outside.cpf("verify").stdout


def test_nobody_made_a_vault_or_a_key(outside: Outside) -> None:
    found = {path.name for path in outside.data.iterdir()}
    assert not found & {"cle", "coffre"}
    assert {"public", "publications"} <= found
    # What there is may be read by anybody who has the folder: no Parquet file is encrypted.
    for path in outside.data.rglob("*.parquet"):
        assert path.read_bytes()[:4] == b"PAR1", path


def test_every_manifest_says_where_its_rows_come_from(outside: Outside) -> None:
    for dataset in FOUR:
        manifest = outside.manifest(dataset)
        assert (manifest["origine"], manifest["date_producteur"]) == ("portail", "2021-06-30")
        assert manifest["mention"] == (
            "issues des données ouvertes du producteur du 2021-06-30; "
            "aucun contrôle de diffusion ajouté"
        )
        assert manifest["seuil"] is None
        folder = outside.version(dataset)
        assert folder
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        assert "aucun contrôle de diffusion ajouté" in package["description"]


def test_what_is_published_is_what_was_exported(outside: Outside, exports: Path) -> None:
    """Nothing is lost, added up twice or hidden: rows and sums are those of the export."""
    purchases = _read(_file(exports, PURCHASES))
    told = outside.cpf(
        "sql",
        "--csv",
        f"select count(*) as n, sum(nb_dossiers) as d, sum(montant_engage) as m, "
        f"min(niveau_diffusion) as bas, max(niveau_diffusion) as haut from {PURCHASES}",
    ).stdout
    (row,) = csv.DictReader(io.StringIO(told), delimiter=";")
    assert int(row["d"]) == sum(int(x["nb_dossiers"]) for x in purchases)
    expected = sum(round(float(x["montant_engage"]) * 100) for x in purchases)
    assert round(float(row["m"]) * 100) == expected
    assert (row["n"], row["bas"], row["haut"]) == (str(len(purchases)), "0", "0")
    # Rows of fewer than five dossiers are there: no threshold was added.
    assert min(int(x["nb_dossiers"]) for x in purchases) < 5


def test_odd_rows_of_the_offer_are_published_and_counted(outside: Outside, exports: Path) -> None:
    """A code without a name gets it; a certification without type or code is there, and is told."""
    rows = _read(_file(exports, OFFER))
    unnamed = sum(bool(x["code_departement"]) and not x["nom_departement"] for x in rows)
    inactive = sum(not x["type_referentiel"] for x in rows)
    assert unnamed
    assert inactive
    told = outside.cpf(
        "sql",
        "--csv",
        "select count(*) as n, count_if(code_departement is not null and nom_departement is null) "
        "as u, count_if(type_referentiel is null and code_rs = -1 and code_rncp = -1) as i "
        f"from {OFFER}",
    ).stdout
    (row,) = csv.DictReader(io.StringIO(told), delimiter=";")
    assert (int(row["n"]), int(row["i"]), int(row["u"])) == (len(rows), inactive, 0)
    with duckdb.connect(outside.data / "public" / "public.duckdb", read_only=True) as connection:
        balance = connection.execute(
            "select valeur from intermediate.int_offre__bilan where source = 'portail' "
            "and indicateur = 'lignes_sans_certification_active'"
        ).fetchall()
    assert balance == [(inactive,)]


def test_a_masked_figure_stays_masked(outside: Outside, exports: Path) -> None:
    masked = [x for x in _read(_file(exports, USERS)) if not x["nb_dossiers"]]
    assert masked, "the demo masks something"
    told = outside.cpf(
        "sql", "--csv", f"select count(*) as n from {USERS} where nb_dossiers is null"
    ).stdout
    assert told.split() == ["n", str(len(masked))]


def test_a_body_that_was_renamed_is_one(outside: Outside, exports: Path) -> None:
    *_, before, last = _read(_file(exports, ENTRIES))
    told = outside.cpf(
        "sql",
        "--csv",
        "select raison_sociale_of_contractant as nom, entrees_formation as e, "
        f"sorties_realisation_totale as t from {ENTRIES} "
        f"where annee_mois = '{last['annee_mois']}' "
        f"and siret_of_contractant = '{last['siret_of_contractant']}' "
        f"and code_rncp = {last['code_rncp']} and code_rs = {last['code_rs']}",
    ).stdout
    (row,) = csv.DictReader(io.StringIO(told), delimiter=";")
    assert row == {
        "nom": "NOUVEAU NOM",
        "e": str(int(before["entrees_formation"]) + 2),
        "t": str(int(before["sorties_realisation_totale"]) + 3),
    }


def test_signals_are_drawn_from_the_offer_and_the_registers(outside: Outside) -> None:
    """The registers lay beside the exports: states are known of one, and most pairs are sound."""
    assert outside.manifest(SIGNALS)["origine"] == "portail"
    told = outside.cpf(
        "sql",
        "--csv",
        "select type_referentiel as r, code_signal as c, any_value(etat_connu) as e, "
        f"count(*) as n, count(entrees_12_mois) as m from {SIGNALS} group by all",
    ).stdout
    rows = list(csv.DictReader(io.StringIO(told), delimiter=";"))
    count = {(row["r"], row["c"]): int(row["n"]) for row in rows}
    assert count["RS", "S0"] + count["RNCP", "S0"] > 0.8 * sum(count.values())
    assert {row["c"] for row in rows} >= {"S0", "S5"}
    assert {(row["r"], row["e"].lower()) for row in rows} == {("RS", "true"), ("RNCP", "false")}
    # The export of entries tells some of them.
    assert sum(int(row["m"]) for row in rows) > 0


def test_the_api_and_the_pages_answer(outside: Outside, exports: Path, tmp_path: Path) -> None:
    """Records of each, a dashboard of each, of which a year is counted in the export."""
    counts = {
        "achats": (PURCHASES, "date_validation", "nb_dossiers", "dossiers"),
        "entrees": (ENTRIES, "annee_mois", "entrees_formation", "entrees"),
    }
    with serving(outside.data / "publications", tmp_path) as address:
        for dataset in FOUR:
            answer = requests.get(
                f"{address}/api/explore/v2.1/catalog/datasets/{dataset}/records?limit=1", timeout=60
            )
            assert answer.status_code == 200, answer.text
            assert answer.json()["total_count"] > 0
        for page in ("", *(f"tableaux-de-bord/{name}" for name in DASHBOARDS)):
            answer = requests.get(f"{address}/{page}", timeout=60)
            assert answer.status_code == 200, page
        for name, (dataset, month, column, measure) in counts.items():
            told = requests.get(
                f"{address}/tableaux-de-bord/{name}/chiffres.json?annee=2020", timeout=60
            ).json()
            (row,) = [row for row in told["donnees"] if row["code"] == measure]
            rows = [x for x in _read(_file(exports, dataset)) if x[month].startswith("2020")]
            assert row["valeur"] == sum(int(x[column]) for x in rows) > 0
            assert row["diffusion"] == "publie"


def test_another_day_gives_exactly_what_changed(
    outside: Outside, exports: Path, tmp_path: Path
) -> None:
    """One dossier more in a row, a row less, a row more; the rest is as it was."""
    before = {dataset: outside.version(dataset) for dataset in FOUR}
    rows = _read(_file(exports, PURCHASES))
    day = "2021-07-03"
    for row in rows:
        row["date_chargement"] = day
    rows[5]["nb_dossiers"] = str(int(rows[5]["nb_dossiers"]) + 1)
    del rows[9]
    rows.append(
        rows[-1] | {"intitule_certification": "Une autre", "code_rs": "1", "code_rncp": "-1"}
    )
    _write(tmp_path / "achats.csv", rows)
    outside.cpf("land", "portail/achats", str(tmp_path / "achats.csv"))
    outside.cpf("run", "--public")
    assert {x: outside.version(x) for x in FOUR if x != PURCHASES} == {
        x: before[x] for x in FOUR if x != PURCHASES
    }
    assert _changes(outside, PURCHASES) == (1, 1, 1)
    assert outside.manifest(PURCHASES)["date_producteur"] == day


def test_another_day_of_the_three_others_too(
    outside: Outside, exports: Path, tmp_path: Path
) -> None:
    """Of each, a figure of one row, two rows less, a row more; all rows are of another day."""
    day = "2021-07-04"
    figures: dict[str, tuple[str, str, dict[str, str]]] = {
        OFFER: ("portail/offre", "nb_action", {"numero_formation": "{numero_formation}bis"}),
        USERS: ("portail/usagers", "nb_dossiers", {"situation": "Retraité"}),
        ENTRIES: (
            "portail/entrees-sorties",
            "entrees_formation",
            {"siret_of_contractant": "00000101600013"},
        ),
    }
    for dataset, (source, figure, other) in figures.items():
        rows = _read(_file(exports, dataset))
        for row in rows:
            row["date_chargement"] = day
        told = [row for row in rows if row[figure]]
        changed, copied, *removed = told[5], told[7], told[9], told[10]
        # Another row of the same kind, which the export does not have.
        added = copied | {name: value.format(**copied) for name, value in other.items()}
        changed[figure] = str(int(changed[figure]) + 1)
        _write(tmp_path / f"{dataset}.csv", [x for x in rows if x not in removed] + [added])
        outside.cpf("land", source, str(tmp_path / f"{dataset}.csv"))
    outside.cpf("run", "--public")
    for dataset in figures:
        assert _changes(outside, dataset) == (1, 2, 1), dataset
        assert outside.manifest(dataset)["date_producteur"] == day
    assert "intègre" in outside.cpf("verify").stdout


def test_a_file_that_is_none_of_them_is_said(exports: Path, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "bizarre.csv").write_text("a;b\n1;2\n")
    world = Outside(tmp_path / "data")
    answer = world.cpf("run", "--public", str(folder), check=False)
    assert answer.returncode == 1
    assert "bizarre.csv" in answer.stdout + answer.stderr
    assert not (world.data / "cle").exists()


def test_make_knows_the_path(exports: Path) -> None:
    """What the README says is what make would do (not done again here)."""
    told = subprocess.run(
        ["make", "--dry-run", "run-public", f"DIR={exports}"],
        cwd=settings.PROJECT,
        env=os.environ | {"CPF_DATA": "/nowhere"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert f'run --public "{exports}"' in told
    assert CPF.name == "cpf"
