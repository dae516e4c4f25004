"""What an attacker who may write the publications cannot make pass: everything agrees, yet."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration import keys, settings
from orchestration.cli.app import app
from orchestration.datasets import Dataset
from orchestration.files import checksums, indented_json, sha256
from orchestration.release.signing import AlteredError, own_trust
from orchestration.release.withdraw import withdraw_version
from orchestration.site.expose import expose_site
from orchestration.store.signatures import SignatureError, read_public_key, sign, verified
from orchestration.store.verify import Trust, verify_publications
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_publications import publish_dataset

pytestmark = pytest.mark.xdist_group("signatures")


@pytest.fixture(scope="module")
def published(shared_state: None, datasets: dict[str, Dataset]) -> Path:
    """Three versions of one dataset, the first withdrawn, and one of another."""
    versions = [publish_dataset(datasets[PURCHASES], dossiers).version for dossiers in (40, 41, 42)]
    publish_dataset(datasets[USERS])
    withdraw_version(PURCHASES, versions[0], "Montants faux")
    return settings.data()


@pytest.fixture
def state(published: Path, tmp_path: Path, data_folder: Path) -> Path:
    """A state of the test's own, signed, with its key."""
    shutil.copytree(published, data_folder, dirs_exist_ok=True)
    return data_folder


@pytest.fixture
def copy(state: Path, tmp_path: Path) -> Path:
    """What a reader copied of it."""
    return Path(shutil.copytree(state / "publications", tmp_path / "copie"))


@pytest.fixture
def pinned(state: Path) -> Trust:
    """What a reader knows who keeps the public key elsewhere."""
    pem = (state / "publications" / "cle-publique.pem").read_bytes()
    return Trust(read_public_key(pem), is_pinned=True)


def _told(root: Path, trust: Trust | None = None) -> list[str]:
    checked = verify_publications(root, trust=trust)
    assert checked
    return [f"{item.version} : {text}" for item in checked for text in item.problems]


def _versions(root: Path) -> list[Path]:
    return sorted(path for path in (root / PURCHASES).iterdir() if path.is_dir())


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def _list_again(version: Path) -> None:
    """Make SHA256SUMS say what is there."""
    names = {path.name for path in version.iterdir()} - {"SHA256SUMS"}
    _write(version / "SHA256SUMS", checksums({name: sha256(version / name) for name in names}))


def _link_again(root: Path) -> None:
    """Make manifests and pointer name the hash of the one before, whatever became of it."""
    previous = None
    for version in _versions(root):
        manifest = _read(version / "manifest.json")
        manifest["version_precedente"] = previous
        _write(version / "manifest.json", indented_json(manifest))
        _list_again(version)
        digest = sha256(version / "manifest.json")
        previous = {"version": version.name, "manifest_sha256": digest}
    assert previous
    pointer = root / PURCHASES / "current.json"
    _write(pointer, indented_json(_read(pointer) | previous | {"publie_le": manifest["publie_le"]}))


def _forge_a_tombstone(root: Path) -> None:
    """Hide the files of a sound version."""
    version = _versions(root)[1]
    model = _read(_versions(root)[0] / "retrait.json")
    files = _read(version / "manifest.json")["fichiers"]
    for file in files:
        (version / file["nom"]).unlink(missing_ok=True)
        file.pop("lignes", None)
    told = {"version": version.name, "cause": version.name, "fichiers": files}
    _write(version / "retrait.json", indented_json(model | told))
    _list_again(version)


def _forge_an_unfinished_tombstone(root: Path) -> None:
    """The same, as if a withdrawal had been killed before it took effect."""
    version = _versions(root)[2 - 1]
    files = _read(version / "manifest.json")["fichiers"]
    model = _read(_versions(root)[0] / "retrait.json")
    told = {"version": version.name, "cause": version.name}
    told["fichiers"] = [{k: file[k] for k in ("nom", "octets", "sha256")} for file in files]
    _write(version / "retrait.json", indented_json(model | told))


def _rewrite_the_chain(root: Path) -> None:
    """Change a figure of an old version, then everything that would tell."""
    version = _versions(root)[1]
    data = version / f"{PURCHASES}.csv"
    before = sha256(data)
    _write(data, data.read_bytes().replace(b"41", b"99"))
    assert sha256(data) != before
    manifest = (version / "manifest.json").read_text().replace(before, sha256(data))
    _write(version / "manifest.json", manifest.encode())
    _link_again(root)


def _remove_the_last(root: Path) -> None:
    """Put the pointer back to the version before, with the head that it had then or with none."""
    shutil.rmtree(_versions(root)[-1])
    _link_again(root)


def _deny_the_past(root: Path) -> None:
    """A first manifest that follows nothing."""
    for version in _versions(root)[:2]:
        shutil.rmtree(version)
    _link_again(root)


def _remove_a_tombstone(root: Path) -> None:
    """Bring a withdrawn version back."""
    withdrawn, other = _versions(root)[:2]
    (withdrawn / "retrait.json").unlink()
    for file in _read(withdrawn / "manifest.json")["fichiers"]:
        content = other / file["nom"]
        if content.is_file():
            shutil.copy(content, withdrawn / file["nom"])
    manifest = _read(withdrawn / "manifest.json")
    for file in manifest["fichiers"]:
        path = withdrawn / file["nom"]
        file["octets"], file["sha256"] = path.stat().st_size, sha256(path)
    _write(withdrawn / "manifest.json", indented_json(manifest))
    (other / "retrait_ecarts.json").unlink()
    manifest = _read(other / "manifest.json")
    manifest["fichiers"] = [f for f in manifest["fichiers"] if f["nom"] != "ecarts.parquet"]
    _write(other / "manifest.json", indented_json(manifest))
    _link_again(root)


def _remove_a_dataset(root: Path) -> None:
    shutil.rmtree(root / USERS)


ATTACKS = (
    _forge_a_tombstone,
    _forge_an_unfinished_tombstone,
    _rewrite_the_chain,
    _remove_the_last,
    _deny_the_past,
    _remove_a_tombstone,
    _remove_a_dataset,
)


def _strip(root: Path) -> None:
    """Remove all that is signed."""
    for name in ("catalogue.jws", "cle-publique.pem"):
        (root / name).unlink()
    for pointer in root.glob("*/current.json"):
        content = _read(pointer)
        content.pop("tete")
        _write(pointer, indented_json(content))


def test_what_is_whole_is_signed(copy: Path, pinned: Trust) -> None:
    for trust in (None, pinned, own_trust()):
        checked = verify_publications(copy, trust=trust)
        assert all(item.ok for item in checked), checked
        heads = {item.dataset: item.head for item in checked if item.head}
        assert {name: len(head.versions) for name, head in heads.items()} == {
            PURCHASES: 3,
            USERS: 1,
        }
        assert heads[PURCHASES].numero == 4  # three versions and a withdrawal


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_agrees_with_itself_is_not_believed(
    copy: Path, pinned: Trust, attack: Callable[[Path], None]
) -> None:
    attack(copy)
    stripped = Path(shutil.copytree(copy, copy.with_name("sans-signature")))
    _strip(stripped)
    assert _told(stripped) == []  # nothing else would tell
    assert _told(copy)
    assert _told(copy, pinned)
    assert _told(stripped, pinned)
    assert _told(stripped, own_trust())


def test_an_older_state_is_refused_by_who_saw_the_newer(
    state: Path, copy: Path, datasets: dict[str, Dataset]
) -> None:
    """All that was signed once is signed for ever: what is newer was seen, or a person looks."""
    publish_dataset(datasets[PURCHASES], 43)
    assert _told(copy) == []
    assert any("plus ancienne" in text for text in _told(copy, own_trust()))
    shutil.copy(state / "publications" / "catalogue.jws", copy)
    assert any("que nomme catalogue.jws, manque" in text for text in _told(copy))


def test_another_key_is_not_the_publishers(copy: Path, pinned: Trust) -> None:
    """Everything rewritten and signed again by another: only a key kept elsewhere tells."""
    other = copy.parent / "autre"
    shutil.copytree(settings.data(), other)
    shutil.rmtree(other / "publications")
    shutil.copytree(copy, other / "publications")
    shutil.rmtree(other / "signatures")
    (other / "cle_signature").unlink()
    _rewrite_the_chain(other / "publications")
    _strip(other / "publications")
    with settings.state_in(other):
        from orchestration.release.signing import sign_again

        for name in (PURCHASES, USERS):
            sign_again(settings.publications(name))
    assert _told(other / "publications") == []
    assert any("pas de cette clé" in text for text in _told(other / "publications", pinned))


@pytest.mark.parametrize("attack", [_forge_a_tombstone, _rewrite_the_chain, _remove_the_last])
def test_the_publisher_does_not_go_on_from_what_was_altered(
    state: Path, datasets: dict[str, Dataset], attack: Callable[[Path], None]
) -> None:
    attack(state / "publications")
    for stripped in (False, True):
        if stripped:
            _strip(state / "publications")
        with pytest.raises(AlteredError, match="n'est plus ce qui a été signé"):
            publish_dataset(datasets[PURCHASES], 44)


def test_a_lost_key_is_not_made_again(state: Path, datasets: dict[str, Dataset]) -> None:
    (state / "cle_signature").unlink()
    with pytest.raises(keys.SecretError, match="cle_signature manque"):
        publish_dataset(datasets[PURCHASES], 44)
    assert not (state / "cle_signature").exists()


def test_versions_from_before_keys_are_signed_by_the_next_run(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    _strip(state / "publications")
    shutil.rmtree(state / "signatures")
    done = CliRunner().invoke(app, ["verify"])
    assert (done.exit_code, "Rien n'est signé" in done.stderr) == (0, True)
    publish_dataset(datasets[PURCHASES], 42)  # unchanged
    trust = own_trust()
    assert trust.heads.keys() == {PURCHASES}
    said = CliRunner().invoke(app, ["verify"])
    assert (said.exit_code, f"Rien n'est signé de : {USERS}" in said.stderr) == (0, True)
    assert _told(state / "publications", trust) == []
    assert len(trust.heads[PURCHASES].versions) == 3


def test_the_command_says_what_is_signed_and_by_whom(state: Path, copy: Path) -> None:
    pem = str(state / "publications" / "cle-publique.pem")
    own = CliRunner().invoke(app, ["verify"])
    assert own.exit_code == 0
    assert f"Signé : {PURCHASES}, 3 version(s) depuis " in own.stderr
    assert "vient du dossier lui-même" not in own.stderr
    read = CliRunner().invoke(app, ["verify", str(copy)])
    assert (read.exit_code, "vient du dossier lui-même" in read.stderr) == (0, True)
    _strip(copy)
    alone = CliRunner().invoke(app, ["verify", str(copy)])
    assert (alone.exit_code, "Rien n'est signé" in alone.stderr) == (0, True)
    known = CliRunner().invoke(app, ["verify", str(copy), "--cle-publique", pem])
    assert (known.exit_code, "n'est pas signé" in known.stdout) == (1, True)
    wrong = CliRunner().invoke(app, ["verify", str(copy), "--cle-publique", str(copy)])
    assert (wrong.exit_code, "Traceback" in wrong.stderr) == (2, False)


def test_openssl_reads_the_same(copy: Path, tmp_path: Path) -> None:
    """A signature is checked without a line of ours."""
    token = _read(copy / PURCHASES / "current.json")["tete"]
    signed, _, signature = token.rpartition(".")
    decoded = subprocess.run(
        ["openssl", "base64", "-d", "-A"], input=(signature.translate(str.maketrans("-_", "+/"))
        + "==").encode(), capture_output=True, check=True,
    ).stdout  # fmt: skip
    (tmp_path / "signature").write_bytes(decoded)
    for text, expected in ((signed, 0), (signed[:-1] + "x", 1)):
        (tmp_path / "texte").write_text(text)
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", copy / "cle-publique.pem",
             "-rawin", "-in", tmp_path / "texte", "-sigfile", tmp_path / "signature"],
            capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode != 0) == bool(expected), done


def test_the_public_key_is_in_every_version(copy: Path) -> None:
    pem = (copy / "cle-publique.pem").read_text()
    for version in _versions(copy):
        assert _read(version / "manifest.json")["cle_publique"] == pem


def test_the_site_shows_the_key_and_the_list(state: Path) -> None:
    expose_site()
    for name in ("cle-publique.pem", "catalogue.jws"):
        assert (state / "site" / name).read_bytes() == (state / "publications" / name).read_bytes()


def test_one_kind_does_not_pass_for_another(state: Path) -> None:
    key = keys.signing_key()
    token = sign(key, "cpf-retrait", {"a": 1})
    assert verified(key.public_key(), "cpf-retrait", token) == {"a": 1}
    for kind, text in (
        ("cpf-tete", token),
        ("cpf-retrait", token + "="),
        ("cpf-retrait", "e30." + token.partition(".")[2]),
        ("cpf-retrait", token.upper()),
        ("cpf-retrait", "é.é.é"),
        ("cpf-retrait", 3),
        ("cpf-retrait", None),
    ):
        with pytest.raises(SignatureError):
            verified(key.public_key(), kind, text)
