"""How a value leaves: as JSON tells it, or as the cell of a table."""

from dataclasses import dataclass
from enum import Enum

from portal.odsql.fragment import Expression, Fragment, Kind, constant, local_time, sql

_DATE_FORMATS = {
    "year": "%Y",
    "month": "%Y-%m",
    "day": "%Y-%m-%d",
    "instant": "%Y-%m-%dT00:00:00+00:00",
}


class Rendering(Enum):
    """``JSON``: objects stay objects; ``CELL``: all is text; ``TYPE``: as columns are typed, and
    places, lists and moments as cells; ``WKB``: as columns are typed, places as WKB."""

    JSON = "json"
    CELL = "cellule"
    TYPE = "type"
    WKB = "wkb"


@dataclass(frozen=True)
class Presentation:
    """The reader's zone, and what separates the values of a list in a cell."""

    rendering: Rendering
    timezone: str = "UTC"
    separator: str = ","


def render(expression: Expression, presentation: Presentation) -> Fragment:
    """Return the SQL of what the answer holds."""
    if presentation.rendering is Rendering.WKB:
        return _wkb(expression)
    if presentation.rendering is Rendering.TYPE:
        return _type(expression, presentation)
    inner = _common(expression, presentation.timezone)
    if presentation.rendering is Rendering.JSON:
        return inner
    return _cell(expression, inner, presentation)


def _common(expression: Expression, timezone: str) -> Fragment:
    fragment, kind = expression.fragment, expression.kind
    if kind is Kind.TEXT:
        return expression.varchar()
    if kind is Kind.NUMBER and not expression.integer:
        return sql("cast({} as double)", fragment)
    if kind is Kind.DATE:
        form = _DATE_FORMATS[expression.precision]
        return sql(f"strftime({{}}, '{form}')", fragment)
    if kind is Kind.DATETIME:
        return sql(
            "(strftime({}, '%Y-%m-%dT%H:%M:%S') || {})",
            local_time(fragment, timezone),
            _offset(fragment, timezone),
        )
    return fragment


def _offset(instant: Fragment, timezone: str) -> Fragment:
    """Return the offset of a zone at a moment: ``+02:00``."""
    if timezone == "UTC":
        return Fragment("'+00:00'")
    minutes = sql("date_diff('minute', {}, {})", instant, local_time(instant, timezone))
    return sql(
        "(case when {} < 0 then '-' else '+' end"
        " || printf('%02d:%02d', abs({}) // 60, abs({}) % 60))",
        minutes,
        minutes,
        minutes,
    )


def _cell(expression: Expression, inner: Fragment, presentation: Presentation) -> Fragment:
    kind = expression.kind
    if kind is Kind.POINT:
        return sql("({}.lat || ', ' || {}.lon)", inner, inner)
    if kind is Kind.LIST:
        return sql("array_to_string({}, {})", inner, constant(presentation.separator))
    if kind is Kind.NUMBER and not expression.integer:
        return _decimals(expression.fragment)
    return sql("cast({} as varchar)", inner)


def _decimals(fragment: Fragment) -> Fragment:
    """Whole numbers of a decimal column are written without a point."""
    return sql(
        "case when {} = trunc({}) and abs({}) < 1e15 then cast(cast({} as bigint) as varchar)"
        " else cast(cast({} as double) as varchar) end",
        *[fragment] * 5,
    )


def _wkb(expression: Expression) -> Fragment:
    fragment = expression.fragment
    if expression.kind is Kind.POINT:
        return sql(
            "case when {} is not null then st_aswkb(st_point({}.lon, {}.lat)) end", *[fragment] * 3
        )
    if expression.kind is Kind.SHAPE:
        return sql("st_aswkb(st_geomfromgeojson({}))", fragment)
    return _typed(expression)


def _typed(expression: Expression) -> Fragment:
    """Return a value of its column's type; a month or a year has no day, so no type of date."""
    fragment = expression.fragment
    if expression.kind is Kind.DATE and not expression.has_day:
        return _common(expression, "UTC")
    if expression.kind is Kind.NUMBER:
        return sql(f"cast({{}} as {'bigint' if expression.integer else 'double'})", fragment)
    if expression.kind is Kind.TEXT:
        return expression.varchar()
    return fragment


def _type(expression: Expression, presentation: Presentation) -> Fragment:
    """Return what a workbook holds: a moment as the reader's clock tells it."""
    fragment, kind = expression.fragment, expression.kind
    if kind is Kind.DATETIME:
        return local_time(fragment, presentation.timezone)
    if kind in (Kind.POINT, Kind.LIST):
        return _cell(expression, fragment, presentation)
    return _typed(expression)
