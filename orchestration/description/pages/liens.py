"""Links between pages and to the files of versions, relative to the page that bears them.

Belongs here: turning the addresses that ``Site`` makes into relative links. Does not: which
addresses there are. Pages name their file, so that the folder also works without a server.
"""

import posixpath
from dataclasses import dataclass

from orchestration.description.fiche import Fiche
from orchestration.description.site import Site
from orchestration.publication.fichiers import Fichier

ACCUEIL = "index.html"
DICTIONNAIRE = "dictionnaire.html"


@dataclass(frozen=True)
class Liens:
    """Links of the page at ``chemin`` (under the site's folder)."""

    site: Site
    chemin: str

    @property
    def accueil(self) -> str:
        """Link to the home page."""
        return self._relatif(ACCUEIL)

    @property
    def dictionnaire(self) -> str:
        """Link to the data dictionary."""
        return self._relatif(DICTIONNAIRE)

    def du_site(self, nom: str) -> str:
        """Link to a file of the site as a whole: catalogue, feed."""
        return self._relatif(nom)

    def jeu(self, nom: str) -> str:
        """Link to the page of a dataset."""
        return self._relatif(chemin_du_jeu(self.site, nom))

    def fichier(self, fiche: Fiche, fichier: Fichier | str, *, stable: bool = False) -> str:
        """Link to a file of a version, or of the current one for ever (``stable``)."""
        return self._relatif(_chemin(self.site, fiche.adresse(fichier, stable=stable)))

    def _relatif(self, chemin: str) -> str:
        return posixpath.relpath(chemin, posixpath.dirname(self.chemin) or ".")


def chemin_du_jeu(site: Site, nom: str) -> str:
    """Path of the page of a dataset under the site's folder."""
    return _chemin(site, site.page(nom)) + ACCUEIL


def _chemin(site: Site, adresse: str) -> str:
    return adresse.removeprefix(f"{site.url}/")
