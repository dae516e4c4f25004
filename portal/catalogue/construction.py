"""Making images: their names, a process of their own for each, one at a time on a machine.

Belongs here: files and processes. Does not: what is in an image (``image``).
"""

import fcntl
import hashlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import duckdb
from duckdb_extensions import import_extension

from portal.base import EXTENSIONS
from portal.catalogue import image
from portal.catalogue.champ import Type
from portal.catalogue.jeu import Jeu
from portal.catalogue.refus import PaquetError, de_duckdb
from portal.catalogue.ressource import Ressource
from portal.reglages import lire_reglages

# To be changed with anything that changes what an image holds.
EDITION = 3
SUFFIXE = ".duckdb"
_VERROU = ".construction"
_FILS = 2
_DELAI = 1800.0


def nom_de_l_image(ressource: Ressource) -> str:
    """Name the image of these very rows, read in this very way (without its extension)."""
    digest = hashlib.sha256(f"{EDITION}".encode())
    for path in ressource.parties:
        status = path.stat()
        known = ressource.empreintes.get(path, status.st_mtime_ns)
        digest.update(f"\0{path.name}\0{status.st_size}\0{known}".encode())
    read_so = replace(
        ressource, descripteur=Path(), parties=(), fichiers=(), empreintes={}, metas={}
    )
    digest.update(repr(read_so).encode())
    served = [(item.nom, item.octets) for item in ressource.fichiers]
    digest.update(repr(served).encode())
    version = f"-{ressource.version}" if ressource.version else ""
    safe = "".join(char if char.isalnum() or char in "._-" else "_" for char in version)
    return f"{ressource.id}{safe}-{digest.hexdigest()[:16]}"


def jeu(ressource: Ressource, fiche: image.Fiche, base: str) -> Jeu:
    """Return the dataset, once the engine has attached its image as ``base`` (quoted)."""
    fields = []
    counts = dict(fiche.repetitifs)
    for item in ressource.colonnes:
        field = item.champ
        if field.rang in fiche.listes and not field.multivalue:
            notes = {**field.annotations, "multivalued": ","}
            field = replace(field, type=Type.TEXT, annotations=notes)
        fields.append(replace(field, valeurs=counts.get(field.rang, 0)))
    return Jeu(
        id=ressource.id,
        version=ressource.version,
        champs=tuple(fields),
        alias=ressource.alias,
        cle=ressource.cle if fiche.cle else (),
        nombre=fiche.nombre,
        modifie=ressource.modifie,
        metas={**ressource.metas, "records_count": fiche.nombre},
        fichiers=tuple(
            replace(item, sha256=item.sha256 or digest)
            for item, digest in zip(ressource.fichiers, fiche.empreintes, strict=True)
        ),
        base=base,
    )


def tenir(path: Path) -> BinaryIO | None:
    """Hold an image so that no process deletes it; None when there is none (any more)."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    fcntl.flock(file, fcntl.LOCK_SH)
    if path.exists() and os.stat(path).st_ino == os.fstat(file.fileno()).st_ino:  # noqa: PTH116
        return file
    file.close()
    return None


def dossier_des_exports(images: Path, image: str) -> Path:
    """Return where the exports of a version are kept: they leave with its image."""
    return images / "exports" / image


def effacer(path: Path) -> None:
    """Delete an image and its exports, unless some process holds it."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            shutil.rmtree(dossier_des_exports(path.parent, path.stem), ignore_errors=True)
    except (FileNotFoundError, BlockingIOError):
        return


class Constructeur:
    """Makes images in ``dossier``, each in a process that ends with it."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier
        self._process: subprocess.Popen[bytes] | None = None
        self._arrete = False

    def fournir(self, ressource: Ressource) -> tuple[Path, BinaryIO]:
        """Return the image, made if need be, and what holds it. Raises :class:`PaquetError`."""
        path = self.dossier / f"{nom_de_l_image(ressource)}{SUFFIXE}"
        held = tenir(path)
        while held is None:
            with _seul(self.dossier):
                held = tenir(path)
                if held is None:
                    self._lancer(ressource, path)
                    held = tenir(path)
        return path, held

    def arreter(self) -> None:
        """Stop what is being made; nothing is made any more."""
        self._arrete = True
        process = self._process
        if process is not None:
            process.kill()

    def _lancer(self, ressource: Ressource, path: Path) -> None:
        if self._arrete:
            raise PaquetError(ressource.nom_du_fichier, "le portail s'arrête")
        command = [sys.executable, "-m", "portal.catalogue.construction"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            self._process = process
            try:
                out, _ = process.communicate(pickle.dumps((ressource, path)), timeout=_DELAI)
            except subprocess.TimeoutExpired:
                process.kill()
                out, _ = process.communicate()
            finally:
                self._process = None
        if out:
            raise PaquetError(*pickle.loads(out))  # noqa: S301 (our own process)
        if process.returncode:
            raise PaquetError(
                ressource.nom_du_fichier, f"la lecture s'est arrêtée (code {process.returncode})"
            )


@contextmanager
def _seul(dossier: Path) -> Iterator[None]:
    dossier.mkdir(parents=True, exist_ok=True)
    with (dossier / _VERROU).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def construire(ressource: Ressource, path: Path) -> None:
    """Make an image at ``path``, whole or not at all. Raises :class:`PaquetError`."""
    draft = Path(tempfile.mkdtemp(prefix=".en_cours-", dir=path.parent))
    try:
        with duckdb.connect(
            str(draft / "image.duckdb"),
            config={
                "memory_limit": lire_reglages().memoire_image,
                "threads": str(_FILS),
                "temp_directory": str(draft / "temporaire"),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        ) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for name in EXTENSIONS:
                import_extension(name, con=connection)
                connection.load_extension(name)
            try:
                image.construire(connection, ressource, draft)
                connection.execute("checkpoint")
            except duckdb.Error as error:
                raise de_duckdb(ressource.nom_du_fichier, error) from None
        (draft / "image.duckdb").replace(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def main() -> None:
    """Make the image that the standard input asks for; tell on the standard output why not."""
    os.nice(5)
    ressource, path = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 (our own parent)
    try:
        construire(ressource, path)
    except PaquetError as error:
        where, _, reason = str(error).partition(" : ")
        sys.stdout.buffer.write(pickle.dumps((where, reason)))


if __name__ == "__main__":
    main()
