"""The map of départements, overseas ones always there; what has no place stands beside it."""

import csv
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from markupsafe import escape

from portal.dashboards.drawing.canvas import (
    Drawing,
    Link,
    cut,
    filled,
    linked,
    patterns,
    rect,
    text,
)
from portal.dashboards.figures import OTHERS, REMAINDER, Figure, Row, Status
from portal.dashboards.french import format_figure, format_value
from portal.dashboards.sentences import value_text

CREDIT = "Tracés des départements : DSFR Chart (DINUM), licence MIT, simplifiés"
_SIZE = (324, 384)
_CLASSES = 5
# Names under the overseas départements, which stand in a row: where the first is, how far the next.
_OVERSEAS = ("Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte")
_FIRST, _STEP = 30, 62


@lru_cache(maxsize=1)
def outlines() -> dict[str, str]:
    """Outline of each département, by its code; on 324 × 384 pixels."""
    with (Path(__file__).parent / "departements.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["trace"] for row in csv.DictReader(file)}


def draw_map(figure: Figure, width: int, link: Link, name: str) -> Drawing:
    """Draw a figure by département; ``link`` gives the address of one."""
    rows = {row.code: row for row in figure.rows}
    bounds = class_bounds([row for row in figure.rows if row.code in outlines()])
    chosen = figure.selection.filters.get(figure.chart.dimension)
    bare = " ".join(outlines()[code] for code in outlines() if code not in rows)
    shapes = [f'<path d="{bare}" class="c0"/>']
    for code, row in rows.items():
        outline = outlines().get(code)
        if outline is None:
            continue
        label = escape(f"{row.label} : {value_text(figure, row)}")
        look = filled(_look(row, bounds, name))
        shape = f'<path d="{outline}" {look}><title>{label}</title></path>'
        if code == chosen:
            shape += f'<path d="{outline}" fill="none" class="x"/>'
        shapes.append(linked(shape, link(code), reachable=False))
    scale = width / _SIZE[0]
    body = [
        patterns(name),
        f'<g class="d" transform="scale({scale:.3f})">{"".join(shapes)}</g>',
    ]
    body += [
        text((_FIRST + _STEP * rank) * scale, _SIZE[1] * scale + 10, place, "s m")
        for rank, place in enumerate(_OVERSEAS)
    ]
    aside = [row for row in figure.rows if row.code not in outlines()]
    legend, height = _legend(figure, bounds, aside, width, _SIZE[1] * scale + 26, name)
    return Drawing("".join([*body, *legend]), width, height)


def class_bounds(rows: Sequence[Row]) -> list[float]:
    """Upper bound of each class: as many départements in each, five classes at most."""
    values = sorted(float(row.value) for row in rows if row.value)
    if not values:
        return []
    count = min(_CLASSES, len(set(values)))
    bounds = {values[-(-len(values) * rank // count) - 1] for rank in range(1, count + 1)}
    return sorted(bounds)


def _look(row: Row, bounds: Sequence[float], name: str) -> str:
    if row.value == 0:
        return "c0"
    if row.status is Status.SECRET or row.value is None:
        return f"url(#s-{name})"
    return f"c{_rank(float(row.value), bounds)}"


def _rank(value: float, bounds: Sequence[float]) -> int:
    """Class of a value, from 1 to 5; the darkest is always used."""
    return bisect_left(bounds, value) + 1 + _CLASSES - len(bounds)


def _legend(
    figure: Figure, bounds: Sequence[float], aside: Sequence[Row], width: int, y: float, name: str
) -> tuple[list[str], int]:
    unit = figure.measure.unit
    entries = [("c0", "aucun")]
    for rank, bound in enumerate(bounds):
        low = "" if rank == 0 else f"plus de {format_figure(bounds[rank - 1], unit)}, "
        entries.append((f"c{_rank(bound, bounds)}", f"{low}jusqu'à {format_value(bound, unit)}"))
    if any(row.status is Status.SECRET for row in figure.rows):
        entries.append((f"url(#s-{name})", "non diffusé (secret)"))
    drawn = []
    for look, label in entries:
        drawn += [rect(0, y, 22, 13, look), text(30, y + 11, label, "s")]
        y += 19
    y += 6
    for row in aside:
        if row.code in (OTHERS, REMAINDER):
            look = f"url(#s-{name})"
        else:
            look = _look(row, bounds, name) if row.value is None else "o"
        told = value_text(figure, row)
        drawn += [
            rect(0, y, 22, 13, look),
            text(30, y + 11, cut(row.label, width - 40 - 7 * len(told)), "t"),
            text(width, y + 11, told, "t e v"),
        ]
        y += 21
    return drawn, int(y)
