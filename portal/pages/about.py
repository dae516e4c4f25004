"""What every site has: its icon, what robots read, who publishes, how the API is called."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import resvg_py
import yaml
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.api import openapi
from portal.context import app_context
from portal.dashboards import handlers as dashboards
from portal.dashboards.answers import in_french, render, root, site
from portal.dashboards.cards import PATH
from portal.dashboards.shown import available
from portal.diagnostic.entries import entries
from portal.pages import console

MENTIONS, ACCESSIBILITY, DOCUMENTATION = "/mentions-legales", "/accessibilite", "/api"
_ICON = Path(dashboards.__file__).parent / "scripts" / "icone.svg"
_ICON_SIZE = 48
_CACHE = {"Cache-Control": "public, max-age=86400"}
# Pages of the site, besides those of dashboards and datasets.
_PAGES = ("/", f"{PATH}/", "/recettes.html", "/dictionnaire.html", DOCUMENTATION, MENTIONS,
          ACCESSIBILITY)  # fmt: skip
_SQL_EXAMPLES = (
    "select count(*) as lignes from {jeu}",
    "describe {jeu}",
)


def routes() -> list[Route]:
    """Return the routes."""
    return [
        Route("/favicon.ico", _icon),
        Route("/robots.txt", _robots),
        Route("/sitemap.xml", _sitemap),
        Route(MENTIONS, in_french(_page("mentions.html.j2", MENTIONS))),
        Route(ACCESSIBILITY, in_french(_page("accessibilite.html.j2", ACCESSIBILITY))),
        Route("/contact", _to_mentions),
        Route(DOCUMENTATION, in_french(_documentation)),
    ]


@lru_cache(maxsize=1)
def _drawn_icon() -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=_ICON.read_text(), width=_ICON_SIZE))


async def _icon(_: Request) -> Response:
    return Response(_drawn_icon(), 200, _CACHE, "image/png")


async def _robots(request: Request) -> Response:
    # Every page has one address; answers of the API are as many as there are questions.
    text = (
        "User-agent: *\nAllow: /api$\nDisallow: /api/\nDisallow: /*?\n"
        f"Sitemap: {root(request)}/sitemap.xml\n"
    )
    return Response(text, 200, _CACHE, "text/plain; charset=utf-8")


async def _sitemap(request: Request) -> Response:
    folder = app_context(request).settings.site
    paths = [path for path in _PAGES if not path.endswith(".html") or (folder / path[1:]).is_file()]
    paths += [f"{PATH}/{item.name}" for item in available(request)]
    datasets = list(app_context(request).catalog.datasets())
    paths += [entry.path for entry in entries(x.id for x in datasets) if entry.indexed]
    paths += [
        f"/{dataset.id}/" for dataset in datasets if (folder / dataset.id / "index.html").is_file()
    ]
    listed = "".join(f"<url><loc>{escape(root(request) + path)}</loc></url>" for path in paths)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>\n'
    )
    return Response(text, 200, _CACHE, "application/xml")


def _page(template: str, path: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return render(template, here="", path=path, notice=site().avis)

    return answer


async def _to_mentions(_: Request) -> Response:
    return RedirectResponse(f"{MENTIONS}#contact", 308)


@lru_cache(maxsize=1)
def french_texts() -> dict[str, dict[str, str]]:
    """What the page says, in French, of the operations and of their parameters."""
    texts: dict[str, dict[str, str]] = yaml.safe_load(
        Path(__file__).with_name("documentation.yml").read_text(encoding="utf-8")
    )
    return texts


async def _documentation(request: Request) -> Response:
    """Show our own OpenAPI document, and what it does not tell: ``/api/sql``."""
    texts = french_texts()
    operations: list[dict[str, Any]] = [
        {
            "path": f"{openapi.BASE}{path}",
            "summary": texts["operations"][described["get"]["operationId"]],
            "names": [item["name"] for item in described["get"]["parameters"]],
        }
        for path, described in openapi.document(request)["paths"].items()
    ]
    datasets = list(app_context(request).catalog.datasets())
    name = datasets[0].id if datasets else "jeu"
    return render(
        "documentation.html.j2",
        here="api",
        notice=site().avis,
        root=root(request),
        operations=operations,
        parameters=texts["parametres"],
        console=console.PATH,
        openapi=openapi.PATHS[1],
        dataset=name,
        datasets=datasets,
        sql=[example.format(jeu=name) for example in _SQL_EXAMPLES],
        settings=app_context(request).settings,
    )
