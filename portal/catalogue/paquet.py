"""Data Packages, versions 1 and 2: from a descriptor to the resources that can be served.

Belongs here: descriptors, and keeping paths inside of their folder. Does not: rows.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from orchestration.description.fiche import MEDIA_TYPES
from portal.catalogue import schema as schemas
from portal.catalogue.jeu import FichierServi
from portal.catalogue.metas import metas
from portal.catalogue.refus import PaquetError
from portal.catalogue.ressource import Ressource

_FORMATS = {
    "csv": "csv", "tsv": "csv", "txt": "csv", "json": "json", "jsonl": "jsonl", "ndjson": "jsonl",
    "parquet": "parquet", "pq": "parquet", "xlsx": "xlsx",
}  # fmt: skip
_IDENTIFIANT = re.compile(r"[\w][\w.-]*", re.ASCII)
_DIALECTES_DE = {"csv": ("csv",), "xlsx": ("excel",), "json": ("json",), "jsonl": ("json",)}


@dataclass(frozen=True)
class Paquet:
    """A descriptor; ``version`` is empty when it has none."""

    chemin: Path
    contenu: Mapping[str, Any]

    @property
    def dossier(self) -> Path:
        """The folder that nothing may leave."""
        return self.chemin.parent

    @property
    def version(self) -> str:
        """Version that the descriptor tells."""
        return str(self.contenu.get("version") or "")


def lire_paquet(chemin: Path) -> Paquet:
    """Read a descriptor. Raises :class:`PaquetError`."""
    content = _objet(chemin, chemin.name)
    if not isinstance(content.get("resources"), list) or not content["resources"]:
        raise PaquetError(chemin.name, "le descripteur n'a pas de ressources (« resources »)")
    return Paquet(chemin, content)


def tabulaires(paquet: Paquet) -> Iterator[Mapping[str, Any]]:
    """Yield the resources that have rows."""
    for item in paquet.contenu["resources"]:
        if isinstance(item, dict) and (
            item.get("type") == "table"
            or item.get("profile") == "tabular-data-resource"
            or item.get("schema")
        ):
            yield item


def lire_ressource(
    paquet: Paquet,
    item: Mapping[str, Any],
    *,
    nom: str | None = None,
    modifie: dt.datetime | None = None,
    riches: Mapping[str, Any] | None = None,
    fichiers: tuple[FichierServi, ...] | None = None,
) -> Ressource:
    """Read a resource; what our own versions know better is given. Raises :class:`PaquetError`."""
    name = nom or item.get("name")
    where = paquet.chemin.name
    if not isinstance(name, str) or not _IDENTIFIANT.fullmatch(name):
        raise PaquetError(
            where, "une ressource n'a pas de nom fait de lettres, chiffres, « . », « _ » et « - »"
        )
    where = f"{where}, ressource {name}"
    paths = _chemins(paquet, item, where)
    form, compressed = _forme(item, paths, where)
    schema = _reference(paquet, item.get("schema"), where)
    if schema is None:
        raise PaquetError(where, "la ressource n'a pas de schéma : le déclarer dans « schema »")
    columns = schemas.colonnes(schema, (), where)
    key = schemas.cle(schema)
    columns = schemas.colonnes(schema, key, where) if key else columns
    moment = modifie or _modifie(paquet, item, paths)
    return Ressource(
        id=name,
        version=paquet.version,
        descripteur=paquet.chemin,
        parties=paths,
        en_ligne=item.get("data"),
        format=form,
        compression="gz" if compressed else None,
        encodage=str(item.get("encoding") or "utf-8").lower(),
        dialecte=_dialecte(paquet, item, form, paths, where),
        accord=str(_premier(schema.get("fieldsMatch")) or "exact"),
        colonnes=columns,
        cle=key,
        alias=dict(schemas.alias(schema)),
        modifie=moment,
        metas=metas(paquet.contenu, item, moment, riches or {}),
        fichiers=_servis(paths, item, form) if fichiers is None else fichiers,
        empreintes=_empreintes(paths, item),
    )


def dans(dossier: Path, chemin: Any, ou: str) -> Path:
    """Return the file of a path of the descriptor. Raises :class:`PaquetError`."""
    if not isinstance(chemin, str) or not chemin:
        raise PaquetError(ou, "« path » doit être un chemin relatif")
    parts = PurePosixPath(chemin).parts
    if "://" in chemin or "\\" in chemin or chemin.startswith(("/", "~")) or ".." in parts:
        raise PaquetError(ou, "« path » sort du dossier du paquet : y copier le fichier")
    try:
        real = (dossier / chemin).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise PaquetError(ou, f"le fichier {chemin} manque") from None
    if not real.is_relative_to(dossier.resolve()):
        raise PaquetError(ou, "« path » sort du dossier du paquet : y copier le fichier")
    if not real.is_file():
        raise PaquetError(ou, f"{chemin} n'est pas un fichier")
    return real


def _chemins(paquet: Paquet, item: Mapping[str, Any], where: str) -> tuple[Path, ...]:
    declared = item.get("path")
    if item.get("data") is not None and declared is None:
        return ()
    listed = declared if isinstance(declared, list) and declared else [declared]
    return tuple(dans(paquet.dossier, one, where) for one in listed)


def _forme(item: Mapping[str, Any], paths: tuple[Path, ...], where: str) -> tuple[str, bool]:
    if not paths:
        return ("csv" if isinstance(item["data"], str) else "json"), False
    name = paths[0].name.lower()
    compressed = name.endswith(".gz") or item.get("compression") in ("gz", "gzip")
    told = str(item.get("format") or name.removesuffix(".gz").rpartition(".")[2]).lower()
    if told not in _FORMATS or name.endswith(".zip"):
        raise PaquetError(
            where, f"le format « {told} » n'est pas pris en charge : CSV, JSON, Parquet ou XLSX"
        )
    return _FORMATS[told], compressed


def _dialecte(
    paquet: Paquet, item: Mapping[str, Any], form: str, paths: tuple[Path, ...], where: str
) -> dict[str, Any]:
    dialect = dict(_reference(paquet, item.get("dialect"), where) or {})
    for name in _DIALECTES_DE.get(form, ()):
        # Frictionless nests what is of one format.
        nested = dialect.pop(name, None)
        dialect |= nested if isinstance(nested, dict) else {}
    tabs = item.get("format") == "tsv" or any(".tsv" in path.suffixes for path in paths)
    dialect.setdefault("delimiter", "\t" if tabs else ",")
    if form == "xlsx" and isinstance(dialect.get("sheet"), str):
        dialect.setdefault("sheetName", dialect["sheet"])
    return dialect


def _reference(paquet: Paquet, value: Any, where: str) -> Mapping[str, Any] | None:
    """Return an object of the descriptor, or of the file that it names."""
    if isinstance(value, str):
        return _objet(dans(paquet.dossier, value, where), value)
    if value is None or isinstance(value, dict):
        return value
    raise PaquetError(where, "« schema » et « dialect » sont des objets, ou des fichiers JSON")


def _objet(chemin: Path, nom: str) -> Mapping[str, Any]:
    try:
        content = orjson.loads(chemin.read_bytes())
    except (OSError, ValueError):
        raise PaquetError(nom, "le fichier manque ou n'est pas du JSON") from None
    if not isinstance(content, dict):
        raise PaquetError(nom, "le fichier doit contenir un objet JSON")
    return content


def _modifie(paquet: Paquet, item: Mapping[str, Any], paths: tuple[Path, ...]) -> dt.datetime:
    for told in (item.get("modified"), paquet.contenu.get("modified")):
        try:
            moment = dt.datetime.fromisoformat(str(told))
        except ValueError:
            continue
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    newest = max(path.stat().st_mtime for path in (paquet.chemin, *paths))
    return dt.datetime.fromtimestamp(int(newest), dt.UTC)


def _servis(
    paths: tuple[Path, ...], item: Mapping[str, Any], form: str
) -> tuple[FichierServi, ...]:
    alone = len(paths) == 1
    return tuple(
        FichierServi(
            nom=path.name,
            chemin=path,
            octets=path.stat().st_size,
            sha256="",
            format=form,
            media_type=str(item.get("mediatype") or MEDIA_TYPES[form]),
            donnees=alone and path.suffix == f".{form}",
            titre=str(item.get("title") or path.name),
        )
        for path in paths
    )


def _empreintes(paths: tuple[Path, ...], item: Mapping[str, Any]) -> dict[Path, str]:
    told = item.get("hash")
    return {paths[0]: told} if isinstance(told, str) and len(paths) == 1 else {}


def _premier(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value
