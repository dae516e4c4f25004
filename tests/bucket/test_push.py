"""Publications in a bucket of a real S3 server: what arrives, in which order, what is refused."""

import shutil
from pathlib import Path

import obstore
import pytest

from orchestration import settings
from orchestration.bucket import push as module
from orchestration.bucket.bucket import Bucket, ConflictError, IntegrityError
from orchestration.bucket.push import push_versions
from orchestration.files import indented_json
from tests.factories import small_buckets
from tests.factories.s3_relay import relay
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

pytestmark = pytest.mark.xdist_group("s3")


def test_headers_of_versions_and_of_what_changes(s3: Server, prefix: str) -> None:
    publish_bytes(DATASET, 1, {"a.csv": b"1", "b.parquet": octets(3, 9_000_000), "c.json": b"{}"})
    settings.site().mkdir()
    (settings.site() / "index.html").write_text("<p>")
    push_versions(address(prefix), notify=say_nothing)
    for name, kind, cache in (
        (
            f"{DATASET}/2026.03.1/a.csv",
            "text/csv; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        (
            f"{DATASET}/2026.03.1/b.parquet",
            "application/vnd.apache.parquet",
            "public, max-age=31536000, immutable",
        ),
        (f"{DATASET}/2026.03.1/SHA256SUMS", "text/plain; charset=utf-8", "no-cache"),
        (f"{DATASET}/current.json", "application/json", "no-cache"),
        ("index.html", "text/html; charset=utf-8", "no-cache"),
    ):
        headers = obstore.get(s3.store(), f"{prefix}/{name}").attributes
        assert (headers["Content-Type"], headers["Cache-Control"]) == (kind, cache), name


def test_the_manifest_then_the_sums_then_the_pointer_then_the_site(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_two_versions()
    settings.site().mkdir()
    (settings.site() / "index.html").write_text("<p>")
    sent: list[str] = []
    put = Bucket._put

    def recording_put(self: Bucket, nom: str, *others: object) -> None:
        sent.append(nom)
        put(self, nom, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Bucket, "_put", recording_put)
    push_versions(address(prefix), notify=say_nothing)
    order = ("a.csv", "b.parquet", "manifest.json", "SHA256SUMS")
    assert sent == [
        *(f"{DATASET}/2026.03.{number}/{name}" for number in (1, 2) for name in order),
        f"{DATASET}/current.json",
        "index.html",
        "site.sha256",
    ]
    sent.clear()
    [again] = push_versions(address(prefix), notify=say_nothing)
    assert (sent, again.objects, again.octets) == ([], 0, 0)
    assert cpf("push", address(prefix)).stdout == f"{DATASET} 2026.03.2 : déjà à jour\n"


def test_objects_already_there_are_compared_even_without_their_hash(
    s3: Server, prefix: str
) -> None:
    first, _ = publish_two_versions()
    # As another tool would have copied it: no hash kept with it.
    obstore.put(s3.store(), f"{prefix}/{DATASET}/{first.name}/a.csv", b"1")
    push_versions(address(prefix), notify=say_nothing)
    assert objects(s3.store(), prefix) == fichiers(settings.publications())


@pytest.mark.parametrize("content", [b"9", b"plus long"], ids=["same size", "another size"])
def test_an_object_that_differs_stops_the_push(s3: Server, prefix: str, content: bytes) -> None:
    publish_two_versions()
    name = f"{DATASET}/2026.03.2/a.csv"
    obstore.put(s3.store(), f"{prefix}/{name}", content)
    with pytest.raises(ConflictError, match=f"{address(prefix)}/{name} existe avec un autre"):
        push_versions(address(prefix), notify=say_nothing)
    objects_now = objects(s3.store(), prefix)
    assert f"{DATASET}/current.json" not in objects_now
    assert bytes(obstore.get(s3.store(), f"{prefix}/{name}").bytes()) == content


def test_a_damaged_version_is_not_pushed(s3: Server, prefix: str) -> None:
    _, second = publish_two_versions()
    (second / "a.csv").write_bytes(b"3")
    with pytest.raises(IntegrityError, match=r"a\.csv a changé"):
        push_versions(address(prefix), notify=say_nothing)
    assert not any(second.name in name for name in objects(s3.store(), prefix))


def test_a_second_publisher_cannot_move_the_pointer_back(
    s3: Server, prefix: str, tmp_path: Path
) -> None:
    publish_bytes(DATASET, 1, {"a.csv": b"1"})
    shutil.copytree(settings.data(), tmp_path / "autre")
    publish_bytes(DATASET, 2, {"a.csv": b"2"})
    push_versions(address(prefix), notify=say_nothing)
    before = objects(s3.store(), prefix)
    with (
        settings.state_in(tmp_path / "autre"),
        pytest.raises(ConflictError, match=r"désigne 2026\.03\.2, qui n'a pas été publiée ici"),
    ):
        push_versions(address(prefix), notify=say_nothing)
    assert objects(s3.store(), prefix) == before


def test_a_pointer_moved_in_between_is_looked_at_again(
    s3: Server, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other publisher writes between the reading and the writing of this one."""
    publish_bytes(DATASET, 1, {"a.csv": b"1"})
    push_versions(address(prefix), notify=say_nothing)
    publish_bytes(DATASET, 2, {"a.csv": b"2"})
    pointer = f"{DATASET}/current.json"
    stranger = indented_json({"version": "2026.03.9", "manifest_sha256": "0", "publie_le": ""})
    read = Bucket.read

    def then_another_writes(self: Bucket, nom: str):  # type: ignore[no-untyped-def]
        state = read(self, nom)
        if nom == pointer and state and state.octets != stranger:
            obstore.put(s3.store(), f"{prefix}/{pointer}", stranger)
        return state

    monkeypatch.setattr(Bucket, "read", then_another_writes)
    with pytest.raises(ConflictError, match=r"désigne 2026\.03\.9"):
        push_versions(address(prefix), notify=say_nothing)
    assert bytes(obstore.get(s3.store(), f"{prefix}/{pointer}").bytes()) == stranger


def test_the_pointer_goes_back_with_the_local_one(s3: Server, prefix: str) -> None:
    first, _ = publish_two_versions()
    push_versions(address(prefix), notify=say_nothing)
    small_buckets.pointer(first)
    push_versions(address(prefix), notify=say_nothing)
    objects_now = bytes(obstore.get(s3.store(), f"{prefix}/{DATASET}/current.json").bytes())
    assert objects_now == (settings.publications(DATASET) / "current.json").read_bytes()


def test_a_withdrawn_file_leaves_the_bucket(
    s3: Server, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A withdrawal takes files off a version's list and adds the tombstone that says why."""
    first, _ = publish_two_versions()
    push_versions(address(prefix), notify=say_nothing)
    lines = (first / "SHA256SUMS").read_text().splitlines(keepends=True)
    (first / "a.csv").unlink()
    (first / "retrait.json").write_text("{}")
    mark = fichiers(first)["retrait.json"]
    kept = [line for line in lines if not line.endswith("a.csv\n")]
    whole = (first / "SHA256SUMS").read_bytes()
    (first / "SHA256SUMS").write_text("".join([*kept, f"{mark}  retrait.json\n"]))
    monkeypatch.setattr(module, "version_problems", lambda *_: [])
    push_versions(address(prefix), notify=say_nothing)
    assert objects(s3.store(), prefix) == fichiers(settings.publications())
    # A publisher that does not know of the withdrawal must not bring the file back.
    (first / "SHA256SUMS").write_bytes(whole)
    (first / "a.csv").write_bytes(b"1")
    with pytest.raises(ConflictError, match="SHA256SUMS existe avec un autre contenu"):
        push_versions(address(prefix), notify=say_nothing)
    assert f"{DATASET}/{first.name}/a.csv" not in objects(s3.store(), prefix)


def test_the_site_waits_for_every_dataset(s3: Server, prefix: str) -> None:
    publish_two_versions()
    publish_bytes("autre_jeu", 1, {"a.csv": b"1"})
    settings.site().mkdir()
    (settings.site() / "index.html").write_text("<p>")
    messages: list[str] = []
    push_versions(address(prefix), [DATASET], notify=messages.append)
    assert "Le site attend le dépôt de : autre_jeu" in messages
    assert "index.html" not in objects(s3.store(), prefix)
    push_versions(address(prefix), ["autre_jeu"], notify=messages.append)
    assert "index.html" in objects(s3.store(), prefix)


def test_a_server_without_conditions_still_receives(
    s3: Server, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_two_versions()
    with relay(s3.url, conditions=False) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        push_versions(address(prefix), notify=say_nothing)
    assert objects(s3.store(), prefix) == fichiers(settings.publications())
