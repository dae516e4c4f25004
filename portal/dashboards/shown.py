"""The versions that a page shows, leased while it does, and its figures."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.requests import Request

from orchestration.html import format_date
from orchestration.store.versions import parse_version, read_withdrawal
from portal.context import AppContext, app_context, client, requested_dataset
from portal.dashboards.compute import Question
from portal.dashboards.declarations import Chart, Dashboard, read_dashboards
from portal.dashboards.facts import Facts, FactsKeeper, Reader, read_detail
from portal.dashboards.figures import Figure
from portal.dashboards.forms import forms, mention, pinned, told_by
from portal.dashboards.selection import Selection, bad_request, code_of, missing
from portal.dashboards.shapes import compute
from portal.errors import ApiError
from portal.mirror import bring
from portal.packages.dataset import Dataset

_SUGGESTED = 12
_KEEPER = FactsKeeper()


@dataclass(frozen=True)
class Shown:
    """A dashboard as it is asked: ``latest`` tells whether these are the current versions."""

    dashboard: Dashboard
    selection: Selection
    facts: Facts
    reader: Reader
    latest: bool
    site: str

    @property
    def main(self) -> Dataset:
        """The version of the main source."""
        return self.reader.served[self.dashboard.sources[0]]

    @property
    def mention(self) -> str:
        """What is said of rows that another publisher has opened; nothing of ours."""
        detail = self.reader.served[self.dashboard.detail]
        folder = self.reader.file(detail.id, detail.version).parent.parent
        return mention(folder, detail.version)

    @property
    def version(self) -> str:
        """What ``version=`` must say to show these versions for ever."""
        versions = [self.reader.served[name].version for name in self.dashboard.sources]
        return versions[0] if len(set(versions)) == 1 else ",".join(versions)

    @property
    def pinned(self) -> Selection:
        """The same, of these versions for ever."""
        return replace(self.selection, version=self.version)

    async def figure(self, chart: Chart, selection: Selection | None = None) -> Figure:
        """Compute a chart."""
        addresses = {
            name: parquet_address(self.site, dataset)
            for name, dataset in self.reader.served.items()
        }
        asked = Question(
            self.dashboard,
            chart,
            selection or self.selection,
            self.facts,
            self.reader,
            addresses,
        )
        return await compute(asked)


def parquet_address(site: str, dataset: Dataset) -> str:
    """Address of the rows of a version: those of a package without version are exported."""
    if dataset.version:
        return f"{site}/{dataset.id}/{dataset.version}/{dataset.id}.parquet"
    return f"{site}/api/explore/v2.1/catalog/datasets/{dataset.id}/exports/parquet"


def find_dashboard(request: Request, name: str) -> Dashboard:
    """Return a dashboard whose sources are served. Raises ``ApiError`` (404)."""
    dashboards = {item.name: item for item in available(request)}
    if name not in dashboards:
        told = ", ".join(dashboards) or "aucun pour l'instant"
        raise missing(f"Il n'y a pas de tableau de bord « {name[:60]} ». Il y a : {told}.")
    return dashboards[name]


def find_chart(dashboard: Dashboard, name: str) -> Chart:
    """Return a chart. Raises ``ApiError`` (404)."""
    if name not in dashboard.charts:
        told = ", ".join(dashboard.charts)
        raise missing(f"Il n'y a pas de graphique « {name[:60]} » ici. Il y a : {told}.")
    return dashboard.charts[name]


def available(request: Request) -> list[Dashboard]:
    """Return the dashboards whose rows are served, with their totals if these are too."""
    shared = app_context(request)
    return forms(shared.catalog.datasets(), shared.settings.publications)


async def read_facts(reader: Reader, dashboard: Dashboard) -> Facts:
    """Return what the versions that are read can tell. Raises ``ApiError`` (503)."""
    if dashboard.built:
        detail = await read_detail(reader, dashboard)
        return replace(detail, values={name: {} for name in dashboard.dimensions})
    return await _KEEPER.read(reader, dashboard)


@asynccontextmanager
async def show(
    request: Request, dashboard: Dashboard, selection: Selection, site: str
) -> AsyncIterator[Shown]:
    """Lease what a dashboard shows. Raises ``ApiError`` (400, 404, 410, 503)."""
    catalog = app_context(request).catalog
    if selection.version:
        asked_versions = selection.version.split(",")
        declared = read_dashboards().get(dashboard.name, dashboard)
        known = {name: catalog.versions(name) for name in declared.sources}
        for each in asked_versions[: len(declared.sources)]:
            for name in declared.sources:
                await bring(app_context(request).settings, name, each)
        dashboard = pinned(dashboard, asked_versions, known)
    versions = _versions(app_context(request), dashboard, selection.version)
    async with AsyncExitStack() as leases:
        served = {
            name: await leases.enter_async_context(requested_dataset(request, asked))
            for name, asked in versions.items()
        }
        reader = Reader(app_context(request), client(request), served)
        facts = await read_facts(reader, dashboard)
        if not dashboard.built:
            _check(facts, dashboard, selection)
            dashboard = told_by(dashboard, facts)
        current = {dataset.id: dataset.version for dataset in catalog.datasets()}
        latest = all(current.get(name) == served[name].version for name in served)
        yield Shown(dashboard, selection, facts, reader, latest, site)


def _versions(shared: AppContext, dashboard: Dashboard, version: str) -> Mapping[str, str]:
    """Return what to lease of each source. Raises ``ApiError`` (400, 404, 410)."""
    if not version:
        return {name: name for name in dashboard.sources}
    asked = version.split(",")
    if len(asked) == 1:
        asked = asked * len(dashboard.sources)
    if len(asked) != len(dashboard.sources):
        raise bad_request(
            f"« version » en nomme {len(asked)} ; il en faut une, ou une pour chacun de : "
            f"{', '.join(dashboard.sources)}."
        )
    for name, each in zip(dashboard.sources, asked, strict=True):
        known = shared.catalog.versions(name)
        if each not in known:
            _refuse_if_withdrawn(shared.settings.publications / name, each)
            told = ", ".join(known[:_SUGGESTED])
            raise missing(f"{name} n'a pas de version « {each[:40]} ». Il y a : {told}.")
    return {name: f"{name}@{each}" for name, each in zip(dashboard.sources, asked, strict=True)}


def _refuse_if_withdrawn(folder: Path, version: str) -> None:
    """Say when and why a version was withdrawn. Raises ``ApiError`` (410)."""
    withdrawal = read_withdrawal(folder / version) if parse_version(version) else None
    if withdrawal is None:
        return
    message = (
        f"La version {version} de {folder.name} a été retirée le "
        f"{format_date(withdrawal.retire_le[:10])} : {withdrawal.raison.rstrip('. ')}."
    )
    if withdrawal.remplacee_par:
        message += f" La version {withdrawal.remplacee_par} la remplace."
    raise ApiError(410, "Gone", message)


def _check(facts: Facts, dashboard: Dashboard, selection: Selection) -> None:
    """Refuse values that these versions do not have. Raises ``ApiError`` (400)."""
    asked = dict(selection.filters)
    compared = selection.compared(dashboard).filters if selection.compare else {}
    for name, text in [*asked.items(), *compared.items()]:
        values = facts.values[name]
        if code_of(text) not in values:
            told = ", ".join(code for code in list(values)[:_SUGGESTED] if code)
            more = "…" if len(values) > _SUGGESTED else ""
            raise bad_request(
                f"« {name} » n'a pas de valeur « {text[:40]} ». Il y a par exemple : {told}{more}"
            )
    if selection.year is not None and selection.year not in facts.years:
        told = f"{facts.years[0]} à {facts.years[-1]}" if facts.years else "rien"
        raise bad_request(f"Aucune donnée pour {selection.year} ; ce tableau va de {told}.")
