"""From errors to answers, in the words of the interface that was called.

Belongs here: choosing the body. Does not: the bodies themselves (``portal.erreurs``).
"""

from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from portal.erreurs import ApiError
from portal.serveur.demande import IDENTIFIANT

_JSON = "application/json; charset=utf-8"
_PROBLEME = "application/problem+json"
_V1 = ("/api/records/1.0", "/api/datasets/1.0", "/explore/dataset/")
SWAGGER = "/api/explore/v2.1/swagger.json"


def reponse(scope: Scope, error: ApiError, corps: dict[str, Any] | None = None) -> Response:
    """Tell an error; ``corps`` stands for the usual body when the interface has another one."""
    body, media_type = error.corps(), _JSON
    if corps is not None:
        body = corps
    elif _PROBLEME in Headers(scope=scope).get("accept", ""):
        body, media_type = error.probleme(), _PROBLEME
    elif scope["path"].startswith(_V1):
        body = error.corps_v1()
    return Response(orjson.dumps(body), error.statut, error.entetes, media_type)


async def api(request: Request, error: Exception) -> Response:
    """Handle :class:`ApiError`."""
    assert isinstance(error, ApiError)  # noqa: S101 (what the application registers it for)
    return reponse(request.scope, error)


async def http(request: Request, error: Exception) -> Response:
    """Handle what the router refuses: no such path, no such method."""
    assert isinstance(error, HTTPException)  # noqa: S101 (likewise)
    if error.status_code == 404:  # noqa: PLR2004
        where = f"The requested URI does not exist. The available ones are described at {SWAGGER}."
        return reponse(request.scope, ApiError(404, "NotFoundURI", where))
    return reponse(
        request.scope,
        ApiError(error.status_code, "InvalidRequest", error.detail, error.headers),
    )


async def imprevue(request: Request, _: Exception) -> Response:
    """Handle what nobody foresaw: no detail, the id under which the log tells it."""
    return reponse(request.scope, interne(request.scope))


def interne(scope: Scope) -> ApiError:
    """The server is wrong."""
    return ApiError(
        500, "InternalServerError", f"An internal error occurred (request {scope[IDENTIFIANT]})."
    )
