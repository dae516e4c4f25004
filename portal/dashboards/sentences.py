"""The sentence of a figure: its caption, its alternative text, what a page for programs says.

Every number in it is that of a row, or a share or evolution computed from rows.
"""

from orchestration.html import format_percent
from portal.dashboards.figures import TOLD_IN_TITLE, Figure, Row, Status
from portal.dashboards.french import (
    GRAINS,
    NO_BREAK,
    format_evolution,
    format_list,
    format_period,
    format_value,
    in_sentence,
)

_RANKED = 3
# A smaller share would be told as 0,0 %.
_TOLD = 0.0005


def title(figure: Figure) -> str:
    """Title of a figure: what, when, where; the share that is not broken down if it is large."""
    head = figure.chart.title
    if figure.chart.shape != "chiffres":
        head = f"{figure.measure.label} {in_sentence(head)}"
    if figure.grain:
        head = f"{figure.measure.label} {GRAINS[figure.grain]}"
    elif figure.chart.shape == "carte":
        head = f"{figure.measure.label} par département"
    elif figure.chart.shape == "financeurs":
        head = f"{figure.chart.title} : {in_sentence(figure.measure.label)} par financeur"
    parts = [head, *figure.where]
    if figure.year is not None:
        parts.insert(1, f"{figure.year} (provisoire)" if figure.provisional else str(figure.year))
    undetailed = figure.undetailed or 0
    if undetailed > TOLD_IN_TITLE:
        parts.append(f"{format_percent(undetailed)} non ventilés")
    return ", ".join(parts)


def sentence(figure: Figure) -> str:
    """Tell a figure in one or two sentences."""
    if not any(row.value is not None for row in figure.rows):
        text = "rien n'est diffusé" if figure.secrets else "aucune donnée"
        return f"{_subject(figure)} : {text} pour ces filtres."
    told = {"chiffres": _key_figures, "temps": _time, "versions": _time}
    tell = told.get(figure.chart.shape, _breakdown)
    return " ".join([tell(figure), *_reserves(figure)])


def _subject(figure: Figure) -> str:
    words = [figure.measure.label]
    if figure.chart.shape == "chiffres":
        words = [figure.chart.title]
    if figure.year is not None:
        words[0] += f" en {figure.year}"
        if figure.provisional:
            words[0] += " (provisoire)"
    return ", ".join([*words, *figure.where])


def value_text(figure: Figure, row: Row) -> str:
    """The value of a row as it is written beside it, and what it is worth."""
    if row.status is Status.SECRET:
        return "secret"
    if row.value is None:
        return row.status.value
    text = format_value(row.value, row.unit or figure.measure.unit)
    if row.status is Status.PARTIAL:
        return f"{text} (sur une partie)"
    return f"au moins{NO_BREAK}{text}" if row.status is Status.MINIMUM else text


def _since(row: Row, name: str) -> str:
    evolution = row.evolution
    return "" if evolution is None else f" ({format_evolution(evolution)} {name})"


def _key_figures(figure: Figure) -> str:
    since = f"depuis {figure.year - 1}" if figure.year is not None else ""
    told = [
        f"{in_sentence(row.label)} : {value_text(figure, row)}{_since(row, since)}"
        for row in figure.rows
    ]
    return f"{_subject(figure)} – {' ; '.join(told)}."


def _time(figure: Figure) -> str:
    told = [row for row in figure.rows if row.value is not None]
    last, highest = told[-1], figure.highest
    label = f"{format_period(last.code)}{' (provisoire)' if last.provisional else ''}"
    text = f"{_subject(figure)}, {GRAINS[figure.grain]} : {value_text(figure, last)}, {label}"
    if last.previous is not None:
        year = int(last.code[:4]) - 1
        before = format_value(last.previous, figure.measure.unit)
        text += f", contre {before} à la même période de {year}{_alone(last)}"
    if highest is not None and highest is not last:
        text += f" ; le plus haut : {value_text(figure, highest)}, {format_period(highest.code)}"
    return text + "."


def _alone(row: Row) -> str:
    evolution = row.evolution
    return "" if evolution is None else f" ({format_evolution(evolution)})"


def _breakdown(figure: Figure) -> str:
    told = [row for row in figure.rows if row.value is not None and row.is_value]
    by = "par département" if figure.chart.shape == "carte" else in_sentence(figure.chart.title)
    head = f"{_subject(figure)}, {by}" if figure.chart.shape != "financeurs" else _subject(figure)
    if not told:
        return f"{head} : rien n'est ventilé."
    if not figure.ranked:
        total = format_value(figure.total, figure.measure.unit)
        return f"{head} : {total} en tout, trop peu ventilés pour un classement."
    best = sorted(told, key=lambda row: -(row.value or 0))[:_RANKED]
    return f"{head} : {format_list([_named(figure, row) for row in best])}."


def _named(figure: Figure, row: Row) -> str:
    share = "" if row.share is None else f" ({format_percent(row.share)})"
    return f"{row.label}, {value_text(figure, row)}{share}"


def _reserves(figure: Figure) -> list[str]:
    told = []
    undetailed = figure.undetailed or 0
    if undetailed >= _TOLD and figure.chart.shape != "chiffres":
        told.append(f"Non ventilé : {format_percent(undetailed)} de l'ensemble.")
    if figure.secrets:
        several = figure.secrets > 1
        told.append(
            f"{figure.secrets} valeur{'s' if several else ''} secrète{'s' if several else ''}, "
            "qui n'est pas un zéro."
            if not several
            else f"{figure.secrets} valeurs secrètes, qui ne sont pas des zéros."
        )
    return told
