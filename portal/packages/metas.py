"""The default metadata of the Explore API, under its names, from what a package tells."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import yaml

from orchestration.metadata import odcs, schema_org
from orchestration.metadata.version_card import FREQUENCIES

_LANGUAGE = "fr"
# From the rhythm as the contract tells it (1, "m") to the EU's word for it.
_FREQUENCY_WORDS = {
    (int(duration[1:-1]), duration[-1].lower()): word for duration, word in FREQUENCIES.values()
}


def metas(
    package: Mapping[str, Any],
    resource: Mapping[str, Any],
    modified: dt.datetime,
    extra_metas: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what is known of a resource, its own words before those of its package."""
    licence = _first(resource.get("licenses") or package.get("licenses"))
    moment = modified.isoformat(timespec="seconds")
    title = resource.get("title") or package.get("title") or resource.get("name")
    sources = resource.get("sources") or package.get("sources") or ()
    keywords = resource.get("keywords") or package.get("keywords") or ()
    language = package.get("language") or _first_text(package.get("languages")) or _LANGUAGE
    return {
        "title": title,
        "description": resource.get("description") or package.get("description"),
        "keyword": _texts(keywords),
        "theme": _texts(package.get("themes") or package.get("theme") or ()),
        "license": licence.get("title") or licence.get("name"),
        "license_url": licence.get("path"),
        "language": language,
        "metadata_languages": [language],
        "timezone": package.get("timezone"),
        "modified": moment,
        "modified_updates_on_metadata_change": False,
        "modified_updates_on_data_change": True,
        "data_processed": moment,
        "metadata_processed": moment,
        "territory": _texts(package.get("territory") or package.get("spatial") or ()),
        "publisher": _publisher(package),
        "references": resource.get("homepage") or package.get("homepage"),
        "attributions": _texts(
            source.get("title") or source.get("path")
            for source in sources
            if isinstance(source, dict)
        ),
        "update_frequency": package.get("accrualPeriodicity") or package.get("update_frequency"),
        **extra_metas,
    }


def rich_metas(folder: Path) -> dict[str, Any]:
    """Return what the documents beside our own package tell besides."""
    extended: dict[str, Any] = {}
    path = folder / schema_org.FILE_NAME
    if path.is_file():
        content = orjson.loads(path.read_bytes())
        extended["language"] = content.get("inLanguage", _LANGUAGE)
        extended["territory"] = _texts([content.get("spatialCoverage", {}).get("name")])
    frequency = _frequency(folder / odcs.FILE_NAME)
    if frequency:
        extended["update_frequency"] = frequency
    return extended


def _frequency(contract: Path) -> str | None:
    """Return the EU's word for the rhythm that a data contract promises, if it does."""
    try:
        content = yaml.safe_load(contract.read_bytes())
        levels = content["slaProperties"]
        promised = next(level for level in levels if level["property"] == "frequency")
        return _FREQUENCY_WORDS.get((promised["value"], promised["unit"]))
    except (OSError, yaml.YAMLError, LookupError, TypeError, StopIteration):
        return None


def _publisher(package: Mapping[str, Any]) -> str | None:
    """Return the publisher, else who signs first."""
    contributors = [item for item in package.get("contributors") or () if isinstance(item, dict)]
    for contributor in contributors:
        if "publisher" in (contributor.get("roles") or [contributor.get("role")]):
            return contributor.get("title")
    return contributors[0].get("title") if contributors else None


def _first(items: Any) -> Mapping[str, Any]:
    first = items[0] if isinstance(items, list) and items else {}
    return first if isinstance(first, dict) else {}


def _first_text(items: Any) -> str | None:
    return next(iter(_texts(items or ())), None)


def _texts(items: str | Iterable[Any]) -> list[str]:
    if isinstance(items, str):
        return [items]
    return [item for item in items if isinstance(item, str) and item]
