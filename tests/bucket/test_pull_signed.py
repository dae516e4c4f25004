"""A bucket does not go back, nor tell less than what a reader has seen of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from orchestration import keys, settings
from orchestration.bucket.bucket import IntegrityError, ObjectStoreError
from orchestration.bucket.pull import pull_versions
from orchestration.bucket.push import push_versions
from orchestration.datasets import Dataset
from orchestration.release.withdraw import withdraw_version
from orchestration.store.verify import Trust, verify_publications
from tests.factories import small_state
from tests.factories.s3_server import Server
from tests.factories.small_buckets import address, fichiers, say_nothing
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_publications import publish_dataset

pytestmark = pytest.mark.xdist_group("s3")

Objects = dict[str, bytes]


@pytest.fixture
def sent(prefix: str, datasets: dict[str, Dataset]) -> Dataset:
    """Two versions of the purchases, in the bucket."""
    small_state.land_all_deliveries()
    for dossiers in (40, 41):
        publish_dataset(datasets[PURCHASES], dossiers)
    push_versions(address(prefix), notify=say_nothing)
    return datasets[PURCHASES]


def _everything(store: S3Store, prefix: str) -> Objects:
    listed = [str(item["path"]) for page in obstore.list(store, prefix) for item in page]
    return {name: bytes(obstore.get(store, name).bytes()) for name in listed}


def _put_back(store: S3Store, prefix: str, objects: Objects) -> None:
    for name in _everything(store, prefix).keys() - objects.keys():
        obstore.delete(store, name)
    for name, content in objects.items():
        obstore.put(store, name, content)


def _pull(prefix: str, folder: Path, *, toutes: bool = True, pinned: bool = False) -> None:
    key = keys.signing_key().public_key() if pinned else None
    pull_versions(address(prefix), folder, toutes=toutes, notify=say_nothing, key=key)


def _without_signature(objects: Objects) -> Objects:
    changed = {}
    for name, content in objects.items():
        if name.endswith("current.json"):
            pointer = json.loads(content)
            del pointer["tete"]
            changed[name] = json.dumps(pointer).encode()
        elif not name.endswith((".pem", ".jws")):
            changed[name] = content
    return changed


def _older(objects: Objects) -> Objects:
    return objects


@pytest.mark.parametrize("attack", [_older, _without_signature])
def test_an_older_or_unsigned_head_is_refused_and_nothing_changes(
    s3: Server, prefix: str, sent: Dataset, tmp_path: Path, attack: Callable[[Objects], Objects]
) -> None:
    """The same version, its withdrawal taken back: no hash of the chain tells."""
    before = _everything(s3.store(), prefix)
    first = sorted(path for path in settings.publications(PURCHASES).iterdir() if path.is_dir())[0]
    withdraw_version(PURCHASES, first.name, "Montants faux")
    push_versions(address(prefix), notify=say_nothing)
    _pull(prefix, tmp_path / "recu")
    here = fichiers(tmp_path / "recu")
    assert here == fichiers(settings.publications())
    _put_back(s3.store(), prefix, attack(before))
    with pytest.raises(IntegrityError, match=r"plus ancienne|rien n'est signé"):
        _pull(prefix, tmp_path / "recu")
    assert fichiers(tmp_path / "recu") == here
    # Who never saw the newer one cannot know it, and says whose key was asked.
    if attack is _older:
        _pull(prefix, tmp_path / "autre", pinned=True)
    else:
        with pytest.raises(IntegrityError, match="rien n'est signé"):
            _pull(prefix, tmp_path / "autre", pinned=True)


def test_another_key_is_refused(s3: Server, prefix: str, sent: Dataset, tmp_path: Path) -> None:
    _pull(prefix, tmp_path / "recu")
    pinned = keys.signing_key().public_key()
    # The publisher's own folder, signed again by somebody else.
    (settings.data() / "cle_signature").unlink()
    shutil.rmtree(settings.signatures())
    for name in ("cle-publique.pem", "catalogue.jws"):
        (settings.publications() / name).unlink()
    pointer = settings.publications(PURCHASES) / "current.json"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "tete": None}))
    publish_dataset(sent, 42)
    push_versions(address(prefix), notify=say_nothing)
    for folder, key in ((tmp_path / "recu", None), (tmp_path / "autre", pinned)):
        with pytest.raises(IntegrityError, match="pas de cette clé"):
            pull_versions(address(prefix), folder, toutes=True, notify=say_nothing, key=key)


def test_a_withdrawal_reaches_what_was_pulled(prefix: str, sent: Dataset, tmp_path: Path) -> None:
    _pull(prefix, tmp_path / "recu")
    first = sorted(path for path in settings.publications(PURCHASES).iterdir() if path.is_dir())[0]
    assert (tmp_path / "recu" / PURCHASES / first.name / f"{PURCHASES}.csv").exists()
    withdraw_version(PURCHASES, first.name, "Montants faux")
    push_versions(address(prefix), notify=say_nothing)
    _pull(prefix, tmp_path / "recu", toutes=False)
    assert fichiers(tmp_path / "recu") == fichiers(settings.publications())
    assert not (tmp_path / "recu" / PURCHASES / first.name / f"{PURCHASES}.csv").exists()
    trust = Trust(keys.signing_key().public_key(), is_pinned=True)
    assert all(item.ok for item in verify_publications(tmp_path / "recu", trust=trust))


def test_a_dataset_that_the_list_names_is_there(
    s3: Server, prefix: str, sent: Dataset, datasets: dict[str, Dataset], tmp_path: Path
) -> None:
    other = next(name for name in datasets if name not in (PURCHASES,) and "catalogue" in name)
    publish_dataset(datasets[other])
    push_versions(address(prefix), notify=say_nothing)
    kept = {
        name: content
        for name, content in _everything(s3.store(), prefix).items()
        if f"/{other}/" not in name
    }
    _put_back(s3.store(), prefix, kept)
    with pytest.raises(ObjectStoreError, match=f"de {other}, qui manque"):
        _pull(prefix, tmp_path / "recu")
