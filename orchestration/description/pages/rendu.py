"""Rendering: the templates, the shared style and the French words for sizes, types and periods.

Belongs here: what any page needs to be rendered. Does not: the content of one page.
"""

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from orchestration.description.pages.liens import Liens
from orchestration.description.vitrine import Vitrine
from orchestration.quality.page import environnement, nombre
from orchestration.secret.page import mot

_TEMPLATES = Path(__file__).parent / "templates"
_CODE = re.compile(r"`([^`]+)`")
# French signs hold on to the word beside them; code, styles and scripts stay as they are.
_SIGNES = re.compile(r"<(code|script|style)\b.*?</\1>| (?=[:;?!»%])|(?<=«) ", re.DOTALL)
_DECIMAL = re.compile(r"DECIMAL\(\d+,\s*(\d+)\)")
_TYPES = {
    "VARCHAR": "texte",
    "INTEGER": "entier",
    "BIGINT": "entier",
    "DATE": "date",
    "DOUBLE": "nombre",
    "BOOLEAN": "booléen",
}
_UNITES = ("octets", "ko", "Mo", "Go", "To")
_MILLE = 1000
_COUPE = 90


def rendre(modele: str, vitrine: Vitrine, chemin: str, **contexte: Any) -> bytes:
    """Render the page that will be at ``chemin``."""
    template = _environnement().get_template(modele)
    links = Liens(vitrine.site, chemin)
    html = template.render(vitrine=vitrine, site=vitrine.site, liens=links, **contexte)
    html = _SIGNES.sub(lambda found: found.group() if found.group(1) else "\u00a0", html)
    return (html.strip() + "\n").encode()


def _environnement() -> Environment:
    found = environnement(_TEMPLATES)
    found.filters |= {"texte": texte, "taille": taille, "type": type_francais, "court": court}
    found.filters |= {"mot": mot, "secable": secable}
    return found


def texte(brut: str) -> Markup:
    """Escape a text of the declaration; what is between backticks becomes code."""
    parts = _CODE.split(brut)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def secable(nom: str) -> Markup:
    """Let the name of a column break after its underscores; what is copied is the name."""
    return Markup("_<wbr>").join(escape(part) for part in nom.split("_"))


def taille(octets: int) -> str:
    """Size in French decimal units: ``1,2 Mo``."""
    size, unit = float(octets), 0
    while size >= _MILLE and unit < len(_UNITES) - 1:
        size, unit = size / _MILLE, unit + 1
    return f"{nombre(round(size, 1) if unit else octets)}\u00a0{_UNITES[unit]}"


def type_francais(duckdb: str) -> str:
    """Type of a column in plain words."""
    decimal = _DECIMAL.fullmatch(duckdb)
    if decimal:
        places = int(decimal.group(1))
        return f"décimal, {places}\u00a0décimale{'s' if places > 1 else ''}"
    return _TYPES.get(duckdb, duckdb.lower())


def court(valeur: str) -> str:
    """Keep the beginning of a long value, on one line."""
    line = " ".join(valeur.split())
    return line if len(line) <= _COUPE else f"{line[:_COUPE].rstrip()}…"
