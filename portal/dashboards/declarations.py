"""The dashboards as they are declared, one file per dataset in ``declarations/``.

A declaration says which files answer, what is measured (SQL over the published columns), by what
it is broken down or filtered, and which charts show it. Read once, checked as it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "declarations"
SHAPES = ("chiffres", "temps", "versions", "barres", "carte", "financeurs", "periode")
# Units of what does not grow with the place, unless it adds up.
_LEVELS = ("€", "%", "heures")
# Chart shapes that break a measure down by one dimension.
_BY_DIMENSION = ("barres", "carte", "periode")
_OVER_TIME = ("temps", "versions")


class DashboardError(ValueError):
    """A declaration is wrong; the message says which file and what."""


@dataclass(frozen=True)
class Measure:
    """What is counted. ``expression``: an SQL aggregate; ``adds_up``: parts make the whole.

    ``has_share``: a value is told as a share of the whole too; ``totals_only``: only a row of
    totals can tell it (persons are never added); ``placeless``: a filter by place empties it;
    ``masked``: SQL condition of the rows of the detail that hide it.
    """

    name: str
    label: str
    unit: str
    expression: str
    definition: str
    adds_up: bool = False
    has_share: bool = False
    totals_only: bool = False
    placeless: bool = False
    masked: str = ""

    @property
    def is_level(self) -> bool:
        """Tell whether it is as high in a small place as in a large one: a mean, a share."""
        return not self.adds_up and self.unit in _LEVELS


@dataclass(frozen=True)
class Dimension:
    """What a measure is broken down by. ``code`` and ``text`` are SQL expressions.

    ``empty``: what no code means; ``place``: ``region``, ``departement`` or nothing; ``implies``:
    the coarser dimensions that it tells too; ``order``: its values in order, with their texts;
    ``typed``: too many values for a list; ``settled``: by default of the last year that is
    definitive, since provisional periods do not tell it.
    """

    name: str
    label: str
    code: str
    text: str
    empty: str
    place: str = ""
    implies: tuple[str, ...] = ()
    order: Mapping[str, str] = field(default_factory=dict)
    typed: bool = False
    settled: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart. ``measures``: those that it can show, the usual one first.

    ``limit``: how many bars at most, the others together; ``settled``: as for a dimension.
    """

    name: str
    title: str
    shape: str
    measures: tuple[str, ...]
    dimension: str = ""
    limit: int = 0
    settled: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Dashboard:
    """A dashboard. ``totals`` and ``detail`` name the datasets that answer, the exact one first.

    ``periods`` gives the column of each grain, the finest first; empty: a picture of one day.
    ``payers`` are the columns of amounts by who pays, with their texts; ``built``: by a reader,
    from an address (``builder``); ``short``: a title of one word; ``rank``: where it is listed.
    """

    name: str
    title: str
    summary: str
    scope: str
    caution: str
    detail: str
    totals: str
    periods: Mapping[str, str]
    measures: Mapping[str, Measure]
    dimensions: Mapping[str, Dimension]
    payers: Mapping[str, str]
    charts: Mapping[str, Chart]
    short: str = ""
    rank: int = 0
    built: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The datasets that answer, the main one first."""
        return (self.totals, self.detail) if self.totals else (self.detail,)

    @property
    def alone(self) -> "Dashboard":
        """The same, of which the detail answers all: there are no totals."""
        return replace(self, totals="")

    @property
    def has_places(self) -> bool:
        """Tell whether it knows places, which can be compared."""
        return any(item.place for item in self.dimensions.values())

    @property
    def main_measures(self) -> tuple[str, ...]:
        """The measures that a reader may choose for the whole page; a chart has some of them."""
        charts = list(self.charts.values())
        first = [chart for chart in charts if chart.shape in _BY_DIMENSION][:1]
        over_time = [chart for chart in charts if chart.shape in _OVER_TIME]
        return tuple(
            dict.fromkeys(name for chart in (*first, *over_time) for name in chart.measures)
        )


@lru_cache(maxsize=1)
def read_dashboards() -> Mapping[str, Dashboard]:
    """Read every dashboard, by its name. Raises :class:`DashboardError`."""
    read = [read_dashboard(path) for path in sorted(_FOLDER.glob("*.yml"))]
    return {item.name: item for item in sorted(read, key=lambda item: item.rank)}


def read_dashboard(path: Path) -> Dashboard:
    """Read a declaration. Raises :class:`DashboardError`."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        dashboard = _dashboard(content)
    except (KeyError, TypeError, AttributeError) as error:
        raise DashboardError(f"{path.name} : il manque {error}, ou sa forme est autre.") from None
    problem = _problem(dashboard)
    if problem:
        raise DashboardError(f"{path.name} : {problem}")
    return dashboard


def _dashboard(content: Mapping[str, Any]) -> Dashboard:
    return Dashboard(
        name=content["nom"],
        title=content["titre"],
        summary=content["resume"],
        scope=content["perimetre"],
        caution=content["avertissement"],
        detail=content["detail"],
        totals=content.get("totaux", ""),
        short=content["court"],
        rank=content["rang"],
        periods=content.get("periodes", {}),
        measures={name: _measure(name, item) for name, item in content["mesures"].items()},
        dimensions={name: _dimension(name, item) for name, item in content["dimensions"].items()},
        payers=content.get("financeurs", {}),
        charts={name: _chart(name, item) for name, item in content["graphiques"].items()},
    )


def _measure(name: str, item: Mapping[str, Any]) -> Measure:
    return Measure(
        name,
        item["libelle"],
        item["unite"],
        item["expression"],
        item["definition"],
        item.get("somme", False),
        item.get("part", item.get("somme", False)),
        item.get("totaux_seuls", False),
        item.get("sans_lieu", False),
        item.get("masque", ""),
    )


def _dimension(name: str, item: Mapping[str, Any]) -> Dimension:
    order = item.get("ordre", {})
    return Dimension(
        name,
        item["libelle"],
        item["code"],
        item.get("texte", item["code"]),
        item.get("vide", "Non renseigné"),
        item.get("lieu", ""),
        tuple(item.get("precise", ())),
        order if isinstance(order, dict) else {value: value for value in order},
        item.get("saisie", False),
        item.get("definitif", False),
    )


def _chart(name: str, item: Mapping[str, Any]) -> Chart:
    return Chart(
        name,
        item["titre"],
        item["forme"],
        tuple(item["mesures"]),
        item.get("dimension", ""),
        item.get("limite", 0),
        item.get("definitif", False),
        item.get("large", False),
    )


def _problem(dashboard: Dashboard) -> str:
    """Return what is wrong in a declaration, or nothing."""
    dimensions, measures = dashboard.dimensions, dashboard.measures
    for dimension in dimensions.values():
        stray = set(dimension.implies) - set(dimensions)
        if stray:
            return f"la dimension {dimension.name} précise {stray.pop()}, qui n'est pas déclarée."
    for chart in dashboard.charts.values():
        if chart.shape not in SHAPES:
            return (
                f"le graphique {chart.name} a la forme {chart.shape} ; il y a {', '.join(SHAPES)}."
            )
        stray = set(chart.measures) - set(measures)
        if stray or not chart.measures:
            return f"le graphique {chart.name} montre {', '.join(stray) or 'rien'}, non déclaré."
        if (chart.shape in _BY_DIMENSION) != (chart.dimension in dimensions):
            return f"le graphique {chart.name} n'a pas la dimension que sa forme demande."
        if chart.shape == "temps" and not dashboard.periods:
            return f"le graphique {chart.name} montre le temps, sans « periodes »."
    return ""
