"""A folder copied anywhere verifies alone: a version, a dataset, its name kept or not."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.datasets import Dataset
from orchestration.metadata.documents import DOCUMENTS
from orchestration.store.verify import Verification, verify_publications
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_publications import folder, publish_dataset

# One worker makes the shared state once.
pytestmark = pytest.mark.xdist_group("seule")
# Every file of a version that follows another.
NAMES = sorted(
    {
        *(f"{PURCHASES}.{extension}" for extension in ("parquet", "csv", "jsonl", "xlsx")),
        *("qualite.json", "qualite.html", "secret.json", "secret.html"),
        *("changements.md", "ecarts.json", "ecarts.parquet", "manifest.json", "SHA256SUMS"),
        *(name.format(dataset=PURCHASES) for name in DOCUMENTS),
    }
)


@pytest.fixture(scope="module")
def published_folder(shared_state: None, datasets: dict[str, Dataset]) -> Path:
    """The folder of a dataset in two versions."""
    for dossiers in (40, 41):
        publish_dataset(datasets[PURCHASES], dossiers)
    return folder(datasets[PURCHASES])


@pytest.fixture(params=["gardé", "perdu"])
def lone_version(
    published_folder: Path, tmp_path: Path, data_folder: Path, request: pytest.FixtureRequest
) -> Path:
    """A copy of the last version alone, under its name or another."""
    last = sorted(path for path in published_folder.iterdir() if path.is_dir())[-1]
    target = tmp_path / "ailleurs" / (last.name if request.param == "gardé" else "telecharge")
    shutil.copytree(last, target)
    return target


def _verify_alone(folder: Path) -> Verification:
    (verified,) = verify_publications(folder)
    return verified


def _named(folder: Path, name: str) -> bool:
    return any(name in problem for problem in _verify_alone(folder).problems)


def test_the_names_are_those_of_the_version(lone_version: Path) -> None:
    assert sorted(path.name for path in lone_version.iterdir()) == NAMES
    assert _verify_alone(lone_version).ok
    assert (_verify_alone(lone_version).dataset, _verify_alone(lone_version).fichiers) == (
        PURCHASES,
        len(NAMES),
    )


# The highest bit makes a text that is no UTF-8 any more.
@pytest.mark.parametrize(("place", "bit"), [(0.1, 1), (0.5, 0x80), (0.99, 1)])
@pytest.mark.parametrize("name", NAMES)
def test_one_changed_byte_names_its_file(
    lone_version: Path, name: str, place: float, bit: int
) -> None:
    path = lone_version / name
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= bit
    path.unlink()
    path.write_bytes(bytes(content))
    assert _named(lone_version, name), _verify_alone(lone_version).problems


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(lone_version: Path, name: str) -> None:
    (lone_version / name).unlink()
    assert f"{name} manque" in _verify_alone(lone_version).problems


def test_an_extra_file_is_named(lone_version: Path) -> None:
    (lone_version / "en_plus.csv").write_text("a")
    (lone_version / "dossier").mkdir()
    assert _verify_alone(lone_version).problems == (
        "dossier est en trop",
        "en_plus.csv est en trop",
    )


def test_a_folder_in_the_place_of_a_file_is_named(lone_version: Path) -> None:
    (lone_version / "secret.html").unlink()
    (lone_version / "secret.html").mkdir()
    assert _verify_alone(lone_version).problems == ("secret.html a changé",)


@pytest.mark.parametrize("name", [PURCHASES, "copie"])
def test_the_folder_of_a_dataset_verifies_alone(
    published_folder: Path, tmp_path: Path, name: str
) -> None:
    target = tmp_path / name
    shutil.copytree(published_folder, target)
    verified = verify_publications(target)
    assert [(verification.dataset, verification.ok) for verification in verified] == [
        (PURCHASES, True)
    ] * 3
    first = sorted(path for path in target.iterdir() if path.is_dir())[0]
    shutil.rmtree(first)
    assert [verification.problems for verification in verify_publications(target)][-1] == (
        f"la version {first.name} manque",
    )


def test_the_command_verifies_a_version_alone(lone_version: Path) -> None:
    result = CliRunner().invoke(app, ["verify", str(lone_version)])
    assert (result.exit_code, "intègre" in result.stdout) == (0, True)
    (lone_version / "en_plus.csv").write_text("a")
    result = CliRunner().invoke(app, ["verify", str(lone_version)])
    assert (result.exit_code, "en_plus.csv est en trop" in result.stdout) == (1, True)
