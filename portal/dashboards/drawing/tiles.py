"""Key figures, side by side: what, how many, and the evolution since the year before."""

from portal.dashboards.drawing.canvas import Drawing, Link, rect, text
from portal.dashboards.figures import Figure
from portal.dashboards.french import format_evolution, format_value
from portal.dashboards.sentences import value_text

_TILE, _TALL, _GAP = 172, 84, 10


def draw_tiles(figure: Figure, width: int, _link: Link, _name: str) -> Drawing:
    """Draw key figures."""
    across = max(width // (_TILE + _GAP), 1)
    wide = (width - _GAP * (across - 1)) / across
    body = []
    for rank, row in enumerate(figure.rows):
        x, y = (rank % across) * (wide + _GAP), (rank // across) * (_TALL + _GAP)
        body += [
            rect(x, y, wide, _TALL, "w"),
            text(x + 12, y + 23, row.label, "s"),
            text(x + 12, y + 48, value_text(figure, row), "t h"),
        ]
        told = ""
        if row.evolution is not None and figure.year is not None:
            told = f"{format_evolution(row.evolution)} depuis {figure.year - 1}"
        if figure.reference:
            told = f"{figure.reference} : {format_value(row.reference, row.unit)}"
        body.append(text(x + 12, y + 70, told, "s"))
    lines = -(-len(figure.rows) // across)
    return Drawing("".join(body), width, lines * (_TALL + _GAP) - _GAP)
