"""What is published, as a whole: the facts that the catalogue, the feeds and the pages tell.

Belongs here: reading the publications into cards. Does not: any document (one module each).
"""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.description.fiche import HORODATAGE, Fiche
from orchestration.description.site import Site, lire_site
from orchestration.jeux import Jeu, lire_jeux
from orchestration.publication.fichiers import Fichier
from orchestration.publication.retraits import RETRAIT_ECARTS, Retrait, lire_retrait
from orchestration.publication.sources import Extrait
from orchestration.publication.versions import lire_manifeste, lire_pointeur, lire_version, versions
from orchestration.quality.cadres import Mesures

# A daily dataset has 1,000 versions after three years: 45 MB of catalogue, 20 s at each publication
# (measured 2026-11); 3 s with these.
RECENTES = 100


@dataclass(frozen=True)
class Retiree:
    """A version that was withdrawn: what it was, and its tombstone."""

    version: str
    publie_le: dt.datetime
    lignes: int
    retrait: Retrait


@dataclass(frozen=True)
class JeuPublie:
    """A dataset that has a current version; ``fiches`` are its versions, the newest first.

    ``retirees``, the newest first, have no files any more: pages and feed say so.
    """

    courante: Fiche
    fiches: tuple[Fiche, ...]
    retirees: tuple[Retiree, ...] = ()

    @property
    def depuis(self) -> dt.datetime:
        """Moment (UTC) of the first publication, be that version withdrawn since."""
        return min(
            *(card.publie_le for card in self.fiches),
            *(gone.publie_le for gone in self.retirees),
            self.courante.publie_le,
        )

    @property
    def recentes(self) -> tuple[Fiche, ...]:
        """The versions that catalogue and feed describe; the page of the dataset lists all."""
        return self.fiches[:RECENTES]


@dataclass(frozen=True)
class Vitrine:
    """All that is published."""

    site: Site
    jeux: tuple[JeuPublie, ...]

    @property
    def modifiee_le(self) -> dt.datetime | None:
        """Moment (UTC) of the last publication of any dataset."""
        return max((item.courante.publie_le for item in self.jeux), default=None)


def lire_vitrine() -> Vitrine:
    """Read every dataset that was published. Raises ``HistoriqueError``."""
    site = lire_site()
    found = (_jeu_publie(jeu, site) for jeu in lire_jeux().values())
    return Vitrine(site, tuple(item for item in found if item))


def _jeu_publie(jeu: Jeu, site: Site) -> JeuPublie | None:
    folder = settings.publications(jeu.nom)
    pointeur = lire_pointeur(folder)
    current = lire_version(pointeur.version) if pointeur else None
    if current is None:
        return None
    # What the pointer has not named yet is not public.
    public = [str(item) for item in reversed(versions(folder)) if item <= current]
    withdrawn = {name: item for name in public if (item := lire_retrait(folder / name))}
    cards = tuple(
        _fiche(jeu, site, lire_manifeste(folder, name), _sans(folder / name))
        for name in public
        if name not in withdrawn
    )
    return JeuPublie(
        next(card for card in cards if card.version == str(current)),
        cards,
        tuple(_retiree(lire_manifeste(folder, name), item) for name, item in withdrawn.items()),
    )


def _sans(dossier: Path) -> frozenset[str]:
    """Names of the files that a version has lost with the withdrawal of the one before."""
    diff = lire_retrait(dossier, RETRAIT_ECARTS)
    return diff.noms if diff else frozenset()


def _retiree(manifest: dict[str, Any], retrait: Retrait) -> Retiree:
    rows = manifest["mesures"]["lignes"]
    return Retiree(manifest["version"], _moment(manifest["publie_le"]), rows, retrait)


def _moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, HORODATAGE).replace(tzinfo=dt.UTC)


def _fiche(jeu: Jeu, site: Site, manifest: dict[str, Any], sans: frozenset[str]) -> Fiche:
    previous = manifest["version_precedente"]
    held = [item for item in manifest["fichiers"] if item["nom"] not in sans]
    data = [item for item in held if "lignes" in item]
    # What the version was published under, whatever is declared by now.
    under = {"seuil": manifest["seuil"], "plan": tuple(tuple(step) for step in manifest["plan"])}
    return Fiche(
        jeu=replace(jeu, **under),
        site=site,
        version=manifest["version"],
        publie_le=_moment(manifest["publie_le"]),
        precedente=previous and previous["version"],
        donnees=tuple(Fichier(item["nom"], item["octets"], item["sha256"]) for item in data),
        rapports=tuple(Fichier(**item) for item in held if item not in data),
        mesures=Mesures(**manifest["mesures"]),
        extraits=tuple(Extrait(**item) for item in manifest["extraits"]),
        # Versions made before the manifest had them go without.
        exemples=manifest.get("exemples", {}),
    )
