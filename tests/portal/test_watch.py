"""The folder that is served: versions swapped under leases, refusals, restarts."""

import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.datasets import Dataset as JeuDeclare
from orchestration.release.withdraw import withdraw_version
from portal.engine.engine import Engine, Sql
from portal.errors import ApiError
from portal.images.watch import WatchedCatalog
from portal.packages.dataset import Dataset
from portal.packages.field import Type
from portal.settings import read_settings
from tests.factories.small_datasets import OFFER, PURCHASES
from tests.factories.small_packages import csv, fields
from tests.factories.small_publications import publish_dataset

pytestmark = pytest.mark.slow

_PATIENCE = 20.0


@asynccontextmanager
async def serving(root: Path) -> AsyncIterator[tuple[WatchedCatalog, Engine]]:
    """A catalogue that follows a folder, with its engine."""
    base = root.parent
    engine = Engine(
        replace(read_settings(), images=base / "images", temporaire=base / "tmp", memoire="300MB")
    )
    catalogue = WatchedCatalog(root, engine)
    await catalogue.start()
    try:
        yield catalogue, engine
    finally:
        await catalogue.stop()
        engine.close()


async def wait_until(condition: Callable[[], object]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing has changed"
        await asyncio.sleep(0.05)


def write_package(root: Path, name: str, *values: object, version: str = "") -> Path:
    """Write (again) a package of one column."""
    text = "v\n" + "".join(f"{value}\n" for value in values)
    path = csv(root / name, text, fields(v="integer"))
    content = json.loads(path.read_text())
    content["resources"][0]["name"] = name
    path.write_text(json.dumps(content | ({"version": version} if version else {})))
    return path


async def lignes(engine: Engine, dataset: Dataset) -> list[object]:
    """Read the rows of a dataset of one column."""
    return [row[0] for row in (await engine.read(Sql(f"from {dataset.base}.donnees"))).lignes]


def images(root: Path) -> set[str]:
    """Names of the images that are on the disk."""
    return {path.name for path in (root.parent / "images").glob("*.duckdb")}


def test_a_new_version_takes_the_place_of_one_that_is_held(tmp_path: Path) -> None:
    root = tmp_path / "publications"
    write_package(root, "jeu", 1)

    async def run() -> None:
        async with serving(root) as (catalogue, engine):
            with catalogue.lease("jeu") as old:
                write_package(root, "jeu", 2, 3)
                await wait_until(lambda: catalogue.datasets()[0].nombre == 2)
                await asyncio.sleep(2.5)
                assert await lignes(engine, old) == [1]
                assert len(images(root)) == 2
                with catalogue.lease("jeu@ailleurs.example.org") as new:
                    assert await lignes(engine, new) == [2, 3]
            await wait_until(lambda: len(images(root)) == 1)
            attached = (
                await engine.read(Sql("select database_name from duckdb_databases()"))
            ).lignes
            assert sum(row[0].startswith("jeu-") for row in attached) == 1

    asyncio.run(run())


def test_a_broken_version_is_kept_out_and_others_are_served(tmp_path: Path) -> None:
    root = tmp_path / "publications"
    write_package(root, "bon", 1)
    write_package(root, "mauvais", "x")
    write_package(root, "gate", 1)

    async def run() -> None:
        async with serving(root) as (catalogue, engine):
            assert catalogue.ready
            assert [dataset.id for dataset in catalogue.datasets()] == ["bon", "gate"]
            assert catalogue.refusals["mauvais"].startswith("donnees.csv, ligne 1, colonne « v »")
            with (
                pytest.raises(ApiError, match="mauvais does not exist"),
                catalogue.lease("mauvais"),
            ):
                pass
            write_package(root, "gate", 2, "secret")
            await wait_until(lambda: "gate" in catalogue.refusals)
            assert "secret" not in catalogue.refusals["gate"]
            with catalogue.lease("gate") as dataset:
                assert await lignes(engine, dataset) == [1]
            write_package(root, "gate", 2, 3)
            await wait_until(lambda: "gate" not in catalogue.refusals)
            with catalogue.lease("gate") as dataset:
                assert await lignes(engine, dataset) == [2, 3]

    asyncio.run(run())


def test_a_folder_may_come_later_and_datasets_leave(tmp_path: Path) -> None:
    root = tmp_path / "publications"

    async def run() -> None:
        async with serving(root) as (catalogue, _):
            assert (catalogue.ready, catalogue.datasets()) == (True, ())
            write_package(root, "jeu", 1, version="1.0")
            await wait_until(catalogue.datasets)
            assert catalogue.versions("jeu") == ("1.0",)
            with catalogue.lease("jeu@1.0") as dataset:
                assert dataset.nombre == 1
            shutil.rmtree(root / "jeu")
            await wait_until(lambda: not catalogue.datasets())
            await wait_until(lambda: not images(root))

    asyncio.run(run())


def test_a_restart_uses_the_images_again_and_deletes_the_others(tmp_path: Path) -> None:
    root = tmp_path / "publications"
    write_package(root, "jeu", 1)

    async def run() -> tuple[int, ...]:
        async with serving(root):
            (name,) = images(root)
            status = (tmp_path / "images" / name).stat()
            return status.st_ino, status.st_mtime_ns

    first = asyncio.run(run())
    (tmp_path / "images" / "autre-0123456789abcdef.duckdb").touch()
    assert asyncio.run(run()) == first
    os.utime(root / "jeu" / "donnees.csv", ns=(1, 1))
    assert asyncio.run(run()) != first


def test_two_folders_cannot_serve_one_name(tmp_path: Path) -> None:
    root = tmp_path / "publications"
    write_package(root, "a", 1)
    shutil.copytree(root / "a", root / "b")

    async def run() -> None:
        async with serving(root) as (catalogue, _):
            assert [dataset.id for dataset in catalogue.datasets()] == ["a"]
            assert "sert déjà a" in catalogue.refusals["b/a"]

    asyncio.run(run())


@pytest.fixture
def offer(state: Path, datasets: dict[str, JeuDeclare]) -> JeuDeclare:
    """The offer, published once."""
    publish_dataset(datasets[OFFER])
    return datasets[OFFER]


def test_our_own_version_is_one_dataset_with_its_files(offer: JeuDeclare) -> None:
    async def run() -> None:
        async with serving(settings.publications()) as (catalogue, engine):
            assert not catalogue.refusals
            (dataset,) = catalogue.datasets()
            assert (dataset.id, dataset.key) == (OFFER, offer.key)
            assert dataset.field("date_extract") is dataset.by_name["date_chargement"]
            assert dataset.field("rsrncp") is dataset.by_name["type_referentiel"]
            assert dataset.by_name["nom_region"].facet
            assert dataset.by_name["date_chargement"].type is Type.DATE
            assert {file.format for file in dataset.files if file.is_data} >= {"csv", "parquet"}
            assert dataset.metas["title"] == offer.titre
            assert dataset.metas["territory"] == ["France"]
            assert dataset.metas["update_frequency"] == "DAILY"
            assert len(await lignes(engine, dataset)) == dataset.nombre

    asyncio.run(run())


def test_past_versions_are_leased_and_withdrawn_ones_are_not(
    state: Path, datasets: dict[str, JeuDeclare]
) -> None:
    for dossiers in (40, 41, 42):
        publish_dataset(datasets[PURCHASES], dossiers)

    async def run() -> None:
        async with serving(settings.publications()) as (catalogue, engine):
            third, second, first = catalogue.versions(PURCHASES)
            assert catalogue.datasets()[0].version == third
            with (
                pytest.raises(ApiError, match="made ready"),
                catalogue.lease(f"{PURCHASES}@{first}"),
            ):
                pass
            await catalogue.prepare(f"{PURCHASES}@{first}")
            with catalogue.lease(f"{PURCHASES}@{first}") as dataset:
                assert (dataset.version, dataset.nombre) == (
                    first,
                    len(await lignes(engine, dataset)),
                )
            withdraw_version(PURCHASES, first, "une erreur")
            with pytest.raises(ApiError) as error, catalogue.lease(f"{PURCHASES}@{second[:-1]}9"):
                pass
            assert error.value.status == 404
            await wait_until(lambda: len(images(settings.publications())) == 1)
            assert catalogue.versions(PURCHASES) == (third, second)

    asyncio.run(run())


def test_a_damaged_version_leaves_the_one_before(
    state: Path, datasets: dict[str, JeuDeclare]
) -> None:
    publish_dataset(datasets[PURCHASES])

    async def run() -> None:
        async with serving(settings.publications()) as (catalogue, _):
            before = catalogue.datasets()[0].version
            after = publish_dataset(datasets[PURCHASES], 41).version
            await wait_until(lambda: catalogue.datasets()[0].version == after)
            assert before != after

    asyncio.run(run())
    folder = settings.publications(PURCHASES)
    current = json.loads((folder / "current.json").read_text())["version"]
    path = folder / current / f"{PURCHASES}.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    # The image of the sound file would do.
    shutil.rmtree(settings.data() / "images")

    async def again() -> None:
        async with serving(settings.publications()) as (catalogue, _):
            assert "empreinte" in catalogue.refusals[PURCHASES]
            assert catalogue.datasets()[0].version < current

    asyncio.run(again())


def test_a_past_version_that_cannot_be_read_is_not_waited_for(
    state: Path, datasets: dict[str, JeuDeclare]
) -> None:
    for dossiers in (40, 41):
        publish_dataset(datasets[PURCHASES], dossiers)

    async def run() -> None:
        async with serving(settings.publications()) as (catalogue, _):
            _, first = catalogue.versions(PURCHASES)
            path = settings.publications(PURCHASES) / first / f"{PURCHASES}.parquet"
            path.chmod(0o644)
            path.write_bytes(b"PAR1")
            async with asyncio.timeout(_PATIENCE):
                await catalogue.prepare(f"{PURCHASES}@{first}")
            assert "empreinte" in catalogue.refusals[f"{PURCHASES}/{first}"]
            with pytest.raises(ApiError) as error, catalogue.lease(f"{PURCHASES}@{first}"):
                pass
            assert error.value.status == 404

    asyncio.run(run())


def test_a_catalogue_that_never_started_stops(tmp_path: Path) -> None:
    engine = Engine(
        replace(read_settings(), images=tmp_path / "images", temporaire=tmp_path / "tmp")
    )
    catalogue = WatchedCatalog(tmp_path / "publications", engine)
    asyncio.run(catalogue.stop())
    engine.close()
    assert not catalogue.ready
