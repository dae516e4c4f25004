"""Who publishes and from where: ``vars.site`` of ``dbt_project.yml``, and its addresses."""

from dataclasses import dataclass

from orchestration import settings
from orchestration.datasets import variables

LATEST = "derniere"


@dataclass(frozen=True)
class Site:
    """The publisher. ``url`` has no final slash; texts are in French."""

    titre: str
    description: str
    editeur: str
    contact: str
    url: str

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
