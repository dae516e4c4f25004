"""Conditions: from the tree to SQL that is true, false or null.

Belongs here: the logic, and handing over. Does not: comparing (``comparaisons``), texts
(``textes``), the predicates that look like functions (``predicats``).
"""

from collections.abc import Callable, Sequence
from typing import Any

from portal.odsql import arbre, comparaisons, erreurs, predicats, textes
from portal.odsql.contexte import Contexte
from portal.odsql.expressions import compiler as compiler_expression
from portal.odsql.fragment import Fragment, Genre, joindre, sql
from portal.odsql.lecture import lire_where
from portal.odsql.vocabulaire import PREDICATS

VRAI = Fragment("true")


def toutes(clauses: Sequence[str], contexte: Contexte) -> Fragment:
    """Compile several ``where``, all of which must hold."""
    return et([compiler(lire_where(text), contexte) for text in clauses if text.strip()])


def et(conditions: Sequence[Fragment]) -> Fragment:
    """Return the condition that all hold; none at all holds always."""
    useful = [item for item in conditions if item != VRAI]
    return sql("({})", joindre(" and ", useful)) if useful else VRAI


def ou(conditions: Sequence[Fragment]) -> Fragment:
    """Return the condition that one holds at least."""
    return sql("({})", joindre(" or ", list(conditions))) if conditions else Fragment("false")


def non(condition: Fragment) -> Fragment:
    """Return the contrary: what compares nothing is not true, hence its contrary is."""
    return sql("(not coalesce({}, false))", condition)


def compiler(noeud: arbre.Noeud, contexte: Contexte) -> Fragment:
    """Compile a condition. Raises ``ApiError``."""
    if isinstance(noeud, arbre.Et):
        return et([compiler(item, contexte) for item in noeud.conditions])
    if isinstance(noeud, arbre.Ou):
        return ou([compiler(item, contexte) for item in noeud.conditions])
    if isinstance(noeud, arbre.Non):
        return non(compiler(noeud.condition, contexte))
    if isinstance(noeud, arbre.Appel):
        return _appel(noeud, contexte)
    if isinstance(noeud, (arbre.Litteral, arbre.Nom)):
        return _seul(noeud, contexte)
    return _test(noeud, contexte)


def _test(noeud: arbre.Noeud, contexte: Contexte) -> Fragment:
    test = _TESTS.get(type(noeud))
    if test is None:
        raise _pas_une_condition(noeud, contexte)
    return test(noeud, contexte)


def _appel(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    if noeud.fonction in PREDICATS:
        return predicats.compiler(noeud, contexte)
    raise _pas_une_condition(noeud, contexte)


def _seul(noeud: arbre.Litteral | arbre.Nom, contexte: Contexte) -> Fragment:
    """A text is looked for everywhere; a name alone is a boolean."""
    if isinstance(noeud, arbre.Litteral):
        if isinstance(noeud.valeur, str):
            return textes.partout(noeud.valeur, contexte)
        if isinstance(noeud.valeur, bool):
            return Fragment("true" if noeud.valeur else "false")
        raise _pas_une_condition(noeud, contexte)
    found = contexte.nom(noeud)
    if found.genre is not Genre.BOOLEEN:
        raise erreurs.malformee(
            f"{noeud.texte} (position {noeud.position}) is a {found.genre.value}, not a condition",
            contexte.clause,
        )
    return found.fragment


def _est_nul(noeud: arbre.EstNul, contexte: Contexte) -> Fragment:
    found = compiler_expression(noeud.expression, contexte)
    if found.genre is Genre.LISTE:
        return sql("(coalesce(len({}), 0) = 0)", found.fragment)
    return sql("({} is null)", found.fragment)


def _comme(noeud: arbre.Comme, contexte: Contexte) -> Fragment:
    return textes.comme(compiler_expression(noeud.expression, contexte), noeud, contexte)


def _pas_une_condition(noeud: arbre.Noeud, contexte: Contexte) -> Exception:
    return erreurs.malformee(noeud.texte, contexte.clause)


_TESTS: dict[type[arbre.Noeud], Callable[[Any, Contexte], Fragment]] = {
    arbre.Comparaison: comparaisons.comparer,
    arbre.Dans: comparaisons.dans,
    arbre.DansPlage: comparaisons.dans_plage,
    arbre.DansChamp: comparaisons.dans_champ,
    arbre.Comme: _comme,
    arbre.EstNul: _est_nul,
    arbre.EstBooleen: comparaisons.est_booleen,
}
