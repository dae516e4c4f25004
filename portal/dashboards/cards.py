"""Charts of a page: their drawings, texts and addresses."""

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_plus

from markupsafe import Markup, escape
from starlette.requests import Request

from portal.dashboards.answers import root, site
from portal.dashboards.chart_files import FORMATS, Place, cells, columns, draw
from portal.dashboards.credits import Citation, citation, credit_lines, legend_lines, origin
from portal.dashboards.declarations import Chart
from portal.dashboards.drawing.bars import list_bars
from portal.dashboards.figures import Figure
from portal.dashboards.sentences import sentence, title
from portal.dashboards.shown import Shown

PATH, EMBED = "/tableaux-de-bord", "/integrer"
# Widths of the two drawings of a page, for a large and for a small screen.
_WIDTHS = {
    **dict.fromkeys(("temps", "versions", "periode"), (960, 300)),
    "carte": (400, 0),
}
# A table that has more rows is on the chart's own page, not on that of its dashboard.
_MOST_ROWS = 40
# Stands for a code in an address.
_ANY = "0any0"


@dataclass(frozen=True)
class Card:
    """A chart of a page: its figure, its drawings, its texts and addresses.

    ``rows``: its table; nothing if it is long, and on the page of the chart.
    """

    figure: Figure
    title: str
    sentence: str
    wide: Markup
    narrow: Markup
    legend: list[str]
    credits: list[str]
    columns: tuple[str, ...]
    rows: list[dict[str, object]] | None
    address: str
    pinned: str
    embed: str
    files: dict[str, str]
    citation: Citation
    anchor: str


def place_of(request: Request, shown: Shown, chart: Chart) -> Place:
    """Return where a chart is, for its files."""
    address = f"{root(request)}{PATH}/{quote(shown.dashboard.name)}/{quote(chart.name)}"
    return Place(address + shown.pinned.query(), origin(shown.main, site(), shown.mention))


def notice_of(shown: Shown) -> str:
    """Return what must be read before a page: the notice of whose rows it shows."""
    return origin(shown.main, site(), shown.mention).notice


async def make_cards(
    request: Request, shown: Shown, charts: Iterable[Chart], *, linked: bool = True
) -> list[Card]:
    """Make several cards, their statements side by side; if one fails, none goes on."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(make_card(request, shown, chart, linked=linked))
                for chart in charts
            ]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


async def make_card(
    request: Request, shown: Shown, chart: Chart, *, linked: bool = True, alone: bool = False
) -> Card:
    figure = await shown.figure(chart)
    dashboard, selection = shown.dashboard, shown.selection
    here, name = f"{PATH}/{quote(dashboard.name)}", quote(chart.name)
    anchor = anchor_of(chart)
    far = len(figure.rows) > _MOST_ROWS and linked and not alone and selection.view != "tableau"
    link = _links(shown, chart, here) if linked else (lambda _: None)
    wide, narrow = _WIDTHS.get(chart.shape, (0, 0))
    query = replace(selection, view="").query()
    place = place_of(request, shown, chart)
    return Card(
        figure=figure,
        title=title(figure),
        sentence=sentence(figure),
        wide=(
            list_bars(figure, link)
            if chart.shape in ("barres", "financeurs")
            else draw_inline(figure, wide, link, f"{anchor}-g")
        ),
        narrow=draw_inline(figure, narrow, link, f"{anchor}-p"),
        legend=legend_lines(figure),
        credits=credit_lines(figure, place.origin),
        columns=columns(figure),
        rows=None if far else [cells(figure, row) for row in figure.rows],
        address=f"{here}/{name}{query}",
        pinned=place.page,
        embed=f"{root(request)}{EMBED}/{quote(dashboard.name)}/{name}{query}",
        files={kind: f"{here}/{name}.{kind}{query}" for kind in FORMATS},
        citation=citation(figure, place.page, place.origin),
        anchor=anchor,
    )


def _links(shown: Shown, chart: Chart, here: str) -> Callable[[str], str | None]:
    """Return the address that a value of a chart leads to: the page filtered by it."""
    selection = replace(shown.selection, view="")
    if chart.shape == "temps":
        return lambda year: f"{here}{selection.with_year(int(year)).query()}#{anchor_of(chart)}"
    if chart.dimension in shown.dashboard.dimensions:
        dimension, anchor = chart.dimension, anchor_of(chart)
        if shown.dashboard.built:
            here = f"{here}/{quote(chart.name)}"
        # One address for all values, but for the one that is chosen already.
        before, _, after = selection.toggled(dimension, _ANY).query().rpartition(_ANY)
        without = selection.filters.get(dimension)

        def address(code: str) -> str:
            if code == without:
                return f"{here}{selection.toggled(dimension, code).query()}#{anchor}"
            return f"{here}{before}{quote_plus(code)}{after}#{anchor}"

        return address
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


def anchor_of(chart: Chart) -> str:
    """Return a name that an element of a page can have."""
    return re.sub(r"[^a-zA-Z0-9-]+", "-", chart.name)
