"""From what a file holds to the types of the portal: SQL that is null where a cell is not right."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestration.sql import literal
from portal.packages.field import Type
from portal.packages.resource import Column

_INTEGER_TYPES = frozenset(
    f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")
) | {"INTEGER", "UINTEGER"}
_ANY_DATE_FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%d %b %Y",
    "%B %d, %Y", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip
_ANY_DATETIME_FORMATS = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
)
_GEOMETRIES = (
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
    "GeometryCollection",
)  # fmt: skip


@dataclass(frozen=True)
class Conversion:
    """A cell is wrong when ``raw`` is something and ``value`` nothing; never if ``is_certain``."""

    raw: str
    value: str
    is_certain: bool = False


def convert_column(column: Column, cell: str, physical_type: str) -> Conversion:
    """Return the SQL of a column that the file holds as ``physical_type`` (DuckDB's)."""
    typed = _FROM_TYPED.get((column.field.type, _family(physical_type)))
    if typed and column.nature not in ("year", "yearmonth"):
        return Conversion(cell, typed(cell))
    text = _as_text(cell, physical_type)
    if column.nature in ("year", "yearmonth") and _family(physical_type) in ("date", "instant"):
        return Conversion(cell, f"cast(date_trunc('{column.field.precision}', {cell}) as date)")
    for missing in column.missing_values:
        text = f"nullif({text}, {literal(missing)})"
    if column.nature == "number":
        text = f"nullif({text}, 'NaN')"
    if column.nature in ("string", "any", "duration", "time", "list"):
        return Conversion(text, _text(column, text), is_certain=True)
    return Conversion(text, _FROM_TEXT[column.nature](column, text))


def _family(physical_type: str) -> str:
    base = physical_type.partition("(")[0]
    if physical_type.endswith("]"):
        return "liste"
    if base in _INTEGER_TYPES:
        return "entier"
    if base.startswith("TIMESTAMP"):
        return "zone" if "WITH TIME ZONE" in physical_type else "instant"
    return {"FLOAT": "flottant", "DOUBLE": "flottant"}.get(base, base.lower())


# What a typed file (Parquet) says by itself: (type of the portal, family of the file's) -> SQL.
_FROM_TYPED: dict[tuple[Type, str], Callable[[str], str]] = {
    (Type.INT, "entier"): lambda v: f"try_cast({v} as bigint)",
    (Type.INT, "flottant"): lambda v: (
        f"case when {v} = trunc({v}) then try_cast({v} as bigint) end"
    ),
    (Type.INT, "decimal"): lambda v: f"case when {v} = trunc({v}) then try_cast({v} as bigint) end",
    (Type.DOUBLE, "entier"): lambda v: f"cast({v} as double)",
    (Type.DOUBLE, "decimal"): lambda v: v,
    (Type.BOOLEAN, "boolean"): lambda v: v,
    (Type.DATE, "date"): lambda v: v,
    (Type.DATE, "instant"): lambda v: f"cast({v} as date)",
    (Type.DATE, "zone"): lambda v: f"cast({v} as date)",
    (Type.DATETIME, "instant"): lambda v: f"cast({v} as timestamp)",
    # The session's zone is UTC.
    (Type.DATETIME, "zone"): lambda v: f"cast({v} as timestamp)",
    (Type.DATETIME, "date"): lambda v: f"cast({v} as timestamp)",
    (Type.GEO_SHAPE, "geometry"): lambda v: f"cast(ST_AsGeoJSON({v}) as varchar)",
    (Type.TEXT, "liste"): lambda v: f"cast({v} as varchar[])",
}


def _as_text(cell: str, physical_type: str) -> str:
    family = _family(physical_type)
    if family == "varchar":
        return cell
    if family in ("liste", "struct", "map"):
        return f"cast(to_json({cell}) as varchar)"
    if family == "flottant":
        return f"cast(case when not isnan({cell}) then {cell} end as varchar)"
    return f"cast({cell} as varchar)"


def _text(column: Column, v: str) -> str:
    if column.separator is None:
        return v
    parts = f"string_split({v}, {literal(column.separator)})"
    kept = f"list_filter(list_transform({parts}, lambda x: trim(x)), lambda x: x <> '')"
    return f"case when len({kept}) > 0 then {kept} end"


def _digits(column: Column, v: str) -> str:
    """Return a number as SQL writes it."""
    plain = f"trim({v})"
    if not column.bare_number:
        plain = rf"regexp_replace({plain}, '^[^-+\d.,]+|[^\d.,]+$', '', 'g')"
    if column.group_char:
        plain = f"replace({plain}, {literal(column.group_char)}, '')"
    if column.decimal_char != ".":
        plain = f"replace({plain}, {literal(column.decimal_char)}, '.')"
    return plain


def _integer(column: Column, v: str) -> str:
    digits = _digits(column, v)
    is_valid = f"regexp_full_match({digits}, '[-+]?[0-9]+')"
    return f"case when {is_valid} then try_cast({digits} as bigint) end"


def _number(column: Column, v: str) -> str:
    digits = _digits(column, v)
    form = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|-?INF"
    return f"case when regexp_full_match({digits}, '{form}') then try_cast({digits} as double) end"


def _boolean(column: Column, v: str) -> str:
    true = ", ".join(map(literal, column.true_values)) or "null"
    false = ", ".join(map(literal, column.false_values)) or "null"
    return f"case when {v} in ({true}) then true when {v} in ({false}) then false end"


def _date(column: Column, v: str) -> str:
    forms = {"default": ("%Y-%m-%d",), "any": _ANY_DATE_FORMATS}.get(
        column.format, (column.format,)
    )
    return f"cast({_strptime(v, forms)} as date)"


def _instant(column: Column, v: str) -> str:
    if column.format not in ("default", "any"):
        zoned = "%z" in column.format
        return f"cast({_strptime(_with_offset(v) if zoned else v, (column.format,))} as timestamp)"
    # A cast wants seconds before a zone, and takes words such as "infinity".
    full = rf"regexp_replace({v}, '^(.{{10}}[T ]\d\d:\d\d)(Z|[-+]\d\d:?\d\d)$', '\1:00\2')"
    iso = rf"case when regexp_matches({v}, '^\d{{4}}') then try_cast({full} as timestamptz) end"
    instant = f"cast({iso} as timestamp)"
    if column.format == "any":
        return f"coalesce({instant}, {_strptime(v, (*_ANY_DATETIME_FORMATS, *_ANY_DATE_FORMATS))})"
    return instant


def _with_offset(v: str) -> str:
    return f"regexp_replace({v}, 'Z$', '+0000')"


def _strptime(v: str, forms: tuple[str, ...]) -> str:
    quoted_formats = ", ".join(map(literal, forms))
    # "infinity" and "epoch" are dates for DuckDB.
    return f"case when regexp_matches({v}, '[0-9]') then try_strptime({v}, [{quoted_formats}]) end"


def _year(_: Column, v: str) -> str:
    return (
        f"case when regexp_full_match({v}, '[0-9]{{1,4}}') and cast({v} as int) > 0 "
        f"then make_date(cast({v} as int), 1, 1) end"
    )


def _month(_: Column, v: str) -> str:
    return f"cast({_strptime(v, ('%Y-%m',))} as date)"


def _point(column: Column, v: str) -> str:
    lon, lat = {
        "array": (_json_at(v, "$[0]"), _json_at(v, "$[1]")),
        "object": (_json_at(v, "$.lon"), _json_at(v, "$.lat")),
    }.get(column.format, (f"split_part({v}, ',', 1)", f"split_part({v}, ',', 2)"))
    lon, lat = f"try_cast(trim({lon}) as double)", f"try_cast(trim({lat}) as double)"
    return (
        f"case when {lon} between -180 and 180 and {lat} between -90 and 90 "
        f"then struct_pack(lon := {lon}, lat := {lat}) end"
    )


def _json_at(v: str, path: str) -> str:
    return f"case when json_valid({v}) then json_extract_string({v}, '{path}') end"


def _geojson(_: Column, v: str) -> str:
    """Return the geometry, also that of a Feature."""
    # Guarded at each use: DuckDB (1.5.5) extracts common parts before it looks at conditions.
    v = f"(case when json_valid({v}) then {v} end)"
    kinds = ", ".join(map(literal, _GEOMETRIES))
    inside = f"json_extract({v}, '$.geometry')"
    feature = f"json_extract_string({v}, '$.type') = 'Feature'"
    geometry = f"case when {feature} then cast({inside} as varchar) else {v} end"
    known = f"json_extract_string({geometry}, '$.type') in ({kinds})"
    is_valid = f"{known} and try(ST_GeomFromGeoJSON({geometry})) is not null"
    return f"case when {is_valid} then {geometry} end"


def _json(start: str) -> Callable[[Column, str], str]:
    def convert(column: Column, v: str) -> str:
        is_valid = f"json_valid({v}) and starts_with(ltrim({v}), '{start}')"
        if column.field.type is not Type.TEXT:
            return f"case when {is_valid} then {v} end"
        texts = f"list_filter(cast(cast({v} as json) as varchar[]), lambda x: x is not null)"
        return f"case when {is_valid} then {texts} end"

    return convert


_FROM_TEXT: dict[str, Callable[[Column, str], str]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _instant,
    "year": _year,
    "yearmonth": _month,
    "geopoint": _point,
    "geojson": _geojson,
    "object": _json("{"),
    "array": _json("["),
}
