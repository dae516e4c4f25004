"""From raw extracts to three publications, as a person at the terminal sees it."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.integration.conftest import DATASETS, SCALE, SEED, World

pytestmark = pytest.mark.xdist_group("world")


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_dataset_is_published_and_verifies(published: World, dataset: str) -> None:
    folder = published.version(dataset)
    assert folder is not None
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["jeu"] == dataset
    names = {path.name for path in folder.iterdir()}
    assert {f"{dataset}.csv", f"{dataset}.parquet", "qualite.html", "qualite.json"} <= names
    personal = {"secret.html", "secret.json"} & names
    assert personal == (set() if manifest["seuil"] is None else {"secret.html", "secret.json"})
    assert published.cpf("verify", "--select", dataset).returncode == 0


def test_no_dossier_and_no_cent_is_lost(published: World) -> None:
    """The published rows add up to the newest version of every landed dossier, to the cent."""
    expected = _newest_versions(published)
    answer = published.cpf(
        "sql",
        "--csv",
        "select sum(nb_dossiers) as n, sum(montant_engage) as montant "
        "from moncompteformation_formations_engagees",
    )
    row = next(csv.DictReader(io.StringIO(answer.stdout), delimiter=";"))
    assert int(row["n"]) == expected[0]
    assert round(float(row["montant"]) * 100) == expected[1]


def _newest_versions(world: World) -> tuple[int, int]:
    """Count and price, recomputed from the raw CSV in plain Python, without any project code.

    Only dossiers whose every version landed are simple to follow here; rejected records are read
    from the deposits' own counts.
    """
    rejected = _rejected_records(world)
    newest: dict[str, tuple[str, str, int]] = {}
    for path in sorted((world.data / "extraits" / "dossiers").glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter=";"), start=1):
                if (path.name, number) in rejected:
                    continue
                mark = (row["date_derniere_modification"], path.name, number)
                if row["id_dossier"] not in newest or mark > newest[row["id_dossier"]]:
                    newest[row["id_dossier"]] = mark
    # amounts: the newest set of financements, else the price
    return len(newest), _amounts(world, newest)


def _amounts(world: World, newest: dict[str, tuple[str, str, int]]) -> int:
    prices = _prices(world, newest)
    rejected = _rejected_records(world, "financements")
    amounts_by_date: dict[str, dict[str, int]] = {}
    seen: set[tuple[str, str, str]] = set()
    for path in sorted((world.data / "extraits" / "financements").glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter=";"), start=1):
                if (path.name, number) in rejected:
                    continue
                identity = row["id_dossier"]
                date = row["date_derniere_modification"]
                key = (identity, date, row["code_financeur"])
                if key in seen:
                    continue
                seen.add(key)
                of_dossier = amounts_by_date.setdefault(identity, {})
                of_dossier[date] = of_dossier.get(date, 0) + _cents(row["montant"])
    total = 0
    for identity in newest:
        dates = amounts_by_date.get(identity)
        total += dates[max(dates)] if dates else prices[identity]
    return total


def _prices(world: World, newest: dict[str, tuple[str, str, int]]) -> dict[str, int]:
    prices = {}
    for path in sorted((world.data / "extraits" / "dossiers").glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter=";"), start=1):
                mark = newest.get(row["id_dossier"])
                if mark is not None and mark[1:] == (path.name, number):
                    prices[row["id_dossier"]] = _cents(row["prix"])
    return prices


def _cents(text: str) -> int:
    return round(float(text) * 100)


def _rejected_records(world: World, source: str = "dossiers") -> set[tuple[str, int]]:
    from orchestration import settings, warehouse

    pattern = str(world.data / "atterrissage" / source / "*" / "rejets.parquet")
    with settings.state_in(world.data), warehouse.connect() as connection:
        rows = connection.execute(
            "select _fichier, _num from read_parquet(?, "
            f"encryption_config = {{footer_key: '{warehouse.PARQUET_KEY}'}})",
            [pattern],
        ).fetchall()
    return {(str(name), int(number)) for name, number in rows}


def test_a_second_run_changes_nothing(published: World, second_run: tuple[World, str]) -> None:
    worlds = (published, second_run[0])
    before, after = ([_files(world, dataset) for dataset in DATASETS] for world in worlds)
    assert after == before


def _files(world: World, dataset: str) -> dict[str, bytes]:
    """Everything published of ``dataset``, by path; the pointer is among it."""
    folder = world.data / "publications" / dataset
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_status_shows_each_dataset(published: World) -> None:
    output = published.cpf("status").stdout
    assert all(dataset in output for dataset in DATASETS)


def test_sql_refuses_to_write_and_to_read_files(published: World) -> None:
    for query in (
        "delete from moncompteformation_usagers",
        "select * from read_text('/etc/hostname')",
        "attach 'autre.duckdb'",
    ):
        completed = published.cpf("sql", query, check=False)
        assert completed.returncode == 1
        assert "Erreur" in completed.stderr


def test_two_datasets_alone_share_one_build(
    published: World, copy_of: Callable[[World], World]
) -> None:
    """What both need is built once, and no check asks for the table of the third."""
    world = copy_of(published)
    (world.data / "coffre" / "coffre.duckdb").unlink()
    output = world.cpf("run", "--select", DATASETS[1], "--select", DATASETS[2]).stderr
    assert output.count("int_dossiers__courants : construit") == 1
    assert "échoué" not in output
    assert DATASETS[0] not in output


def test_what_is_refused_stays_in_the_vault(
    published: World, copy_of: Callable[[World], World]
) -> None:
    """A month is delivered and the registry is lost: built anew, two datasets are refused."""
    world = copy_of(published)
    shutil.rmtree(world.data / "registre")
    world.cpf("generate", "--scale", SCALE, "--until", "2021-07", "--seed", SEED)
    refused = world.cpf("run", check=False)
    assert refused.returncode == 1
    for dataset in DATASETS[1:]:
        assert f"Non publié : {dataset}" in refused.stderr
        assert world.version(dataset) == world.data / (
            published.version(dataset) or Path()
        ).relative_to(published.data)
        query = f"select count(*) as n, sum(nb_dossiers) as dossiers from {dataset}"
        candidate = world.data / "candidats" / dataset / f"{dataset}.parquet"
        judged = duckdb.sql(query.replace(dataset, f"'{candidate}'")).fetchone()
        answer = world.cpf("sql", "--csv", query).stdout
        assert answer == published.cpf("sql", "--csv", query).stdout
        assert judged
        assert answer.splitlines()[1] != f"{judged[0]};{judged[1]}"


def test_an_unknown_dataset_is_a_misuse(tmp_path: Path) -> None:
    completed = World(tmp_path).cpf("run", "--select", "inconnu", check=False)
    assert completed.returncode == 2
