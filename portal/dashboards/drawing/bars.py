"""Bars: a label and its value, the bar under them; what is compared as a mark on it."""

from orchestration.html import format_percent
from portal.dashboards.drawing.canvas import (
    Drawing,
    Link,
    cut,
    line,
    linked,
    patterns,
    rect,
    text,
)
from portal.dashboards.figures import REMAINDER, Figure, Row, Status
from portal.dashboards.french import NO_BREAK, format_value
from portal.dashboards.sentences import value_text

_ROW, _BAR = 36, 11
_LETTER = 7.8
# Narrower, values are told without their unit, which the title says.
_NARROW = 350


def draw_bars(figure: Figure, width: int, link: Link, name: str) -> Drawing:
    """Draw a figure; ``link`` gives the address of a value, ``name`` is unique in the page."""
    by_share = bool(figure.reference) and figure.measure.has_share
    lengths = [_length(row, by_share=by_share) for row in figure.rows]
    longest = max([*lengths, *(_mark(row, by_share=by_share) for row in figure.rows)], default=0)
    scale = width / longest if longest else 0
    chosen = figure.selection.filters.get(figure.chart.dimension)
    body = [patterns(name)]
    for rank, (row, length) in enumerate(zip(figure.rows, lengths, strict=True)):
        y = rank * _ROW
        told = _told(figure, row, short=width < _NARROW)
        parts = [
            # The whole of a row answers to a pointer.
            f'<rect y="{y}" width="{width}" height="{_ROW}" fill="none" pointer-events="all"/>',
            text(0, y + 14, cut(row.label, width - _LETTER * len(told) - 8), "t"),
            text(width, y + 14, told, "t e v"),
            rect(0, y + 19, width, _BAR, "w"),
            _bar(row, length * scale, y + 19, width, name),
        ]
        mark = _mark(row, by_share=by_share)
        if figure.reference and mark:
            parts.append(line(mark * scale, y + 16, mark * scale, y + 33, "r"))
        if row.code == chosen:
            frame = f'x="0.5" y="{y + 18}" width="{width - 1}" height="13"'
            parts.append(f'<rect {frame} fill="none" class="x"/>')
        body.append(linked("".join(parts), link(row.code) if row.is_value else None))
    return Drawing("".join(body), width, _ROW * len(figure.rows))


def _told(figure: Figure, row: Row, *, short: bool) -> str:
    told = value_text(figure, row)
    if short:
        told = told.removesuffix(f"{NO_BREAK}{figure.measure.unit}")
    if row.share is not None and figure.measure.has_share:
        told += f" · {format_percent(row.share)}"
    if not figure.reference:
        return told
    if figure.measure.has_share:
        share = row.reference_share
        return f"{told} | {'–' if share is None else format_percent(share)}"
    return f"{told} | {format_value(row.reference, figure.measure.unit)}"


def _length(row: Row, *, by_share: bool) -> float:
    return float((row.share if by_share else row.value) or 0)


def _mark(row: Row, *, by_share: bool) -> float:
    return float((row.reference_share if by_share else row.reference) or 0)


def _bar(row: Row, length: float, y: float, width: int, name: str) -> str:
    if row.status is Status.SECRET:
        return rect(0, y, width * 0.12, _BAR, f"url(#s-{name})") + rect(
            0.5, y + 0.5, width * 0.12, _BAR - 1, "n"
        )
    if row.code == REMAINDER:
        return rect(0, y, length, _BAR, f"url(#s-{name})")
    # A value that is drawn is seen, however small.
    return rect(0, y, max(length, 1.5) if row.value else 0, _BAR, "b")
