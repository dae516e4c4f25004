"""What is published, as a whole: the facts that the catalogue, the feed and the pages tell."""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.candidates.deliveries import Extract
from orchestration.candidates.origin import described
from orchestration.datasets import Dataset, read_datasets
from orchestration.files import File
from orchestration.metadata.version_card import TIMESTAMP_FORMAT, Site, VersionCard, read_site
from orchestration.quality.measures import Measures
from orchestration.store.versions import (
    DIFF_WITHDRAWAL,
    Withdrawal,
    parse_version,
    read_manifest,
    read_pointer,
    read_withdrawal,
    versions,
)

# A daily dataset has 1,000 versions after three years: 45 MB of catalogue, 20 s at each publication
# (measured 2026-11); 3 s with these.
RECENT_VERSIONS = 100


@dataclass(frozen=True)
class WithdrawnVersion:
    """A version that was withdrawn: what it was, and its tombstone."""

    version: str
    publie_le: dt.datetime
    lignes: int
    withdrawal: Withdrawal


@dataclass(frozen=True)
class PublishedDataset:
    """A dataset that has a current version; ``version_cards`` are its versions, the newest first.

    ``withdrawn_versions``, the newest first, have no files any more: pages and feed say so.
    """

    current: VersionCard
    version_cards: tuple[VersionCard, ...]
    withdrawn_versions: tuple[WithdrawnVersion, ...] = ()

    @property
    def since(self) -> dt.datetime:
        """Moment (UTC) of the first publication, be that version withdrawn since."""
        return min(
            *(card.publie_le for card in self.version_cards),
            *(withdrawn.publie_le for withdrawn in self.withdrawn_versions),
            self.current.publie_le,
        )

    @property
    def recent(self) -> tuple[VersionCard, ...]:
        """The versions that catalogue and feed describe; the page of the dataset lists all."""
        return self.version_cards[:RECENT_VERSIONS]


@dataclass(frozen=True)
class PublishedSite:
    """All that is published."""

    site: Site
    datasets: tuple[PublishedDataset, ...]

    @property
    def modified_on(self) -> dt.datetime | None:
        """Moment (UTC) of the last publication of any dataset."""
        return max((dataset.current.publie_le for dataset in self.datasets), default=None)


def read_published_site() -> PublishedSite:
    """Read every dataset that was published. Raises ``HistoryError``."""
    site = read_site()
    published = (_published_dataset(dataset, site) for dataset in read_datasets().values())
    return PublishedSite(site, tuple(item for item in published if item))


def _published_dataset(dataset: Dataset, site: Site) -> PublishedDataset | None:
    folder = settings.publications(dataset.nom)
    pointer = read_pointer(folder)
    current = parse_version(pointer.version) if pointer else None
    if current is None:
        return None
    # What the pointer has not named yet is not public.
    public = [str(version) for version in reversed(versions(folder)) if version <= current]
    withdrawn = {name: item for name in public if (item := read_withdrawal(folder / name))}
    cards = tuple(
        _version_card(dataset, site, read_manifest(folder, name), _lost_files(folder / name))
        for name in public
        if name not in withdrawn
    )
    return PublishedDataset(
        next(card for card in cards if card.version == str(current)),
        cards,
        tuple(
            _withdrawn_version(read_manifest(folder, name), item)
            for name, item in withdrawn.items()
        ),
    )


def _lost_files(folder: Path) -> frozenset[str]:
    """Names of the files that a version has lost with the withdrawal of the one before."""
    diff = read_withdrawal(folder, DIFF_WITHDRAWAL)
    return diff.names if diff else frozenset()


def _withdrawn_version(manifest: dict[str, Any], withdrawal: Withdrawal) -> WithdrawnVersion:
    rows = manifest["mesures"]["lignes"]
    return WithdrawnVersion(manifest["version"], _moment(manifest["publie_le"]), rows, withdrawal)


def _moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, TIMESTAMP_FORMAT).replace(tzinfo=dt.UTC)


def _version_card(
    dataset: Dataset, site: Site, manifest: dict[str, Any], lost: frozenset[str]
) -> VersionCard:
    previous = manifest["version_precedente"]
    kept_files = [item for item in manifest["fichiers"] if item["nom"] not in lost]
    data = [kept_file for kept_file in kept_files if "lignes" in kept_file]
    # What the version was published under, whatever is declared by now.
    published_rules = {
        "seuil": manifest["seuil"],
        "plan": tuple(tuple(step) for step in manifest["plan"]),
    }
    return VersionCard(
        dataset=replace(described(dataset, manifest.get("mention")), **published_rules),
        site=site,
        version=manifest["version"],
        publie_le=_moment(manifest["publie_le"]),
        previous_version=previous and previous["version"],
        data_files=tuple(File(item["nom"], item["octets"], item["sha256"]) for item in data),
        reports=tuple(File(**kept_file) for kept_file in kept_files if kept_file not in data),
        mesures=Measures(**manifest["mesures"]),
        extraits=tuple(Extract(**item) for item in manifest["extraits"]),
        # Versions made before the manifest had them go without.
        examples=manifest.get("exemples", {}),
    )
