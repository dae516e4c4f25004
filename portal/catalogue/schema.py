"""Fields of the Explore API from a Table Schema, versions 1 and 2.

Belongs here: types, labels, annotations, ways of writing. Does not: casting cells
(``conversions``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.catalogue.champ import Champ, Type
from portal.catalogue.refus import PaquetError
from portal.catalogue.ressource import FAUX, MANQUANTES, VRAIS, Colonne

_TYPES = {
    "string": Type.TEXT,
    "integer": Type.INT,
    "number": Type.DOUBLE,
    "boolean": Type.BOOLEAN,
    "date": Type.DATE,
    "datetime": Type.DATETIME,
    "year": Type.DATE,
    "yearmonth": Type.DATE,
    "geopoint": Type.GEO_POINT,
    "geojson": Type.GEO_SHAPE,
    "object": Type.JSON,
    "array": Type.JSON,
    "list": Type.TEXT,
    "any": Type.TEXT,
    "duration": Type.TEXT,
    "time": Type.TEXT,
}
_PRECISIONS = {"date": "day", "yearmonth": "month", "year": "year"}
_FORMATS = {"geopoint": {"default", "array", "object"}, "geojson": {"default", "topojson"}}
_SEPARATEURS = {"multivalued": ",", "hierarchical": "/"}
_NOM = re.compile(r"[^\x00-\x1f]+")


def colonnes(schema: Mapping[str, Any], cle: Sequence[str], fichier: str) -> tuple[Colonne, ...]:
    """Read the fields. Raises :class:`PaquetError`."""
    fields = schema.get("fields")
    if not isinstance(fields, list) or not fields:
        raise PaquetError(fichier, "le schéma n'a pas de champs : les déclarer dans « fields »")
    found = tuple(_colonne(item, rank, schema, cle, fichier) for rank, item in enumerate(fields))
    seen: dict[str, str] = {}
    for item in found:
        other = seen.setdefault(item.champ.nom.lower(), item.champ.nom)
        if seen and other is not item.champ.nom:
            raise PaquetError(
                fichier, f"deux champs s'appellent {other}, à la casse près", colonne=item.champ.nom
            )
    return found


def cle(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the primary key, else of the first unique key."""
    declared = schema.get("primaryKey") or next(iter(schema.get("uniqueKeys") or ()), ())
    names = (declared,) if isinstance(declared, str) else tuple(declared)
    known = {item.get("name") for item in schema["fields"]}
    return names if set(names) <= known else ()


def alias(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the old names that fields answer to (``deprecatedNames``), each with the new one."""
    known = {item["name"] for item in schema["fields"]}
    for item in schema["fields"]:
        old = item.get("deprecatedNames") or ()
        yield from ((name, item["name"]) for name in old if name not in known)


def _colonne(
    item: Any, rank: int, schema: Mapping[str, Any], keys: Sequence[str], fichier: str
) -> Colonne:
    name = item.get("name") if isinstance(item, dict) else None
    if not isinstance(name, str) or not _NOM.fullmatch(name):
        raise PaquetError(fichier, f"le champ n° {rank + 1} n'a pas de nom : lui donner « name »")
    nature, form = _nature(item, fichier)
    notes = dict(_annotations(item, nature))
    if name in keys:
        notes["id"] = True
    kind, unsure = _TYPES[nature], False
    if nature == "array":
        inner = _elements(item)
        unsure = inner is None
        kind = Type.TEXT if inner == "string" else Type.JSON
    separator = None
    if nature == "list":
        separator = item.get("delimiter") or ","
    elif kind is Type.TEXT and nature != "array" and notes.get("multivalued"):
        separator = str(notes["multivalued"])
    elif nature != "array":
        notes.pop("multivalued", None)
    if nature == "list" or (nature == "array" and kind is Type.TEXT):
        notes["multivalued"] = notes.get("multivalued", separator or ",")
    return Colonne(
        champ=Champ(
            name, kind, rank, _texte(item, "title") or name, _texte(item, "description"), notes
        ),
        nature=nature,
        format=form,
        manquantes=_liste(item, schema, "missingValues", MANQUANTES),
        vrais=_liste(item, {}, "trueValues", VRAIS),
        faux=_liste(item, {}, "falseValues", FAUX),
        decimale=str(item.get("decimalChar") or "."),
        milliers=str(item.get("groupChar") or ""),
        nombre_nu=item.get("bareNumber") is not False,
        separateur=separator,
        a_voir=unsure,
    )


def _nature(item: Mapping[str, Any], fichier: str) -> tuple[str, str]:
    nature = item.get("type") or "string"
    form = str(item.get("format") or "default").removeprefix("fmt:")
    if nature not in _TYPES:
        raise PaquetError(
            fichier,
            f"le type « {nature} » n'est pas de Table Schema : en choisir un de {sorted(_TYPES)}",
            colonne=item["name"],
        )
    if form not in _FORMATS.get(nature, {form}) or form == "topojson":
        raise PaquetError(
            fichier,
            f"le format « {form} » n'est pas pris en charge pour {nature}",
            colonne=item["name"],
        )
    return nature, form


def _elements(item: Mapping[str, Any]) -> str | None:
    """Type of the elements of an array, when the descriptor tells it."""
    constraints = item.get("constraints")
    json_schema = constraints.get("jsonSchema") if isinstance(constraints, dict) else None
    inner = json_schema.get("items") if isinstance(json_schema, dict) else None
    for told in (item.get("arrayItem"), item.get("items"), inner):
        if isinstance(told, dict) and isinstance(told.get("type"), str):
            return str(told["type"])
    return None


def _annotations(item: Mapping[str, Any], nature: str) -> Iterator[tuple[str, Any]]:
    """Yield scalars and ``True``: a list stands for its first element, or for its presence."""
    declared = item.get("annotations")
    for name, value in (declared if isinstance(declared, dict) else {}).items():
        scalar = (value[0] if value else True) if isinstance(value, list) else value
        if scalar is True and name in _SEPARATEURS:
            scalar = _SEPARATEURS[name]
        if scalar not in (None, False, "") and isinstance(scalar, (str, int, float)):
            yield name, scalar
    if nature in _PRECISIONS:
        yield "timeserie_precision", _PRECISIONS[nature]
    if isinstance(item.get("unit"), str) and item["unit"]:
        yield "unit", item["unit"]


def _liste(
    item: Mapping[str, Any], schema: Mapping[str, Any], name: str, default: tuple[str, ...]
) -> tuple[str, ...]:
    """Return a list of texts of a field, else of the schema; version 2 may label them."""
    declared = item.get(name, schema.get(name))
    if not isinstance(declared, list):
        return default
    return tuple(str(one.get("value") if isinstance(one, dict) else one) for one in declared)


def _texte(item: Mapping[str, Any], name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) and value else None
