"""Fields of the Explore API from a Table Schema, versions 1 and 2."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.packages.field import Field, Type
from portal.packages.resource import FALSE_VALUES, MISSING_VALUES, TRUE_VALUES, Column, PackageError

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
_SEPARATORS = {"multivalued": ",", "hierarchical": "/"}
_NAME = re.compile(r"[^\x00-\x1f]+")


def columns(schema: Mapping[str, Any], key: Sequence[str], file_name: str) -> tuple[Column, ...]:
    """Read the fields. Raises :class:`PackageError`."""
    fields = schema.get("fields")
    if not isinstance(fields, list) or not fields:
        raise PackageError(file_name, "le schéma n'a pas de champs : les déclarer dans « fields »")
    read = tuple(
        _column(descriptor, rank, schema, key, file_name) for rank, descriptor in enumerate(fields)
    )
    seen: dict[str, str] = {}
    for column in read:
        name = column.field.nom
        other = seen.setdefault(name.lower(), name)
        if other is not name:
            raise PackageError(
                file_name, f"deux champs s'appellent {other}, à la casse près", column=name
            )
    return read


def key(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the primary key, else of the first unique key."""
    declared = schema.get("primaryKey") or next(iter(schema.get("uniqueKeys") or ()), ())
    names = (declared,) if isinstance(declared, str) else tuple(declared)
    known = {descriptor.get("name") for descriptor in schema["fields"]}
    return names if set(names) <= known else ()


def alias(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the old names that fields answer to (``deprecatedNames``), each with the new one."""
    known = {descriptor["name"] for descriptor in schema["fields"]}
    for descriptor in schema["fields"]:
        old = descriptor.get("deprecatedNames") or ()
        yield from ((name, descriptor["name"]) for name in old if name not in known)


def _column(
    descriptor: Any, rank: int, schema: Mapping[str, Any], keys: Sequence[str], file_name: str
) -> Column:
    name = descriptor.get("name") if isinstance(descriptor, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise PackageError(
            file_name, f"le champ n° {rank + 1} n'a pas de nom : lui donner « name »"
        )
    nature, form = _nature(descriptor, file_name)
    notes = dict(_annotations(descriptor, nature))
    if name in keys:
        notes["id"] = True
    kind, unsure = _TYPES[nature], False
    if nature == "array":
        inner = _elements(descriptor)
        unsure = inner is None
        kind = Type.TEXT if inner == "string" else Type.JSON
    separator = None
    if nature == "list":
        separator = descriptor.get("delimiter") or ","
    elif kind is Type.TEXT and nature != "array" and notes.get("multivalued"):
        separator = str(notes["multivalued"])
    elif nature != "array":
        notes.pop("multivalued", None)
    if nature == "list" or (nature == "array" and kind is Type.TEXT):
        notes["multivalued"] = notes.get("multivalued", separator or ",")
    return Column(
        field=Field(
            name,
            kind,
            rank,
            _text(descriptor, "title") or name,
            _text(descriptor, "description"),
            notes,
        ),
        nature=nature,
        format=form,
        missing_values=_list(descriptor, schema, "missingValues", MISSING_VALUES),
        true_values=_list(descriptor, {}, "trueValues", TRUE_VALUES),
        false_values=_list(descriptor, {}, "falseValues", FALSE_VALUES),
        decimal_char=str(descriptor.get("decimalChar") or "."),
        group_char=str(descriptor.get("groupChar") or ""),
        bare_number=descriptor.get("bareNumber") is not False,
        separator=separator,
        undecided=unsure,
    )


def _nature(descriptor: Mapping[str, Any], file_name: str) -> tuple[str, str]:
    nature = descriptor.get("type") or "string"
    form = str(descriptor.get("format") or "default").removeprefix("fmt:")
    if nature not in _TYPES:
        raise PackageError(
            file_name,
            f"le type « {nature} » n'est pas de Table Schema : en choisir un de {sorted(_TYPES)}",
            column=descriptor["name"],
        )
    if form not in _FORMATS.get(nature, {form}) or form == "topojson":
        raise PackageError(
            file_name,
            f"le format « {form} » n'est pas pris en charge pour {nature}",
            column=descriptor["name"],
        )
    return nature, form


def _elements(descriptor: Mapping[str, Any]) -> str | None:
    """Type of the elements of an array, when the descriptor tells it."""
    constraints = descriptor.get("constraints")
    json_schema = constraints.get("jsonSchema") if isinstance(constraints, dict) else None
    inner = json_schema.get("items") if isinstance(json_schema, dict) else None
    for element in (descriptor.get("arrayItem"), descriptor.get("items"), inner):
        if isinstance(element, dict) and isinstance(element.get("type"), str):
            return str(element["type"])
    return None


def _annotations(descriptor: Mapping[str, Any], nature: str) -> Iterator[tuple[str, Any]]:
    """Yield scalars and ``True``: a list stands for its first element, or for its presence."""
    declared = descriptor.get("annotations")
    for name, value in (declared if isinstance(declared, dict) else {}).items():
        scalar = (value[0] if value else True) if isinstance(value, list) else value
        if scalar is True and name in _SEPARATORS:
            scalar = _SEPARATORS[name]
        if scalar not in (None, False, "") and isinstance(scalar, (str, int, float)):
            yield name, scalar
    if nature in _PRECISIONS:
        yield "timeserie_precision", _PRECISIONS[nature]
    if isinstance(descriptor.get("unit"), str) and descriptor["unit"]:
        yield "unit", descriptor["unit"]


def _list(
    descriptor: Mapping[str, Any], schema: Mapping[str, Any], name: str, default: tuple[str, ...]
) -> tuple[str, ...]:
    """Return a list of texts of a field, else of the schema; version 2 may label them."""
    declared = descriptor.get(name, schema.get(name))
    if not isinstance(declared, list):
        return default
    return tuple(
        str(entry.get("value") if isinstance(entry, dict) else entry) for entry in declared
    )


def _text(descriptor: Mapping[str, Any], name: str) -> str | None:
    value = descriptor.get(name)
    return value if isinstance(value, str) and value else None
