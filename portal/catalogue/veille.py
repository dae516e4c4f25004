"""What is served: the current version of every dataset of a folder, followed as it changes.

Belongs here: loading in the background, swapping, leases by name, what is refused. Does not: images
(``attaches``, ``construction``) nor layouts (``dossier``).

A thread looks at the folder each second. What it finds new is read and made aside; then it takes
the place of the version before at once. What cannot be served changes nothing but ``refus``.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import structlog

from orchestration.publication.versions import lire_version
from portal.catalogue import dossier as dossiers
from portal.catalogue.attaches import Attaches, Servi
from portal.catalogue.construction import Constructeur
from portal.catalogue.jeu import Jeu
from portal.catalogue.refus import PaquetError
from portal.catalogue.ressource import Ressource
from portal.erreurs import ApiError, jeu_inconnu
from portal.moteur import Moteur

_PERIODE = 1.0
_DEMARRAGE = 30.0  # a server that starts waits so long for its datasets, then goes on loading
_PASSEES = 4
_REPLIS = 3  # versions before a broken one that are tried when nothing is served yet
_ATTENTE = 120.0


class Catalogue:
    """The versions of the datasets of ``publications``; ``prendre`` may be called anywhere."""

    def __init__(self, publications: Path, moteur: Moteur) -> None:
        self._racine = publications
        self._constructeur = Constructeur(moteur.dossier_images)
        self._attaches = Attaches(moteur.connexion, self._constructeur)
        self._courants: dict[str, Servi] = {}
        self._passees: OrderedDict[tuple[str, str], Servi] = OrderedDict()
        self._demandees: set[tuple[str, str]] = set()
        self._dossiers: dict[str, Path] = {}
        self._vues: dict[Path, dossiers.Signature] = {}
        self._lues: dict[Path, dossiers.Signature] = {}
        self._refus: dict[str, str] = {}
        self._refus_du_tour: dict[str, str] = {}
        self._premier, self._fin, self._reveil = (threading.Event() for _ in range(3))
        self._fil = threading.Thread(target=self._veiller, name="catalogue", daemon=True)

    @property
    def pret(self) -> bool:
        """Tell whether every current version is loaded or refused."""
        return self._premier.is_set()

    @property
    def refus(self) -> Mapping[str, str]:
        """Why, by folder or resource, a version is not served."""
        return dict(self._refus)

    async def demarrer(self) -> None:
        """Load what is current, and follow the pointers from now on."""
        self._fil.start()
        await asyncio.to_thread(self._premier.wait, _DEMARRAGE)

    async def arreter(self) -> None:
        """Follow nothing any more, and leave the engine."""
        self._fin.set()
        self._reveil.set()
        self._constructeur.arreter()
        if self._fil.ident is not None:
            await asyncio.to_thread(self._fil.join)
        self._attaches.fermer()

    def jeux(self) -> tuple[Jeu, ...]:
        """Return the current versions, in the order of their ids."""
        return tuple(item.jeu for _, item in sorted(self._courants.copy().items()))

    def versions(self, nom: str) -> tuple[str, ...]:
        """Return the versions of a dataset that can be asked for, the newest first."""
        current, folder = self._courants.get(nom), self._dossiers.get(nom)
        if current is None or folder is None:
            return ()
        if dossiers.est_a_nous(folder):
            return tuple(dossiers.publiques(folder))
        return (current.jeu.version,) if current.jeu.version else ()

    @contextmanager
    def prendre(self, nom: str) -> Iterator[Jeu]:
        """Lease a version: ``id``, ``id@version`` or ``id@domain``.

        Raises ``ApiError``: 404, or 503 while the version is being made ready.
        """
        with self._attaches.bail(lambda: self._trouver(nom)) as jeu:
            yield jeu

    def tenir(self, jeu: Jeu) -> AbstractContextManager[Jeu]:
        """Lease once more a version that is leased already: a stream outlives its request."""
        return self._attaches.prolonger(jeu)

    async def preparer(self, nom: str) -> None:
        """Wait until a past version can be leased, if this names one."""
        for _ in range(int(_ATTENTE / 0.05)):
            try:
                self._trouver(nom)
            except ApiError as error:
                if error.statut != 503:  # noqa: PLR2004 (what _trouver raises)
                    return
                await asyncio.sleep(0.05)
            else:
                return

    def _trouver(self, nom: str) -> Servi:
        current = self._courants.get(nom)
        if current is not None:
            return current
        short, _, suffix = nom.partition("@")
        current = self._courants.get(short)
        if current is None:
            raise jeu_inconnu(nom) if self.pret else _en_chargement(nom)
        if suffix == current.jeu.version or lire_version(suffix) is None:
            return current
        unreadable = f"{self._dossiers[short].name}/{suffix}" in self._refus
        if unreadable or suffix not in self.versions(short):
            raise jeu_inconnu(nom)
        past = self._passees.get((short, suffix))
        if past is None:
            self._demandees.add((short, suffix))
            self._reveil.set()
            raise _en_chargement(nom)
        return past

    # --- the thread

    def _veiller(self) -> None:
        log = structlog.get_logger()
        while not self._fin.is_set():
            try:
                self._tour()
            except Exception:
                # It must go on looking, whatever a folder holds.
                log.exception("catalogue_en_panne")
            self._reveil.wait(_PERIODE)
            self._reveil.clear()

    def _tour(self) -> None:
        first = not self.pret
        self._passer()
        present = dossiers.jeux(self._racine)
        for path in present:
            seen = dossiers.signature(path)
            stable = first or dossiers.est_a_nous(path) or self._vues.get(path) == seen
            self._vues[path] = seen
            if stable and self._lues.get(path) != seen and not self._fin.is_set():
                self._charger(path)
                # What has changed meanwhile will be seen as new.
                self._lues[path] = seen
        for path in set(self._lues) - set(present):
            self._oublier(path, ())
            del self._lues[path]
        self._attaches.garder([*self._courants.values(), *self._passees.values()])
        if first and not self._fin.is_set():
            self._attaches.menage()
            self._premier.set()

    def _charger(self, path: Path) -> None:
        """Load what is current in a folder; what is refused leaves what was served."""
        self._refus_du_tour = {}
        self._charger_le_dossier(path)
        others = {key: why for key, why in self._refus.items() if key.split("/")[0] != path.name}
        self._refus = others | self._refus_du_tour

    def _charger_le_dossier(self, path: Path) -> None:
        kept = set()
        try:
            for found in dossiers.ressources(path):
                if isinstance(found, PaquetError):
                    self._refuser(path, found)
                    kept |= self._de(path)
                else:
                    kept.add(found.id)
                    self._remplacer(path, found)
        except dossiers.RetireeError as error:
            self._refuser(path, error)
        except PaquetError as error:
            self._refuser(path, error)
            kept |= self._de(path)
        self._oublier(path, kept)
        if dossiers.est_a_nous(path) and path.name in self._refus_du_tour:
            self._se_replier(path)

    def _remplacer(self, path: Path, ressource: Ressource) -> bool:
        owner = self._dossiers.get(ressource.id, path)
        if owner != path:
            taken = f"le dossier {owner.name} sert déjà {ressource.id}"
            self._refuser(path, PaquetError(path.name, taken), ressource.id)
            return False
        try:
            served = self._attaches.servir(ressource)
        except PaquetError as error:
            self._refuser(path, error, ressource.id)
            return False
        self._dossiers[ressource.id] = path
        self._courants[ressource.id] = served
        structlog.get_logger().info(
            "version_servie", jeu=ressource.id, version=ressource.version, lignes=served.jeu.nombre
        )
        return True

    def _se_replier(self, path: Path) -> None:
        """Serve the last version that can be, when the current one never could."""
        if path.name in self._courants:
            return
        for version in dossiers.publiques(path)[1 : 1 + _REPLIS]:
            try:
                if self._remplacer(path, dossiers.de_la_version(path, version)):
                    return
            except PaquetError as error:
                self._refuser(path, error)

    def _de(self, path: Path) -> set[str]:
        return {name for name, owner in self._dossiers.items() if owner == path}

    def _oublier(self, path: Path, sauf: set[str] | tuple[()]) -> None:
        for name in self._de(path) - set(sauf):
            del self._courants[name], self._dossiers[name]

    def _refuser(self, path: Path, error: PaquetError, nom: str | None = None) -> None:
        key = path.name if nom in (None, path.name) else f"{path.name}/{nom}"
        said = self._refus_du_tour.get(key)
        self._refus_du_tour[key] = f"{said} ; {error}" if said else str(error)
        structlog.get_logger().warning("version_refusee", dossier=path.name, raison=str(error))

    def _passer(self) -> None:
        """Make ready the past versions that were asked for; forget those that may not be."""
        for name, version in list(self._passees):
            if version not in self.versions(name):
                del self._passees[name, version]
        while self._demandees:
            name, version = self._demandees.pop()
            folder = self._dossiers.get(name)
            if folder is None:
                continue
            try:
                served = self._attaches.servir(dossiers.de_la_version(folder, version))
            except PaquetError as error:
                self._refus[f"{folder.name}/{version}"] = str(error)
                continue
            self._passees[name, version] = served
            while len(self._passees) > _PASSEES:
                self._passees.popitem(last=False)


def _en_chargement(nom: str) -> ApiError:
    return ApiError(
        503, "DatasetLoading", f"The dataset {nom} is being made ready.", {"Retry-After": "2"}
    )
