"""Verification names what is wrong, from the publications' folder alone."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.description.documents import DOCUMENTS
from orchestration.jeux import Jeu
from orchestration.publication.candidat import preparer
from orchestration.publication.fichiers import sha256
from orchestration.publication.publier import nettoyer, publier
from orchestration.publication.verifier import verifier
from orchestration.publication.versions import PointeurError
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.petites_publications import sans_registre
from tests.unit.petits_jeux import ACHATS, USAGERS

# One worker makes the shared state once.
pytestmark = pytest.mark.xdist_group("verifier")
NAMES = (
    f"{ACHATS}.parquet",
    f"{ACHATS}.csv",
    f"{ACHATS}.jsonl",
    f"{ACHATS}.xlsx",
    "qualite.json",
    "qualite.html",
    "secret.json",
    "secret.html",
    "changements.md",
    "manifest.json",
    "SHA256SUMS",
)


@pytest.fixture(scope="module")
def publiees(etat_partage: None, jeux: dict[str, Jeu]) -> Path:
    """Two versions of one dataset and one of another."""
    for name, dossiers in ((ACHATS, 40), (ACHATS, 41), (USAGERS, 40)):
        rows = petits_jeux.lignes(name)
        rows[0]["nb_dossiers"] = dossiers
        jeu = sans_registre(jeux[name])
        petit_etat.construire_mart(jeu, rows)
        candidat = preparer(jeu)
        publier(jeu, candidat, rapports.rapport(jeu, candidat))
    return settings.publications()


@pytest.fixture
def copie(publiees: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the publications, and nothing else of the state: no warehouse, vault or key."""
    target = tmp_path / "ailleurs"
    shutil.copytree(publiees, target)
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "vide"))
    return target


def _versions(root: Path) -> list[Path]:
    return sorted(path for path in (root / ACHATS).iterdir() if path.is_dir())


def _problemes(root: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(item.jeu, item.version): item.problemes for item in verifier(root) if not item.ok}


def _remplacer(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    _remplacer(path, bytes(content))


def test_sound_publications_verify_anywhere(copie: Path, tmp_path: Path) -> None:
    found = verifier(copie)
    assert all(item.ok for item in found)
    files = len(NAMES) + len(DOCUMENTS)
    assert [(item.jeu, item.fichiers) for item in found] == [
        # The second version also has what it changed: ecarts.json and ecarts.parquet.
        *[(ACHATS, files), (ACHATS, files + 2), (ACHATS, 1)],
        *[(USAGERS, files), (USAGERS, 1)],
    ]
    assert not (tmp_path / "vide").exists()
    assert {item.jeu for item in verifier(copie, USAGERS)} == {USAGERS}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [0, 1], ids=["ancienne", "courante"])
def test_one_changed_byte_names_its_file(copie: Path, number: int, name: str) -> None:
    folder = _versions(copie)[number]
    _flip(folder / name)
    found = _problemes(copie)
    assert set(found) == {(ACHATS, folder.name)}
    assert any(name in problem for problem in found[ACHATS, folder.name])


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(copie: Path, name: str) -> None:
    folder = _versions(copie)[0]
    (folder / name).unlink()
    assert f"{name} manque" in _problemes(copie)[ACHATS, folder.name]


def test_an_extra_file_is_named(copie: Path) -> None:
    folder = _versions(copie)[1]
    (folder / "en_plus.csv").write_text("a")
    (folder.parent / "note.txt").write_text("b")
    assert _problemes(copie) == {
        (ACHATS, folder.name): ("en_plus.csv est en trop",),
        (ACHATS, "current.json"): ("note.txt est en trop",),
    }


def _reecrite(root: Path) -> tuple[str, str]:
    """Somebody changes an old file and every hash in its own folder."""
    folder = _versions(root)[0]
    data = folder / f"{ACHATS}.csv"
    before = sha256(data)
    _flip(data)
    for name in ("manifest.json", "SHA256SUMS"):
        text = (folder / name).read_text().replace(before, sha256(data))
        old = text
        if name == "SHA256SUMS":
            lines = [line for line in old.splitlines() if not line.endswith("manifest.json")]
            lines.append(f"{sha256(folder / 'manifest.json')}  manifest.json")
            text = "\n".join(sorted(lines, key=lambda line: line[66:])) + "\n"
        _remplacer(folder / name, text.encode())
    return folder.name, "manifest.json a changé"


def _disparue(root: Path) -> tuple[str, str]:
    shutil.rmtree(_versions(root)[1])
    return "current.json", "qui manque"


def _ancienne_disparue(root: Path) -> tuple[str, str]:
    name = _versions(root)[0].name
    shutil.rmtree(_versions(root)[0])
    return "current.json", f"la version {name} manque"


def _pointeur_recule(root: Path) -> tuple[str, str]:
    first, second = _versions(root)
    for name in (first, second):
        assert name.is_dir()
    third = first.parent / (second.name[:-1] + "3")
    shutil.copytree(second, third)
    return "current.json", "ne désigne pas la dernière version"


def _pointeur_menteur(root: Path) -> tuple[str, str]:
    pointer = root / ACHATS / "current.json"
    content = json.loads(pointer.read_text()) | {"manifest_sha256": "0" * 64}
    pointer.write_text(json.dumps(content))
    return _versions(root)[1].name, "manifest.json a changé"


@pytest.mark.parametrize(
    "tamper", [_reecrite, _disparue, _ancienne_disparue, _pointeur_recule, _pointeur_menteur]
)
def test_the_chain_of_manifests_holds(
    copie: Path, tamper: Callable[[Path], tuple[str, str]]
) -> None:
    version, said = tamper(copie)
    assert any(said in problem for problem in _problemes(copie)[ACHATS, version])


def test_each_changed_byte_of_the_pointer_names_it(copie: Path) -> None:
    folder = copie / ACHATS
    content = (folder / "current.json").read_bytes()
    for place in range(len(content)):
        for bit in (1, 0x80):
            changed = bytearray(content)
            changed[place] ^= bit
            (folder / "current.json").write_bytes(bytes(changed))
            said = [problem for item in verifier(folder) for problem in item.problemes]
            assert any("current.json" in problem for problem in said), (place, bit, said)


@pytest.mark.parametrize("word", ["version", "manifest_sha256"])
def test_a_broken_link_of_the_chain_is_named(copie: Path, word: str) -> None:
    path = _versions(copie)[1] / "manifest.json"
    head, mark, link = path.read_text().partition('"version_precedente"')
    _remplacer(path, f"{head}{mark}{link.replace(word, word.upper())}".encode())
    found = _problemes(copie)[ACHATS, path.parent.name]
    assert "manifest.json a changé" in found


def test_a_damaged_pointer_makes_no_version_unfinished(copie: Path) -> None:
    first, second = _versions(copie)
    pointer = copie / ACHATS / "current.json"
    pointer.write_text(pointer.read_text().replace(second.name, first.name))
    shutil.copytree(copie, settings.publications())
    with pytest.raises(PointeurError, match="restaurer d'une sauvegarde"):
        nettoyer(ACHATS)
    assert (settings.publications(ACHATS) / second.name / "manifest.json").exists()


def test_nothing_published_is_nothing_to_verify(tmp_path: Path) -> None:
    assert verifier(tmp_path / "absent") == []
    (tmp_path / ACHATS).mkdir()
    assert verifier(tmp_path) == []
