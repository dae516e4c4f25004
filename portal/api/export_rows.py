"""A row as one text, made in SQL: a line of CSV, a JSON object, a GeoJSON feature."""

from collections.abc import Sequence

import orjson

from portal.odsql.expressions import new_context
from portal.odsql.fragment import Fragment, Kind, constant, join_fragments, sql
from portal.odsql.plan import Column
from portal.odsql.rendering import Presentation, Rendering, render
from portal.odsql.tree import Name
from portal.packages.dataset import Dataset


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


def feature(columns: Sequence[tuple[str, Column]], place: Column | None, timezone: str) -> Fragment:
    """Return a GeoJSON feature of a geometry; it is no property as well."""
    others = [(name, item) for name, item in columns if item != place]
    return sql(
        '(\'{{"type":"Feature","geometry":\' || coalesce({}, \'null\')'
        " || ',\"properties\":' || {} || '}}')",
        _geometry(place),
        json_object(others, timezone),
    )


def record_v1(columns: Sequence[tuple[str, Column]], dataset: Dataset, timezone: str) -> Fragment:
    """Return a record as the API v1 tells it: only what is known, points as latitude, longitude.

    Its geometry is the first that the record has of those that are selected.
    """
    places = [
        _geometry(item) for _, item in columns if item.expression.kind in (Kind.POINT, Kind.SHAPE)
    ]
    geometry = sql("coalesce({})", join_fragments(", ", places)) if places else Fragment("null")
    context = new_context(dataset)
    record_id, moment = (
        render(context.lookup(Name(0, name, name)), Presentation(Rendering.JSON))
        for name in ("recordid", "record_timestamp")
    )
    pairs = [_known_pair(name, item, timezone) for name, item in columns]
    fields = sql("concat_ws(',', {})", join_fragments(", ", pairs)) if pairs else constant("")
    return sql(
        "('{{\"datasetid\":' || {} || ',\"recordid\":' || cast(to_json({}) as varchar)"
        " || ',\"fields\":{{' || {} || '}}'"
        " || coalesce(',\"geometry\":' || {}, '')"
        " || ',\"record_timestamp\":' || cast(to_json({}) as varchar) || '}}')",
        constant(_json_text(dataset.id)),
        record_id,
        fields,
        geometry,
        moment,
    )


def _known_pair(name: str, item: Column, timezone: str) -> Fragment:
    """Return a name and its value, or nothing (SQL) of nothing."""
    rendered = render(item.expression, Presentation(Rendering.JSON, timezone))
    if item.expression.kind is Kind.POINT:
        rendered = sql("('[' || {}.lat || ',' || {}.lon || ']')", rendered, rendered)
    elif item.expression.kind not in (Kind.SHAPE, Kind.JSON):
        rendered = sql("cast(to_json({}) as varchar)", rendered)
    return sql("({} || {})", constant(_json_text(name) + ":"), rendered)


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
