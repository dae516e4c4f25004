"""The parameters of the API v1, read into a query of ODSQL."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams
from starlette.requests import Request

from portal.api.parameters import Page, Parameters, read_language, read_timezone
from portal.context import requested_dataset
from portal.errors import ApiError
from portal.odsql.plan import Query
from portal.odsql.tree import Call, Name, Node, Or
from portal.odsql.v1_query import parse_q, point, within_polygon, within_radius
from portal.packages.dataset import Dataset
from portal.packages.field import Type

MAX_ROWS = 10_000
DISTANCE = "dist"
_COMMON_PARAMETERS = ("format", "pretty_print", "callback", "user-agent", "stats")


async def read_parameters(request: Request) -> Parameters:
    """Return the parameters of the address, or of the body of a POST."""
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        pairs += parse_qsl((await request.body()).decode("utf-8", "replace"), True)
    parameters = Parameters(QueryParams(pairs))
    parameters.check_known(_COMMON_PARAMETERS)
    return parameters


def dataset_name(parameters: Parameters) -> str:
    """Return the dataset asked for. Raises ``ApiError``."""
    name = parameters.text("dataset").strip()
    if not name:
        raise ApiError(400, "InvalidParameter", "The dataset parameter is missing.")
    return name


@asynccontextmanager
async def lease(request: Request, name: str) -> AsyncIterator[Dataset]:
    """Lease a dataset; the v1 has its own words for one that does not exist."""
    async with AsyncExitStack() as stack:
        try:
            dataset = await stack.enter_async_context(requested_dataset(request, name))
        except ApiError as error:
            raise ApiError(error.status, error.code, f"Unknown dataset: {name}") from None
        yield dataset


@dataclass(frozen=True)
class Search:
    """A search of the v1: the request, the page, and what the answer repeats of it."""

    query: Query
    page: Page
    q: str
    facets: tuple[str, ...]
    sort: tuple[str, ...]
    refinements: dict[str, list[str]]


def quote_name(name: str) -> str:
    """Return a name as ODSQL takes any name."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def parse_search(parameters: Parameters, dataset: Dataset, *, sorts: bool = True) -> Search:
    """Read a search; ``sorts``: by fields. Raises ``ApiError``."""
    query = parameters.text("q").strip() or parameters.text("query").strip()
    refined = _prefixes(parameters, "refine.")
    excluded = _prefixes(parameters, "exclude.")
    disjunctive = _prefixes(parameters, "disjunctive.")
    facets = tuple(name for text in parameters.texts("facet") for name in text.split(",") if name)
    asked = parameters.texts("sort") if sorts else ()
    sort = tuple(name for text in asked for name in text.split(",") if name)
    fields = [name for text in parameters.texts("fields") for name in text.split(",") if name]
    odsql_query = Query(
        select=", ".join(quote_name(name.strip()) for name in fields),
        # The v1 sorts downwards, and upwards after a minus.
        order_by=", ".join(_order(name, parameters, dataset) for name in sort),
        refine=tuple(
            f"{quote_name(n)}:{_quote(v)}" for n, values in refined.items() for v in values
        ),
        exclude=tuple(
            f"{quote_name(n)}:{_quote(v)}" for n, values in excluded.items() for v in values
        ),
        facets=tuple(quote_name(name) for name in facets),
        conditions=tuple(_conditions(parameters, query, dataset)),
        disjunctive_fields=frozenset(
            name for name, values in disjunctive.items() if values[-1].lower() == "true"
        ),
        timezone=read_timezone(parameters),
        language=read_language(parameters),
    )
    return Search(odsql_query, _page(parameters), query, facets, sort, refined)


def _order(name: str, parameters: Parameters, dataset: Dataset) -> str:
    field = name.removeprefix("-")
    expression = quote_name(field)
    near = _near(parameters) if field == DISTANCE and not dataset.field(field) else None
    if near:
        place = point(near[0]).constant
        expression = f"distance({quote_name(places(dataset)[0])}, geom'{place}')"
    return f"{expression} {'asc' if name.startswith('-') else 'desc'}"


def _quote(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _page(parameters: Parameters) -> Page:
    rows, start = parameters.integer("rows", 10), parameters.integer("start", 0)
    rows = MAX_ROWS if rows == -1 else rows
    if not 0 <= rows <= MAX_ROWS or start < 0 or start + rows > MAX_ROWS:
        raise ApiError(
            400,
            "InvalidParameter",
            f"rows and start + rows are between 0 and {MAX_ROWS}: {rows} and {start} were found.",
        )
    return Page(rows, start)


def _prefixes(parameters: Parameters, prefix: str) -> dict[str, list[str]]:
    """Return the values of ``refine.f=v`` by field."""
    by_field: dict[str, list[str]] = {}
    for name in parameters.names():
        if name.startswith(prefix):
            by_field[name.removeprefix(prefix)] = list(parameters.texts(name))
    return by_field


def _conditions(parameters: Parameters, q: str, dataset: Dataset) -> list[Node]:
    asked = parse_q(q, dataset) if q and q != "*:*" else None
    conditions = [asked] if asked else []
    near = _near(parameters)
    if near:
        centre, metres = near
        conditions.append(_any([within_radius(name, centre, metres) for name in places(dataset)]))
    inside = parameters.text("geofilter.polygon")
    if inside:
        conditions.append(_any([within_polygon(name, inside) for name in places(dataset)]))
    return conditions


def places(dataset: Dataset) -> list[str]:
    """Return the fields that have a place: points first. Raises ``ApiError``."""
    names = [
        field.nom
        for kind in (Type.GEO_POINT, Type.GEO_SHAPE)
        for field in dataset.fields
        if field.type is kind
    ]
    if not names:
        raise ApiError(400, "InvalidParameter", f"{dataset.id} has no geo field.")
    return names


def _any(conditions: list[Node]) -> Node:
    return conditions[0] if len(conditions) == 1 else Or(0, "", tuple(conditions))


def _near(parameters: Parameters) -> tuple[str, str] | None:
    """Return the centre (``lat,lon``) and the metres of ``geofilter.distance``."""
    near = parameters.text("geofilter.distance")
    if not near:
        return None
    latitude, _, rest = near.partition(",")
    longitude, _, metres = rest.partition(",")
    return f"{latitude},{longitude}", metres or "0"


def distance_call(parameters: Parameters, dataset: Dataset) -> Call | None:
    """Return the pseudo-field ``dist``: metres from the centre of ``geofilter.distance``.

    None without that filter, or where a field has that name.
    """
    near = _near(parameters)
    if near is None or dataset.field(DISTANCE):
        return None
    field = places(dataset)[0]
    return Call(0, DISTANCE, "distance", (Name(0, field, field), point(near[0])))
