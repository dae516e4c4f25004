"""What the drawings share: texts, patterns, colours."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from portal.dashboards.figures import Row

# Width of a letter of the text of 13 px, on average: labels are cut rather than measured.
_LETTER = 7.2
STYLE = Markup("""
.t{font:13px "Source Sans Pro",system-ui,"Segoe UI",Roboto,sans-serif;fill:#1d2433}
.s{font:12px "Source Sans Pro",system-ui,"Segoe UI",Roboto,sans-serif;fill:#566074}
.h{font-size:17px;font-weight:600}.v{font-weight:600}.e{text-anchor:end}.m{text-anchor:middle}
.b{fill:#3558a8}.o{fill:#566074}.r{stroke:#a2440a;stroke-width:3}.w{fill:#eef1f6}
.l{stroke:#dfe3ea;stroke-width:1}.k{stroke:#566074;stroke-width:1;stroke-dasharray:3 3}
.p{stroke:#3558a8;stroke-width:3}.q{fill:#566074}.n{fill:none;stroke:#566074;stroke-dasharray:2 2}
.x{stroke:#1d2433;stroke-width:2}.d{stroke:#fff;stroke-width:.7}
.c0{fill:#eef1f6}.c1{fill:#c9d6f2}.c2{fill:#9db5e6}.c3{fill:#6d8fd3}.c4{fill:#3f64b3}.c5{fill:#21407f}
""").replace("\n", "")

Link = Callable[[str], str | None]


@dataclass(frozen=True)
class Drawing:
    """Elements, on ``width`` × ``height`` pixels."""

    body: Markup
    width: int
    height: int


def text(x: float, y: float, content: str, classes: str = "t") -> Markup:
    """A line of text, its baseline at ``y``."""
    return Markup('<text x="{}" y="{}" class="{}">{}</text>').format(
        number(x), number(y), classes, content
    )


def rect(x: float, y: float, width: float, height: float, look: str) -> Markup:
    """A rectangle; ``look`` is a class, or a fill that begins with ``url(``."""
    kind = Markup("fill") if look.startswith("url(") else Markup("class")
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" {}="{}"/>').format(
        number(x), number(y), number(max(width, 0)), number(max(height, 0)), kind, look
    )


def line(x1: float, y1: float, x2: float, y2: float, look: str) -> Markup:
    """A line."""
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(
        number(x1), number(y1), number(x2), number(y2), look
    )


def linked(body: Markup, address: str | None, *, reachable: bool = True) -> Markup:
    """Make a link of elements, if there is an address; ``reachable`` by the keyboard too."""
    if address is None:
        return body
    return Markup('<a href="{}"{}>{}</a>').format(
        address, Markup("") if reachable else Markup(' tabindex="-1"'), body
    )


def titled(body: Markup, label: str) -> Markup:
    """Elements that say what they are."""
    return Markup("<g><title>{}</title>{}</g>").format(label, body)


def patterns(name: str) -> Markup:
    """What hatches provisional values and dots secret ones; ids are told apart by ``name``."""
    return Markup(
        '<defs><pattern id="h-{0}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" class="w"/>'
        '<line x1="1.5" y1="0" x2="1.5" y2="6" class="p"/></pattern>'
        '<pattern id="s-{0}" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<rect width="5" height="5" class="w"/><circle cx="2.5" cy="2.5" r="1.1" class="q"/>'
        "</pattern></defs>"
    ).format(name)


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
    body = [rect(0, 0, width + 2 * margin, 100_000, "paper")]
    y = 30
    for part in wrap(head, width * 0.8):
        body.append(text(0, y, part, "t h"))
        y += 22
    for content in sub:
        for part in wrap(content, width):
            body.append(text(0, y, part, "s"))
            y += 17
    y += 4
    body.append(Markup('<g transform="translate(0 {})">{}</g>').format(y, drawing.body))
    y += drawing.height + 20
    for content in credits_:
        for part in wrap(content, width):
            body.append(text(0, y, part, "s"))
            y += 16
    return str(
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" '
            'viewBox="-{2} 0 {0} {1}" role="img" aria-label="{3}"><style>{4}.paper{{fill:#fff}}'
            "</style>{5}</svg>"
        ).format(width + 2 * margin, y + 4, margin, head, STYLE, Markup("").join(body))
    )
