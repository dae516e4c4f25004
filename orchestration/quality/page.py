"""The page of a report: one HTML file of ours, readable offline, on a phone and on paper.

Belongs here: what the template needs. Does not: the report's content. Great Expectations' own pages
load scripts from other hosts, so they are not used.
"""

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from orchestration.quality.cadres import Mesures
    from orchestration.quality.rapport import Rapport

Plan = tuple[tuple[str, ...], ...]
_TEMPLATES = Path(__file__).parent / "templates"
_MOIS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def page(rapport: "Rapport", version: str | None) -> str:
    """Render the report; ``version`` is None for a candidate that is not published."""
    return (
        environnement()
        .get_template("qualite.html.j2")
        .render(
            rapport=rapport,
            version=version,
            echecs=echecs(rapport),
            livraisons=livraisons(rapport),
            niveaux=niveaux(rapport.mesures, rapport.plan),
            ventilation=ventilation(rapport.mesures, rapport.plan),
        )
    )


def environnement(*dossiers: Path) -> Environment:
    """Return what renders the pages: the templates of ``dossiers``, the common style, figures."""
    found = Environment(
        loader=FileSystemLoader([*dossiers, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"nombre": nombre, "pourcent": pourcent, "date": date, "grand": grand}
    return found


def echecs(rapport: "Rapport") -> list[Any]:
    """Rules that failed, those that block first."""
    return sorted(rapport.echecs, key=lambda item: item.severity != "critique")


def livraisons(rapport: "Rapport") -> list[dict[str, Any]]:
    """Deliveries by source, with the sums of their records."""
    return [
        {
            "source": source,
            "extraits": found,
            "lus": sum(item.lus for item in found),
            "atterris": sum(item.atterris for item in found),
            "rejetes": sum(item.rejetes for item in found),
        }
        for source, group in groupby(rapport.extraits, key=lambda item: item.source)
        if (found := list(group))
    ]


def niveaux(mesures: "Mesures", plan: Plan) -> list[dict[str, Any]]:
    """Share of the dossiers at each level of diffusion, and what the level gives up in addition."""
    total = sum(dossiers for _, _, dossiers in mesures.niveaux)
    given_up = dict(enumerate(plan, start=2))
    last = len(plan) + 1
    return [
        {
            "niveau": level,
            "regroupe": given_up.get(level, ()),
            "lignes": rows,
            "dossiers": dossiers,
            "part": dossiers / total,
        }
        for level, rows, dossiers in mesures.niveaux
        if level <= last
    ]


def ventilation(mesures: "Mesures", plan: Plan) -> int:
    """Number of rows that only tell amounts by financer again, beyond the levels of the plan."""
    last = len(plan) + 1
    return sum(rows for level, rows, _ in mesures.niveaux if level > last)


def nombre(valeur: Any) -> str:
    """French figures: a narrow no-break space between thousands, a decimal comma."""
    if valeur is None:
        return "–"
    if isinstance(valeur, float):
        text = f"{valeur:,.4f}".rstrip("0").rstrip(".")
    else:
        text = f"{valeur:,}" if isinstance(valeur, int) else str(valeur)
    return text.replace(",", "\u202f").replace(".", ",")


def grand(total: str) -> str:
    """Return an exact decimal, given as text, as French figures without rounding it."""
    whole, _, cents = total.partition(".")
    return nombre(int(whole)) + ("," + cents if cents else "")


def pourcent(part: float) -> str:
    """A share from 0 to 1 as a French percentage."""
    return f"{part:.1%}".replace(".", ",").replace("%", "\u202f%")


def date(iso: str) -> str:
    """``2026-11-23T19:06:00Z`` → ``23 novembre 2026 à 19:06 (UTC)``; a date alone has no time.

    No-break spaces keep a date, and a time with its zone, on one line.
    """
    day, _, time = iso.partition("T")
    year, month, number = day.split("-")
    first = "1er" if number == "01" else str(int(number))
    text = f"{first}\u00a0{_MOIS[int(month) - 1]}\u00a0{year}"
    return f"{text} à {time[:5]}\u00a0(UTC)" if time else text
