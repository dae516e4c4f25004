"""From errors to answers, in the words of the interface that was called."""

from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from portal.errors import ApiError
from portal.http.request import REQUEST_ID

_JSON = "application/json; charset=utf-8"
_PROBLEM_JSON = "application/problem+json"
_V1 = ("/api/records/1.0", "/api/datasets/1.0", "/explore/dataset/")
SWAGGER = "/api/explore/v2.1/swagger.json"


def error_response(
    scope: Scope, error: ApiError, payload: dict[str, Any] | None = None
) -> Response:
    """Tell an error; ``payload`` stands for the usual body when the interface has another one."""
    body, media_type = error.payload(), _JSON
    if payload is not None:
        body = payload
    elif _PROBLEM_JSON in Headers(scope=scope).get("accept", ""):
        body, media_type = error.problem(), _PROBLEM_JSON
    elif scope["path"].startswith(_V1):
        body = error.payload_v1()
    return Response(orjson.dumps(body), error.status, error.headers, media_type)


async def api(request: Request, error: Exception) -> Response:
    """Handle :class:`ApiError`."""
    assert isinstance(error, ApiError)  # noqa: S101 (what the application registers it for)
    return error_response(request.scope, error)


async def http(request: Request, error: Exception) -> Response:
    """Handle what the router refuses: no such path, no such method."""
    assert isinstance(error, HTTPException)  # noqa: S101 (likewise)
    if error.status_code == 404:  # noqa: PLR2004
        message = (
            f"The requested URI does not exist. The available ones are described at {SWAGGER}."
        )
        return error_response(request.scope, ApiError(404, "NotFoundURI", message))
    return error_response(
        request.scope,
        ApiError(error.status_code, "InvalidRequest", error.detail, error.headers),
    )


async def unexpected(request: Request, _: Exception) -> Response:
    """Handle what nobody foresaw: no detail, the id under which the log tells it."""
    return error_response(request.scope, internal(request.scope))


def internal(scope: Scope) -> ApiError:
    """The server is wrong."""
    return ApiError(
        500, "InternalServerError", f"An internal error occurred (request {scope[REQUEST_ID]})."
    )
