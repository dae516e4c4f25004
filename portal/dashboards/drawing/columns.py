"""Columns: one per period; provisional ones hatched, secret ones dotted, breaks numbered."""

import math

from portal.dashboards.drawing.canvas import (
    Drawing,
    Link,
    line,
    linked,
    look,
    patterns,
    rect,
    text,
    titled,
    wrap,
)
from portal.dashboards.figures import Figure, Status
from portal.dashboards.french import format_short
from portal.dashboards.sentences import value_text

_LEFT, _TOP, _TALL = 46, 20, 190
_TICKS = 4
_SMALL = 350
_MANY, _THICKEST = 40, 60
_QUARTER = 3


def draw_columns(figure: Figure, width: int, link: Link, name: str) -> Drawing:
    """Draw a figure of time; ``link`` gives the address of a year."""
    rows = figure.rows
    highest = _ceiling(max([float(row.value or 0) for row in rows], default=0))
    step = (width - _LEFT) / max(len(rows), 1)
    base = _TOP + _TALL
    body = [patterns(name)]
    for tick in range(_TICKS + 1):
        y = base - _TALL * tick / _TICKS
        body += [
            line(_LEFT, y, width, y, "l"),
            text(_LEFT - 6, y + 4, format_short(highest * tick / _TICKS), "s e"),
        ]
    references = _reference_scale(figure)
    for rank, row in enumerate(rows):
        thick = min(max(step - (1 if len(rows) > _MANY else 3), 0.8), _THICKEST)
        x = _LEFT + rank * step + (max(step - _THICKEST, 0) / 2)
        label = f"{row.label} : {value_text(figure, row)}"
        label += " (provisoire)" if row.provisional else ""
        if row.status is Status.ABSENT:
            continue
        if row.status in (Status.SECRET, Status.UNTOLD):
            shape = rect(x, base - 12, thick, 12, f"url(#s-{name})")
        else:
            tall = _TALL * float(row.value or 0) / highest if highest else 0
            shape = rect(x, base - max(tall, 0.8), thick, max(tall, 0.8), look(row, name))
        if references and row.reference is not None:
            y = base - _TALL * min(float(row.reference) * references / (highest or 1), 1)
            shape += line(x, y, x + thick, y, "r")
        # Nothing hovers over a small screen.
        body.append(titled(shape, label) if width > _SMALL else shape)
    body += _years(figure, step, base, link, width)
    drawn, height = _breaks(figure, step, base, width)
    return Drawing("".join([*body, *drawn]), width, height)


def _reference_scale(figure: Figure) -> float:
    """What is compared is drawn with the same sum: the two shapes are compared, not the sizes."""
    if not figure.reference:
        return 0
    if figure.measure.is_level:
        return 1
    told = [row for row in figure.rows if row.value is not None and row.reference]
    reference = sum(float(row.reference or 0) for row in told)
    return sum(float(row.value or 0) for row in told) / reference if reference else 0


def _ceiling(value: float) -> float:
    """The least round number above, that four graduations divide."""
    if value <= 0:
        return 0
    size: float = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10) if step * size >= value)


def _years(figure: Figure, step: float, base: float, link: Link, width: int) -> list[str]:
    ranks: dict[str, list[int]] = {}
    for rank, row in enumerate(figure.rows):
        ranks.setdefault(row.code[:4], []).append(rank)
    narrow = width / max(len(ranks), 1) < 46  # noqa: PLR2004 (a year of four digits, and room)
    drawn = []
    for year, places in ranks.items():
        left, right = _LEFT + places[0] * step, _LEFT + (places[-1] + 1) * step
        shown = f"’{year[2:]}" if narrow else year
        mark = text((left + right) / 2, base + 16, shown, "s m")
        if figure.selection.year == int(year):
            mark = line(left, base + 3, right - 1, base + 3, "x") + mark
        drawn += [
            linked(titled(mark, f"Année {year}"), link(year)),
            line(left, base, left, base + 5, "l"),
        ]
    return drawn


def _breaks(figure: Figure, step: float, base: float, width: int) -> tuple[list[str], int]:
    """Dashed lines with a number, and what each number means under the chart."""
    places = {row.code: rank for rank, row in enumerate(figure.rows)}
    drawn: list[str] = []
    y, last = base + 38, -100.0
    for item in figure.breaks:
        rank = places.get(_period(item.period, figure.grain))
        if rank is None:
            continue
        number = len([part for part in drawn if 'class="k"' in part]) + 1
        x = _LEFT + (rank + 0.5) * step
        top = _TOP - 2 if x - last > 14 else _TOP + 12  # noqa: PLR2004 (two numbers side by side)
        last = x
        drawn += [line(x, top + 2, x, base, "k"), text(x, top - 2, str(number), "s m")]
        for part in wrap(f"{number}. {item.label}", width):
            drawn.append(text(0, y, part, "s"))
            y += 16
    return drawn, int(y - 8)


def _period(month: str, grain: str) -> str:
    year, _, part = month.partition("-")
    if grain == "annee":
        return year
    return f"{year}-T{(int(part) + 2) // _QUARTER}" if grain == "trimestre" else month
