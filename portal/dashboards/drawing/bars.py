"""Bars: a label and its value, the bar under them; what is compared as a mark on it.

In a page they are a list, whose texts are those of the page and wrap with it; in a file, a drawing.
"""

from markupsafe import Markup, escape

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
# Name of the patterns that the lists of bars of a page share.
_LISTED = "liste"


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


def shared_patterns() -> Markup:
    """Return what the lists of bars of a page are filled with, once for all of them."""
    drawn = f'<svg class="vh" aria-hidden="true">{patterns(_LISTED)}</svg>'
    return Markup(drawn)  # noqa: S704 (nothing of it was written by anybody)


def list_bars(figure: Figure, link: Link) -> Markup:
    """Return the bars as a list of a page, which has the shared patterns."""
    by_share = bool(figure.reference) and figure.measure.has_share
    lengths = [_length(row, by_share=by_share) for row in figure.rows]
    marks = [_mark(row, by_share=by_share) if figure.reference else 0 for row in figure.rows]
    longest = max([*lengths, *marks], default=0) or 1
    chosen = figure.selection.filters.get(figure.chart.dimension)
    items = []
    for row, length, mark in zip(figure.rows, lengths, marks, strict=True):
        drawn = _listed_bar(row, 100 * length / longest)
        if mark:
            x = f"{100 * mark / longest:.1f}%"
            drawn += f'<line x1="{x}" x2="{x}" y2="11" class="r"/>'
        told = _told(figure, row, short=False)
        texts = f"<span>{escape(row.label)}</span> <strong>{escape(told)}</strong>"
        body = f'{texts}<svg aria-hidden="true">{drawn}</svg>'
        address = link(row.code) if row.is_value else None
        if address is None:
            items.append(f"<li><p>{body}</p>")
        else:
            current = ' aria-current="true"' if row.code == chosen else ""
            items.append(f'<li><a href="{escape(address)}"{current}>{body}</a>')
    # Each of its parts is escaped above.
    return Markup(f'<ul class="barres">{"".join(items)}</ul>')  # noqa: S704


def _listed_bar(row: Row, length: float) -> str:
    """A bar on a hundred, as wide as the page lets it be."""
    if row.status is Status.SECRET:
        return f'<rect width="12%" height="11" fill="url(#s-{_LISTED})"/>'
    if row.code == REMAINDER:
        return f'<rect width="{length:.1f}%" height="11" fill="url(#s-{_LISTED})"/>'
    # A value that is drawn is seen, however small.
    return f'<rect width="{max(length, 0.3):.1f}%" height="11" class="b"/>' if row.value else ""


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
