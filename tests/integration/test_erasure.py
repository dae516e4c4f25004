"""``cpf oublier`` on a published world: what goes, what stays, and the runs that follow."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestration import settings, warehouse
from tests.factories.everywhere import where
from tests.integration.canaries import BIRTH, CANONICAL_DOSSIER, DOSSIER, TITULAIRE
from tests.integration.conftest import CPF, DATASETS, SCALE, SEED, World

# The person's dossiers: one landed (its id as a CSV and a row write it), one was rejected. A third
# id that begins alike is that of a financement without a dossier: nobody knows whose it is.
NEEDLES = (TITULAIRE, BIRTH, f"{DOSSIER};", f"{DOSSIER},", f"'{DOSSIER}'", f"{DOSSIER}B")
UNTIL = "2021-07"


@pytest.fixture(scope="module")
def forgotten(
    published: World, tmp_path_factory: pytest.TempPathFactory
) -> tuple[World, dict[str, Any], subprocess.CompletedProcess[str]]:
    """A world from which the person was erased, what it was before, and what was said."""
    folder = tmp_path_factory.mktemp("oubli")
    world = World(shutil.copytree(published.data, folder / "data", symlinks=True))
    shutil.copytree(world.data / "extraits", folder / "extraits")
    with settings.state_in(world.data):
        before = {"pseudonym": _pseudonym(), **_facts(_pseudonym())}
        before["places"] = _places(before["pseudonym"])
    (folder / "ids.txt").write_text(f"\n {TITULAIRE}\nT-INCONNU-1\n")
    completed = world.cpf("oublier", "--depuis-fichier", str(folder / "ids.txt"), check=False)
    return world, before, completed


def _pseudonym() -> str:
    with warehouse.vault(read_only=True) as connection:
        row = connection.execute(
            "select titulaire::varchar from coffre.atterrissage.dossiers where id_dossier = ?",
            [CANONICAL_DOSSIER],
        ).fetchone()
    assert row
    return str(row[0])


def _places(pseudonym: str) -> dict[str, set[str]]:
    return {text: places for text, places in where([*NEEDLES, pseudonym]).items() if places}


def _facts(pseudonym: str) -> dict[str, Any]:
    """Everybody else's rows, by number and hash; theirs, by number."""
    others = "titulaire <> $titulaire"
    theirs = "(select id_dossier from coffre.atterrissage.dossiers where titulaire = $titulaire)"
    with warehouse.vault(read_only=True) as connection:

        def one(query: str) -> tuple[Any, ...] | None:
            return connection.execute(query, {"titulaire": pseudonym}).fetchone()

        return {
            "dossiers": one(
                "select count(*), bit_xor(hash(d)) from coffre.atterrissage.dossiers as d "
                f"where {others}"
            ),
            "all_dossiers": one("select count(*), $titulaire from coffre.atterrissage.dossiers"),
            "financements": one(
                "select count(*), bit_xor(hash(f)) from coffre.atterrissage.financements as f "
                f"where id_dossier not in {theirs} and $titulaire is not null "
                f"and id_dossier <> '{CANONICAL_DOSSIER}'"
            ),
        }


Forgotten = tuple[World, dict[str, Any], subprocess.CompletedProcess[str]]


def test_it_says_what_was_done_and_names_nobody(forgotten: Forgotten) -> None:
    world, before, completed = forgotten
    output = completed.stdout + completed.stderr
    assert completed.returncode == 1
    assert "Identifiant n° 2 : inconnu" in output
    assert "1 personne(s) oubliée(s)" in output
    for dataset, threshold in zip(DATASETS[1:], (5, 11), strict=True):
        version = world.version(dataset)
        assert version
        assert f"{dataset} {version.name} ne change pas" in output
        assert f"d'au moins {threshold} personnes" in output
    for text in (TITULAIRE, "T-INCONNU-1", DOSSIER, BIRTH, before["pseudonym"]):
        assert text not in output


def test_nothing_holds_the_person_any_more(forgotten: Forgotten) -> None:
    world, before, _ = forgotten
    places = {place.split("/")[0] for held in before["places"].values() for place in held}
    assert {"extraits", "atterrissage", "registre"} <= places
    assert {"atterrissage.dossiers", "intermediate.int_dossiers__courants"} <= places
    assert {TITULAIRE, BIRTH, before["pseudonym"]} <= set(before["places"])
    with settings.state_in(world.data):
        assert _places(before["pseudonym"]) == {}
        after = _facts(before["pseudonym"])
    count = before["dossiers"][0]
    assert after["dossiers"] == before["dossiers"]
    assert after["financements"] == before["financements"]
    assert after["all_dossiers"][0] == count < before["all_dossiers"][0]


def test_the_registry_keeps_their_share_under_another_name(
    forgotten: Forgotten, published: World
) -> None:
    """What stays behind a figure is still counted: nobody leaves it and shows them alone."""
    world, before, _ = forgotten
    changed = 0
    for path in sorted((world.data / "registre").glob("*/*/*.parquet")):
        former = published.data / path.relative_to(world.data)
        with settings.state_in(world.data), warehouse.connect() as connection:
            one, other = (
                f"read_parquet('{file}', {warehouse.ENCRYPTED_READ})" for file in (former, path)
            )
            columns = {name for name, *_ in connection.execute(f"describe from {one}").fetchall()}
            names = ", ".join({"titulaire", "id_dossier"} & columns) or "null"
            if "titulaire" not in columns:
                continue
            shares = f"select * exclude ({names}) from"
            moved = connection.execute(
                f"from ({shares} {one} except all {shares} {other})"
            ).fetchall()
            renamed = connection.execute(
                f"select count(*) from {one} where titulaire::varchar = ?", [before["pseudonym"]]
            ).fetchone()
            persons = [
                connection.execute(f"select count(distinct titulaire) from {file}").fetchone()
                for file in (one, other)
            ]
        assert moved == []
        assert persons[0] == persons[1]
        assert renamed
        changed += renamed[0]
    assert changed > 0


def test_what_is_published_stays_and_runs_go_on(forgotten: Forgotten, published: World) -> None:
    """A run without anything new, the same extracts again, then a month more."""
    world, before, _ = forgotten
    world.cpf("run")
    world.cpf("verify")
    for dataset in DATASETS:
        assert _published(world, dataset) == _published(published, dataset)
    deposits = sorted(path.name for path in (world.data / "atterrissage").glob("*/*"))
    shutil.copytree(world.data.parent / "extraits", world.data / "extraits", dirs_exist_ok=True)
    assert TITULAIRE in _delivered(world)
    world.cpf("run")
    assert sorted(path.name for path in (world.data / "atterrissage").glob("*/*")) == deposits
    with settings.state_in(world.data):
        assert _places(before["pseudonym"]) == {}
    world.cpf("generate", "--scale", SCALE, "--until", UNTIL, "--seed", SEED)
    world.cpf("run")
    world.cpf("verify")
    for dataset in DATASETS[1:]:
        version, former = world.version(dataset), published.version(dataset)
        assert version
        assert former
        assert version.name != former.name
        manifest = json.loads((version / "manifest.json").read_text())
        assert manifest["version_precedente"]["version"] == former.name
    with settings.state_in(world.data):
        assert _places(before["pseudonym"]) == {}


def _published(world: World, dataset: str) -> dict[str, bytes]:
    folder = world.data / "publications" / dataset
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _delivered(world: World) -> str:
    return "".join(
        path.read_text(encoding="utf-8") for path in (world.data / "extraits/dossiers").iterdir()
    )


def test_the_standard_input_and_misuses(published: World, tmp_path: Path) -> None:
    world = World(tmp_path)
    for arguments, text in (
        ((), ""),
        (("--depuis-fichier", "-"), "\n \n"),
        (("--depuis-fichier", "absent.txt"), ""),
    ):
        completed = subprocess.run(
            [CPF, "oublier", *arguments],
            env=world.environment(),
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert completed.returncode == 2, arguments
    known = subprocess.run(
        [CPF, "oublier", "--depuis-fichier", "-"],
        env=published.environment(),
        input="T-INCONNU-1\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert known.returncode == 1
    assert "Identifiant n° 1 : inconnu" in known.stderr
    assert "INCONNU-1" not in known.stdout + known.stderr
    assert not (published.data / "oublis").exists()
