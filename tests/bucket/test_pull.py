"""Publications brought back from a bucket: the same bytes, verified, or refused by name."""

import hashlib
from pathlib import Path

import obstore
import pytest

from orchestration import settings
from orchestration.bucket.bucket import IntegrityError, ObjectStoreError
from orchestration.bucket.pull import pull_versions
from orchestration.bucket.push import push_versions
from orchestration.datasets import Dataset
from orchestration.release.signing import sign_again
from orchestration.store.verify import verify_publications
from tests.factories import small_state
from tests.factories.s3_server import Server
from tests.factories.small_buckets import (
    DATASET,
    address,
    cpf,
    fichiers,
    objects,
    octets,
    publish_bytes,
    publish_two_versions,
    say_nothing,
)
from tests.factories.small_datasets import OFFER
from tests.factories.small_publications import publish_dataset

pytestmark = pytest.mark.xdist_group("s3")


def test_round_trip_of_true_publications(
    s3: Server, prefix: str, datasets: dict[str, Dataset], tmp_path: Path
) -> None:
    small_state.land_all_deliveries()
    publish_dataset(datasets[OFFER])
    publish_bytes(DATASET, 1, {"gros.parquet": octets(1, 20_000_000), "vide.csv": b""})
    publish_bytes(DATASET, 2, {"gros.parquet": octets(2, 9_000_000)})
    sign_again(settings.publications(DATASET))
    (settings.site() / OFFER).mkdir(parents=True)
    (settings.site() / OFFER / "index.html").write_text("<p>é</p>")
    (settings.site() / "catalogue.ttl").write_text("# rien")
    (settings.site() / ".en_cours-x").write_text("brouillon")

    pushed = cpf("push", address(prefix))
    assert (pushed.returncode, pushed.stderr.count("dépôt de")) == (0, 3), pushed.stderr
    here = fichiers(settings.publications()) | fichiers(settings.site())
    there = objects(s3.store(), prefix)
    listed = bytes(obstore.get(s3.store(), f"{prefix}/site.sha256").bytes()).decode()
    assert there.pop("site.sha256") == hashlib.sha256(listed.encode()).hexdigest()
    assert there == {name: digest for name, digest in here.items() if "en_cours" not in name}
    site = {line.split("  ")[1]: line.split("  ")[0] for line in listed.splitlines()}
    signed = {"cle-publique.pem", "catalogue.jws"}
    assert site.keys() == {f"{OFFER}/index.html", "catalogue.ttl", *signed}
    assert site.items() <= there.items()

    pulled = cpf("pull", address(prefix), tmp_path / "recu", "--toutes")
    assert pulled.returncode == 0, pulled.stderr
    assert pulled.stdout.count("intègre") == 3
    assert fichiers(tmp_path / "recu") == fichiers(settings.publications())
    assert all(verification.ok for verification in verify_publications(tmp_path / "recu"))
    assert cpf("verify", tmp_path / "recu").returncode == 0


def test_only_the_current_version_by_default(prefix: str, tmp_path: Path) -> None:
    publish_two_versions()
    push_versions(address(prefix), notify=say_nothing)
    for expected in (True, False):
        [received] = pull_versions(
            address(prefix), tmp_path / "recu", toutes=False, notify=say_nothing
        )
        assert (received.version, received.octets > 0) == ("2026.03.2", expected)
    folder = tmp_path / "recu" / DATASET
    assert sorted(path.name for path in folder.iterdir()) == ["2026.03.2", "current.json"]


@pytest.mark.parametrize("name", ["a.csv", "manifest.json", "SHA256SUMS"])
def test_a_tampered_object_is_refused_by_name(
    s3: Server, prefix: str, tmp_path: Path, name: str
) -> None:
    publish_two_versions()
    push_versions(address(prefix), notify=say_nothing)
    path = f"{prefix}/{DATASET}/2026.03.2/{name}"
    content = bytes(obstore.get(s3.store(), path).bytes())
    obstore.put(s3.store(), path, bytes([content[0] ^ 1]) + content[1:])
    pulled = cpf("pull", address(prefix), tmp_path / "recu")
    assert pulled.returncode == 1
    assert pulled.stderr.startswith(f"Erreur : {address(prefix)}/{DATASET}/2026.03.2")
    assert name in pulled.stderr
    assert fichiers(tmp_path / "recu") == {}


def test_a_name_of_the_bucket_cannot_leave_the_folder(
    s3: Server, prefix: str, tmp_path: Path
) -> None:
    publish_two_versions()
    push_versions(address(prefix), notify=say_nothing)
    path = f"{prefix}/{DATASET}/2026.03.2/SHA256SUMS"
    obstore.put(s3.store(), path, f"{'0' * 64}  ../../fuite\n".encode())
    with pytest.raises(IntegrityError, match="SHA256SUMS est illisible"):
        pull_versions(address(prefix), tmp_path / "recu", toutes=False, notify=say_nothing)
    assert fichiers(tmp_path / "recu") == {}


def test_nothing_to_pull_is_an_error(prefix: str, tmp_path: Path) -> None:
    for datasets in ((), (DATASET,)):
        with pytest.raises(ObjectStoreError, match="aucune version publiée"):
            pull_versions(address(prefix), tmp_path, datasets, toutes=False, notify=say_nothing)
