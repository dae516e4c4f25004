"""Routes of the dashboards: pages, files of charts, frames, scripts, the builder."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.context import app_context
from portal.dashboards import builder
from portal.dashboards.answers import AnswerKeeper, file, in_french, render, root, site
from portal.dashboards.cards import EMBED, PATH, make_card, make_cards, notice_of, place_of
from portal.dashboards.chart_files import FORMATS
from portal.dashboards.declarations import Chart, Dashboard
from portal.dashboards.oembed import oembed, oembed_link
from portal.dashboards.selection import NONE, Selection, missing, read_selection
from portal.dashboards.shown import Shown, available, show
from portal.dashboards.targets import check, moved, path_target, served

_SCRIPTS = Path(__file__).parent / "scripts"
_BUILDER = f"{PATH}/construire"
_KEEPER = AnswerKeeper()
Maker = Callable[[Shown], Awaitable[Response]]


def routes() -> list[Route]:
    """Return the routes."""
    return [
        Route(PATH, _redirect_to_list),
        Route(f"{PATH}/", in_french(_list)),
        Route(_BUILDER, in_french(_build)),
        Route(f"{_BUILDER}/{{jeu}}/{{fichier}}", in_french(_chart)),
        Route(f"{PATH}/{{tableau}}", in_french(_dashboard_page)),
        Route(f"{PATH}/{{reste:path}}/", _without_slash),
        Route(f"{PATH}/{{tableau}}/{{fichier}}", in_french(_chart)),
        Route(f"{EMBED}/construire/{{jeu}}/{{graphique}}", in_french(_embedded)),
        Route(f"{EMBED}/{{tableau}}", in_french(_embedded)),
        Route(f"{EMBED}/{{tableau}}/{{graphique}}", in_french(_embedded)),
        Route("/oembed", in_french(oembed)),
        Route("/integrer.js", _script("integrer.js")),
        Route("/scripts/tableaux.js", _script("tableaux.js")),
        Route("/scripts/cadre.js", _script("cadre.js")),
        Route("/icone.svg", _script("icone.svg", "image/svg+xml")),
    ]


def _script(
    name: str, media_type: str = "text/javascript; charset=utf-8"
) -> Callable[[Request], Awaitable[Response]]:
    content = (_SCRIPTS / name).read_bytes()

    async def answer(_: Request) -> Response:
        return file(content, media_type, pinned=False)

    return answer


async def _redirect_to_list(_: Request) -> Response:
    return RedirectResponse(f"{PATH}/", 308)


async def _without_slash(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(request.url.path.rstrip("/") + query, 308)


async def _list(request: Request) -> Response:
    return render(
        "liste.html.j2",
        dashboards=available(request),
        here="tableaux",
        path=PATH,
        builder=_BUILDER,
        notice=site().avis,
    )


async def _dashboard_page(request: Request) -> Response:
    elsewhere = moved(request)
    if elsewhere is not None:
        return elsewhere
    dashboard, _ = path_target(request)

    async def make(shown: Shown) -> Response:
        path = f"{PATH}/{dashboard.name}"
        return render(
            "tableau.html.j2", shown=shown, dashboard=shown.dashboard, selection=shown.selection,
            notice=notice_of(shown),
            cards=await make_cards(request, shown, shown.dashboard.charts.values()),
            here="tableaux",
            path=path, no_code=NONE, root=root(request), builder=_BUILDER,
            comparable=_compared_with_france(dashboard, shown.selection),
            embed=f"{root(request)}{EMBED}/{dashboard.name}",
            oembed=oembed_link(request, path + shown.selection.query()),
        )  # fmt: skip

    return await _answer(request, dashboard, "page", make)


def _compared_with_france(dashboard: Dashboard, selection: Selection) -> str:
    """Return the query of a place beside France; nothing if there is no place, or is already."""
    placed = any(dashboard.dimensions[name].place for name in selection.filters)
    return replace(selection, compare="FR").query() if placed and not selection.compare else ""


async def _chart(request: Request) -> Response:
    """Answer with a file of a chart, or with its page (no extension)."""
    elsewhere = moved(request)
    if elsewhere is not None:
        return elsewhere
    name, _, kind = request.path_params["fichier"].rpartition(".")
    if not name or ("~" in kind and kind not in FORMATS):
        name, kind = request.path_params["fichier"], ""
    dashboard, chart = path_target(request, name)
    assert chart is not None  # noqa: S101 (it is named)
    if not kind:
        return await _chart_page(request, dashboard, chart)
    if kind not in FORMATS:
        raise missing(f"Le format « {kind[:20]} » n'existe pas. Il y a : {', '.join(FORMATS)}.")

    async def make(shown: Shown) -> Response:
        figure = await shown.figure(chart)
        chosen = FORMATS[kind]
        # An image takes longer than a page: others are answered meanwhile.
        content = await asyncio.to_thread(chosen.write, figure, place_of(request, shown, chart))
        return file(content, chosen.media_type, pinned=bool(shown.selection.version))

    return await _answer(request, dashboard, f"{name}.{kind}", make)


async def _chart_page(request: Request, dashboard: Dashboard, chart: Chart) -> Response:
    async def make(shown: Shown) -> Response:
        path = f"{PATH}/{quote(dashboard.name)}/{quote(chart.name)}"
        return render(
            "graphique.html.j2", shown=shown, dashboard=dashboard, selection=shown.selection,
            notice=notice_of(shown),
            card=await make_card(request, shown, chart, alone=True), here="tableaux", path=path,
            no_code=NONE, root=root(request), builder=_BUILDER,
            oembed=oembed_link(request, path + shown.selection.query()),
        )  # fmt: skip

    return await _answer(request, dashboard, f"{chart.name}.html", make)


async def _embedded(request: Request) -> Response:
    elsewhere = moved(request)
    if elsewhere is not None:
        return elsewhere
    name = request.path_params.get("graphique", "")
    dashboard, chart = path_target(request, name)

    async def make(shown: Shown) -> Response:
        charts = list(shown.dashboard.charts.values()) if chart is None else [chart]
        return render(
            "cadre.html.j2", framed=True, shown=shown, dashboard=dashboard, root=root(request),
            notice=notice_of(shown),
            cards=await make_cards(request, shown, charts, linked=False),
            selection=shown.selection,
        )  # fmt: skip

    return await _answer(request, dashboard, f"cadre/{name}", make)


async def _build(request: Request) -> Response:
    """Show the form, or lead to the chart that it says."""
    asked = {name: value.strip() for name, value in request.query_params.items() if value.strip()}
    datasets = list(app_context(request).catalog.datasets())
    dataset = served(request, asked["jeu"]) if "jeu" in asked else None
    if dataset is not None and "dimension" in asked:
        operation = asked.get("operation", "lignes")
        columns = [asked.get("colonne", ""), asked.get("par", "")][: builder.columns_of(operation)]
        said = "~".join([asked.get("forme", "barres"), asked["dimension"], operation, *columns])
        filtered = {asked["filtre"]: asked.get("valeur", "")} if "filtre" in asked else {}
        address = f"{_BUILDER}/{quote(dataset.id)}/{quote(said)}"
        return RedirectResponse(address + (f"?{urlencode(filtered)}" if filtered else ""), 303)
    return render(
        "construire.html.j2", datasets=datasets, dataset=dataset, here="tableaux", path=_BUILDER,
        notice=site().avis,
        shapes=builder.SHAPES, operations=builder.OPERATIONS,
        fields=builder.breakable(dataset) if dataset else [],
        numbers=builder.numbers(dataset) if dataset else [], parameter=builder.parameter,
    )  # fmt: skip


async def _answer(request: Request, dashboard: Dashboard, kind: str, make: Maker) -> Response:
    """Show a dashboard, or the answer that is kept of the same versions."""
    selection = read_selection(dashboard, request.query_params.multi_items())
    check(request, dashboard, selection)
    async with show(request, dashboard, selection, root(request)) as shown:
        key = (root(request), dashboard.name, *shown.dashboard.sources, kind, selection.query(),
               shown.version,
               str(shown.latest), str(shown.main.modified), *(
                   item.name for item in available(request)))  # fmt: skip
        compressed = "gzip" in request.headers.get("accept-encoding", "")
        kept = _KEEPER.read(key, compressed=compressed)
        if kept is None:
            made = await make(shown)
            _KEEPER.store(key, made)
            kept = _KEEPER.read(key, compressed=compressed) or made
    if kept.headers.get("etag") and request.headers.get("if-none-match") == kept.headers["etag"]:
        return Response(status_code=304, headers={"ETag": kept.headers["etag"]})
    return kept
