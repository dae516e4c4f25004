"""A row as one text, made in SQL: a line of CSV, a JSON object, a GeoJSON feature."""

from collections.abc import Sequence

import orjson

from portal.odsql.fragment import Fragment, Kind, constant, join_fragments, sql
from portal.odsql.plan import Column
from portal.odsql.rendering import Presentation, Rendering, render


def join_cells(cells: Sequence[Fragment], separator: str, *, quote_all: bool) -> Fragment:
    """Return a line of CSV; ``quote_all`` quotes every cell that has something."""
    quoted = [_cell(cell, separator, quote_all=quote_all) for cell in cells]
    return join_fragments(f" || '{separator}' || ", quoted) if quoted else Fragment("''")


def _cell(text: Fragment, separator: str, *, quote_all: bool) -> Fragment:
    quoted = sql("'\"' || replace({}, '\"', '\"\"') || '\"'", text)
    if quote_all:
        return sql("coalesce({}, '')", quoted)
    special = constant(f'["\n\r{separator}]')
    return sql(
        "coalesce(case when regexp_matches({}, {}) then {} else {} end, '')",
        text,
        special,
        quoted,
        text,
    )


def feature(columns: Sequence[tuple[str, Column]], timezone: str) -> Fragment:
    """Return a GeoJSON feature; its geometry is the first shape, else the first point."""
    kinds = (Kind.SHAPE, Kind.POINT)
    places = [item for kind in kinds for _, item in columns if item.expression.kind is kind]
    shape = places[0] if places else None
    others = [(name, item) for name, item in columns if item is not shape]
    return sql(
        '(\'{{"type":"Feature","geometry":\' || coalesce({}, \'null\')'
        " || ',\"properties\":' || {} || '}}')",
        _geometry(shape),
        json_object(others, timezone),
    )


def json_object(columns: Sequence[tuple[str, Column]], timezone: str) -> Fragment:
    """Return a row as the text of a JSON object."""
    presentation = Presentation(Rendering.JSON, timezone)
    pairs = []
    for name, item in columns:
        key = _json_text(name) + ":"
        inner = render(item.expression, presentation)
        pairs.append(sql("{} || {}", constant(key), _json_value(item, inner)))
    return sql(
        "('{{' || {} || '}}')", join_fragments(" || ',' || ", pairs) if pairs else constant("")
    )


def _json_value(column: Column, rendered: Fragment) -> Fragment:
    kind = column.expression.kind
    if kind is Kind.SHAPE:
        rendered = sql(
            '\'{{"type":"Feature","geometry":\' || {} || \',"properties":{{}}}}\'', rendered
        )
    elif kind is not Kind.JSON:
        rendered = sql("cast(to_json({}) as varchar)", rendered)
    return sql("coalesce({}, 'null')", rendered)


def _geometry(column: Column | None) -> Fragment:
    if column is None:
        return Fragment("null")
    place = column.expression.fragment
    if column.expression.kind is Kind.SHAPE:
        return place
    return sql(
        "('{{\"type\":\"Point\",\"coordinates\":[' || {}.lon || ',' || {}.lat || ']}}')",
        place,
        place,
    )


def _json_text(text: str) -> str:
    """Return a text as JSON writes it."""
    return orjson.dumps(text).decode()
