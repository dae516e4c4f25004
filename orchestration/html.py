"""HTML pages and what they show as French readers write it: figures, shares, sizes, dates.

The common style is in ``templates/`` beside this file.
"""

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

_TEMPLATES = Path(__file__).parent / "templates"
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_UNITS = ("octets", "ko", "Mo", "Go", "To")
_THOUSAND = 1000
_CODE = re.compile(r"`([^`]+)`")
# French signs hold on to the word beside them; code, styles and scripts stay as they are.
_AS_IT_IS = re.compile(r"(<(?:code|script|style)\b.*?</(?:code|script|style)>)", re.DOTALL)
_HELD = {f" {sign}": f"\u00a0{sign}" for sign in ":;?!»%"} | {"« ": "«\u00a0"}
CONSOLE = "api/explore/v2.1/console"
DASHBOARDS = "tableaux-de-bord/"


def template_environment(*folders: Path) -> Environment:
    """Return what renders the pages: the templates of ``folders``, the common style, figures."""
    environment = Environment(
        loader=FileSystemLoader([*folders, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "texte": text,
        "nombre": format_number,
        "pourcent": format_percent,
        "date": format_date,
        "grand": format_decimal,
        "taille": format_size,
    }
    return environment


def text(raw: str) -> Markup:
    """Escape a text of ours; what is between backticks becomes code, between stars strong."""
    parts = _CODE.split(raw)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if number % 2 else _strong(part)
        for number, part in enumerate(parts)
    )


def _strong(raw: str) -> Markup:
    return Markup().join(
        Markup("<strong>{}</strong>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(raw.split("**"))
    )


def format_number(value: Any) -> str:
    """French figures: a narrow no-break space between thousands, a decimal comma."""
    if value is None:
        return "–"
    if isinstance(value, float):
        text = f"{value:,.4f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:,}" if isinstance(value, int) else str(value)
    return text.replace(",", "\u202f").replace(".", ",")


def format_decimal(total: str) -> str:
    """Return an exact decimal, given as text, as French figures without rounding it."""
    whole, _, cents = total.partition(".")
    return format_number(int(whole)) + ("," + cents if cents else "")


def format_percent(part: float) -> str:
    """A share from 0 to 1 as a French percentage."""
    return f"{part:.1%}".replace(".", ",").replace("%", "\u202f%")


def format_size(octets: int) -> str:
    """Size in French decimal units: ``1,2 Mo``."""
    scaled, unit = float(octets), 0
    while scaled >= _THOUSAND and unit < len(_UNITS) - 1:
        scaled, unit = scaled / _THOUSAND, unit + 1
    return f"{format_number(round(scaled, 1) if unit else octets)}\u00a0{_UNITS[unit]}"


def format_date(iso: str) -> str:
    """``2026-11-23T19:06:00Z`` → ``23 novembre 2026 à 19:06 (UTC)``; a date alone has no time.

    No-break spaces keep a date, and a time with its zone, on one line.
    """
    day, _, time = iso.partition("T")
    year, month, number = day.split("-")
    first = "1er" if number == "01" else str(int(number))
    text = f"{first}\u00a0{_MONTHS[int(month) - 1]}\u00a0{year}"
    return f"{text} à {time[:5]}\u00a0(UTC)" if time else text


def hold_punctuation(html: str) -> str:
    """Make the spaces of French signs no-break ones."""
    parts = _AS_IT_IS.split(html)
    for rank in range(0, len(parts), 2):
        for loose, held in _HELD.items():
            parts[rank] = parts[rank].replace(loose, held)
    return "".join(parts)


def header_entries(
    home: str, recipes: str, dictionary: str, portal: str
) -> list[tuple[str, str, str]]:
    """Entries of the header of every page: name, label, address.

    ``portal``: the address of the server of what is no file, with its final slash.
    """
    return [
        ("accueil", "Accueil", home),
        ("tableaux", "Tableaux de bord", f"{portal}{DASHBOARDS}"),
        ("jeux", "Jeux de données", f"{home}#jeux"),
        ("recettes", "Recettes", recipes),
        ("dictionnaire", "Dictionnaire", dictionary),
        ("api", "API", f"{portal}{CONSOLE}"),
    ]


def portal_entries() -> list[tuple[str, str, str]]:
    """Entries of the header of the pages that the portal makes."""
    return header_entries("/", "/recettes.html", "/dictionnaire.html", "/")
