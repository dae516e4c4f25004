"""``/api/sql``: read-only SQL over the published datasets, one view each."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.context import AppContext, app_context, client
from portal.errors import ApiError, invalid_parameter, read_integer
from portal.sql.answer_formats import ARROW, MEDIA_TYPES
from portal.sql.pool import Images, ProcessPool

_RANK = re.compile("[1-9][0-9]{0,3}", re.ASCII)


@dataclass(frozen=True)
class Query:
    """A query as asked; ``parameters`` by position or by name."""

    q: str
    format: str
    limit: int
    parameters: list[Any] | dict[str, Any]


def routes(pool: ProcessPool) -> list[Route]:
    """Return the routes; ``pool`` answers."""
    return [Route("/api/sql", partial(_sql, pool), methods=["GET", "POST"])]


async def _sql(pool: ProcessPool, request: Request) -> Response:
    shared = app_context(request)
    query = await read_request(request, shared.settings.sql_lignes)
    answer = await pool.answer(
        _images(shared),
        {
            "q": query.q,
            "format": query.format,
            "limite": query.limit,
            "octets": shared.settings.sql_octets,
            "parametres": query.parameters,
        },
        client(request),
    )
    headers = {"Cache-Control": "no-cache"}
    if answer.truncated:
        headers["X-Truncated"] = "true"
    if query.format in ARROW | {"csv"}:
        headers["Content-Disposition"] = f'attachment; filename="resultat.{query.format}"'
    return Response(answer.body, 200, headers, MEDIA_TYPES[query.format])


async def read_request(request: Request, maximum: int) -> Query:
    """Read the parameters, of the URL and of the body. Raises ``ApiError`` (400)."""
    parameters: dict[str, Any] = dict(request.query_params)
    if request.method == "POST":
        parameters |= _body_parameters(
            request.headers.get("content-type", ""), await request.body()
        )
    text = parameters.get("q")
    if not isinstance(text, str) or not text.strip():
        raise invalid_parameter("The parameter q, a SQL query, is required.")
    form = parameters.get("format", "json")
    if not isinstance(form, str) or form not in MEDIA_TYPES:
        raise invalid_parameter(
            f"Invalid value for format API parameter: one of {', '.join(MEDIA_TYPES)} is expected."
        )
    return Query(text, form, _limit(parameters.get("limit"), maximum), _parameters(parameters))


def _body_parameters(media_type: str, body: bytes) -> dict[str, Any]:
    try:
        if media_type.startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        content = orjson.loads(body)
    except ValueError:
        raise invalid_parameter("The body is neither JSON nor a form.") from None
    if not isinstance(content, dict):
        raise invalid_parameter("The body must be a JSON object.")
    return content


def _limit(value: Any, maximum: int) -> int:
    limit = maximum if value is None else value
    if isinstance(limit, str):
        limit = read_integer(limit)
    if isinstance(limit, int) and not isinstance(limit, bool) and 0 <= limit <= maximum:
        return limit
    raise invalid_parameter(
        f"Invalid value for limit API parameter: 0 <= limit <= {maximum} is expected."
    )


def _parameters(parameters: dict[str, Any]) -> list[Any] | dict[str, Any]:
    """Return ``params`` of a JSON body, else ``p1``, ``p2``… in their order."""
    values = parameters.get("params")
    if isinstance(values, (list, dict)):
        return values
    if values is not None:
        raise invalid_parameter("params must be a list or an object.")
    # A name that is nearly one of these is refused too: a query must not miss a value in silence.
    named = [name[1:] for name in parameters if name[:1] == "p" and name[1:].isdecimal()]
    ranks = sorted(int(text) if _RANK.fullmatch(text) else 0 for text in named)
    if ranks != list(range(1, len(ranks) + 1)):
        raise invalid_parameter("Parameters must be p1, p2… without a gap.")
    return [_parse_number(parameters[f"p{rank}"]) for rank in ranks]


def _parse_number(value: Any) -> Any:
    """Read a number as a number, unless it would lose something (``01``)."""
    if isinstance(value, str):
        for kind in (int, float):
            try:
                if str(kind(value)) == value:
                    return kind(value)
            except ValueError:
                continue
    return value


def _images(shared: AppContext) -> Images:
    images = [
        (dataset.id, str(image))
        for dataset in sorted(shared.catalog.datasets(), key=lambda dataset: dataset.id)
        if (image := shared.engine.image(dataset.base))
    ]
    if not images:
        raise ApiError(503, "ServiceUnavailable", "No dataset is loaded yet.", {"Retry-After": "5"})
    return tuple(images)
