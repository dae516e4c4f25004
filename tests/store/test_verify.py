"""Verification names what is wrong, from the publications' folder alone."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.candidates.candidate import prepare
from orchestration.datasets import Dataset
from orchestration.files import sha256
from orchestration.metadata.documents import DOCUMENTS
from orchestration.release.publish import clean, publish
from orchestration.store.verify import verify_publications
from orchestration.store.versions import PointerError
from tests.factories import reports, small_datasets, small_state
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_publications import without_registry

# One worker makes the shared state once.
pytestmark = pytest.mark.xdist_group("verifier")
NAMES = (
    f"{PURCHASES}.parquet",
    f"{PURCHASES}.csv",
    f"{PURCHASES}.jsonl",
    f"{PURCHASES}.xlsx",
    "qualite.json",
    "qualite.html",
    "secret.json",
    "secret.html",
    "changements.md",
    "manifest.json",
    "SHA256SUMS",
)


@pytest.fixture(scope="module")
def published(shared_state: None, datasets: dict[str, Dataset]) -> Path:
    """Two versions of one dataset and one of another."""
    for name, dossiers in ((PURCHASES, 40), (PURCHASES, 41), (USERS, 40)):
        rows = small_datasets.lignes(name)
        rows[0]["nb_dossiers"] = dossiers
        dataset = without_registry(datasets[name])
        small_state.build_mart(dataset, rows)
        candidate = prepare(dataset)
        publish(dataset, candidate, reports.report(dataset, candidate))
    return settings.publications()


@pytest.fixture
def publications_copy(published: Path, tmp_path: Path, data_folder: Path) -> Path:
    """A copy of the publications, and nothing else of the state: no warehouse, vault or key."""
    target = tmp_path / "ailleurs"
    shutil.copytree(published, target)
    return target


def _versions(root: Path) -> list[Path]:
    return sorted(path for path in (root / PURCHASES).iterdir() if path.is_dir())


def _problems(root: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (verification.dataset, verification.version): verification.problems
        for verification in verify_publications(root)
        if not verification.ok
    }


def _replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    _replace(path, bytes(content))


def test_sound_publications_verify_anywhere(publications_copy: Path, tmp_path: Path) -> None:
    checked = verify_publications(publications_copy)
    assert all(verification.ok for verification in checked)
    files = len(NAMES) + len(DOCUMENTS)
    assert [(verification.dataset, verification.fichiers) for verification in checked] == [
        # The second version also has what it changed: ecarts.json and ecarts.parquet.
        *[(PURCHASES, files), (PURCHASES, files + 2), (PURCHASES, 1)],
        *[(USERS, files), (USERS, 1)],
    ]
    assert not (tmp_path / "vide").exists()
    assert {
        verification.dataset for verification in verify_publications(publications_copy, USERS)
    } == {USERS}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [0, 1], ids=["ancienne", "courante"])
def test_one_changed_byte_names_its_file(publications_copy: Path, number: int, name: str) -> None:
    folder = _versions(publications_copy)[number]
    _flip(folder / name)
    problems = _problems(publications_copy)
    assert set(problems) == {(PURCHASES, folder.name)}
    assert any(name in problem for problem in problems[PURCHASES, folder.name])


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(publications_copy: Path, name: str) -> None:
    folder = _versions(publications_copy)[0]
    (folder / name).unlink()
    assert f"{name} manque" in _problems(publications_copy)[PURCHASES, folder.name]


def test_an_extra_file_is_named(publications_copy: Path) -> None:
    folder = _versions(publications_copy)[1]
    (folder / "en_plus.csv").write_text("a")
    (folder.parent / "note.txt").write_text("b")
    assert _problems(publications_copy) == {
        (PURCHASES, folder.name): ("en_plus.csv est en trop",),
        (PURCHASES, "current.json"): ("note.txt est en trop",),
    }


def _rewritten_version(root: Path) -> tuple[str, str]:
    """Somebody changes an old file and every hash in its own folder."""
    folder = _versions(root)[0]
    data = folder / f"{PURCHASES}.csv"
    before = sha256(data)
    _flip(data)
    for name in ("manifest.json", "SHA256SUMS"):
        text = (folder / name).read_text().replace(before, sha256(data))
        old = text
        if name == "SHA256SUMS":
            lines = [line for line in old.splitlines() if not line.endswith("manifest.json")]
            lines.append(f"{sha256(folder / 'manifest.json')}  manifest.json")
            text = "\n".join(sorted(lines, key=lambda line: line[66:])) + "\n"
        _replace(folder / name, text.encode())
    return folder.name, "manifest.json a changé"


def _last_version_missing(root: Path) -> tuple[str, str]:
    shutil.rmtree(_versions(root)[1])
    return "current.json", "qui manque"


def _older_version_missing(root: Path) -> tuple[str, str]:
    name = _versions(root)[0].name
    shutil.rmtree(_versions(root)[0])
    return "current.json", f"la version {name} manque"


def _stale_pointer(root: Path) -> tuple[str, str]:
    first, second = _versions(root)
    for name in (first, second):
        assert name.is_dir()
    third = first.parent / (second.name[:-1] + "3")
    shutil.copytree(second, third)
    return "current.json", "ne désigne pas la dernière version"


def _lying_pointer(root: Path) -> tuple[str, str]:
    pointer = root / PURCHASES / "current.json"
    content = json.loads(pointer.read_text()) | {"manifest_sha256": "0" * 64}
    pointer.write_text(json.dumps(content))
    return _versions(root)[1].name, "manifest.json a changé"


@pytest.mark.parametrize(
    "tamper",
    [
        _rewritten_version,
        _last_version_missing,
        _older_version_missing,
        _stale_pointer,
        _lying_pointer,
    ],
)
def test_the_chain_of_manifests_holds(
    publications_copy: Path, tamper: Callable[[Path], tuple[str, str]]
) -> None:
    version, problem_text = tamper(publications_copy)
    assert any(
        problem_text in problem for problem in _problems(publications_copy)[PURCHASES, version]
    )


def test_each_changed_byte_of_the_pointer_names_it(publications_copy: Path) -> None:
    folder = publications_copy / PURCHASES
    content = (folder / "current.json").read_bytes()
    for place in range(len(content)):
        for bit in (1, 0x80):
            changed = bytearray(content)
            changed[place] ^= bit
            (folder / "current.json").write_bytes(bytes(changed))
            problem_text = [
                problem
                for verification in verify_publications(folder)
                for problem in verification.problems
            ]
            assert any("current.json" in problem for problem in problem_text), (
                place,
                bit,
                problem_text,
            )


@pytest.mark.parametrize("word", ["version", "manifest_sha256"])
def test_a_broken_link_of_the_chain_is_named(publications_copy: Path, word: str) -> None:
    path = _versions(publications_copy)[1] / "manifest.json"
    head, mark, link = path.read_text().partition('"version_precedente"')
    _replace(path, f"{head}{mark}{link.replace(word, word.upper())}".encode())
    problems = _problems(publications_copy)[PURCHASES, path.parent.name]
    assert "manifest.json a changé" in problems


def test_a_damaged_pointer_makes_no_version_unfinished(publications_copy: Path) -> None:
    first, second = _versions(publications_copy)
    pointer = publications_copy / PURCHASES / "current.json"
    pointer.write_text(pointer.read_text().replace(second.name, first.name))
    shutil.copytree(publications_copy, settings.publications())
    with pytest.raises(PointerError, match="restaurer d'une sauvegarde"):
        clean(PURCHASES)
    assert (settings.publications(PURCHASES) / second.name / "manifest.json").exists()


def test_nothing_published_is_nothing_to_verify(tmp_path: Path) -> None:
    assert verify_publications(tmp_path / "absent") == []
    (tmp_path / PURCHASES).mkdir()
    assert verify_publications(tmp_path) == []


def _told(root: Path) -> str:
    return " ; ".join(text for item in verify_publications(root) for text in item.problems)


def test_a_stray_file_at_the_root_is_named(publications_copy: Path) -> None:
    (publications_copy / "notes.txt").write_text("x")
    assert _told(publications_copy) == "notes.txt est en trop"


@pytest.mark.parametrize("level", ["dataset", "version", "file"])
def test_what_is_a_link_is_named(publications_copy: Path, tmp_path: Path, level: str) -> None:
    version = _versions(publications_copy)[0]
    target = {"dataset": version.parent, "version": version, "file": version / "qualite.json"}[
        level
    ]
    moved = tmp_path / "autre-part"
    target.rename(moved)
    target.symlink_to(moved)
    assert f"{target.name} est un lien" in _told(publications_copy)


@pytest.mark.parametrize("name", ["manifest.json", "retrait.json", "current.json"])
def test_a_deep_document_is_unreadable_and_no_crash(publications_copy: Path, name: str) -> None:
    version = _versions(publications_copy)[0]
    path = version.parent / name if name == "current.json" else version / name
    path.write_text("[" * 200_000 + "]" * 200_000)
    assert name in _told(publications_copy)
