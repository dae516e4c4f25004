"""From raw extracts to three publications, as a person at the terminal sees it."""

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
