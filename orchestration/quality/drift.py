"""The derived rules that compare: with the last delivery, and with the last publication.

Belongs here: freshness and drift. Does not: what a file must hold in itself (``derived``). Both
are judged against the last publication made from the same kind of source only: another feed is
another perimeter, not a drift.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from orchestration.candidates.deliveries import Supply
from orchestration.datasets import Dataset
from orchestration.quality.periods import period, period_bounds
from orchestration.quality.reader import Measures
from orchestration.quality.suite import BETWEEN, PROFILE, Rule, RuleSet, WatchedColumn

# A label that a tenth of the rows lose from one release to the next is a register gone missing.
MAX_NULL_INCREASE = 0.10
# The newest month or quarter may still be too thin to show: one more may be missing.
LAG_ALLOWED = ("mensuel", "trimestriel")


@dataclass(frozen=True)
class Context:
    """What the derived rules are derived from; ``reference`` is a comparable publication's.

    ``same_dissemination``: it was made with the same threshold and plan, hence comparable row by row.
    """

    dataset: Dataset
    rule_set: RuleSet
    supply: Supply
    reference_version: str | None
    reference: Measures | None
    same_dissemination: bool = True


def freshness(context: Context) -> list[Rule]:
    """Compare the periods of the content with the newest delivery and with the last publication."""
    extraction_date, frequency = context.supply.latest_date, context.dataset.frequency
    rules = []
    if extraction_date:
        newest = period(extraction_date, frequency)
        earliest = period_bounds(newest)[0]
        if frequency in LAG_ALLOWED:
            earliest = period_bounds(period(earliest - dt.timedelta(days=1), frequency))[0]
        rules += [
            _profile_rule(
                "fraicheur_extrait",
                f"Le contenu va jusqu'au dernier extrait atterri ({newest})",
                column="fin",
                min_value=earliest.toordinal(),
            ),
            _profile_rule(
                "periode_non_future",
                f"Aucune période ne commence après le dernier extrait atterri ({extraction_date})",
                column="debut",
                max_value=extraction_date.toordinal(),
            ),
        ]
    last = context.reference.periode_max if context.reference else None
    if last:
        version = context.reference_version
        rules.append(
            _profile_rule(
                "fraicheur_publication",
                f"Le contenu va aussi loin que celui de la version {version} ({last})",
                column="fin",
                min_value=period_bounds(last)[0].toordinal(),
            )
        )
    return rules


def drift(context: Context, reference: Measures) -> list[Rule]:
    """Compare rows, totals and shares of nulls with those of the last publication."""
    version, bounds = context.reference_version, context.rule_set.drift
    reference_figures = {f"total.{name}": float(total) for name, total in reference.totaux.items()}
    if context.same_dissemination:
        reference_figures |= {"lignes": float(reference.lignes)}
    rules = [
        _profile_rule(
            f"derive.{name}",
            f"{_name(name)} reste dans les bornes de la version {version} ({_bounds_text(bounds)})",
            column=name,
            **{f"{side[:3]}_value": round(value * ratio, 2) for side, ratio in bounds.items()},
        )
        for name, value in reference_figures.items()
    ]
    return rules + [
        _null_share_rule(watched_column, reference.nuls[watched_column.column], version)
        for watched_column in context.rule_set.watched_columns
        if context.same_dissemination and watched_column.column in reference.nuls
    ]


def _null_share_rule(watched_column: WatchedColumn, before: float, version: str | None) -> Rule:
    return _profile_rule(
        f"derive.nuls.{watched_column.column}",
        f"La part de vides de {watched_column.column} ne dépasse pas de plus de "
        f"{100 * MAX_NULL_INCREASE:.0f} points celle de la version {version}",
        column=f"nuls.{watched_column.column}",
        max_value=round(before + MAX_NULL_INCREASE, 6),
    )


def _name(measure: str) -> str:
    return "Le nombre de lignes" if measure == "lignes" else f"Le total de {measure[6:]}"


def _bounds_text(bounds: Any) -> str:
    signs = {"minimum": "au moins", "maximum": "au plus"}
    return ", ".join(f"{signs[side]} {100 * ratio:.0f} %" for side, ratio in bounds.items())


def _profile_rule(name: str, label: str, **kwargs: Any) -> Rule:
    return Rule(name, label, BETWEEN, kwargs, colonnes=(), frame=PROFILE)
