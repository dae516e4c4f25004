"""Two replicas of the portal over one bucket, started as docs/production.md says.

They start from nothing, see a new version and a withdrawal within one refresh while readers ask,
and no request is lost.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from orchestration import settings
from orchestration.bucket.push import push_versions
from orchestration.datasets import Dataset
from orchestration.release.withdraw import withdraw_version
from orchestration.site.expose import expose_site
from orchestration.store.signatures import PUBLIC_KEY_FILE
from tests.factories import small_state
from tests.factories.small_buckets import address, fichiers, say_nothing
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_publications import publish_dataset

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("s3")]

_PAGE = Path(__file__).parents[2] / "docs" / "production.md"
_RECORDS = f"/api/explore/v2.1/catalog/datasets/{PURCHASES}"
_REFRESH = 2.0
_TIMEOUT = 180.0


@dataclass
class Replica:
    """A running one: where it answers, its folder, its process."""

    url: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(self.url + path, headers=headers, timeout=200, allow_redirects=False)

    def looked(self) -> float:
        """When the bucket was last seen whole."""
        states = list(self.folder.glob("miroir/*/etat.json"))
        return float(json.loads(states[0].read_text())["vu"]) if states else 0.0


@dataclass
class Readers:
    """Ask the same addresses of every replica again and again; keep what came."""

    replicas: list[Replica]
    paths: tuple[str, ...]
    answers: dict[str, list[int]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator[None]:
        ended = threading.Event()

        def read(replica: Replica, path: str) -> None:
            while not ended.is_set():
                try:
                    answer = replica.get(path)
                except requests.RequestException as error:
                    self.lost.append(f"{path} : {error}")
                else:
                    self.answers.setdefault(path, []).append(answer.status_code)
                ended.wait(0.05)

        threads = [
            threading.Thread(target=read, args=(replica, path))
            for replica in self.replicas
            for path in self.paths
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()


def _commands() -> list[str]:
    """The lines of the documentation that start replicas."""
    found = re.findall(r"^CPF_DATA=/srv/\S+ cpf serve .*&$", _PAGE.read_text(), re.MULTILINE)
    assert len(found) == 2
    return [line.removesuffix("&").strip() for line in found]


@contextmanager
def _replica(line: str, prefix: str, folder: Path) -> Iterator[Replica]:
    """Run a line of the documentation, with the names of this test for those of the page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    name = re.search(r"/srv/(\S+)", line)
    assert name
    key = settings.publications() / PUBLIC_KEY_FILE
    for told, here in (
        ("/srv/", f"{folder}/"),
        (" cpf ", f" exec {Path(sys.executable).with_name('cpf')} "),
        ("s3://donnees/cpf", address(prefix)),
        ("/etc/cpf/cle-publique.pem", str(key)),
    ):
        assert told in line
        line = line.replace(told, here)
    line = re.sub(r"--port \d+", f"--port {port}", line)
    state = folder / name[1]
    state.mkdir(exist_ok=True)
    with (folder / f"{name[1]}.log").open("ab") as log:
        process = subprocess.Popen(
            ["bash", "-c", line],
            env={**os.environ, "CPF_PORTAIL_RAFRAICHISSEMENT": str(_REFRESH)},
            stdout=log,
            stderr=log,
        )
    try:
        yield Replica(f"http://127.0.0.1:{port}", state, process)
    finally:
        process.terminate()
        process.wait(30)


def _wait(condition: Callable[[], bool], *replicas: Replica) -> None:
    end = time.monotonic() + _TIMEOUT
    while time.monotonic() < end:
        try:
            if condition():
                return
        except requests.ConnectionError:
            pass
        assert all(replica.process.poll() is None for replica in replicas)
        time.sleep(0.1)
    logs = [replica.folder.with_suffix(".log").read_text() for replica in replicas]
    raise TimeoutError("\n".join(logs))


def _wait_one_refresh(replicas: list[Replica]) -> None:
    """Wait until each has looked at the whole bucket once, from now on."""
    for replica in replicas:
        for _ in range(2):  # the first one to end may have begun before
            before = replica.looked()
            _wait(lambda seen=replica, then=before: seen.looked() > then, replica)  # type: ignore[misc]


def _is_ready(replica: Replica) -> bool:
    return replica.get("/ready").status_code == 200


@pytest.fixture
def publisher(prefix: str, datasets: dict[str, Dataset]) -> Dataset:
    """Two versions and their site, in the bucket."""
    small_state.land_all_deliveries()
    for dossiers in (40, 41):
        publish_dataset(datasets[PURCHASES], dossiers)
    _send(prefix)
    return datasets[PURCHASES]


def _send(prefix: str) -> None:
    expose_site()
    push_versions(address(prefix), notify=say_nothing)


def _versions() -> list[str]:
    folder = settings.publications(PURCHASES)
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_two_replicas_follow_a_bucket(prefix: str, publisher: Dataset, tmp_path: Path) -> None:
    first, second = _versions()
    with ExitStack() as stack:
        replicas = [stack.enter_context(_replica(line, prefix, tmp_path)) for line in _commands()]
        one, two = replicas
        assert all(not list(replica.folder.glob("miroir/*/publications/*/*.json"))
                   for replica in replicas)  # fmt: skip
        _wait(lambda: all(map(_is_ready, replicas)), *replicas)
        _answer_the_same(one, two, first, second)

        csv = f"/{PURCHASES}/{{}}/{PURCHASES}.csv"
        always = (csv.format("derniere"), f"{_RECORDS}/records?limit=2", f"/{PURCHASES}/")
        readers = Readers(replicas, (*always, csv.format(first), csv.format(second)))
        with readers.reading():
            publish_dataset(publisher, 42)
            _send(prefix)
            third = _versions()[-1]
            _wait_one_refresh(replicas)
            for replica in replicas:
                assert list(replica.folder.glob(f"miroir/*/publications/{PURCHASES}/{third}"))
            digest = fichiers(settings.publications(PURCHASES))[f"{third}/{PURCHASES}.csv"]
            _wait(lambda: all(_digest(item, always[0]) == digest for item in replicas), *replicas)
            # The image takes the place of the one before once it is made.
            wanted = f"{_RECORDS}/exports/csv"
            _wait(lambda: one.get(wanted).content == two.get(wanted).content
                  and b";42;" in one.get(wanted).content, *replicas)  # fmt: skip

            withdrawn = {
                value
                for name, value in fichiers(settings.publications(PURCHASES) / first).items()
                if name not in ("manifest.json", "SHA256SUMS")
            }
            held = set(fichiers(one.folder).values())
            assert withdrawn <= held, "it was asked for, so it is there"
            withdraw_version(PURCHASES, first, "Montants faux", third)
            _send(prefix)
            _wait_one_refresh(replicas)
            for replica in replicas:
                assert not withdrawn & set(fichiers(replica.folder / "miroir").values())
                gone = replica.get(csv.format(first))
                assert gone.status_code == 410
                assert "Montants faux" in gone.text
                assert third in gone.text
                assert replica.get(f"/{PURCHASES}/{first}/").status_code == 410
                assert replica.get(f"{_RECORDS}@{first}/records").status_code == 404
                _wait(lambda seen=replica: not _images(seen, first), replica)  # type: ignore[misc]
                assert not withdrawn & set(fichiers(replica.folder).values())
        assert not readers.lost
        for path in (*always, csv.format(second)):
            assert set(readers.answers[path]) == {200}, path
            assert len(readers.answers[path]) >= 4
        before = readers.answers[csv.format(first)]
        assert set(before) == {200, 410}


def _answer_the_same(one: Replica, two: Replica, first: str, second: str) -> None:
    """Whichever answers, the bytes and their ETag are those; past versions come on demand."""
    past = f"miroir/*/publications/{PURCHASES}/{first}/{PURCHASES}.csv"
    assert not list(one.folder.glob(past))
    for path in (
        f"/{PURCHASES}/derniere/{PURCHASES}.csv",
        f"/{PURCHASES}/{first}/{PURCHASES}.csv",
        f"/{PURCHASES}/{second}/manifest.json",
        f"/{PURCHASES}/",
        "/catalogue.ttl",
        f"{_RECORDS}/records?after=&limit=1",
        f"{_RECORDS}@{first}/records?limit=1",
        *(f"{_RECORDS}/exports/{form}" for form in ("csv", "json", "jsonl", "parquet", "xlsx")),
    ):
        answers = [replica.get(path) for replica in (one, two)]
        assert [answer.status_code for answer in answers] == [200, 200], path
        tags = {answer.headers.get("etag") for answer in answers}
        assert len(tags) == 1, path
        if "?" not in path or "after" not in path:
            assert len({answer.content for answer in answers}) == 1, path
    assert list(one.folder.glob(past))
    # A page leads to the next one, whoever answers.
    page = one.get(f"{_RECORDS}/records?after=&limit=1")
    link = re.search(r"after=([^&>]+)", page.headers["link"])
    assert link
    following = [
        replica.get(f"{_RECORDS}/records?after={link[1]}&limit=1").json()["results"]
        for replica in (one, two)
    ]
    assert following[0] == following[1]
    assert _images(one, first)


def _images(replica: Replica, version: str) -> list[Path]:
    return [path for path in (replica.folder / "portail").rglob("*") if version in path.name]


def _digest(replica: Replica, path: str) -> str:
    return hashlib.sha256(replica.get(path).content).hexdigest()


def test_a_replica_that_lost_everything_starts_again(
    prefix: str, publisher: Dataset, tmp_path: Path
) -> None:
    line = _commands()[0]
    expected = fichiers(settings.publications(PURCHASES))
    for _ in range(2):
        with _replica(line, prefix, tmp_path) as replica:
            _wait(lambda seen=replica: _is_ready(seen), replica)  # type: ignore[misc]
            path = f"/{PURCHASES}/derniere/{PURCHASES}.csv"
            assert _digest(replica, path) == expected[f"{_versions()[-1]}/{PURCHASES}.csv"]
        shutil.rmtree(replica.folder)
