"""How a value leaves: as JSON tells it, or as the cell of a table.

Belongs here: the last SQL around an expression. Does not: what is selected (``requete``).
"""

from dataclasses import dataclass
from enum import Enum

from portal.odsql.appels import heure_locale
from portal.odsql.fragment import Expression, Fragment, Genre, sql, valeur

_DATES = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "instant": "%Y-%m-%dT00:00:00+00:00"}


class Rendu(Enum):
    """``JSON``: objects stay objects; ``CELLULE``: all is text; ``TYPE``: as columns are typed."""

    JSON = "json"
    CELLULE = "cellule"
    TYPE = "type"


@dataclass(frozen=True)
class Presentation:
    """The reader's zone, and what separates the values of a list in a cell."""

    rendu: Rendu
    fuseau: str = "UTC"
    separateur: str = ","


def rendre(expression: Expression, presentation: Presentation) -> Fragment:
    """Return the SQL of what the answer holds."""
    if presentation.rendu is Rendu.TYPE:
        return _type(expression)
    inner = _commun(expression, presentation.fuseau)
    if presentation.rendu is Rendu.JSON:
        return inner
    return _cellule(expression, inner, presentation)


def _commun(expression: Expression, fuseau: str) -> Fragment:
    fragment, genre = expression.fragment, expression.genre
    if genre is Genre.TEXTE:
        return expression.varchar()
    if genre is Genre.NOMBRE and not expression.entier:
        return sql("cast({} as double)", fragment)
    if genre is Genre.DATE:
        form = _DATES[expression.precision]
        return sql(f"strftime({{}}, '{form}')", fragment)
    if genre is Genre.INSTANT:
        return sql(
            "(strftime({}, '%Y-%m-%dT%H:%M:%S') || {})",
            heure_locale(fragment, fuseau),
            _decalage(fragment, fuseau),
        )
    return fragment


def _decalage(instant: Fragment, fuseau: str) -> Fragment:
    """Return the offset of a zone at a moment: ``+02:00``."""
    if fuseau == "UTC":
        return Fragment("'+00:00'")
    minutes = sql("date_diff('minute', {}, {})", instant, heure_locale(instant, fuseau))
    return sql(
        "(case when {} < 0 then '-' else '+' end"
        " || printf('%02d:%02d', abs({}) // 60, abs({}) % 60))",
        minutes,
        minutes,
        minutes,
    )


def _cellule(expression: Expression, inner: Fragment, presentation: Presentation) -> Fragment:
    genre = expression.genre
    if genre is Genre.POINT:
        return sql("({}.lat || ', ' || {}.lon)", inner, inner)
    if genre is Genre.LISTE:
        return sql("array_to_string({}, {})", inner, valeur(presentation.separateur))
    if genre is Genre.NOMBRE and not expression.entier:
        return _decimales(expression.fragment)
    return sql("cast({} as varchar)", inner)


def _decimales(fragment: Fragment) -> Fragment:
    """Whole numbers of a decimal column are written without a point."""
    return sql(
        "case when {} = trunc({}) and abs({}) < 1e15 then cast(cast({} as bigint) as varchar)"
        " else cast(cast({} as double) as varchar) end",
        *[fragment] * 5,
    )


def _type(expression: Expression) -> Fragment:
    fragment = expression.fragment
    if expression.genre is Genre.NOMBRE:
        return sql(f"cast({{}} as {'bigint' if expression.entier else 'double'})", fragment)
    if expression.genre is Genre.TEXTE:
        return expression.varchar()
    return fragment
