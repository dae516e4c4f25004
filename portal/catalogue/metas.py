"""The default metadata of the Explore API, from what a package tells.

Belongs here: names of the API, and where each value is. Does not: serving them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from orchestration.description import schema_org
from orchestration.description.fiche import RYTHMES
from orchestration.jeux import lire_jeux

_LANGUE = "fr"


def metas(
    paquet: Mapping[str, Any],
    ressource: Mapping[str, Any],
    modifie: dt.datetime,
    riches: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what is known of a resource, its own words before those of its package."""
    licence = _premier(ressource.get("licenses") or paquet.get("licenses"))
    moment = modifie.isoformat(timespec="seconds")
    title = ressource.get("title") or paquet.get("title") or ressource.get("name")
    sources = ressource.get("sources") or paquet.get("sources") or ()
    keywords = ressource.get("keywords") or paquet.get("keywords") or ()
    language = paquet.get("language") or _premier_texte(paquet.get("languages")) or _LANGUE
    return {
        "title": title,
        "description": ressource.get("description") or paquet.get("description"),
        "keyword": _textes(keywords),
        "theme": _textes(paquet.get("themes") or paquet.get("theme") or ()),
        "license": licence.get("title") or licence.get("name"),
        "license_url": licence.get("path"),
        "language": language,
        "metadata_languages": [language],
        "timezone": paquet.get("timezone"),
        "modified": moment,
        "modified_updates_on_metadata_change": False,
        "modified_updates_on_data_change": True,
        "data_processed": moment,
        "metadata_processed": moment,
        "territory": _textes(paquet.get("territory") or paquet.get("spatial") or ()),
        "publisher": _editeur(paquet),
        "references": ressource.get("homepage") or paquet.get("homepage"),
        "attributions": _textes(
            item.get("title") or item.get("path") for item in sources if isinstance(item, dict)
        ),
        "update_frequency": paquet.get("accrualPeriodicity") or paquet.get("update_frequency"),
        **riches,
    }


def metas_riches(dossier: Path, jeu: str) -> dict[str, Any]:
    """Return what the documents beside our own package, and the declaration, tell besides."""
    found: dict[str, Any] = {}
    path = dossier / schema_org.NOM
    if path.is_file():
        content = orjson.loads(path.read_bytes())
        found["language"] = content.get("inLanguage", _LANGUE)
        found["territory"] = _textes([content.get("spatialCoverage", {}).get("name")])
    declared = lire_jeux().get(jeu)
    if declared and declared.rythme in RYTHMES:
        found["update_frequency"] = RYTHMES[declared.rythme][1]
    return found


def _editeur(paquet: Mapping[str, Any]) -> str | None:
    """Return the publisher, else who signs first."""
    people = [item for item in paquet.get("contributors") or () if isinstance(item, dict)]
    for item in people:
        if "publisher" in (item.get("roles") or [item.get("role")]):
            return item.get("title")
    return people[0].get("title") if people else None


def _premier(items: Any) -> Mapping[str, Any]:
    first = items[0] if isinstance(items, list) and items else {}
    return first if isinstance(first, dict) else {}


def _premier_texte(items: Any) -> str | None:
    return next(iter(_textes(items or ())), None)


def _textes(items: str | Iterable[Any]) -> list[str]:
    if isinstance(items, str):
        return [items]
    return [item for item in items if isinstance(item, str) and item]
