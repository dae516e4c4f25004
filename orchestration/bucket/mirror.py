"""A folder that follows a bucket: current versions, the site, past versions on demand.

Everything is checked as ``cpf pull`` does it. What is refused stays as it was, and is named; a
version that was withdrawn leaves. The folder may be emptied at any time between two starts.
"""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from orchestration.bucket.bucket import Bucket, IntegrityError, ObjectStoreError
from orchestration.bucket.plan import SITE_LIST, read_site_list
from orchestration.bucket.pull import keep, public_key, pull_catalogue, pull_dataset, pull_past
from orchestration.bucket.received import stale_versions
from orchestration.files import locked, sha256
from orchestration.store.heads import Head, read_head
from orchestration.store.integrity import version_problems
from orchestration.store.signatures import PUBLIC_KEY_FILE, SignatureError, read_public_key
from orchestration.store.versions import (
    DRAFT_PREFIX,
    POINTER,
    WITHDRAWAL,
    HistoryError,
    parse_version,
    read_pointer,
    versions,
)

# Past versions that stay in the folder, by dataset: as many as months that a page looks back.
_MAX_PAST = 40
_JUST_ASKED = 60.0  # s: what was asked since is being read, maybe


class Mirror:
    """The mirror of ``source`` (``s3://…``) below ``folder``; safe from any process.

    With ``key``, everything must be signed by it; else by the first key that was seen.
    """

    def __init__(self, source: str, folder: Path, key: Ed25519PublicKey | None = None) -> None:
        """Nothing is asked of the network yet. Raises ``AddressError``, ``ObjectStoreError``."""
        self._bucket = Bucket(source)
        own = folder / re.sub(r"[^a-z0-9.-]+", "_", self._bucket.address.removeprefix("s3://"))
        self.publications, self.site = own / "publications", own / "site"
        self._key = key
        self._seen: dict[str, bytes] = {}

    def refresh(self) -> dict[str, str]:
        """Bring the folder up to the bucket; return what was refused, and why, by name.

        Raises ``ObjectStoreError`` when the bucket cannot be listed, ``IntegrityError`` when its
        key cannot be read.
        """
        self.publications.mkdir(parents=True, exist_ok=True)
        self.site.mkdir(parents=True, exist_ok=True)
        pem = public_key(self._bucket, self.publications, self._key)
        key = read_public_key(pem) if pem else None
        if pem:
            keep(self.publications / PUBLIC_KEY_FILE, pem)
        refusals: dict[str, str] = {}
        for dataset in self._bucket.folders():
            if not dataset.startswith("."):
                with _told(refusals, dataset):
                    self._follow(dataset, key)
        if key:
            with _told(refusals, "catalogue"):
                pull_catalogue(self._bucket, self.publications, key)
        with _told(refusals, "site"):
            self._follow_site()
        return refusals

    def versions(self, dataset: str) -> list[str]:
        """Return the versions that can be asked for, the newest first: a signed head tells them."""
        folder = self.publications / dataset
        head = _head_of(folder)
        if head is None:
            here = [str(item) for item in reversed(versions(folder))]
            return [name for name in here if not (folder / name / WITHDRAWAL).exists()]
        return [
            name
            for name, signed in reversed(list(head.versions.items()))
            if WITHDRAWAL not in signed.retraits and not (folder / name / WITHDRAWAL).exists()
        ]

    def bring(self, dataset: str, version: str) -> None:
        """Fetch a past version, withdrawn ones too, if it is told and not there.

        Raises ``ObjectStoreError``, ``HistoryError``.
        """
        folder = self.publications / dataset
        if parse_version(version) is None or not (folder / POINTER).is_file():
            return
        head = None if _just_asked(folder / version) else _head_of(folder)
        if head is None or version not in head.versions:
            return
        key = read_public_key((self.publications / PUBLIC_KEY_FILE).read_bytes())
        with locked(folder):
            pull_past(self._bucket, folder, version, key, head)

    def _follow(self, dataset: str, key: Ed25519PublicKey | None) -> None:
        read = self._bucket.read(f"{dataset}/{POINTER}")
        if read is None:
            return
        folder = self.publications / dataset
        folder.mkdir(exist_ok=True)
        with locked(folder):
            # Of a process that was killed: nobody else writes here.
            for draft in folder.glob(f"{DRAFT_PREFIX}*"):
                shutil.rmtree(draft) if draft.is_dir() else draft.unlink()
            known = self._seen.get(dataset) == read.octets
            if not known or stale_versions(self._bucket, folder, _head_of(folder)):
                self._pull(dataset, key)
                self._seen[dataset] = read.octets
            _forget_past(folder)

    def _pull(self, dataset: str, key: Ed25519PublicKey | None) -> None:
        try:
            pull_dataset(self._bucket, dataset, self.publications, key, lambda _: None)
        except IntegrityError:
            folder = self.publications / dataset
            pointer = read_pointer(folder)
            if pointer is None or not version_problems(folder / pointer.version, None):
                raise
            # The disk's fault, not the bucket's: it is fetched again.
            _throw_away(folder / pointer.version)
            pull_dataset(self._bucket, dataset, self.publications, key, lambda _: None)

    def _follow_site(self) -> None:
        """Bring the files that changed; those that are listed no more leave."""
        read = self._bucket.read(SITE_LIST)
        if read is None or self._seen.get(SITE_LIST) == read.octets:
            return
        listed = read_site_list(read.octets, self._bucket.location(SITE_LIST))
        with locked(self.site):
            for name, digest in listed.items():
                self._bring_page(name, digest)
            for path in sorted(self.site.rglob("*"), reverse=True):
                if path.is_file() and path.relative_to(self.site).as_posix() not in listed:
                    path.unlink()
        self._seen[SITE_LIST] = read.octets

    def _bring_page(self, name: str, digest: str) -> None:
        path = self.site / name
        if path.is_file() and sha256(path) == digest:
            return
        page = self._bucket.read(name)
        if page is None or hashlib.sha256(page.octets).hexdigest() != digest:
            raise IntegrityError(
                f"{self._bucket.location(name)} n'est pas celui que {SITE_LIST} annonce : un dépôt "
                "est en cours, ou s'est arrêté."
            )
        keep(path, page.octets)


@contextmanager
def _told(refusals: dict[str, str], name: str) -> Iterator[None]:
    """Keep why something could not be followed: the others are."""
    try:
        yield
    except (ObjectStoreError, HistoryError, OSError) as error:
        refusals[name] = str(error)


def _just_asked(version: Path) -> bool:
    """Tell whether a version is there, and remember that it was asked for."""
    try:
        os.utime(version)
    except FileNotFoundError:
        return False
    return True


def _head_of(folder: Path) -> Head | None:
    """Return the head that the pointer bears: it was verified when it was pulled."""
    try:
        pointer = read_pointer(folder)
        return _read_head(pointer.tete) if pointer and pointer.tete else None
    except (HistoryError, SignatureError):
        return None


@lru_cache(maxsize=64)
def _read_head(token: str) -> Head:
    return read_head(None, token)


def _forget_past(folder: Path) -> None:
    """Delete the past versions that were asked for the longest ago, beyond those that are kept."""
    pointer = read_pointer(folder)
    asked: Mapping[str, float] = {
        name: (folder / name).stat().st_mtime
        for name in map(str, versions(folder))
        if pointer and name != pointer.version
    }
    latest_first = sorted(asked, key=lambda name: asked[name], reverse=True)
    for name in latest_first[_MAX_PAST:]:
        if time.time() - asked[name] > _JUST_ASKED:
            _throw_away(folder / name)


def _throw_away(version: Path) -> None:
    """Delete a version, which nobody sees half there."""
    gone = version.with_name(f"{DRAFT_PREFIX}{version.name}")
    if version.exists():
        version.rename(gone)
        shutil.rmtree(gone)
