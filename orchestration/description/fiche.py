"""The card of a version: all that its metadata documents may say, whatever their standard.

Belongs here: facts, each from one place (the declaration, the control, the files). Does not: any
standard's words (one module each), nor reading the warehouse.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from orchestration.description.site import DERNIERE, Site
from orchestration.jeux import Jeu
from orchestration.publication.fichiers import Fichier
from orchestration.publication.sources import Extrait
from orchestration.quality.cadres import Mesures
from orchestration.quality.periodes import bornes

MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "html": "text/html",
    "md": "text/markdown",
}
# ISO 8601 duration of each rhythm, and the EU's word for it (authority table "frequency").
RYTHMES = {
    "quotidien": ("P1D", "DAILY"),
    "mensuel": ("P1M", "MONTHLY"),
    "trimestriel": ("P3M", "QUARTERLY"),
}
HORODATAGE = "%Y-%m-%dT%H:%M:%SZ"
LICENCE_NOM = "Licence Ouverte 2.0 / Open Licence 2.0"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"


@dataclass(frozen=True)
class Fiche:
    """A version of ``jeu``. ``donnees`` all hold the same rows; ``rapports`` are the other files.

    ``publie_le`` is UTC; ``precedente`` names the version before, if any; ``exemples`` gives a
    published value by column, as the CSV writes it.
    """

    jeu: Jeu
    site: Site
    version: str
    publie_le: dt.datetime
    precedente: str | None
    donnees: tuple[Fichier, ...]
    rapports: tuple[Fichier, ...]
    mesures: Mesures
    extraits: tuple[Extrait, ...]
    exemples: Mapping[str, str]

    @property
    def lignes(self) -> int:
        """Rows of each data file."""
        return self.mesures.lignes

    @property
    def horodatage(self) -> str:
        """Moment of publication, ISO 8601 UTC (``2026-11-25T15:13:12Z``)."""
        return self.publie_le.strftime(HORODATAGE)

    @property
    def arrete_le(self) -> str | None:
        """Date (ISO) of the newest extract that the version was made from."""
        return max((item.date_extraction for item in self.extraits), default=None)

    @property
    def debut(self) -> str | None:
        """First day (ISO) that the data are about."""
        first = self.mesures.periode_min
        return bornes(first)[0].isoformat() if first else None

    @property
    def fin(self) -> str | None:
        """Last day (ISO) that the data are about: a year that is not over ends at the extract."""
        ends = [day for day in (self.mesures.dernier_jour, self.arrete_le) if day]
        return min(ends, default=None)

    @property
    def citation(self) -> str:
        """How to cite the version."""
        return (
            f"{self.site.editeur}, {self.jeu.titre}, version {self.version}, "
            f"{self.horodatage[:10]}, {self.adresse('')}"
        )

    @property
    def couverture(self) -> str | None:
        """Days that the data are about, as an ISO 8601 interval."""
        return f"{self.debut}/{self.fin}" if self.debut and self.fin else None

    def donnee(self, extension: str) -> Fichier | None:
        """Return the data file of one format, if the version has it."""
        return next((item for item in self.donnees if forme(item) == extension), None)

    def adresse(self, fichier: Fichier | str, *, stable: bool = False) -> str:
        """Address of a file: in this version, or in the current one for ever (``stable``)."""
        name = fichier if isinstance(fichier, str) else fichier.nom
        return self.site.version(self.jeu.nom, DERNIERE if stable else self.version) + name


def sans_vide(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``content`` without what there is nothing to say of; false and zero are said."""
    return {key: value for key, value in content.items() if value not in (None, "", [], {})}


def forme(fichier: Fichier) -> str:
    """Format of a file by its extension (``csv``)."""
    return PurePath(fichier.nom).suffix.removeprefix(".")


def media_type(fichier: Fichier) -> str:
    """Media type of a file."""
    return MEDIA_TYPES[forme(fichier)]
