"""What a query asks for, and what it compiles to.

Belongs here: the shapes that the interfaces and the compiler share. Does not: compiling
(``requete``, ``groupes``).
"""

from dataclasses import dataclass

from portal.odsql import arbre, erreurs
from portal.odsql.fragment import Expression, Fragment, Genre, sql
from portal.odsql.lecture import lire_order_by


@dataclass(frozen=True)
class Demande:
    """What a client asks for, as it wrote it; all ``where`` must hold.

    ``conditions`` must, too: they were read from another language than ODSQL. ``disjonctifs`` are
    fields whose refinements are alternatives, besides those that say so by themselves.
    """

    select: str = ""
    where: tuple[str, ...] = ()
    group_by: str = ""
    order_by: str = ""
    refine: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    facettes: tuple[str, ...] = ()
    conditions: tuple[arbre.Noeud, ...] = ()
    disjonctifs: frozenset[str] = frozenset()
    fuseau: str = "UTC"
    langue: str = "fr"


@dataclass(frozen=True)
class Colonne:
    """A column of the answer."""

    nom: str
    expression: Expression

    @property
    def est_champ(self) -> bool:
        """Tell whether it is a field under its own name."""
        return self.expression.champ is not None and self.expression.champ.nom == self.nom


@dataclass(frozen=True)
class Ordre:
    """A key of the order: what is compared, and which way.

    Nothing comes last either way, unless ``rien_devant``.
    """

    fragment: Fragment
    descendant: bool = False
    rien_devant: bool = False


@dataclass(frozen=True)
class Plan:
    """A compiled query: ``avec`` (CTE) and ``depuis`` (from, where) hold the rows of all pages.

    ``total`` counts them. ``repete`` tells that the one row of ``avec`` is to be repeated for each
    row of the dataset that the query keeps, as the Explore API does for aggregates. ``filtre``
    tells that there may be fewer rows than in the dataset.
    """

    colonnes: tuple[Colonne, ...]
    depuis: Fragment
    total: Fragment
    ordre: tuple[Ordre, ...] = ()
    avec: Fragment | None = None
    repete: bool = False
    groupe: bool = False
    filtre: bool = False


def tris(demande: Demande) -> tuple[arbre.Tri, ...]:
    """Return the items of ``order_by``."""
    return lire_order_by(demande.order_by) if demande.order_by.strip() else ()


def ordres(expression: Expression, descendant: bool, rien_devant: bool = False) -> list[Ordre]:
    """Return what is sorted by: texts without case nor accents first, as the ENUMs already are."""
    if expression.genre in (Genre.POINT, Genre.FORME):
        raise erreurs.malformee("a place has no order", "order_by")
    if expression.genre is Genre.NUL:  # "order by null" is refused by DuckDB
        return []
    keys = [expression.fragment]
    if expression.genre is Genre.TEXTE and not (expression.champ and expression.champ.repetitif):
        text = expression.varchar()
        keys = [sql("lower(strip_accents({}))", text), text]
    return [Ordre(key, descendant, rien_devant) for key in keys]
