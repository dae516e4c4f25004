"""Routes of the dashboards: pages, files of charts, frames, oEmbed, scripts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.dashboards.answers import AnswerKeeper, file, in_french, render, root, site
from portal.dashboards.chart_files import FORMATS, Place, cells, columns, draw
from portal.dashboards.credits import citation, credit_lines, legend_lines
from portal.dashboards.declarations import Chart, Dashboard, read_dashboards
from portal.dashboards.figures import Figure
from portal.dashboards.selection import (
    NONE,
    bad_request,
    missing,
    read_selection,
)
from portal.dashboards.sentences import sentence, title
from portal.dashboards.shown import Shown, available, find_chart, find_dashboard, show

PATH, EMBED = "/tableaux-de-bord", "/integrer"
_SCRIPTS = Path(__file__).parent / "scripts"
# Widths of the two drawings of a page, for a large and for a small screen.
_WIDTHS = {
    **dict.fromkeys(("temps", "versions"), (960, 300)),
    **dict.fromkeys(("barres", "financeurs"), (470, 290)),
    "carte": (400, 0),
}
_ALONE = {**_WIDTHS, "barres": (820, 290), "financeurs": (820, 290)}
_EMBED_SIZE = (720, 560)
_KEEPER = AnswerKeeper()
Maker = Callable[[Shown], Awaitable[Response]]


@dataclass(frozen=True)
class Card:
    """A chart of a page: its figure, its drawings, its texts and addresses."""

    figure: Figure
    title: str
    sentence: str
    wide: Markup
    narrow: Markup
    legend: list[str]
    credits: list[str]
    columns: tuple[str, ...]
    rows: list[dict[str, object]]
    address: str
    pinned: str
    embed: str
    files: dict[str, str]
    citation: object


def routes() -> list[Route]:
    """Return the routes."""
    return [
        Route(PATH, _redirect_to_list),
        Route(f"{PATH}/", in_french(_list)),
        Route(f"{PATH}/{{tableau}}", in_french(_dashboard_page)),
        Route(f"{PATH}/{{tableau}}/{{fichier}}", in_french(_chart)),
        Route(f"{EMBED}/{{tableau}}", in_french(_embedded)),
        Route(f"{EMBED}/{{tableau}}/{{graphique}}", in_french(_embedded)),
        Route("/oembed", in_french(_oembed)),
        Route("/integrer.js", _script("integrer.js")),
        Route("/scripts/tableaux.js", _script("tableaux.js")),
        Route("/scripts/cadre.js", _script("cadre.js")),
    ]


def _script(name: str) -> Callable[[Request], Awaitable[Response]]:
    content = (_SCRIPTS / name).read_bytes()

    async def answer(_: Request) -> Response:
        return file(content, "text/javascript; charset=utf-8", pinned=False)

    return answer


async def _redirect_to_list(_: Request) -> Response:
    return RedirectResponse(f"{PATH}/", 308)


async def _list(request: Request) -> Response:
    return render("liste.html.j2", dashboards=available(request), here="tableaux", path=PATH)


async def _dashboard_page(request: Request) -> Response:
    name = request.path_params["tableau"]
    moved = _named_by_dataset(request, name)
    if moved is not None:
        return moved

    async def make(shown: Shown) -> Response:
        cards = await _cards(request, shown, shown.dashboard.charts.values())
        return render(
            "tableau.html.j2", shown=shown, dashboard=shown.dashboard, selection=shown.selection,
            cards=cards, here="tableaux", path=f"{PATH}/{shown.dashboard.name}", no_code=NONE,
            root=root(request), embed=f"{root(request)}{EMBED}/{shown.dashboard.name}",
            oembed=_oembed_link(request, f"{PATH}/{name}{shown.selection.query()}"),
        )  # fmt: skip

    return await _answer(request, find_dashboard(request, name), "page", make)


def _named_by_dataset(request: Request, name: str) -> Response | None:
    """Lead from the name of a dataset to its dashboard."""
    for dashboard in read_dashboards().values():
        if name in dashboard.sources:
            path = request.url.path.replace(f"/{name}", f"/{dashboard.name}", 1)
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(path + query, 308)
    return None


async def _chart(request: Request) -> Response:
    """Answer with a file of a chart, or with its page (no extension)."""
    moved = _named_by_dataset(request, request.path_params["tableau"])
    if moved is not None:
        return moved
    dashboard = find_dashboard(request, request.path_params["tableau"])
    name, _, kind = request.path_params["fichier"].partition(".")
    chart = find_chart(dashboard, name)
    if not kind:
        return await _chart_page(request, dashboard, chart)
    if kind not in FORMATS:
        raise missing(f"Le format « {kind[:20]} » n'existe pas. Il y a : {', '.join(FORMATS)}.")

    async def make(shown: Shown) -> Response:
        figure = await shown.figure(chart)
        chosen = FORMATS[kind]
        content = chosen.write(figure, _place(request, shown, chart))
        return file(content, chosen.media_type, pinned=bool(shown.selection.version))

    return await _answer(request, dashboard, f"{name}.{kind}", make)


async def _chart_page(request: Request, dashboard: Dashboard, chart: Chart) -> Response:
    async def make(shown: Shown) -> Response:
        card = await _card(request, shown, chart, alone=True)
        path = f"{PATH}/{dashboard.name}/{chart.name}"
        return render(
            "graphique.html.j2", shown=shown, dashboard=dashboard, selection=shown.selection,
            card=card, here="tableaux", path=path, no_code=NONE, root=root(request),
            oembed=_oembed_link(request, path + shown.selection.query()),
        )  # fmt: skip

    return await _answer(request, dashboard, f"{chart.name}.html", make)


async def _embedded(request: Request) -> Response:
    moved = _named_by_dataset(request, request.path_params["tableau"])
    if moved is not None:
        return moved
    dashboard = find_dashboard(request, request.path_params["tableau"])
    name = request.path_params.get("graphique", "")
    charts = [find_chart(dashboard, name)] if name else list(dashboard.charts.values())

    async def make(shown: Shown) -> Response:
        cards = await _cards(request, shown, charts, linked=False)
        return render(
            "cadre.html.j2", framed=True, shown=shown, dashboard=dashboard, cards=cards,
            selection=shown.selection, root=root(request),
            page=f"{root(request)}{PATH}/{dashboard.name}{shown.selection.query()}",
        )  # fmt: skip

    return await _answer(request, dashboard, f"cadre/{name}", make)


async def _oembed(request: Request) -> Response:
    """Answer what oEmbed consumers ask of the address of a dashboard or of a chart."""
    if request.query_params.get("format", "json") != "json":
        raise missing("oEmbed ne répond ici qu'en JSON (format=json).")
    address = urlsplit(request.query_params.get("url", ""))
    parts = address.path.split("/")
    if f"{address.scheme}://{address.netloc}" != root(request) or parts[1:2] != [PATH[1:]]:
        raise missing(f"« url » doit être l'adresse d'un tableau de bord : {root(request)}{PATH}/…")
    dashboard = find_dashboard(request, parts[2] if len(parts) > 2 else "")  # noqa: PLR2004
    selection = read_selection(dashboard, parse_qsl(address.query))
    chart = find_chart(dashboard, parts[3].partition(".")[0]) if len(parts) > 3 else None  # noqa: PLR2004
    width, height = (
        _size(request, name, usual)
        for name, usual in zip(("maxwidth", "maxheight"), _EMBED_SIZE, strict=True)
    )
    path = f"{dashboard.name}/{chart.name}" if chart else dashboard.name
    name = f"{dashboard.title} – {chart.title}" if chart else dashboard.title
    source = f"{root(request)}{EMBED}/{path}{selection.query()}"
    html = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" '
        'sandbox="allow-scripts allow-same-origin allow-popups"></iframe>'
    ).format(source, name, width, height)
    content = {
        "version": "1.0", "type": "rich", "title": name, "html": str(html),
        "width": width, "height": height, "cache_age": 3600,
        "provider_name": site().titre, "provider_url": f"{root(request)}/",
        "thumbnail_url": f"{root(request)}{PATH}/{dashboard.name}/"
        f"{chart.name if chart else next(iter(dashboard.charts))}.png{selection.query()}",
        "thumbnail_width": _EMBED_SIZE[0], "thumbnail_height": _EMBED_SIZE[1],
    }  # fmt: skip
    return file(orjson.dumps(content), "application/json; charset=utf-8", pinned=False)


def _size(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not int(text[:6]) > 0:
        raise bad_request(f"« {name} » est un nombre de pixels.")
    return min(usual, int(text[:6]))


def _oembed_link(request: Request, path: str) -> str:
    return f"{root(request)}/oembed?{urlencode({'url': root(request) + path, 'format': 'json'})}"


async def _answer(request: Request, dashboard: Dashboard, kind: str, make: Maker) -> Response:
    """Show a dashboard, or the answer that is kept of the same versions."""
    selection = read_selection(dashboard, request.query_params.multi_items())
    async with show(request, dashboard, selection, root(request)) as shown:
        key = (root(request), dashboard.name, kind, selection.query(), shown.version,
               str(shown.latest), *_others(request))  # fmt: skip
        kept = _KEEPER.read(key)
        if kept is None:
            kept = await make(shown)
            _KEEPER.store(key, kept)
    if kept.headers.get("etag") and request.headers.get("if-none-match") == kept.headers["etag"]:
        return Response(status_code=304, headers={"ETag": kept.headers["etag"]})
    return kept


def _others(request: Request) -> list[str]:
    """Return what else a page tells: which dashboards there are."""
    return [item.name for item in available(request)]


def _place(request: Request, shown: Shown, chart: Chart) -> Place:
    address = f"{root(request)}{PATH}/{shown.dashboard.name}/{chart.name}"
    return Place(
        address + shown.pinned.query(), site().titre, shown.main.modified.date().isoformat()
    )


async def _cards(
    request: Request, shown: Shown, charts: Iterable[Chart], *, linked: bool = True
) -> list[Card]:
    """Make several cards, their statements side by side; if one fails, none goes on."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_card(request, shown, chart, linked=linked)) for chart in charts]
    return [task.result() for task in tasks]


async def _card(
    request: Request, shown: Shown, chart: Chart, *, linked: bool = True, alone: bool = False
) -> Card:
    figure = await shown.figure(chart)
    dashboard, selection = shown.dashboard, shown.selection
    here = f"{PATH}/{dashboard.name}"
    link = _links(shown, chart, here) if linked else (lambda _: None)
    wide, narrow = (_ALONE if alone else _WIDTHS).get(chart.shape, (0, 0))
    query = replace(selection, view="").query()
    place = _place(request, shown, chart)
    return Card(
        figure=figure,
        title=title(figure),
        sentence=sentence(figure),
        wide=draw_inline(figure, wide, link, f"{chart.name}-g"),
        narrow=draw_inline(figure, narrow, link, f"{chart.name}-p"),
        legend=legend_lines(figure),
        credits=credit_lines(figure, site().titre),
        columns=columns(figure),
        rows=[cells(figure, row) for row in figure.rows],
        address=f"{here}/{chart.name}{query}",
        pinned=place.page,
        embed=f"{root(request)}{EMBED}/{dashboard.name}/{chart.name}{query}",
        files={kind: f"{here}/{chart.name}.{kind}{query}" for kind in FORMATS},
        citation=citation(figure, place.page, place.publisher, place.published),
    )


def _links(shown: Shown, chart: Chart, here: str) -> Callable[[str], str | None]:
    """Return the address that a value of a chart leads to: the page filtered by it."""
    selection = replace(shown.selection, view="")
    if chart.shape == "temps":
        return lambda year: f"{here}{selection.with_year(int(year)).query()}#{chart.name}"
    if chart.dimension in shown.dashboard.dimensions:
        return lambda code: f"{here}{selection.toggled(chart.dimension, code).query()}#{chart.name}"
    return lambda _: None


def draw_inline(figure: Figure, width: int, link: Callable[[str], str | None], name: str) -> Markup:
    """Return a drawing as an element of the page; none of no width."""
    if not width:
        return Markup("")
    drawing = draw(figure, width, link, name)
    box, label = f"0 0 {drawing.width} {drawing.height}", escape(sentence(figure))
    # Its parts escape what they are given (``drawing.canvas``).
    return Markup(  # noqa: S704
        f'<svg viewBox="{box}" role="group" aria-label="{label}">{drawing.body}</svg>'
    )
