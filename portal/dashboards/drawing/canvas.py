"""What the drawings share: texts, patterns, colours. What readers or data wrote is escaped here."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import escape

from portal.dashboards.figures import Row

# Width of a letter of the text of 13 px, on average: labels are cut rather than measured.
_LETTER = 7.2
STYLE = """
.t{font:13px "Source Sans Pro",system-ui,"Segoe UI",Roboto,sans-serif;fill:#1d2433}
.s{font:12px "Source Sans Pro",system-ui,"Segoe UI",Roboto,sans-serif;fill:#566074}
.h{font-size:17px;font-weight:600}.v{font-weight:600}.e{text-anchor:end}.m{text-anchor:middle}
.b{fill:#3558a8}.o{fill:#566074}.r{stroke:#a2440a;stroke-width:3}.w{fill:#eef1f6}
.l{stroke:#dfe3ea;stroke-width:1}.k{stroke:#566074;stroke-width:1;stroke-dasharray:3 3}
.p{stroke:#3558a8;stroke-width:3}.q{fill:#566074}.n{fill:none;stroke:#566074;stroke-dasharray:2 2}
.x{stroke:#1d2433;stroke-width:2}.d{stroke:#fff;stroke-width:.7}
.c0{fill:#eef1f6}.c1{fill:#c9d6f2}.c2{fill:#9db5e6}.c3{fill:#6d8fd3}.c4{fill:#3f64b3}.c5{fill:#21407f}
""".replace("\n", "")

Link = Callable[[str], str | None]


@dataclass(frozen=True)
class Drawing:
    """Elements, already escaped, on ``width`` × ``height`` pixels."""

    body: str
    width: int
    height: int


def text(x: float, y: float, content: str, classes: str = "t") -> str:
    """A line of text, its baseline at ``y``."""
    return f'<text x="{number(x)}" y="{number(y)}" class="{classes}">{escape(content)}</text>'


def rect(x: float, y: float, width: float, height: float, look: str) -> str:
    """A rectangle; ``look`` is a class, or a fill that begins with ``url(``."""
    size = f'width="{number(max(width, 0))}" height="{number(max(height, 0))}"'
    return f'<rect x="{number(x)}" y="{number(y)}" {size} {filled(look)}/>'


def filled(look: str) -> str:
    """The attribute that fills: by a class, or by a pattern."""
    return f'fill="{look}"' if look.startswith("url(") else f'class="{look}"'


def line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    """A line."""
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line {ends} class="{look}"/>'


def linked(body: str, address: str | None, *, reachable: bool = True) -> str:
    """Make a link of elements, if there is an address; ``reachable`` by the keyboard too."""
    if address is None:
        return body
    order = "" if reachable else ' tabindex="-1"'
    return f'<a href="{escape(address)}"{order}>{body}</a>'


def titled(body: str, label: str) -> str:
    """Elements that say what they are."""
    return f"<g><title>{escape(label)}</title>{body}</g>"


def patterns(name: str) -> str:
    """What hatches provisional values and dots secret ones; ids are told apart by ``name``."""
    return (
        f'<defs><pattern id="h-{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" class="w"/>'
        '<line x1="1.5" y1="0" x2="1.5" y2="6" class="p"/></pattern>'
        f'<pattern id="s-{name}" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<rect width="5" height="5" class="w"/><circle cx="2.5" cy="2.5" r="1.1" class="q"/>'
        "</pattern></defs>"
    )


def look(row: Row, name: str, usual: str = "b") -> str:
    """How a value is filled: hatched when it may still change."""
    return f"url(#h-{name})" if row.provisional else usual


def cut(label: str, width: float) -> str:
    """Cut a label that would be longer than ``width`` pixels."""
    most = max(int(width / _LETTER), 4)
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"


def wrap(content: str, width: float) -> list[str]:
    """Lines of a text on ``width`` pixels."""
    # No-break spaces hold: textwrap knows only plain spaces as places to break.
    return textwrap.wrap(content, max(int(width / _LETTER), 10), break_on_hyphens=False) or [""]


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def standalone(drawing: Drawing, head: str, sub: list[str], credits_: list[str]) -> str:
    """A file of its own: title, texts, drawing, credits; colours for white paper."""
    margin, width = 16, drawing.width
    y, body = 30.0, []
    for part in wrap(head, width * 0.8):
        body.append(text(0, y, part, "t h"))
        y += 22
    y, lines = _lines(sub, width, y)
    body += [*lines, f'<g transform="translate(0 {number(y + 4)})">{drawing.body}</g>']
    y, lines = _lines(credits_, width, y + drawing.height + 24)
    size = f'width="{width + 2 * margin}" height="{number(y + 4)}"'
    box = f"-{margin} 0 {width + 2 * margin} {number(y + 4)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}" role="img" '
        f'aria-label="{escape(head)}"><style>{STYLE}</style>'
        f'<rect x="-{margin}" {size} fill="#fff"/>{"".join([*body, *lines])}</svg>'
    )


def _lines(contents: list[str], width: float, y: float) -> tuple[float, list[str]]:
    drawn = []
    for content in contents:
        for part in wrap(content, width):
            drawn.append(text(0, y, part, "s"))
            y += 17
    return y, drawn
