"""What somebody says of a file beside it: the portal's description, a mapping of its columns."""

import datetime as dt
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.landing.intake.names import plain_name
from orchestration.landing.intake.rejects import LandingError

# Sections of a mapping file that hold columns.
_SECTIONS = ("colonnes", "correspondance", "roles")


@dataclass(frozen=True)
class Hints:
    """``technical_names``: by the plain spelling of a label, the name that it is the label of;
    ``pairs``: the lines of a mapping file, a role and a column in either order, "" for none;
    ``dataset_id`` and ``modified``: those of the portal's description, ``export`` the one that the
    mapping is of (``achats``); None where nobody says.
    """

    technical_names: Mapping[str, str] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    dataset_id: str | None = None
    modified: dt.date | None = None
    export: str | None = None

    def name_of(self, column: str) -> str:
        """Return the plain technical name of a column of the file."""
        plain = plain_name(column)
        return plain_name(self.technical_names.get(plain, plain))


def read_hints(description: Path | None, mapping: Path | None) -> Hints:
    """Read both files, each where there is one. Raises :class:`LandingError`."""
    names, dataset_id, modified = _description(description) if description else ({}, None, None)
    export, pairs = _mapping(mapping) if mapping else (None, ())
    return Hints(names, pairs, dataset_id, modified, export)


def _description(path: Path) -> tuple[dict[str, str], str | None, dt.date | None]:
    """Labels, identifier and date of ``GET …/catalog/datasets/<id>``, or of what holds it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise LandingError(path.name, "description JSON illisible.", ligne=line) from None
    dataset = content.get("dataset", content) if isinstance(content, dict) else {}
    fields = dataset.get("fields")
    if not isinstance(fields, list) or not all(
        isinstance(x, dict) and isinstance(x.get("name"), str) for x in fields
    ):
        raise LandingError(
            path.name,
            "ce n'est pas la description d'un jeu (« fields » avec « name » et « label ») : "
            "la prendre sur /api/explore/v2.1/catalog/datasets/<identifiant>.",
        )
    labels = {plain_name(str(x.get("label") or x["name"])): str(x["name"]) for x in fields}
    default = (dataset.get("metas") or {}).get("default") or {}
    moment = default.get("data_processed") or default.get("modified")
    identifier = dataset.get("dataset_id")
    return labels, str(identifier) if identifier else None, _day(moment)


def _day(moment: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(moment)[:10])
    except ValueError:
        return None


def _mapping(path: Path) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The export that a mapping is of, and its lines."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise LandingError(path.name, f"fichier illisible ({type(error).__name__}).") from None
    except tomllib.TOMLDecodeError as error:
        raise LandingError(path.name, f"TOML mal formé : {error}.") from None
    lines: dict[str, Any] = {
        key: value for key, value in content.items() if key not in ("jeu", *_SECTIONS)
    }
    for section in _SECTIONS:
        lines |= content.get(section, {})
    for key, value in lines.items():
        if not isinstance(value, str):
            raise LandingError(
                path.name,
                f"« {key} » : un nom de colonne entre guillemets est attendu, "
                'comme nb_dossiers = "Nombre de dossiers" ("" pour n\'en donner aucun).',
            )
    export = content.get("jeu")
    return (export.removeprefix("portail/") if isinstance(export, str) else None), tuple(
        lines.items()
    )
