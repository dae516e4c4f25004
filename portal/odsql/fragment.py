"""Pieces of SQL with their parameters, and compiled expressions.

Belongs here: putting pieces together so that a value is always a parameter. Does not: any function.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from portal.catalogue.champ import Champ, Type


@dataclass(frozen=True)
class Fragment:
    """SQL and the values of its ``?``, in order.

    ``par_les_mots`` tells that it looks rows up by the words of their texts.
    """

    sql: str
    parametres: tuple[Any, ...] = ()
    par_les_mots: bool = False


def sql(modele: str, *parts: Fragment) -> Fragment:
    """Fill the ``{}`` of a template, each with a fragment."""
    return Fragment(
        modele.format(*(part.sql for part in parts)),
        tuple(value for part in parts for value in part.parametres),
        any(part.par_les_mots for part in parts),
    )


def valeur(value: Any) -> Fragment:
    """Return a parameter."""
    return Fragment("?", (value,))


def joindre(separateur: str, parts: list[Fragment] | tuple[Fragment, ...]) -> Fragment:
    """Join fragments."""
    return sql(separateur.join(["{}"] * len(parts)), *parts)


def identifiant(nom: str) -> str:
    """Quote a name."""
    return '"' + nom.replace('"', '""') + '"'


class Genre(Enum):
    """What a value is, for the rules of comparison and for the answer."""

    TEXTE = "text"
    NOMBRE = "number"
    DATE = "date"
    INSTANT = "datetime"
    BOOLEEN = "boolean"
    POINT = "geo point"
    FORME = "geo shape"
    LISTE = "list"
    JSON = "json"
    NUL = "null"


GENRES = {
    Type.TEXT: Genre.TEXTE,
    Type.INT: Genre.NOMBRE,
    Type.DOUBLE: Genre.NOMBRE,
    Type.BOOLEAN: Genre.BOOLEEN,
    Type.DATE: Genre.DATE,
    Type.DATETIME: Genre.INSTANT,
    Type.GEO_POINT: Genre.POINT,
    Type.GEO_SHAPE: Genre.FORME,
    Type.JSON: Genre.JSON,
}


@dataclass(frozen=True)
class Expression:
    """A compiled expression; ``champ`` when it is a field and nothing else, ``agregat`` when it has
    an aggregate in it, ``entier`` when numbers have no decimals."""

    genre: Genre
    fragment: Fragment
    champ: Champ | None = None
    agregat: bool = False
    entier: bool = False
    precision: str = "day"

    def varchar(self) -> Fragment:
        """Return it as text."""
        return sql("cast({} as varchar)", self.fragment)
