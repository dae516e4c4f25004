"""The typed tree of ODSQL: what a clause says, with positions, before fields are looked up.

Belongs here: the shapes. Does not: reading text (``lecture``), types and SQL (``expressions``…).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Noeud:
    """A piece of a clause: ``texte`` as typed, ``position`` its offset in characters, from 0."""

    position: int
    texte: str


@dataclass(frozen=True)
class Litteral(Noeud):
    """A text, a number, a boolean or null."""

    valeur: str | int | float | bool | None


@dataclass(frozen=True)
class DateLitterale(Noeud):
    """``date'2024-03'``: the text between the quotes."""

    valeur: str


@dataclass(frozen=True)
class GeometrieLitterale(Noeud):
    """``geom'POINT(2 48)'``: the text between the quotes."""

    valeur: str


@dataclass(frozen=True)
class Nom(Noeud):
    """A field or an alias, without its back quotes."""

    nom: str


@dataclass(frozen=True)
class Etoile(Noeud):
    """``*``: all fields, all rows, or no bound."""


@dataclass(frozen=True)
class Motif(Noeud):
    """``nb_*``: the fields whose name begins so."""

    prefixe: str


@dataclass(frozen=True)
class Duree(Noeud):
    """``1 day``, ``10km``: a quantity and its unit, as typed."""

    valeur: float
    unite: str


@dataclass(frozen=True)
class Distinct(Noeud):
    """``distinct f`` inside ``count``."""

    expression: Noeud


@dataclass(frozen=True)
class Appel(Noeud):
    """A function, its name in lower case."""

    fonction: str
    arguments: tuple[Noeud, ...]


@dataclass(frozen=True)
class Calcul(Noeud):
    """Operands of equal precedence, applied from the left; one operator less than operands."""

    operandes: tuple[Noeud, ...]
    operateurs: tuple[str, ...]


@dataclass(frozen=True)
class Oppose(Noeud):
    """Unary minus."""

    expression: Noeud


@dataclass(frozen=True)
class Comparaison(Noeud):
    """``operateur`` is one of ``= != < <= > >=``."""

    gauche: Noeud
    operateur: str
    droite: Noeud


@dataclass(frozen=True)
class Dans(Noeud):
    """``f in (a, b)``."""

    expression: Noeud
    valeurs: tuple[Noeud, ...]


@dataclass(frozen=True)
class DansPlage(Noeud):
    """``f in [a..b[``; an ``Etoile`` is no bound."""

    expression: Noeud
    bas: Noeud
    haut: Noeud
    bas_compris: bool
    haut_compris: bool


@dataclass(frozen=True)
class DansChamp(Noeud):
    """``'a' in f``, ``f`` multivalued."""

    valeur: Noeud
    champ: Nom


@dataclass(frozen=True)
class Comme(Noeud):
    """``f like 'words'``."""

    expression: Noeud
    motif: str


@dataclass(frozen=True)
class EstNul(Noeud):
    """``f is null``."""

    expression: Noeud


@dataclass(frozen=True)
class EstBooleen(Noeud):
    """``f is true``."""

    expression: Noeud
    valeur: bool


@dataclass(frozen=True)
class Et(Noeud):
    """All of them."""

    conditions: tuple[Noeud, ...]


@dataclass(frozen=True)
class Ou(Noeud):
    """Any of them."""

    conditions: tuple[Noeud, ...]


@dataclass(frozen=True)
class Non(Noeud):
    """The contrary; a condition on nothing is not true, so its contrary is."""

    condition: Noeud


@dataclass(frozen=True)
class Selection(Noeud):
    """An item of ``select`` or ``group_by``."""

    expression: Noeud
    alias: str | None

    @property
    def nom(self) -> str:
        """Name of the column in the answer."""
        if self.alias is not None:
            return self.alias
        return self.expression.nom if isinstance(self.expression, Nom) else self.expression.texte


@dataclass(frozen=True)
class Tri(Noeud):
    """An item of ``order_by``."""

    expression: Noeud
    descendant: bool
