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
from orchestration.jeux import Jeu as JeuDeclare
from orchestration.publication.retirer import retirer
from portal.catalogue.champ import Type
from portal.catalogue.jeu import Jeu
from portal.catalogue.veille import Catalogue
from portal.erreurs import ApiError
from portal.moteur import Moteur, Sql
from portal.reglages import lire_reglages
from tests.unit.petites_publications import publier_jeu
from tests.unit.petits_jeux import ACHATS, OFFRE
from tests.unit.petits_paquets import champs, csv

_PATIENCE = 20.0


@asynccontextmanager
async def servi(racine: Path) -> AsyncIterator[tuple[Catalogue, Moteur]]:
    """A catalogue that follows a folder, with its engine."""
    base = racine.parent
    moteur = Moteur(
        replace(lire_reglages(), images=base / "images", temporaire=base / "tmp", memoire="300MB")
    )
    catalogue = Catalogue(racine, moteur)
    await catalogue.demarrer()
    try:
        yield catalogue, moteur
    finally:
        await catalogue.arreter()
        moteur.fermer()


async def attendre(condition: Callable[[], object]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing has changed"
        await asyncio.sleep(0.05)


def paquet(racine: Path, nom: str, *valeurs: object, version: str = "") -> Path:
    """Write (again) a package of one column."""
    text = "v\n" + "".join(f"{value}\n" for value in valeurs)
    path = csv(racine / nom, text, champs(v="integer"))
    content = json.loads(path.read_text())
    content["resources"][0]["name"] = nom
    path.write_text(json.dumps(content | ({"version": version} if version else {})))
    return path


async def lignes(moteur: Moteur, jeu: Jeu) -> list[object]:
    """Read the rows of a dataset of one column."""
    return [row[0] for row in (await moteur.lire(Sql(f"from {jeu.base}.donnees"))).lignes]


def images(racine: Path) -> set[str]:
    """Names of the images that are on the disk."""
    return {path.name for path in (racine.parent / "images").glob("*.duckdb")}


def test_a_new_version_takes_the_place_of_one_that_is_held(tmp_path: Path) -> None:
    root = tmp_path / "publications"
    paquet(root, "jeu", 1)

    async def run() -> None:
        async with servi(root) as (catalogue, moteur):
            with catalogue.prendre("jeu") as old:
                paquet(root, "jeu", 2, 3)
                await attendre(lambda: catalogue.jeux()[0].nombre == 2)
                await asyncio.sleep(2.5)
                assert await lignes(moteur, old) == [1]
                assert len(images(root)) == 2
                with catalogue.prendre("jeu@ailleurs.example.org") as new:
                    assert await lignes(moteur, new) == [2, 3]
            await attendre(lambda: len(images(root)) == 1)
            attached = (
                await moteur.lire(Sql("select database_name from duckdb_databases()"))
            ).lignes
            assert sum(row[0].startswith("jeu-") for row in attached) == 1

    asyncio.run(run())


def test_a_broken_version_is_kept_out_and_others_are_served(tmp_path: Path) -> None:
    root = tmp_path / "publications"
    paquet(root, "bon", 1)
    paquet(root, "mauvais", "x")
    paquet(root, "gate", 1)

    async def run() -> None:
        async with servi(root) as (catalogue, moteur):
            assert catalogue.pret
            assert [jeu.id for jeu in catalogue.jeux()] == ["bon", "gate"]
            assert catalogue.refus["mauvais"].startswith("donnees.csv, ligne 1, colonne « v »")
            with (
                pytest.raises(ApiError, match="mauvais does not exist"),
                catalogue.prendre("mauvais"),
            ):
                pass
            paquet(root, "gate", 2, "secret")
            await attendre(lambda: "gate" in catalogue.refus)
            assert "secret" not in catalogue.refus["gate"]
            with catalogue.prendre("gate") as jeu:
                assert await lignes(moteur, jeu) == [1]
            paquet(root, "gate", 2, 3)
            await attendre(lambda: "gate" not in catalogue.refus)
            with catalogue.prendre("gate") as jeu:
                assert await lignes(moteur, jeu) == [2, 3]

    asyncio.run(run())


def test_a_folder_may_come_later_and_datasets_leave(tmp_path: Path) -> None:
    root = tmp_path / "publications"

    async def run() -> None:
        async with servi(root) as (catalogue, _):
            assert (catalogue.pret, catalogue.jeux()) == (True, ())
            paquet(root, "jeu", 1, version="1.0")
            await attendre(catalogue.jeux)
            assert catalogue.versions("jeu") == ("1.0",)
            with catalogue.prendre("jeu@1.0") as jeu:
                assert jeu.nombre == 1
            shutil.rmtree(root / "jeu")
            await attendre(lambda: not catalogue.jeux())
            await attendre(lambda: not images(root))

    asyncio.run(run())


def test_a_restart_uses_the_images_again_and_deletes_the_others(tmp_path: Path) -> None:
    root = tmp_path / "publications"
    paquet(root, "jeu", 1)

    async def run() -> tuple[int, ...]:
        async with servi(root):
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
    paquet(root, "a", 1)
    shutil.copytree(root / "a", root / "b")

    async def run() -> None:
        async with servi(root) as (catalogue, _):
            assert [jeu.id for jeu in catalogue.jeux()] == ["a"]
            assert "sert déjà a" in catalogue.refus["b/a"]

    asyncio.run(run())


@pytest.fixture
def offre(etat: Path, jeux: dict[str, JeuDeclare]) -> JeuDeclare:
    """The offer, published once."""
    publier_jeu(jeux[OFFRE])
    return jeux[OFFRE]


def test_our_own_version_is_one_dataset_with_its_files(offre: JeuDeclare) -> None:
    async def run() -> None:
        async with servi(settings.publications()) as (catalogue, moteur):
            assert not catalogue.refus
            (jeu,) = catalogue.jeux()
            assert (jeu.id, jeu.cle) == (OFFRE, offre.cle)
            assert jeu.champ("date_extract") is jeu.par_nom["date_chargement"]
            assert jeu.champ("rsrncp") is jeu.par_nom["type_referentiel"]
            assert jeu.par_nom["nom_region"].facette
            assert jeu.par_nom["date_chargement"].type is Type.DATE
            assert {item.format for item in jeu.fichiers if item.donnees} >= {"csv", "parquet"}
            assert jeu.metas["title"] == offre.titre
            assert jeu.metas["territory"] == ["France"]
            assert jeu.metas["update_frequency"] == "DAILY"
            assert len(await lignes(moteur, jeu)) == jeu.nombre

    asyncio.run(run())


def test_past_versions_are_leased_and_withdrawn_ones_are_not(
    etat: Path, jeux: dict[str, JeuDeclare]
) -> None:
    for dossiers in (40, 41, 42):
        publier_jeu(jeux[ACHATS], dossiers)

    async def run() -> None:
        async with servi(settings.publications()) as (catalogue, moteur):
            third, second, first = catalogue.versions(ACHATS)
            assert catalogue.jeux()[0].version == third
            with (
                pytest.raises(ApiError, match="made ready"),
                catalogue.prendre(f"{ACHATS}@{first}"),
            ):
                pass
            await catalogue.preparer(f"{ACHATS}@{first}")
            with catalogue.prendre(f"{ACHATS}@{first}") as jeu:
                assert (jeu.version, jeu.nombre) == (first, len(await lignes(moteur, jeu)))
            retirer(ACHATS, first, "une erreur")
            with pytest.raises(ApiError) as error, catalogue.prendre(f"{ACHATS}@{second[:-1]}9"):
                pass
            assert error.value.statut == 404
            await attendre(lambda: len(images(settings.publications())) == 1)
            assert catalogue.versions(ACHATS) == (third, second)

    asyncio.run(run())


def test_a_damaged_version_leaves_the_one_before(etat: Path, jeux: dict[str, JeuDeclare]) -> None:
    publier_jeu(jeux[ACHATS])

    async def run() -> None:
        async with servi(settings.publications()) as (catalogue, _):
            before = catalogue.jeux()[0].version
            after = publier_jeu(jeux[ACHATS], 41).version
            await attendre(lambda: catalogue.jeux()[0].version == after)
            assert before != after

    asyncio.run(run())
    folder = settings.publications(ACHATS)
    current = json.loads((folder / "current.json").read_text())["version"]
    path = folder / current / f"{ACHATS}.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    # The image of the sound file would do.
    shutil.rmtree(settings.data() / "images")

    async def again() -> None:
        async with servi(settings.publications()) as (catalogue, _):
            assert "empreinte" in catalogue.refus[ACHATS]
            assert catalogue.jeux()[0].version < current

    asyncio.run(again())


def test_a_past_version_that_cannot_be_read_is_not_waited_for(
    etat: Path, jeux: dict[str, JeuDeclare]
) -> None:
    for dossiers in (40, 41):
        publier_jeu(jeux[ACHATS], dossiers)

    async def run() -> None:
        async with servi(settings.publications()) as (catalogue, _):
            _, first = catalogue.versions(ACHATS)
            path = settings.publications(ACHATS) / first / f"{ACHATS}.parquet"
            path.chmod(0o644)
            path.write_bytes(b"PAR1")
            async with asyncio.timeout(_PATIENCE):
                await catalogue.preparer(f"{ACHATS}@{first}")
            assert "empreinte" in catalogue.refus[f"{ACHATS}/{first}"]
            with pytest.raises(ApiError) as error, catalogue.prendre(f"{ACHATS}@{first}"):
                pass
            assert error.value.statut == 404

    asyncio.run(run())


def test_a_catalogue_that_never_started_stops(tmp_path: Path) -> None:
    moteur = Moteur(
        replace(lire_reglages(), images=tmp_path / "images", temporaire=tmp_path / "tmp")
    )
    catalogue = Catalogue(tmp_path / "publications", moteur)
    asyncio.run(catalogue.arreter())
    moteur.fermer()
    assert not catalogue.pret
