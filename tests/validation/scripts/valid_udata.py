"""Does udata's own harvester read two releases of the harvest file as the same datasets?

Argument: a folder with ``site/moissonnage.ttl``. The second release is the first with another
version, other hashes and sizes: what changes at each publication. MongoDB is mongomock.
"""

import re
import sys
from pathlib import Path
from typing import ClassVar

import mongomock
from udata import settings
from udata.app import create_app
from verdict import exit_with

HARVEST_FILE = "moissonnage.ttl"


class Settings(settings.Testing):
    """udata's own settings for tests, on mongomock; our demo site has a local address."""

    MONGODB_SETTINGS: ClassVar = {
        "host": "mongodb://localhost/udata",
        "mongo_client_class": mongomock.MongoClient,
    }
    HARVESTER_BACKENDS = ("dcat",)
    URLS_ALLOW_PRIVATE = True


def next_release(text: str) -> str:
    """Return the harvest file as the next release would write it."""
    (version, *_) = re.findall(r'dcat:version "([\d.]+)"', text) or ["absente"]
    text = text.replace(version, "9999.12.1")
    text = re.sub(
        r'checksumValue "(\w+)"', lambda result: f'checksumValue "{result[1][::-1]}"', text
    )
    return re.sub(r'byteSize "(\d+)"', r'byteSize "1\1"', text)


def missing_metadata(dataset) -> list[str]:
    """Tell what udata did not understand of a dataset."""
    wanted = {
        "titre": dataset.title,
        "description": dataset.description,
        "licence": dataset.license and dataset.license.id == "lov2",
        "rythme": dataset.frequency,
        "période": dataset.temporal_coverage,
        "mots-clés": dataset.tags,
        "contact": [
            contact_point
            for contact_point in dataset.contact_points
            if contact_point.role == "contact"
        ],
        "date": dataset.harvest.modified_at,
        "page": dataset.harvest.remote_url,
        "ressources": dataset.resources,
    }
    for resource in dataset.resources:
        wanted |= {
            f"{resource.title} : empreinte": resource.checksum
            and resource.checksum.type == "sha256",
            f"{resource.title} : taille": resource.filesize,
            f"{resource.title} : format": resource.format == resource.url.rpartition(".")[2],
            f"{resource.title} : schéma": resource.schema and resource.schema.url,
            f"{resource.title} : fichier": resource.type == "main",
            f"{resource.title} : date": resource.harvest.modified_at,
        }
    return [f"{dataset.title} : sans {name}" for name, result in wanted.items() if not result]


def run_harvester(source, text: str) -> list[str]:
    """Run udata's DCAT harvester on a text; return what it complains about."""
    from types import SimpleNamespace

    from udata.harvest.backends.dcat import DcatBackend

    class Local(DcatBackend):
        """Reads the text instead of an address."""

        def get(self, url, **_):
            return SimpleNamespace(text=text, raise_for_status=lambda: None)

    job = Local(source).harvest()
    errors = [*job.errors, *(error for item in job.items for error in item.errors)]
    result = [f"moisson {job.status}"] if job.status != "done" else []
    skipped = [item for item in job.items if item.status != "done"]
    return [
        *result,
        *(f"{item.remote_id} : {item.status}" for item in skipped),
        *(str(error.message) for error in errors),
    ]


def state() -> dict[str, tuple]:
    """Return identity and resources of each dataset."""
    from udata.core.dataset.models import Dataset

    return {
        dataset.harvest.remote_id: (
            str(dataset.id),
            sorted((str(resource.id), resource.url) for resource in dataset.resources),
        )
        for dataset in Dataset.objects
    }


def digests() -> set[str]:
    """Return the hashes that udata holds."""
    from udata.core.dataset.models import Dataset

    return {
        item.checksum.value
        for dataset in Dataset.objects
        for item in dataset.resources
        if item.checksum
    }


def main(text: str) -> list[str]:
    """Harvest two releases; return the reasons for refusing them."""
    from udata.core.dataset.models import Dataset, License
    from udata.core.organization.models import Organization
    from udata.harvest.models import HarvestSource

    declared = len(re.findall(r"a dcat:Dataset\b", text))
    License.objects.create(
        id="lov2",
        title="Licence Ouverte / Open Licence version 2.0",
        url="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    )
    source = HarvestSource.objects.create(
        name="cpf",
        url=f"https://donnees.example.org/{HARVEST_FILE}",
        backend="dcat",
        organization=Organization.objects.create(name="cpf", description="cpf"),
    )
    reasons = run_harvester(source, text)
    first, hashes = state(), digests()
    reasons += run_harvester(source, next_release(text))
    second = state()
    if hashes == digests():
        reasons.append("la deuxième moisson n'a rien mis à jour")
    if len(first) != declared:
        reasons.append(f"{len(first)} jeux moissonnés, {declared} déclarés")
    if first != second:
        reasons.append("la deuxième moisson n'a pas retrouvé les mêmes jeux et ressources")
    for dataset in Dataset.objects:
        reasons += missing_metadata(dataset)
    print({name: len(resources) for name, (_, resources) in second.items()})
    return reasons


if __name__ == "__main__":
    text = (Path(sys.argv[1]) / "site" / HARVEST_FILE).read_text(encoding="utf-8")
    application = create_app(settings.Defaults, override=Settings)
    with application.test_request_context("/"):
        exit_with(main(text))
