"""How to cite a version: a sentence and its BibTeX, both bound to that version for ever.

Belongs here: the two texts. Does not: their place on the page.
"""

import re

from orchestration.description.fiche import LICENCE_NOM, Fiche
from orchestration.quality.page import date

_LATEX = re.compile(r"[&%$#_{}]")


def citation(fiche: Fiche) -> str:
    """Return the sentence that cites a version."""
    day = date(fiche.publie_le.date().isoformat())
    return (
        f"{fiche.site.editeur} ({fiche.publie_le.year}). {fiche.jeu.titre} [jeu de données], "
        f"version {fiche.version}, publiée le {day}. {LICENCE_NOM}. {_adresse(fiche)}"
    )


def bibtex(fiche: Fiche) -> str:
    """Return the BibTeX entry of a version."""
    fields = {
        "author": f"{{{_latex(fiche.site.editeur)}}}",
        "title": f"{{{_latex(fiche.jeu.titre)}}}",
        "year": str(fiche.publie_le.year),
        "month": str(fiche.publie_le.month),
        "version": fiche.version,
        "url": _adresse(fiche),
        "note": _latex(f"Jeu de données, {LICENCE_NOM}"),
    }
    key = f"{fiche.jeu.nom}_{fiche.version.replace('.', '_')}"
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{key},\n{lines}}}"


def _adresse(fiche: Fiche) -> str:
    return fiche.site.version(fiche.jeu.nom, fiche.version)


def _latex(text: str) -> str:
    return _LATEX.sub(lambda found: f"\\{found.group()}", text)
