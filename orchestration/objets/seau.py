"""One place in a bucket that speaks the S3 protocol: read, list, write once, replace if unchanged.

Belongs here: requests, through ``obstore`` (Rust's ``object_store``), which signs them, retries
them and cuts large files in parts. Does not: versions and pointers (``pousser``, ``tirer``).
Memory stays below ``_PIECE`` times ``_EN_VOL`` whatever the size of the files.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, GenericError, PreconditionError
from obstore.store import S3Store

from orchestration.objets.entetes import entetes
from orchestration.objets.erreurs import AdresseError, ConflitError, ObjetsError, en_francais

if TYPE_CHECKING:
    from obstore import PutMode, UpdateVersion

SHA256 = "sha256"
# Tells a person, in French, how far a push or a pull is.
Dire = Callable[[str], None]

_ADRESSE = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/?(.*)")
_AMAZON = "Amazon S3"
_PIECE = 8 * 1024 * 1024
_EN_VOL = 4
# Without one of these the library would ask the machine's cloud for a key, wherever it runs.
_CLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
)


@dataclass(frozen=True)
class Contenu:
    """A small object as it was read; ``etag`` names that state of it."""

    octets: bytes
    etag: str | None


class Seau:
    """``s3://bucket/prefix``; names are relative to it. Every error is an ``ObjetsError``."""

    def __init__(self, adresse: str) -> None:
        """Read the address; nothing is asked of the network yet. Raises ``AdresseError``."""
        found = _ADRESSE.fullmatch(adresse.strip())
        if not found:
            shown = adresse or "(vide)"
            raise AdresseError(f"destination illisible : {shown}. Attendu : s3://seau/préfixe.")
        if not any(os.environ.get(name) for name in _CLES):
            raise ObjetsError(
                f"{adresse} : pas de clé d'accès (AWS_ACCESS_KEY_ID et AWS_SECRET_ACCESS_KEY)."
            )
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        self.adresse = f"s3://{found[1]}/{found[2].strip('/')}".rstrip("/")
        self._serveur = endpoint or _AMAZON
        self._conditions = True
        with self._francais():
            self._store = S3Store(
                found[1],
                prefix=found[2].strip("/") or None,
                # The library refuses "none"; the other variables it reads by itself.
                config={"endpoint": endpoint} if endpoint else {},
                # Only where the address of the server says so itself.
                client_options={"allow_http": self._serveur.startswith("http://")},
                retry_config={"max_retries": 6, "retry_timeout": timedelta(minutes=2)},
            )

    def lieu(self, nom: str = "") -> str:
        """Address of an object, as messages name it."""
        return f"{self.adresse}/{nom}" if nom else self.adresse

    def lister(self, prefixe: str) -> dict[str, int]:
        """Return the size of every object below ``prefixe``, by name."""
        with self._francais(prefixe):
            pages = obstore.list(self._store, prefixe)
            return {str(item["path"]): int(item["size"]) for page in pages for item in page}

    def dossiers(self) -> list[str]:
        """Names of the folders right below the address."""
        with self._francais():
            return sorted(obstore.list_with_delimiter(self._store)["common_prefixes"])

    def lire(self, nom: str) -> Contenu | None:
        """Return a small object whole; None if there is none."""
        with self._francais(nom):
            try:
                found = obstore.get(self._store, nom)
            except FileNotFoundError as error:
                _absent(error)
                return None
            return Contenu(bytes(found.bytes()), found.meta["e_tag"])

    def blocs(self, nom: str) -> Iterator[bytes]:
        """Give an object by blocks."""
        with self._francais(nom):
            yield from (
                bytes(block)
                for block in obstore.get(self._store, nom).stream(min_chunk_size=_PIECE)
            )

    def sha256(self, nom: str) -> str | None:
        """Hash of an object: what its depositor said, else of its bytes; None if there is none."""
        with self._francais(nom):
            try:
                known = obstore.get(self._store, nom, options={"head": True}).attributes
            except FileNotFoundError as error:
                _absent(error)
                return None
        if SHA256 in known:
            return str(known[SHA256])
        digest = hashlib.sha256()
        for block in self.blocs(nom):
            digest.update(block)
        return digest.hexdigest()

    def deposer(self, nom: str, source: Path, sha256: str) -> None:
        """Write a new file. Raises ``ConflitError`` if another content has that name already."""
        # Large files go in parts, which cannot ask that the name be free: it was looked up before.
        mode: PutMode = "create" if source.stat().st_size <= _PIECE else "overwrite"
        if not self._ecrire(nom, source, sha256, mode) and self.sha256(nom) != sha256:
            raise ConflitError(different(self.lieu(nom)))

    def remplacer(self, nom: str, contenu: bytes, lu: Contenu | None) -> bool:
        """Replace what was ``lu`` (None: nothing); False when it has changed in the meantime."""
        seen: UpdateVersion = {"e_tag": lu.etag if lu else None}
        mode: PutMode = seen if lu else "create"
        return self._ecrire(nom, contenu, hashlib.sha256(contenu).hexdigest(), mode)

    def ecraser(self, nom: str, contenu: bytes) -> None:
        """Write a file that is no version's, whatever was there."""
        self._ecrire(nom, contenu, hashlib.sha256(contenu).hexdigest(), "overwrite")

    def retirer(self, nom: str) -> None:
        """Delete an object."""
        with self._francais(nom):
            obstore.delete(self._store, nom)

    def _ecrire(self, nom: str, source: Path | bytes, sha256: str, mode: "PutMode") -> bool:
        headers = entetes(nom) | {SHA256: sha256}
        while True:
            chosen: PutMode = mode if self._conditions else "overwrite"
            with self._francais(nom):
                try:
                    self._put(nom, source, headers, chosen)
                except (AlreadyExistsError, PreconditionError):
                    return False
                except (GenericError, NotImplementedError) as error:
                    if chosen == "overwrite" or not _sans_conditions(error):
                        raise
                    self._conditions = False
                    continue
            return True

    def _put(
        self, nom: str, source: Path | bytes, headers: Mapping[str, str], mode: "PutMode"
    ) -> None:
        obstore.put(
            self._store,
            nom,
            source,
            attributes=dict(headers),
            mode=mode,
            chunk_size=_PIECE,
            max_concurrency=_EN_VOL,
        )

    def _francais(self, nom: str = "") -> AbstractContextManager[None]:
        return en_francais(self.lieu(nom), self._serveur)


def different(lieu: str) -> str:
    """Say that an object is not what was published here."""
    return (
        f"{lieu} existe avec un autre contenu que la version publiée ici. Une version ne change "
        "jamais : rien n'est réécrit. Vérifier que ce préfixe n'a qu'un seul publicateur."
    )


def _absent(error: FileNotFoundError) -> None:
    """Tell a missing object from a missing bucket, which is an error."""
    if "NoSuchBucket" in str(error):
        raise error


def _sans_conditions(error: Exception) -> bool:
    """Tell whether the server, or AWS_CONDITIONAL_PUT=disabled, refuses conditions on a PUT."""
    text = str(error)
    return isinstance(error, NotImplementedError) or "NotImplemented" in text or " 501 " in text
