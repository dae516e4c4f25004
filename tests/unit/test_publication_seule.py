"""A folder copied anywhere verifies alone: a version, a dataset, its name kept or not."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.description.documents import DOCUMENTS
from orchestration.jeux import Jeu
from orchestration.publication.verifier import Verification, verifier
from tests.unit.petites_publications import dossier, publier_jeu
from tests.unit.petits_jeux import ACHATS

# One worker makes the shared state once.
pytestmark = pytest.mark.xdist_group("seule")
# Every file of a version that follows another.
NAMES = sorted(
    {
        *(f"{ACHATS}.{extension}" for extension in ("parquet", "csv", "jsonl", "xlsx")),
        *("qualite.json", "qualite.html", "secret.json", "secret.html"),
        *("changements.md", "ecarts.json", "ecarts.parquet", "manifest.json", "SHA256SUMS"),
        *(name.format(jeu=ACHATS) for name in DOCUMENTS),
    }
)


@pytest.fixture(scope="module")
def publiee(etat_partage: None, jeux: dict[str, Jeu]) -> Path:
    """The folder of a dataset in two versions."""
    for dossiers in (40, 41):
        publier_jeu(jeux[ACHATS], dossiers)
    return dossier(jeux[ACHATS])


@pytest.fixture(params=["gardé", "perdu"])
def seule(
    publiee: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Path:
    """A copy of the last version alone, under its name or another."""
    last = sorted(path for path in publiee.iterdir() if path.is_dir())[-1]
    target = tmp_path / "ailleurs" / (last.name if request.param == "gardé" else "telecharge")
    shutil.copytree(last, target)
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "vide"))
    return target


def _seule(folder: Path) -> Verification:
    (found,) = verifier(folder)
    return found


def _nomme(folder: Path, name: str) -> bool:
    return any(name in problem for problem in _seule(folder).problemes)


def test_the_names_are_those_of_the_version(seule: Path) -> None:
    assert sorted(path.name for path in seule.iterdir()) == NAMES
    assert _seule(seule).ok
    assert (_seule(seule).jeu, _seule(seule).fichiers) == (ACHATS, len(NAMES))


# The highest bit makes a text that is no UTF-8 any more.
@pytest.mark.parametrize(("place", "bit"), [(0.1, 1), (0.5, 0x80), (0.99, 1)])
@pytest.mark.parametrize("name", NAMES)
def test_one_changed_byte_names_its_file(seule: Path, name: str, place: float, bit: int) -> None:
    path = seule / name
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= bit
    path.unlink()
    path.write_bytes(bytes(content))
    assert _nomme(seule, name), _seule(seule).problemes


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(seule: Path, name: str) -> None:
    (seule / name).unlink()
    assert f"{name} manque" in _seule(seule).problemes


def test_an_extra_file_is_named(seule: Path) -> None:
    (seule / "en_plus.csv").write_text("a")
    (seule / "dossier").mkdir()
    assert _seule(seule).problemes == ("dossier est en trop", "en_plus.csv est en trop")


def test_a_folder_in_the_place_of_a_file_is_named(seule: Path) -> None:
    (seule / "secret.html").unlink()
    (seule / "secret.html").mkdir()
    assert _seule(seule).problemes == ("secret.html a changé",)


@pytest.mark.parametrize("name", [ACHATS, "copie"])
def test_the_folder_of_a_dataset_verifies_alone(publiee: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    shutil.copytree(publiee, target)
    found = verifier(target)
    assert [(item.jeu, item.ok) for item in found] == [(ACHATS, True)] * 3
    first = sorted(path for path in target.iterdir() if path.is_dir())[0]
    shutil.rmtree(first)
    assert [item.problemes for item in verifier(target)][-1] == (f"la version {first.name} manque",)


def test_the_command_verifies_a_version_alone(seule: Path) -> None:
    done = CliRunner().invoke(app, ["verify", str(seule)])
    assert (done.exit_code, "intègre" in done.stdout) == (0, True)
    (seule / "en_plus.csv").write_text("a")
    done = CliRunner().invoke(app, ["verify", str(seule)])
    assert (done.exit_code, "en_plus.csv est en trop" in done.stdout) == (1, True)
