"""What an address names: a dashboard and a chart that are declared, or built by a reader."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.context import app_context
from portal.dashboards import builder
from portal.dashboards.declarations import Chart, Dashboard, read_dashboards
from portal.dashboards.selection import Selection, missing
from portal.dashboards.shown import find_chart, find_dashboard
from portal.packages.dataset import Dataset


def target(request: Request, tableau: str, graphique: str = "") -> tuple[Dashboard, Chart | None]:
    """Return a dashboard, and its chart if one is named. Raises ``ApiError`` (400, 404)."""
    if tableau.startswith(builder.PREFIX):
        dataset = served(request, tableau.removeprefix(builder.PREFIX))
        return builder.build(dataset, graphique)
    dashboard = find_dashboard(request, tableau)
    return dashboard, find_chart(dashboard, graphique) if graphique else None


def path_target(request: Request, graphique: str = "") -> tuple[Dashboard, Chart | None]:
    """Return what the path of a request names. Raises ``ApiError`` (400, 404)."""
    jeu = request.path_params.get("jeu")
    name = builder.PREFIX + jeu if jeu is not None else request.path_params["tableau"]
    return target(request, name, graphique)


def served(request: Request, name: str) -> Dataset:
    """Return a dataset that is served. Raises ``ApiError`` (404)."""
    datasets = {dataset.id: dataset for dataset in app_context(request).catalog.datasets()}
    if name not in datasets:
        raise missing(f"Aucun jeu ne s'appelle « {name[:80]} ». Il y a : {', '.join(datasets)}.")
    return datasets[name]


def check(request: Request, dashboard: Dashboard, selection: Selection) -> None:
    """Refuse a chart that would be wrong with these filters. Raises ``ApiError`` (400)."""
    if dashboard.built:
        builder.check_filters(served(request, dashboard.detail), selection.filters)


def moved(request: Request) -> Response | None:
    """Lead from the name of a dataset to its dashboard."""
    name = request.path_params.get("tableau")
    for dashboard in read_dashboards().values():
        if name in dashboard.sources:
            path = request.url.path.replace(f"/{name}", f"/{dashboard.name}", 1)
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(path + query, 308)
    return None
