"""From what a file holds to the types of the portal: SQL that is null where a cell is not right.

Belongs here: one expression per type. Does not: where cells come from (``lecture``), nor what is
done of a wrong one (``image``).
"""

from collections.abc import Callable
from dataclasses import dataclass

from portal.catalogue.champ import Type
from portal.catalogue.ressource import Colonne

_ENTIERS = frozenset(
    f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")
) | {"INTEGER", "UINTEGER"}
_DATES_LIBRES = (
    "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%d %b %Y",
    "%B %d, %Y", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip
_INSTANTS_LIBRES = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")
_GEOMETRIES = (
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
    "GeometryCollection",
)  # fmt: skip


@dataclass(frozen=True)
class Conversion:
    """A cell is wrong when ``brut`` is something and ``valeur`` nothing; none is if ``sure``."""

    brut: str
    valeur: str
    sure: bool = False


def convertir(colonne: Colonne, cellule: str, physique: str) -> Conversion:
    """Return the SQL of a column that the file holds as ``physique`` (a DuckDB type)."""
    typed = _DE_TYPES.get((colonne.champ.type, _famille(physique)))
    if typed and colonne.nature not in ("year", "yearmonth"):
        return Conversion(cellule, typed(cellule))
    text = _en_texte(cellule, physique)
    if colonne.nature in ("year", "yearmonth") and _famille(physique) in ("date", "instant"):
        return Conversion(
            cellule, f"cast(date_trunc('{colonne.champ.precision}', {cellule}) as date)"
        )
    for missing in colonne.manquantes:
        text = f"nullif({text}, {texte_sql(missing)})"
    if colonne.nature == "number":
        text = f"nullif({text}, 'NaN')"
    if colonne.nature in ("string", "any", "duration", "time", "list"):
        return Conversion(text, _texte(colonne, text), sure=True)
    return Conversion(text, _DE_TEXTE[colonne.nature](colonne, text))


def texte_sql(valeur: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + valeur.replace("'", "''") + "'"


def _famille(physique: str) -> str:
    base = physique.partition("(")[0]
    if physique.endswith("]"):
        return "liste"
    if base in _ENTIERS:
        return "entier"
    if base.startswith("TIMESTAMP"):
        return "zone" if "WITH TIME ZONE" in physique else "instant"
    return {"FLOAT": "flottant", "DOUBLE": "flottant"}.get(base, base.lower())


# What a typed file (Parquet) says by itself: (type of the portal, family of the file's) -> SQL.
_DE_TYPES: dict[tuple[Type, str], Callable[[str], str]] = {
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


def _en_texte(cellule: str, physique: str) -> str:
    family = _famille(physique)
    if family == "varchar":
        return cellule
    if family in ("liste", "struct", "map"):
        return f"cast(to_json({cellule}) as varchar)"
    if family == "flottant":
        return f"cast(case when not isnan({cellule}) then {cellule} end as varchar)"
    return f"cast({cellule} as varchar)"


def _texte(colonne: Colonne, v: str) -> str:
    if colonne.separateur is None:
        return v
    parts = f"string_split({v}, {texte_sql(colonne.separateur)})"
    kept = f"list_filter(list_transform({parts}, lambda x: trim(x)), lambda x: x <> '')"
    return f"case when len({kept}) > 0 then {kept} end"


def _chiffres(colonne: Colonne, v: str) -> str:
    """Return a number as SQL writes it."""
    plain = f"trim({v})"
    if not colonne.nombre_nu:
        plain = rf"regexp_replace({plain}, '^[^-+\d.,]+|[^\d.,]+$', '', 'g')"
    if colonne.milliers:
        plain = f"replace({plain}, {texte_sql(colonne.milliers)}, '')"
    if colonne.decimale != ".":
        plain = f"replace({plain}, {texte_sql(colonne.decimale)}, '.')"
    return plain


def _entier(colonne: Colonne, v: str) -> str:
    digits = _chiffres(colonne, v)
    right = f"regexp_full_match({digits}, '[-+]?[0-9]+')"
    return f"case when {right} then try_cast({digits} as bigint) end"


def _nombre(colonne: Colonne, v: str) -> str:
    digits = _chiffres(colonne, v)
    form = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|-?INF"
    return f"case when regexp_full_match({digits}, '{form}') then try_cast({digits} as double) end"


def _booleen(colonne: Colonne, v: str) -> str:
    true = ", ".join(map(texte_sql, colonne.vrais)) or "null"
    false = ", ".join(map(texte_sql, colonne.faux)) or "null"
    return f"case when {v} in ({true}) then true when {v} in ({false}) then false end"


def _date(colonne: Colonne, v: str) -> str:
    forms = {"default": ("%Y-%m-%d",), "any": _DATES_LIBRES}.get(colonne.format, (colonne.format,))
    return f"cast({_strptime(v, forms)} as date)"


def _instant(colonne: Colonne, v: str) -> str:
    if colonne.format not in ("default", "any"):
        zoned = "%z" in colonne.format
        return f"cast({_strptime(_avec_zone(v) if zoned else v, (colonne.format,))} as timestamp)"
    # A cast wants seconds before a zone, and takes words such as "infinity".
    full = rf"regexp_replace({v}, '^(.{{10}}[T ]\d\d:\d\d)(Z|[-+]\d\d:?\d\d)$', '\1:00\2')"
    iso = rf"case when regexp_matches({v}, '^\d{{4}}') then try_cast({full} as timestamptz) end"
    found = f"cast({iso} as timestamp)"
    if colonne.format == "any":
        return f"coalesce({found}, {_strptime(v, (*_INSTANTS_LIBRES, *_DATES_LIBRES))})"
    return found


def _avec_zone(v: str) -> str:
    return f"regexp_replace({v}, 'Z$', '+0000')"


def _strptime(v: str, forms: tuple[str, ...]) -> str:
    listed = ", ".join(map(texte_sql, forms))
    # "infinity" and "epoch" are dates for DuckDB.
    return f"case when regexp_matches({v}, '[0-9]') then try_strptime({v}, [{listed}]) end"


def _annee(_: Colonne, v: str) -> str:
    return (
        f"case when regexp_full_match({v}, '[0-9]{{1,4}}') and cast({v} as int) > 0 "
        f"then make_date(cast({v} as int), 1, 1) end"
    )


def _mois(_: Colonne, v: str) -> str:
    return f"cast({_strptime(v, ('%Y-%m',))} as date)"


def _point(colonne: Colonne, v: str) -> str:
    lon, lat = {
        "array": (_json_de(v, "$[0]"), _json_de(v, "$[1]")),
        "object": (_json_de(v, "$.lon"), _json_de(v, "$.lat")),
    }.get(colonne.format, (f"split_part({v}, ',', 1)", f"split_part({v}, ',', 2)"))
    lon, lat = f"try_cast(trim({lon}) as double)", f"try_cast(trim({lat}) as double)"
    return (
        f"case when {lon} between -180 and 180 and {lat} between -90 and 90 "
        f"then struct_pack(lon := {lon}, lat := {lat}) end"
    )


def _json_de(v: str, path: str) -> str:
    return f"case when json_valid({v}) then json_extract_string({v}, '{path}') end"


def _forme(_: Colonne, v: str) -> str:
    """Return the geometry, also that of a Feature."""
    # Guarded at each use: DuckDB (1.5.5) extracts common parts before it looks at conditions.
    v = f"(case when json_valid({v}) then {v} end)"
    kinds = ", ".join(map(texte_sql, _GEOMETRIES))
    inside = f"json_extract({v}, '$.geometry')"
    feature = f"json_extract_string({v}, '$.type') = 'Feature'"
    geometry = f"case when {feature} then cast({inside} as varchar) else {v} end"
    known = f"json_extract_string({geometry}, '$.type') in ({kinds})"
    right = f"{known} and try(ST_GeomFromGeoJSON({geometry})) is not null"
    return f"case when {right} then {geometry} end"


def _json(debut: str) -> Callable[[Colonne, str], str]:
    def convert(colonne: Colonne, v: str) -> str:
        right = f"json_valid({v}) and starts_with(ltrim({v}), '{debut}')"
        if colonne.champ.type is not Type.TEXT:
            return f"case when {right} then {v} end"
        texts = f"list_filter(cast(cast({v} as json) as varchar[]), lambda x: x is not null)"
        return f"case when {right} then {texts} end"

    return convert


_DE_TEXTE: dict[str, Callable[[Colonne, str], str]] = {
    "integer": _entier,
    "number": _nombre,
    "boolean": _booleen,
    "date": _date,
    "datetime": _instant,
    "year": _annee,
    "yearmonth": _mois,
    "geopoint": _point,
    "geojson": _forme,
    "object": _json("{"),
    "array": _json("["),
}
