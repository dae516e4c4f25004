"""Errors as pages, in French, for a person with a browser; programs get theirs as before."""

from starlette.requests import Request
from starlette.responses import Response

from portal.dashboards.answers import render, site
from portal.errors import ApiError
from portal.http import error_responses

_TOLD = {
    400: "La demande n'a pas de sens ici.",
    404: "Il n'y a rien à cette adresse.",
    405: "Cette adresse ne se demande pas ainsi.",
    410: "Ce fichier a été retiré.",
    429: "Trop de demandes à la fois : réessayer dans quelques secondes.",
    503: "Le serveur est occupé ou prépare ces données : réessayer dans quelques secondes.",
}
_UNFORESEEN = "Le serveur s'est trompé. L'erreur est notée : réessayer plus tard."


async def api(request: Request, error: Exception) -> Response:
    """Handle ``ApiError``."""
    answer = await error_responses.api(request, error)
    detail = error.message if isinstance(error, ApiError) else ""
    return _as_page(request, answer, detail)


async def http(request: Request, error: Exception) -> Response:
    """Handle what the router refuses."""
    return _as_page(request, await error_responses.http(request, error), "")


async def unexpected(request: Request, error: Exception) -> Response:
    """Handle what nobody foresaw."""
    return _as_page(request, await error_responses.unexpected(request, error), "")


def _as_page(request: Request, answer: Response, detail: str) -> Response:
    """Tell an answer as a page if a browser asks for one: it says so first, programs do not."""
    asks = request.headers.get("accept", "").lstrip().startswith("text/html")
    if not asks or request.method not in ("GET", "HEAD"):
        return answer
    page = render(
        "erreur.html.j2",
        status=answer.status_code,
        message=_TOLD.get(answer.status_code, _UNFORESEEN),
        detail=detail,
        here="",
        header_wanted=True,
        latest="",
        notice=site().avis,
    )
    for name in ("retry-after",):
        if name in answer.headers:
            page.headers[name] = answer.headers[name]
    page.headers.add_vary_header("Accept")
    return page
