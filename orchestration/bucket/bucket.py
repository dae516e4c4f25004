"""One place in a bucket: read, list, write once, replace if unchanged.

Through ``obstore`` (Rust's ``object_store``), which signs requests, retries them and cuts large
files in parts. Memory stays below ``_PART_SIZE`` times ``_MAX_CONCURRENCY`` whatever the files.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    GenericError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from orchestration.metadata.version_card import MEDIA_TYPES
from orchestration.store.versions import CHECKSUMS_FILE, parse_version

if TYPE_CHECKING:
    from obstore import PutMode, UpdateVersion

SHA256 = "sha256"
# Tells a person, in French, how far a push or a pull is.
Notify = Callable[[str], None]

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/?(.*)")
_AMAZON = "Amazon S3"
_PART_SIZE = 8 * 1024 * 1024
_MAX_CONCURRENCY = 4
# Without one of these the library would ask the machine's cloud for a key, wherever it runs.
_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
)
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
# Beside those of a version's files; the machine's own list would depend on what is installed there.
_OTHER_TYPES = {
    "atom": "application/atom+xml",
    "css": "text/css",
    "jsonld": "application/ld+json",
    "jws": "application/jose",
    "md": "text/markdown",
    "pem": "application/x-pem-file",
    "rdf": "application/rdf+xml",
    "sha256": "text/plain",
    "svg": "image/svg+xml",
    "ttl": "text/turtle",
    "txt": "text/plain",
    "xml": "application/xml",
    "yaml": "application/yaml",
}


class AddressError(ValueError):
    """The destination is not an address of a bucket."""


class ObjectStoreError(RuntimeError):
    """The bucket could not be read or written; the message says why and what to look at."""


class ConflictError(ObjectStoreError):
    """The bucket holds something else than what was published here: nothing is overwritten."""


class IntegrityError(ObjectStoreError):
    """What would be sent, or what was received, is not what was published."""


@dataclass(frozen=True)
class StoredObject:
    """A small object as it was read; ``etag`` names that state of it."""

    octets: bytes
    etag: str | None


class Bucket:
    """``s3://bucket/prefix``; names are relative to it. Every error is an ``ObjectStoreError``."""

    def __init__(self, address: str) -> None:
        """Read the address; nothing is asked of the network yet. Raises ``AddressError``."""
        parsed = _ADDRESS.fullmatch(address.strip())
        if not parsed:
            shown = address or "(vide)"
            raise AddressError(f"destination illisible : {shown}. Attendu : s3://seau/préfixe.")
        if not any(os.environ.get(name) for name in _CREDENTIALS):
            raise ObjectStoreError(
                f"{address} : pas de clé d'accès (AWS_ACCESS_KEY_ID et AWS_SECRET_ACCESS_KEY)."
            )
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        self.address = f"s3://{parsed[1]}/{parsed[2].strip('/')}".rstrip("/")
        self._server = endpoint or _AMAZON
        self._conditional_writes = True
        with self._french_errors():
            self._store = S3Store(
                parsed[1],
                prefix=parsed[2].strip("/") or None,
                # The library refuses "none"; the other variables it reads by itself.
                config={"endpoint": endpoint} if endpoint else {},
                # Only where the address of the server says so itself.
                client_options={"allow_http": self._server.startswith("http://")},
                retry_config={"max_retries": 6, "retry_timeout": timedelta(minutes=2)},
            )

    def location(self, name: str = "") -> str:
        """Address of an object, as messages name it."""
        return f"{self.address}/{name}" if name else self.address

    def list_objects(self, prefix: str) -> dict[str, int]:
        """Return the size of every object below ``prefix``, by name."""
        with self._french_errors(prefix):
            pages = obstore.list(self._store, prefix)
            return {str(entry["path"]): int(entry["size"]) for page in pages for entry in page}

    def folders(self) -> list[str]:
        """Names of the folders right below the address."""
        with self._french_errors():
            return sorted(obstore.list_with_delimiter(self._store)["common_prefixes"])

    def read(self, name: str) -> StoredObject | None:
        """Return a small object whole; None if there is none."""
        with self._french_errors(name):
            try:
                answer = obstore.get(self._store, name)
            except FileNotFoundError as error:
                _reraise_missing_bucket(error)
                return None
            return StoredObject(bytes(answer.bytes()), answer.meta["e_tag"])

    def blocks(self, name: str) -> Iterator[bytes]:
        """Give an object by blocks."""
        with self._french_errors(name):
            yield from (
                bytes(block)
                for block in obstore.get(self._store, name).stream(min_chunk_size=_PART_SIZE)
            )

    def sha256(self, name: str) -> str | None:
        """Hash of an object: what its depositor said, else of its bytes; None if there is none."""
        with self._french_errors(name):
            try:
                known = obstore.get(self._store, name, options={"head": True}).attributes
            except FileNotFoundError as error:
                _reraise_missing_bucket(error)
                return None
        if SHA256 in known:
            return str(known[SHA256])
        digest = hashlib.sha256()
        for block in self.blocks(name):
            digest.update(block)
        return digest.hexdigest()

    def upload(self, name: str, source: Path, sha256: str) -> None:
        """Write a new file. Raises ``ConflictError`` if another content has that name already."""
        # Large files go in parts, which cannot ask that the name be free: it was looked up before.
        mode: PutMode = "create" if source.stat().st_size <= _PART_SIZE else "overwrite"
        if not self._write(name, source, sha256, mode) and self.sha256(name) != sha256:
            raise ConflictError(different(self.location(name)))

    def replace_if_unchanged(
        self, name: str, content: bytes, read_state: StoredObject | None
    ) -> bool:
        """Replace what was read (None: nothing); False when it has changed in the meantime."""
        seen: UpdateVersion = {"e_tag": read_state.etag if read_state else None}
        mode: PutMode = seen if read_state else "create"
        return self._write(name, content, hashlib.sha256(content).hexdigest(), mode)

    def overwrite(self, name: str, content: bytes) -> None:
        """Write a file that is no version's, whatever was there."""
        self._write(name, content, hashlib.sha256(content).hexdigest(), "overwrite")

    def delete(self, name: str) -> None:
        """Delete an object."""
        with self._french_errors(name):
            obstore.delete(self._store, name)

    def _write(self, name: str, source: Path | bytes, sha256: str, mode: "PutMode") -> bool:
        headers = headers_of(name) | {SHA256: sha256}
        while True:
            chosen: PutMode = mode if self._conditional_writes else "overwrite"
            with self._french_errors(name):
                try:
                    self._put(name, source, headers, chosen)
                except (AlreadyExistsError, PreconditionError):
                    return False
                except (GenericError, NotImplementedError) as error:
                    if chosen == "overwrite" or not _refuses_conditions(error):
                        raise
                    self._conditional_writes = False
                    continue
            return True

    def _put(
        self, name: str, source: Path | bytes, headers: Mapping[str, str], mode: "PutMode"
    ) -> None:
        obstore.put(
            self._store,
            name,
            source,
            attributes=dict(headers),
            mode=mode,
            chunk_size=_PART_SIZE,
            max_concurrency=_MAX_CONCURRENCY,
        )

    def _french_errors(self, name: str = "") -> AbstractContextManager[None]:
        return french_errors(self.location(name), self._server)


def different(location: str) -> str:
    """Say that an object is not what was published here."""
    return (
        f"{location} existe avec un autre contenu que la version publiée ici. Une version ne "
        "change jamais : rien n'est réécrit. Vérifier que ce préfixe n'a qu'un seul publicateur."
    )


def _reraise_missing_bucket(error: FileNotFoundError) -> None:
    """Tell a missing object from a missing bucket, which is an error."""
    if "NoSuchBucket" in str(error):
        raise error


def _refuses_conditions(error: Exception) -> bool:
    """Tell whether the server, or AWS_CONDITIONAL_PUT=disabled, refuses conditions on a PUT."""
    text = str(error)
    return isinstance(error, NotImplementedError) or "NotImplemented" in text or " 501 " in text


def headers_of(name: str) -> dict[str, str]:
    """Content-Type and Cache-Control of an object by its name below the address."""
    return {"Content-Type": _media_type(PurePosixPath(name)), "Cache-Control": _cache(name)}


def _media_type(path: PurePosixPath) -> str:
    form = path.suffix.removeprefix(".").lower()
    known = MEDIA_TYPES.get(form) or _OTHER_TYPES.get(form)
    content_type = known or (
        "text/plain" if path.name == CHECKSUMS_FILE else "application/octet-stream"
    )
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type


def _cache(name: str) -> str:
    """Files of a version never change, but for the list of them: a withdrawal shortens it."""
    path = PurePosixPath(name)
    of_version = parse_version(path.parent.name) is not None
    return IMMUTABLE if of_version and path.name != CHECKSUMS_FILE else REVALIDATE


@contextmanager
def french_errors(location: str, server: str) -> Iterator[None]:
    """Turn the library's errors about ``location`` into an :class:`ObjectStoreError`."""
    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        raise ObjectStoreError(_message(error, location, server)) from None


def _message(error: Exception, location: str, server: str) -> str:
    text = str(error)
    error_code = re.search(r"<Code>(\w+)</Code>", text)
    code = error_code[1] if error_code else ""
    status = re.search(r"status code: (\d{3})", text)
    if code == "NoSuchBucket":
        return f"{location} : ce seau (bucket) n'existe pas sur {server}."
    refused = isinstance(error, PermissionDeniedError | UnauthenticatedError)
    # A refused list has no class of its own in the library.
    if refused or (status and status[1] in {"401", "403"}):
        return (
            f"{location} : accès refusé{f' ({code})' if code else ''}. Vérifier AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY et les droits de cette clé (lire, lister, écrire)."
        )
    if isinstance(error, FileNotFoundError):
        return f"{location} manque."
    if "HTTP error" in text:
        return (
            f"{location} : {server} ne répond pas, ou la connexion s'est coupée. Vérifier le "
            "réseau et AWS_ENDPOINT_URL, puis recommencer : ce qui est déjà déposé le reste."
        )
    answer = code or (status[1] if status else text.splitlines()[0][:200])
    return f"{location} : réponse inattendue de {server} ({answer})."
