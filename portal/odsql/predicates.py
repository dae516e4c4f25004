"""The predicates of ``where`` that are written as functions."""

from collections.abc import Callable

from portal.images.words import split_words
from portal.odsql import geometry, query_errors, text_search, tree
from portal.odsql.fragment import Expression, Fragment, Kind, constant, join_fragments, sql
from portal.odsql.scope import Context
from portal.odsql.vocabulary import DISTANCES
from portal.packages.field import Field

_RELATIONS = {"intersects": "st_intersects", "disjoint": "st_disjoint", "within": "st_within"}
_BOX_SIDES = 4


def compile_predicate(node: tree.Call, context: Context) -> Fragment:
    """Compile a predicate. Raises ``ApiError``."""
    return _PREDICATES[node.function](node, context)


def _text(node: tree.Node, call: tree.Call, context: Context) -> str:
    if isinstance(node, tree.Literal) and isinstance(node.constant, str):
        return node.constant
    raise query_errors.malformed(f"{call.text}: {node.text} is not a text", context.clause)


def _fields(nodes: tuple[tree.Node, ...], context: Context) -> tuple[Field, ...]:
    """Return the fields named, or all of them when none or ``*`` is."""
    if not nodes or any(isinstance(node, tree.Star) for node in nodes):
        return context.dataset.fields
    fields = []
    for node in nodes:
        if not isinstance(node, tree.Name):
            raise query_errors.malformed(f"{node.text} is not a field", context.clause)
        if template := _template_fields(node.name, context):
            fields += template
            continue
        if (field := context.lookup(node).field) is not None:
            fields.append(field)
    return tuple(fields)


def _template_fields(name: str, context: Context) -> list[Field]:
    """Return the fields of a template of metadata, which the catalogue knows (``default``)."""
    dataset = context.dataset
    return [
        dataset.by_name[target]
        for old, target in dataset.alias.items()
        if old.startswith(f"{name}.")
    ]


def _search(node: tree.Call, context: Context) -> Fragment:
    *names, text = context.arguments(node, 1, 100)
    return text_search.search(_text(text, node, context), _fields(tuple(names), context), context)


def relevances(node: tree.Node, context: Context) -> list[Fragment]:
    """Return how well rows satisfy each ``search`` of a condition that they must satisfy."""
    if isinstance(node, (tree.And, tree.Or)):
        return [item for part in node.conditions for item in relevances(part, context)]
    if not (isinstance(node, tree.Call) and node.function == "search"):
        return []
    *names, text = context.arguments(node, 1, 100)
    words, fields = _text(text, node, context), _fields(tuple(names), context)
    return [text_search.relevance(words, fields, context)] if split_words(words) else []


def _suggest(node: tree.Call, context: Context) -> Fragment:
    *names, text = context.arguments(node, 1, 100)
    return text_search.suggest(_text(text, node, context), _fields(tuple(names), context), context)


def _startswith(node: tree.Call, context: Context) -> Fragment:
    field, text = context.arguments(node, 2)
    return text_search.starts_with(context.compile(field), _text(text, node, context))


def _geo_field(node: tree.Node, context: Context) -> Expression:
    compiled = context.compile(node)
    if compiled.kind not in (Kind.POINT, Kind.SHAPE):
        raise query_errors.malformed(
            f"{node.text} (position {node.position}) is a {compiled.kind.value}, not a place",
            context.clause,
        )
    return compiled


def _literal_geometry(node: tree.Node, context: Context) -> Fragment:
    if isinstance(node, tree.GeometryLiteral):
        return geometry.geometry_literal(node)
    raise query_errors.malformed(
        f"{node.text} (position {node.position}) is not a geometry: geom'…'", context.clause
    )


def _within_distance(node: tree.Call, context: Context) -> Fragment:
    field, place, distance = context.arguments(node, 3)
    metres = geometry.distance(_geo_field(field, context), place, context, node.text)
    return sql("({} <= {})", metres, constant(_metres(distance, context)))


def _metres(node: tree.Node, context: Context) -> float:
    if isinstance(node, tree.Quantity) and node.unit.lower() in DISTANCES:
        return node.constant * DISTANCES[node.unit.lower()]
    if isinstance(node, tree.Literal) and type(node.constant) in (int, float):
        return float(node.text)
    raise query_errors.malformed(
        f"{node.text} (position {node.position}) is not a distance: {', '.join(DISTANCES)}",
        context.clause,
    )


def _numbers(nodes: tuple[tree.Node, ...], context: Context) -> list[float]:
    numbers = [
        float(node.constant)
        for node in nodes
        if isinstance(node, tree.Literal)
        and isinstance(node.constant, (int, float))
        and not isinstance(node.constant, bool)
    ]
    if len(numbers) != len(nodes):
        raise query_errors.malformed("latitudes and longitudes are numbers", context.clause)
    return numbers


def _in_bbox(node: tree.Call, context: Context) -> Fragment:
    field, *corners = context.arguments(node, 1 + _BOX_SIDES)
    located = _geo_field(field, context)
    lat1, lon1, lat2, lon2 = _numbers(tuple(corners), context)
    sides = [constant(value) for value in (*sorted((lat1, lat2)), *sorted((lon1, lon2)))]
    if located.kind is Kind.SHAPE:
        low_lat, high_lat, low_lon, high_lon = sides
        return sql(
            "st_intersects({}, st_makeenvelope({}, {}, {}, {}))",
            geometry.geometry(located, context),
            low_lon,
            low_lat,
            high_lon,
            high_lat,
        )
    column = located.fragment
    return sql(
        "({}.lat between {} and {} and {}.lon between {} and {})",
        column,
        *sides[:2],
        column,
        *sides[2:],
    )


def _relation(relation: str) -> Callable[[tree.Call, Context], Fragment]:
    def call(node: tree.Call, context: Context) -> Fragment:
        field, shape = context.arguments(node, 2)
        located = _geo_field(field, context)
        return sql(
            f"({{}} is not null and {_RELATIONS[relation]}({{}}, {{}}))",
            located.fragment,
            geometry.geometry(located, context),
            _literal_geometry(shape, context),
        )

    return call


def _geometry(node: tree.Call, context: Context) -> Fragment:
    """Compile the old name of the three relations."""
    field, shape, *mode = context.arguments(node, 2, 3)
    target = mode[0].name.lower() if mode and isinstance(mode[0], tree.Name) else "intersects"
    if target not in _RELATIONS:
        raise query_errors.malformed(f"{node.text}: {', '.join(_RELATIONS)}", context.clause)
    return _relation(target)(tree.Call(node.position, node.text, target, (field, shape)), context)


def _similar(node: tree.Call, context: Context) -> Fragment:
    """Compile the catalogue's search by meaning as a search of any of the words."""
    text, *_ = context.arguments(node, 1, 2)
    words = _text(text, node, context).split()
    conditions = [text_search.search(word, context.dataset.fields, context) for word in words]
    return sql("({})", join_fragments(" or ", conditions or [Fragment("true")]))


_PREDICATES: dict[str, Callable[[tree.Call, Context], Fragment]] = {
    "search": _search,
    "suggest": _suggest,
    "startswith": _startswith,
    "within_distance": _within_distance,
    "distance": _within_distance,
    "in_bbox": _in_bbox,
    "bbox": _in_bbox,
    "intersects": _relation("intersects"),
    "disjoint": _relation("disjoint"),
    "within": _relation("within"),
    "geometry": _geometry,
    "polygon": _relation("within"),
    "vector_similarity_threshold": _similar,
}
