"""Which form of a dashboard the versions that are served can show.

Exact totals answer where they are, and are of the same rows as the detail. Where there are none, or
rows are the publisher's own (its public exports, of which nobody here counts totals), the detail
answers alone; charts and measures that it does not tell are left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from orchestration.store.versions import (
    HistoryError,
    read_manifest,
    read_pointer,
    read_withdrawal,
)
from portal.dashboards.declarations import Chart, Dashboard, read_dashboards
from portal.dashboards.facts import Facts
from portal.packages.dataset import Dataset


def forms(served: Iterable[Dataset], publications: Path) -> list[Dashboard]:
    """Return the dashboards that can be shown of what is served, as it can be."""
    by_name = {dataset.id: dataset for dataset in served}
    made = (_form(dashboard, by_name, publications) for dashboard in read_dashboards().values())
    return [dashboard for dashboard in made if dashboard is not None]


def _form(
    dashboard: Dashboard, served: Mapping[str, Dataset], publications: Path
) -> Dashboard | None:
    detail = served.get(dashboard.detail)
    if detail is None:
        return None
    if not dashboard.totals or mention(publications / detail.id, detail.version):
        return dashboard.alone
    if dashboard.totals in served:
        return dashboard
    # Totals that are published are waited for: they are served a moment after their rows.
    return None if _is_published(publications / dashboard.totals) else dashboard.alone


def _is_published(folder: Path) -> bool:
    try:
        pointer = read_pointer(folder)
    except HistoryError:
        return False
    return pointer is not None and read_withdrawal(folder / pointer.version) is None


def pinned(
    dashboard: Dashboard, versions: list[str], known: Mapping[str, Iterable[str]]
) -> Dashboard:
    """Return the form that had these versions, which an address names; else ``dashboard``.

    ``known``: the versions of each dataset that are kept.
    """
    declared = read_dashboards().get(dashboard.name, dashboard)
    for form in (declared, declared.alone):
        asked = versions * len(form.sources) if len(versions) == 1 else versions
        if len(asked) == len(form.sources) and all(
            each in known[name] for name, each in zip(form.sources, asked, strict=True)
        ):
            return form
    return dashboard


def told_by(dashboard: Dashboard, facts: Facts) -> Dashboard:
    """Leave out the measures that no row tells, and the charts that would be empty."""
    charts = {}
    for chart in dashboard.charts.values():
        measures = tuple(name for name in chart.measures if name in facts.measures)
        if measures and _is_told(dashboard, chart, facts):
            charts[chart.name] = replace(chart, measures=measures)
    return replace(dashboard, charts=charts)


def _is_told(dashboard: Dashboard, chart: Chart, facts: Facts) -> bool:
    if chart.shape == "financeurs":
        return facts.payers
    return chart.dimension not in dashboard.dimensions or facts.tells(chart.dimension)


@lru_cache(maxsize=256)
def mention(folder: Path, version: str) -> str:
    """Return what a version says of rows that are its publisher's own; nothing of ours."""
    try:
        manifest = read_manifest(folder, version) if version else {}
    except HistoryError:
        return ""
    return str(manifest.get("mention") or "") if manifest.get("origine") else ""
