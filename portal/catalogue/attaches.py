"""The images that the engine has attached, and who holds them.

Belongs here: attaching, leases, detaching what nobody holds. Does not: choosing versions
(``veille``), making images (``construction``).
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from portal.catalogue.construction import Constructeur, effacer, jeu
from portal.catalogue.conversions import texte_sql
from portal.catalogue.image import Fiche, lire_fiche
from portal.catalogue.jeu import Jeu
from portal.catalogue.lecture import nom_sql
from portal.catalogue.refus import PaquetError
from portal.catalogue.ressource import Ressource


@dataclass(eq=False)
class Image:
    """An attached image. ``baux`` counts the requests that hold it."""

    chemin: Path
    base: str
    fiche: Fiche
    fichier: BinaryIO
    baux: int = 0


@dataclass(frozen=True)
class Servi:
    """A version that can be asked, with the image that it reads."""

    jeu: Jeu
    image: Image


class Attaches:
    """Images attached to a connection; safe from any thread."""

    def __init__(self, connexion: duckdb.DuckDBPyConnection, constructeur: Constructeur) -> None:
        self._connexion = connexion
        self._constructeur = constructeur
        self._images: dict[Path, Image] = {}
        self._verrou = threading.Lock()

    def servir(self, ressource: Ressource) -> Servi:
        """Make the image if need be, and attach it. Raises ``PaquetError``."""
        path, held = self._constructeur.fournir(ressource)
        known = self._images.get(path)
        if known is not None:
            held.close()
        else:
            known = self._attacher(path, held)
        return Servi(jeu(ressource, known.fiche, known.base), known)

    @contextmanager
    def bail(self, trouver: Callable[[], Servi]) -> Iterator[Jeu]:
        """Hold the version that is found: its image stays as long."""
        with self._verrou:
            # Found and held at once: in between, it could be detached.
            servi = trouver()
            servi.image.baux += 1
        try:
            yield servi.jeu
        finally:
            with self._verrou:
                servi.image.baux -= 1

    @contextmanager
    def prolonger(self, jeu: Jeu) -> Iterator[Jeu]:
        """Hold once more a version that is held, for longer than whoever holds it."""
        with self._verrou:
            image = next(item for item in self._images.values() if item.base == jeu.base)
            image.baux += 1
        try:
            yield jeu
        finally:
            with self._verrou:
                image.baux -= 1

    def garder(self, servis: Iterable[Servi]) -> None:
        """Detach and delete every image but these and those that somebody holds."""
        wanted = {id(item.image) for item in servis}
        with self._verrou:
            left = [
                item for item in self._images.values() if id(item) not in wanted and not item.baux
            ]
            for item in left:
                self._detacher(item)
        for item in left:
            effacer(item.chemin)

    def menage(self) -> None:
        """Delete the images of other times, which no process holds."""
        for path in self._constructeur.dossier.glob("*.duckdb"):
            if path not in self._images:
                effacer(path)

    def fermer(self) -> None:
        """Detach everything; files stay for the next start."""
        with self._verrou:
            for item in list(self._images.values()):
                self._detacher(item)

    def _attacher(self, path: Path, held: BinaryIO) -> Image:
        base = nom_sql(path.stem)
        try:
            with self._connexion.cursor() as cursor:
                cursor.execute(f"attach {texte_sql(str(path))} as {base} (read_only)")
                found = Image(path, base, lire_fiche(cursor, base), held)
        except duckdb.Error as error:
            held.close()
            raise PaquetError(path.name, f"l'image n'a pu être ouverte ({error})") from None
        with self._verrou:
            self._images[path] = found
        return found

    def _detacher(self, item: Image) -> None:
        with self._connexion.cursor() as cursor:
            cursor.execute(f"detach {item.base}")
        item.fichier.close()
        del self._images[item.chemin]
