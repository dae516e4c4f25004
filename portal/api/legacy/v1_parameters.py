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
from portal.odsql.tree import Node
from portal.odsql.v1_query import parse_q, within_polygon, within_radius
from portal.packages.dataset import Dataset
from portal.packages.field import Type

MAX_ROWS = 10_000
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


def parse_search(parameters: Parameters, dataset: Dataset) -> Search:
    """Read a search. Raises ``ApiError``."""
    query = parameters.text("q").strip() or parameters.text("query").strip()
    refined = _prefixes(parameters, "refine.")
    excluded = _prefixes(parameters, "exclude.")
    disjunctive = _prefixes(parameters, "disjunctive.")
    facets = tuple(name for text in parameters.texts("facet") for name in text.split(",") if name)
    sort = tuple(name for text in parameters.texts("sort") for name in text.split(",") if name)
    fields = [name for text in parameters.texts("fields") for name in text.split(",") if name]
    odsql_query = Query(
        select=", ".join(quote_name(name.strip()) for name in fields),
        # The v1 sorts downwards, and upwards after a minus.
        order_by=", ".join(
            f"{quote_name(name.removeprefix('-'))} {'asc' if name.startswith('-') else 'desc'}"
            for name in sort
        ),
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
    conditions = [parse_q(q, dataset)] if q and q != "*:*" else []
    place = next((field.nom for field in dataset.fields if field.type is Type.GEO_POINT), None)
    near = parameters.text("geofilter.distance")
    inside = parameters.text("geofilter.polygon")
    if (near or inside) and place is None:
        raise ApiError(400, "InvalidParameter", f"{dataset.id} has no geo point field.")
    if near and place:
        latitude, _, rest = near.partition(",")
        longitude, _, metres = rest.partition(",")
        conditions.append(within_radius(place, f"{latitude},{longitude}", metres or "0"))
    if inside and place:
        conditions.append(within_polygon(place, inside))
    return conditions
