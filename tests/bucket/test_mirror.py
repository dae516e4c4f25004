"""A folder that follows a bucket: what is new, what was withdrawn, what is refused."""

import hashlib
import shutil
from dataclasses import asdict
from pathlib import Path

import obstore
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from orchestration import keys, settings
from orchestration.bucket import mirror as module
from orchestration.bucket.bucket import ObjectStoreError
from orchestration.bucket.mirror import Mirror
from orchestration.bucket.pull import pull_versions
from orchestration.bucket.push import push_versions
from orchestration.datasets import Dataset
from orchestration.files import describe, indented_json
from orchestration.release.withdraw import finish, withdraw_version
from orchestration.store.versions import Withdrawal
from tests.factories import small_state
from tests.factories.s3_server import Server
from tests.factories.small_buckets import (
    DATASET,
    address,
    fichiers,
    publish_two_versions,
    say_nothing,
)
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_publications import publish_dataset

pytestmark = pytest.mark.xdist_group("s3")


@pytest.fixture
def sent(prefix: str, datasets: dict[str, Dataset]) -> Dataset:
    """Two versions of the purchases, and a site of one page, in the bucket."""
    small_state.land_all_deliveries()
    for dossiers in (40, 41):
        publish_dataset(datasets[PURCHASES], dossiers)
    (settings.site() / PURCHASES).mkdir(parents=True)
    (settings.site() / PURCHASES / "index.html").write_text("<p>un</p>")
    (settings.site() / "vieux.html").write_text("<p>vieux</p>")
    push_versions(address(prefix), notify=say_nothing)
    return datasets[PURCHASES]


def _mirror(prefix: str, folder: Path) -> Mirror:
    return Mirror(address(prefix), folder, keys.signing_key().public_key())


def _versions() -> list[str]:
    folder = settings.publications(PURCHASES)
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_the_current_version_and_the_site_then_past_ones_on_demand(
    prefix: str, sent: Dataset, tmp_path: Path
) -> None:
    mirror = _mirror(prefix, tmp_path / "miroir")
    assert mirror.refresh() == {}
    first, second = _versions()
    folder = mirror.publications / PURCHASES
    assert not (folder / first).exists()
    assert fichiers(folder / second) == fichiers(settings.publications(PURCHASES) / second)
    assert fichiers(mirror.site).items() >= fichiers(settings.site()).items()
    assert mirror.versions(PURCHASES) == [second, first]
    mirror.bring(PURCHASES, first)
    assert fichiers(folder) == fichiers(settings.publications(PURCHASES))
    for unknown in ("2020.01.1", "..", "current.json"):
        mirror.bring(PURCHASES, unknown)
    mirror.bring("../ailleurs", first)
    assert sorted(path.name for path in folder.iterdir()) == [first, second, "current.json"]


def test_pages_change_and_leave(prefix: str, sent: Dataset, tmp_path: Path) -> None:
    mirror = _mirror(prefix, tmp_path / "miroir")
    mirror.refresh()
    assert (mirror.site / "vieux.html").exists()
    (settings.site() / PURCHASES / "index.html").write_text("<p>deux</p>")
    (settings.site() / "vieux.html").unlink()
    push_versions(address(prefix), notify=say_nothing)
    assert mirror.refresh() == {}
    assert (mirror.site / PURCHASES / "index.html").read_text() == "<p>deux</p>"
    assert not (mirror.site / "vieux.html").exists()


def test_a_page_that_is_not_the_listed_one_waits(
    s3: Server, prefix: str, sent: Dataset, tmp_path: Path
) -> None:
    obstore.put(s3.store(), f"{prefix}/vieux.html", b"<p>autre</p>")
    mirror = _mirror(prefix, tmp_path / "miroir")
    assert list(mirror.refresh()) == ["site"]
    assert not (mirror.site / "vieux.html").exists()
    push_versions(address(prefix), notify=say_nothing)


def test_a_withdrawal_leaves_nothing_of_the_version(
    prefix: str, sent: Dataset, tmp_path: Path
) -> None:
    mirror = _mirror(prefix, tmp_path / "miroir")
    mirror.refresh()
    first, second = _versions()
    mirror.bring(PURCHASES, first)
    folder = mirror.publications / PURCHASES
    withdrawn = set(fichiers(folder / first).values())
    kept = (folder / second / f"{PURCHASES}.csv").stat().st_ino
    # A draft of a process that was killed holds the same rows.
    shutil.copytree(folder / first, folder / ".en_cours-x" / first)
    withdraw_version(PURCHASES, first, "Montants faux")
    push_versions(address(prefix), notify=say_nothing)
    assert mirror.refresh() == {}
    assert fichiers(folder) == fichiers(settings.publications(PURCHASES))
    left = withdrawn & set(fichiers(tmp_path / "miroir").values())
    assert left == {fichiers(folder)[f"{first}/manifest.json"]}
    assert mirror.versions(PURCHASES) == [second]
    # The version after it lost its diff, and nothing else: its files did not move.
    assert (folder / second / "retrait_ecarts.json").exists()
    assert (folder / second / f"{PURCHASES}.csv").stat().st_ino == kept


def test_a_withdrawn_version_that_is_asked_for_is_its_tombstone(
    prefix: str, sent: Dataset, tmp_path: Path
) -> None:
    first, _ = _versions()
    withdraw_version(PURCHASES, first, "Montants faux")
    push_versions(address(prefix), notify=say_nothing)
    mirror = _mirror(prefix, tmp_path / "miroir")
    assert mirror.refresh() == {}
    mirror.bring(PURCHASES, first)
    names = {path.name for path in (mirror.publications / PURCHASES / first).iterdir()}
    assert names == {"manifest.json", "SHA256SUMS", "retrait.json"}


@pytest.mark.parametrize("pulled", [True, False], ids=["pull", "serve"])
def test_a_withdrawal_that_was_killed_here_is_finished(
    prefix: str, sent: Dataset, tmp_path: Path, pulled: bool
) -> None:
    """The tombstone came, the rows had not left yet."""
    mirror = _mirror(prefix, tmp_path / "miroir")
    mirror.refresh()
    first, _ = _versions()
    mirror.bring(PURCHASES, first)
    before = tmp_path / "avant"
    shutil.copytree(mirror.publications / PURCHASES / first, before)
    withdraw_version(PURCHASES, first, "Montants faux")
    push_versions(address(prefix), notify=say_nothing)
    mirror.refresh()
    folder = mirror.publications / PURCHASES
    for path in before.iterdir():
        shutil.copyfile(path, folder / first / path.name)
    assert (folder / first / f"{PURCHASES}.csv").exists()
    if pulled:
        pull_versions(address(prefix), mirror.publications, toutes=False, notify=say_nothing)
    else:
        assert mirror.refresh() == {}
    assert fichiers(folder) == fichiers(settings.publications(PURCHASES))


@pytest.mark.parametrize("pulled", [True, False], ids=["pull", "serve"])
def test_a_withdrawal_of_what_nobody_signed_is_followed(
    prefix: str, tmp_path: Path, pulled: bool
) -> None:
    first, _ = publish_two_versions()
    push_versions(address(prefix), notify=say_nothing)
    mirror = Mirror(address(prefix), tmp_path / "miroir")
    pull_versions(address(prefix), mirror.publications, toutes=True, notify=say_nothing)
    assert mirror.refresh() == {}
    there = mirror.publications / DATASET / first.name
    assert (there / "a.csv").exists()
    held = tuple(describe(first / name) for name in ("a.csv", "b.parquet"))
    tombstone = Withdrawal(DATASET, first.name, first.name, "2026-04-01T06:00:00Z", "Faux", held)
    (first / "retrait.json").write_bytes(indented_json(asdict(tombstone)))
    finish(settings.publications(DATASET))
    push_versions(address(prefix), notify=say_nothing)
    if pulled:
        pull_versions(address(prefix), mirror.publications, toutes=False, notify=say_nothing)
    else:
        assert mirror.refresh() == {}
    assert fichiers(there) == fichiers(first)
    assert "a.csv" not in fichiers(there)


def test_what_is_refused_stays_as_it_was_and_the_rest_follows(
    s3: Server, prefix: str, sent: Dataset, tmp_path: Path
) -> None:
    mirror = _mirror(prefix, tmp_path / "miroir")
    mirror.refresh()
    here = fichiers(mirror.publications / PURCHASES)
    name = f"{prefix}/{PURCHASES}/current.json"
    content = bytes(obstore.get(s3.store(), name).bytes())
    obstore.put(s3.store(), name, content.replace(b'"tete": "', b'"tete": "x'))
    page = b"<p>neuf</p>"
    listed = f"{hashlib.sha256(page).hexdigest()}  neuf.html\n".encode()
    obstore.put(s3.store(), f"{prefix}/neuf.html", page)
    obstore.put(s3.store(), f"{prefix}/site.sha256", listed)
    refusals = mirror.refresh()
    assert list(refusals) == [PURCHASES], refusals
    assert fichiers(mirror.publications / PURCHASES) == here
    assert list(fichiers(mirror.site)) == ["neuf.html"]
    obstore.put(s3.store(), name, content)
    assert mirror.refresh() == {}


def test_the_key_that_is_pinned_must_have_signed(
    prefix: str, sent: Dataset, tmp_path: Path
) -> None:
    other = Ed25519PrivateKey.generate().public_key()
    mirror = Mirror(address(prefix), tmp_path / "miroir", other)
    assert PURCHASES in mirror.refresh()
    assert not list((mirror.publications / PURCHASES).iterdir())


def test_a_damaged_disk_is_mended(prefix: str, sent: Dataset, tmp_path: Path) -> None:
    mirror = _mirror(prefix, tmp_path / "miroir")
    mirror.refresh()
    _, second = _versions()
    path = mirror.publications / PURCHASES / second / f"{PURCHASES}.csv"
    path.write_bytes(path.read_bytes()[:-1])
    assert _mirror(prefix, tmp_path / "miroir").refresh() == {}
    assert fichiers(path.parent) == fichiers(settings.publications(PURCHASES) / second)


def test_past_versions_are_kept_so_many(
    prefix: str, sent: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MAX_PAST", 1)
    mirror = _mirror(prefix, tmp_path / "miroir")
    mirror.refresh()
    publish_dataset(sent, 42)
    push_versions(address(prefix), notify=say_nothing)
    mirror.refresh()
    first, second, third = _versions()
    mirror.bring(PURCHASES, first)
    mirror.refresh()
    folder = mirror.publications / PURCHASES
    here = {path.name for path in folder.iterdir() if path.is_dir()}
    assert here == {first, second, third}  # asked for just now: they may be being read
    monkeypatch.setattr(module, "_JUST_ASKED", 0.0)
    mirror.refresh()
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {first, third}


def test_a_bucket_that_does_not_answer_changes_nothing(
    prefix: str, sent: Dataset, tmp_path: Path
) -> None:
    mirror = _mirror(prefix, tmp_path / "miroir")
    mirror.refresh()
    here = fichiers(tmp_path / "miroir")
    absent = Mirror("s3://absent/x", tmp_path / "autre")
    with pytest.raises(ObjectStoreError, match="n'existe pas"):
        absent.refresh()
    assert fichiers(tmp_path / "miroir") == here
