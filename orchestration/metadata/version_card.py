"""The card of a version: all that its metadata documents may say, whatever their standard.

Each fact comes from one place: the declaration, the control or the files; who publishes, and from
where, from ``vars.site`` of ``dbt_project.yml``.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from orchestration import settings
from orchestration.candidates.deliveries import Extract
from orchestration.datasets import Dataset, read_datasets, variables
from orchestration.files import File
from orchestration.quality.measures import Measures
from orchestration.quality.periods import period_bounds

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
FREQUENCIES = {
    "quotidien": ("P1D", "DAILY"),
    "mensuel": ("P1M", "MONTHLY"),
    "trimestriel": ("P3M", "QUARTERLY"),
}
LATEST = "derniere"
TIMESTAMP_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
LICENCE_NAME = "Licence Ouverte 2.0 / Open Licence 2.0"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"


@dataclass(frozen=True)
class Site:
    """The publisher. ``url`` has no final slash; texts are in French.

    ``avis``: what every reader must know first, such as that the data are invented. The others are
    for the legal notice and the statement of accessibility.
    """

    titre: str
    description: str
    editeur: str
    contact: str
    url: str
    avis: str = ""
    directeur: str = ""
    hebergeur: str = ""
    courriel: str = ""
    accessibilite: str = ""

    def page(self, dataset: str) -> str:
        """Address of the page of a dataset."""
        return f"{self.url}/{dataset}/"

    def version(self, dataset: str, version: str = LATEST) -> str:
        """Address of the folder of a version; of the current one, whichever it is, by default."""
        return f"{self.url}/{dataset}/{version}/"


def read_site() -> Site:
    """Read the declaration. Raises ``KeyError`` or ``TypeError`` when it lacks or adds a line."""
    declared = variables()["site"]
    return Site(**declared | {"url": settings.url(declared["url"])})


@dataclass(frozen=True)
class VersionCard:
    """A version of ``dataset``. ``data_files`` hold the same rows; ``reports`` are the others.

    ``publie_le`` is UTC; ``previous_version`` names that before, if any; ``examples`` gives a
    published value by column, as the CSV writes it.
    """

    dataset: Dataset
    site: Site
    version: str
    publie_le: dt.datetime
    previous_version: str | None
    data_files: tuple[File, ...]
    reports: tuple[File, ...]
    mesures: Measures
    extraits: tuple[Extract, ...]
    examples: Mapping[str, str]

    @property
    def lignes(self) -> int:
        """Rows of each data file."""
        return self.mesures.lignes

    @property
    def timestamp(self) -> str:
        """Moment of publication, ISO 8601 UTC (``2026-11-25T15:13:12Z``)."""
        return self.publie_le.strftime(TIMESTAMP_FORMAT)

    @property
    def extracted_on(self) -> str | None:
        """Date (ISO) of the newest extract that the version was made from."""
        return max((extract.date_extraction for extract in self.extraits), default=None)

    @property
    def debut(self) -> str | None:
        """First day (ISO) that the data are about."""
        first = self.mesures.periode_min
        return period_bounds(first)[0].isoformat() if first else None

    @property
    def fin(self) -> str | None:
        """Last day (ISO) that the data are about: a year that is not over ends at the extract."""
        ends = [day for day in (self.mesures.dernier_jour, self.extracted_on) if day]
        return min(ends, default=None)

    @property
    def citation(self) -> str:
        """How to cite the version."""
        avis = self.site.avis.rstrip(".")
        return (
            f"{self.site.editeur}, {self.dataset.titre}, version {self.version}, "
            f"{self.timestamp[:10]}, {self.address('')}" + (f" ({avis})" if avis else "")
        )

    @property
    def description(self) -> str:
        """What the dataset is, after what every reader must know first."""
        return f"{self.site.avis} {self.dataset.description}".strip()

    @property
    def coverage(self) -> str | None:
        """Days that the data are about, as an ISO 8601 interval."""
        return f"{self.debut}/{self.fin}" if self.debut and self.fin else None

    def data_file(self, extension: str) -> File | None:
        """Return the data file of one format, if the version has it."""
        return next((item for item in self.data_files if file_format(item) == extension), None)

    def address(self, file: File | str, *, stable: bool = False) -> str:
        """Address of a file: in this version, or in the current one for ever (``stable``)."""
        name = file if isinstance(file, str) else file.nom
        return self.site.version(self.dataset.nom, LATEST if stable else self.version) + name


def without_empty(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``content`` without what there is nothing to say of; false and zero are said."""
    return {key: value for key, value in content.items() if value not in (None, "", [], {})}


def file_format(file: File) -> str:
    """Format of a file by its extension (``csv``)."""
    return PurePath(file.nom).suffix.removeprefix(".")


def media_type(file: File) -> str:
    """Media type of a file."""
    return MEDIA_TYPES[file_format(file)]


SOURCE_TITLES = {
    "edof": "Catalogue EDOF de l'offre de formation (Caisse des Dépôts)",
    "dossiers": "Dossiers de formation du système d'information de Mon Compte Formation",
    "financements": "Financements des dossiers de formation de Mon Compte Formation",
    "certifications": "Registre des certifications RNCP et RS (France compétences)",
    "organismes": "Liste publique des organismes de formation (DGEFP)",
    "portail": "Export public de l'offre de Mon Compte Formation (Caisse des Dépôts)",
    "portail_achats": "Export public des formations engagées (Caisse des Dépôts)",
    "portail_usagers": "Export public des usagers (Caisse des Dépôts)",
    "portail_entrees_sorties": "Export public des entrées et sorties (Caisse des Dépôts)",
}


@dataclass(frozen=True)
class Provenance:
    """A source: how many deliveries of it were used, its newest date (ISO), records landed."""

    source: str
    titre: str
    deliveries: int
    extracted_on: str
    records: int


def provenances(card: VersionCard) -> tuple[Provenance, ...]:
    """Return the sources of a version, by name."""
    sources = []
    for source in sorted({extract.source for extract in card.extraits}):
        used = [extract for extract in card.extraits if extract.source == source]
        sources.append(
            Provenance(
                source=source,
                titre=SOURCE_TITLES.get(source) or read_datasets()[source].titre,
                deliveries=len(used),
                extracted_on=max(extract.date_extraction for extract in used),
                records=sum(extract.atterris for extract in used),
            )
        )
    return tuple(sources)
