"""From raw extracts to three publications, as a person at the terminal sees it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import DATASETS, World

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
    for database in ("entrepot.duckdb", "coffre.duckdb"):
        (world.data / database).unlink()
    output = world.cpf("run", "--select", DATASETS[1], "--select", DATASETS[2]).stderr
    assert output.count("int_dossiers__courants : construit") == 1
    assert "échoué" not in output
    assert DATASETS[0] not in output


def test_an_unknown_dataset_is_a_misuse(tmp_path: Path) -> None:
    completed = World(tmp_path).cpf("run", "--select", "inconnu", check=False)
    assert completed.returncode == 2
