"""The derived expectations that compare: with the last delivery, and with the last publication.

Only a publication made from the same kind of source is a reference: another feed is another
perimeter, not a drift.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from orchestration.candidates.deliveries import Supply
from orchestration.datasets import Dataset
from orchestration.quality.measures import Measures
from orchestration.quality.periods import period, period_bounds
from orchestration.quality.suite import BETWEEN, PROFILE, WARNING, Expectation, Suite, WatchedColumn

# A label that a tenth of the rows lose from one release to the next is a register gone missing.
MAX_NULL_INCREASE = 0.10
# The newest month or quarter may still be too thin to show: one more may be missing.
LAG_ALLOWED = ("mensuel", "trimestriel")


@dataclass(frozen=True)
class Context:
    """What the derived expectations are derived from; ``reference`` is a comparable publication's.

    ``same_dissemination``: made with the same threshold and plan, it is comparable row by row.
    """

    dataset: Dataset
    suite: Suite
    supply: Supply
    reference_version: str | None
    reference: Measures | None
    same_dissemination: bool = True


def freshness(context: Context) -> list[Expectation]:
    """Compare the periods of the content with the newest delivery and with the last publication."""
    extraction_date, frequency = context.supply.latest_date, context.dataset.frequency
    expectations = []
    if extraction_date:
        newest = period(extraction_date, frequency)
        earliest = period_bounds(newest)[0]
        if frequency in LAG_ALLOWED:
            earliest = period_bounds(period(earliest - dt.timedelta(days=1), frequency))[0]
        expectations += [
            _profiled(
                "fraicheur_extrait",
                f"Le contenu va jusqu'au dernier extrait atterri ({newest})",
                column="fin",
                min_value=earliest.toordinal(),
            ),
            _profiled(
                "periode_non_future",
                f"Aucune période ne commence après le dernier extrait atterri ({extraction_date})",
                column="debut",
                max_value=extraction_date.toordinal(),
            ),
        ]
    if context.dataset.origin:
        # Nobody here can have the publisher's own data delivered again.
        expectations = [replace(x, severity=WARNING) for x in expectations]
    last = context.reference.periode_max if context.reference else None
    if last:
        version = context.reference_version
        expectations.append(
            _profiled(
                "fraicheur_publication",
                f"Le contenu va aussi loin que celui de la version {version} ({last})",
                column="fin",
                min_value=period_bounds(last)[0].toordinal(),
            )
        )
    return expectations


def drift(context: Context, reference: Measures) -> list[Expectation]:
    """Compare rows, totals and shares of nulls with those of the last publication."""
    version, bounds = context.reference_version, context.suite.drift
    reference_figures = {f"total.{name}": float(total) for name, total in reference.totaux.items()}
    if context.same_dissemination:
        reference_figures |= {"lignes": float(reference.lignes)}
    expectations = [
        _profiled(
            f"derive.{name}",
            f"{_name(name)} reste dans les bornes de la version {version} ({_bounds_text(bounds)})",
            column=name,
            **{f"{side[:3]}_value": round(value * ratio, 2) for side, ratio in bounds.items()},
        )
        for name, value in reference_figures.items()
    ]
    return expectations + [
        _null_share(watched, reference.nuls[watched.column], version)
        for watched in context.suite.watched_columns
        if context.same_dissemination and watched.column in reference.nuls
    ]


def _null_share(watched: WatchedColumn, before: float, version: str | None) -> Expectation:
    return _profiled(
        f"derive.nuls.{watched.column}",
        f"La part de vides de {watched.column} ne dépasse pas de plus de "
        f"{100 * MAX_NULL_INCREASE:.0f} points celle de la version {version}",
        column=f"nuls.{watched.column}",
        max_value=round(before + MAX_NULL_INCREASE, 6),
    )


def _name(measure: str) -> str:
    return "Le nombre de lignes" if measure == "lignes" else f"Le total de {measure[6:]}"


def _bounds_text(bounds: Any) -> str:
    signs = {"minimum": "au moins", "maximum": "au plus"}
    return ", ".join(f"{signs[side]} {100 * ratio:.0f} %" for side, ratio in bounds.items())


def _profiled(name: str, label: str, **kwargs: Any) -> Expectation:
    return Expectation(name, label, BETWEEN, kwargs, columns=(), frame=PROFILE)
