"""The front page: key figures and their evolution, dashboards, datasets, what is for programs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.context import app_context
from portal.dashboards.answers import in_french, render, root, site
from portal.dashboards.cards import PATH, draw_inline
from portal.dashboards.declarations import Dashboard
from portal.dashboards.figures import Figure
from portal.dashboards.selection import Selection
from portal.dashboards.shown import available, show
from portal.diagnostic.entries import entries
from portal.pages import console
from portal.pages.published_files import site_file

# Reports of a version, where it has them: name of the file, and what it is.
_REPORTS = {"qualite.html": "Qualité", "secret.html": "Secret", "totaux.html": "Secret des totaux"}
_PLACES = {"region": "Région", "departement": "Département"}
_WIDE, _NARROW = 360, 290


@dataclass(frozen=True)
class Summary:
    """What the front page shows of a dashboard; ``time`` is its evolution, drawn twice.

    ``places``: those of its dimensions that are places: dimension, code, name.
    """

    dashboard: Dashboard
    figure: Figure
    time: Figure | None
    wide: str
    narrow: str
    places: list[tuple[str, str, str]]


async def home(request: Request) -> Response:
    """Answer with the front page; without dashboards, with that of the site, or the console."""
    dashboards = available(request)
    if not dashboards:
        has_site = (app_context(request).settings.site / "index.html").is_file()
        return await site_file(request) if has_site else RedirectResponse(console.PATH, 302)
    summaries = [await _summary(request, dashboard) for dashboard in dashboards]
    datasets = list(app_context(request).catalog.datasets())
    return render(
        "accueil.html.j2",
        notice=site().avis,
        summaries=summaries,
        places=_places(summaries),
        datasets=datasets,
        diagnosis=entries(dataset.id for dataset in datasets),
        reports={
            dataset.id: [
                (title, f"/{dataset.id}/derniere/{name}")
                for name, title in _REPORTS.items()
                if any(file.nom == name for file in dataset.files)
            ]
            for dataset in datasets
        },
        console=console.PATH,
        path=PATH,
        here="accueil",
    )


async def _summary(request: Request, dashboard: Dashboard) -> Summary:
    async with show(request, dashboard, Selection(), root(request)) as shown:
        charts = {chart.shape: chart for chart in dashboard.charts.values()}
        figure = await shown.figure(charts["chiffres"])
        places = [
            (item.name, code, text)
            for item in dashboard.dimensions.values()
            if item.place
            for code, text in shown.facts.values[item.name].items()
            if code
        ]
        if "temps" not in charts:
            return Summary(dashboard, figure, None, "", "", places)
        # What changed the rules is told on the page of the dashboard.
        time = replace(await shown.figure(charts["temps"]), breaks=())
    wide, narrow = (
        draw_inline(time, width, lambda _: None, f"{dashboard.name}-{width}")
        for width in (_WIDE, _NARROW)
    )
    return Summary(dashboard, figure, time, wide, narrow, places)


def _places(summaries: Sequence[Summary]) -> list[tuple[str, str, dict[str, str]]]:
    """Return the places that may be chosen: dimension, label, names by code, in their order."""
    told = sorted({place for item in summaries for place in item.places}, key=lambda item: item[2])
    chosen = []
    for name, label in _PLACES.items():
        values = {code: text for dimension, code, text in told if dimension == name}
        if values:
            chosen.append((name, label, values))
    return chosen


def routes() -> list[Route]:
    """Return the route."""
    return [Route("/", in_french(home))]
