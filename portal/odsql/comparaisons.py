"""Comparisons, with the literal brought to the type of what it is compared with.

Belongs here: ``=``, ``<``, ``in``, ranges. Does not: words inside texts (``textes``).
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from portal.catalogue.champ import Champ
from portal.odsql import arbre, erreurs
from portal.odsql.contexte import Contexte
from portal.odsql.dates import DateError, Periode, lire_periode
from portal.odsql.expressions import compiler
from portal.odsql.fragment import Expression, Fragment, Genre, identifiant, joindre, sql, valeur

_RENVERSE = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_LITTERAUX = (arbre.Litteral, arbre.DateLitterale)
# A decimal of the engine has 38 digits: enough of them on either side.
_DECIMALES = 12
_BOOLEENS = {"true": True, "1": True, "false": False, "0": False}
_Lit = arbre.Litteral | arbre.DateLitterale


def comparer(noeud: arbre.Comparaison, contexte: Contexte) -> Fragment:
    """Compile ``a < b``. Raises ``ApiError``."""
    left, right, operator = noeud.gauche, noeud.droite, noeud.operateur
    if isinstance(left, _LITTERAUX) and not isinstance(right, _LITTERAUX):
        left, right, operator = right, left, _RENVERSE[operator]
    if isinstance(right, _LITTERAUX) and not isinstance(left, _LITTERAUX):
        return _au_litteral(compiler(left, contexte), operator, right, contexte)
    return _entre_eux(
        compiler(left, contexte), operator, compiler(right, contexte), noeud, contexte
    )


def dans(noeud: arbre.Dans, contexte: Contexte) -> Fragment:
    """Compile ``a in (1, 2)``."""
    found = compiler(noeud.expression, contexte)
    conditions = []
    for item in noeud.valeurs:
        if not isinstance(item, _LITTERAUX):
            equality = arbre.Comparaison(noeud.position, noeud.texte, noeud.expression, "=", item)
            conditions.append(comparer(equality, contexte))
        else:
            conditions.append(_au_litteral(found, "=", item, contexte))
    return sql("({})", joindre(" or ", conditions))


def dans_plage(noeud: arbre.DansPlage, contexte: Contexte) -> Fragment:
    """Compile ``a in [1..5[``."""
    bounds = (
        (noeud.bas, ">=" if noeud.bas_compris else ">"),
        (noeud.haut, "<=" if noeud.haut_compris else "<"),
    )
    conditions = [
        comparer(
            arbre.Comparaison(noeud.position, noeud.texte, noeud.expression, operator, bound),
            contexte,
        )
        for bound, operator in bounds
        if not isinstance(bound, arbre.Etoile)
    ]
    present = sql("{} is not null", compiler(noeud.expression, contexte).fragment)
    return sql("({})", joindre(" and ", conditions or [present]))


def dans_champ(noeud: arbre.DansChamp, contexte: Contexte) -> Fragment:
    """Compile ``'a' in f``: one of the values of ``f`` is it."""
    return comparer(
        arbre.Comparaison(noeud.position, noeud.texte, noeud.champ, "=", noeud.valeur), contexte
    )


def est_booleen(noeud: arbre.EstBooleen, contexte: Contexte) -> Fragment:
    """Compile ``a is true``."""
    value = arbre.Litteral(noeud.position, noeud.texte, noeud.valeur)
    return _au_litteral(compiler(noeud.expression, contexte), "=", value, contexte)


def egal_au_texte(champ: Expression, texte: str, contexte: Contexte) -> Fragment:
    """Compile the equality of a field with a value written as text (``refine``)."""
    return _au_litteral(champ, "=", arbre.Litteral(0, texte, texte), contexte)


def _au_litteral(expression: Expression, operateur: str, lit: _Lit, contexte: Contexte) -> Fragment:
    if isinstance(lit, arbre.Litteral) and lit.valeur is None:
        absent = sql("({} is null)", expression.fragment)
        return sql("(not {})", absent) if operateur == "!=" else absent
    if operateur == "!=":
        # Nothing is not different from something: it compares with nothing.
        equal = _au_litteral(expression, "=", lit, contexte)
        if expression.genre is Genre.LISTE:
            return sql("(len({}) > 0 and not {})", expression.fragment, equal)
        return sql("({} is not null and not {})", expression.fragment, equal)
    compare = _SELON_LE_GENRE.get(expression.genre)
    if compare is None:
        raise _incompatibles(expression, lit, contexte)
    return compare(expression, operateur, lit, contexte)


def _ecrit(lit: _Lit) -> str:
    """Return a literal as a text field would hold it."""
    if isinstance(lit, arbre.Litteral) and not isinstance(lit.valeur, str):
        return lit.texte.strip().removeprefix("+")
    return str(lit.valeur)


def _texte(expression: Expression, operateur: str, lit: _Lit, contexte: Contexte) -> Fragment:
    value = lit.valeur
    if isinstance(value, bool):
        return sql(
            f"(lower({{}}) {operateur} {{}})", expression.varchar(), valeur(str(value).lower())
        )
    if isinstance(value, (int, float)) and operateur != "=":
        return sql(
            f"(try_cast({{}} as double) {operateur} {{}})",
            expression.varchar(),
            valeur(float(value)),
        )
    if operateur == "=" and expression.champ:
        return sql(
            "({} = {})",
            expression.fragment,
            comme_le_champ(expression.champ, _ecrit(lit), contexte),
        )
    return sql(f"({{}} {operateur} {{}})", expression.varchar(), valeur(_ecrit(lit)))


def comme_le_champ(champ: Champ, texte: str, contexte: Contexte) -> Fragment:
    """Return a text as its field holds it: a constant ENUM is compared by number."""
    if not champ.repetitif:
        return valeur(texte)
    kind = f"{contexte.jeu.base}.{identifiant(champ.enumeration)}"
    return sql(f"try_cast({{}} as {kind})", valeur(texte))


def _nombre(expression: Expression, operateur: str, lit: _Lit, contexte: Contexte) -> Fragment:
    value = lit.valeur
    if isinstance(value, str) and not isinstance(lit, arbre.DateLitterale):
        try:
            value = float(value.replace(",", "."))
        except ValueError:
            raise _incompatibles(expression, lit, contexte) from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _incompatibles(expression, lit, contexte)
    return sql(f"({{}} {operateur} {{}})", expression.fragment, _constante(value))


def _constante(value: int | float) -> Fragment:
    """Return a number, exact if it can be: beside a double, a column of decimals is converted."""
    if float(value).is_integer() and abs(value) < 2**63:
        return sql("cast({} as bigint)", valeur(int(value)))
    exact = Decimal(repr(float(value)))
    if int(exact.as_tuple().exponent) >= -_DECIMALES and abs(exact) < 10**_DECIMALES:
        return sql("{}", valeur(exact))
    return sql("cast({} as double)", valeur(float(value)))


def _periode(expression: Expression, lit: _Lit, contexte: Contexte) -> Periode:
    value = lit.valeur
    if isinstance(value, (bool, float)):
        raise _incompatibles(expression, lit, contexte)
    try:
        return lire_periode(str(value))
    except DateError:
        raise _incompatibles(expression, lit, contexte) from None


def _date(expression: Expression, operateur: str, lit: _Lit, contexte: Contexte) -> Fragment:
    """A partial date covers its period: nothing in it is after it, nor before it."""
    periode = _periode(expression, lit, contexte)
    field, kind = expression.fragment, "timestamp"
    if expression.genre is Genre.INSTANT:
        start, end = periode.utc(contexte.fuseau)
    else:
        start, end = periode.debut, periode.fin
        if not periode.heure:
            kind = "date"
    low, high = (sql(f"cast({{}} as {kind})", valeur(moment)) for moment in (start, end))
    if operateur == "=":
        return sql("({} >= {} and {} < {})", field, low, field, high)
    bound = low if operateur in ("<", ">=") else high
    comparison = "<" if operateur in ("<", "<=") else ">="
    return sql(f"({{}} {comparison} {{}})", field, bound)


def _booleen(expression: Expression, operateur: str, lit: _Lit, contexte: Contexte) -> Fragment:
    found = _BOOLEENS.get(str(lit.valeur).lower())
    if found is None or operateur != "=":
        raise _incompatibles(expression, lit, contexte)
    return sql(f"({{}} = {'true' if found else 'false'})", expression.fragment)


def _liste(expression: Expression, operateur: str, lit: _Lit, contexte: Contexte) -> Fragment:
    if operateur == "=":
        return sql("list_contains({}, {})", expression.fragment, valeur(_ecrit(lit)))
    element = replace(expression, genre=Genre.TEXTE, fragment=Fragment("x"), champ=None)
    condition = _texte(element, operateur, lit, contexte)
    return sql("(len(list_filter({}, lambda x: {})) > 0)", expression.fragment, condition)


def _rien(expression: Expression, operateur: str, lit: _Lit, contexte: Contexte) -> Fragment:
    return Fragment("false")


_SELON_LE_GENRE: dict[Genre, Callable[[Expression, str, _Lit, Contexte], Fragment]] = {
    Genre.TEXTE: _texte,
    Genre.NOMBRE: _nombre,
    Genre.DATE: _date,
    Genre.INSTANT: _date,
    Genre.BOOLEEN: _booleen,
    Genre.LISTE: _liste,
    Genre.NUL: _rien,
}


def _entre_eux(
    left: Expression,
    operateur: str,
    right: Expression,
    noeud: arbre.Comparaison,
    contexte: Contexte,
) -> Fragment:
    """Compare two expressions, neither of which is a literal, or both."""
    operator = "<>" if operateur == "!=" else operateur
    genres = {left.genre, right.genre}
    if genres == {Genre.DATE, Genre.INSTANT}:
        return sql(
            f"(cast({{}} as timestamp) {operator} cast({{}} as timestamp))",
            left.fragment,
            right.fragment,
        )
    if genres == {Genre.TEXTE}:
        return sql(f"({{}} {operator} {{}})", left.varchar(), right.varchar())
    if genres == {Genre.TEXTE, Genre.NOMBRE}:
        return sql(
            f"(try_cast({{}} as double) {operator} try_cast({{}} as double))",
            left.fragment if left.genre is Genre.NOMBRE else left.varchar(),
            right.fragment if right.genre is Genre.NOMBRE else right.varchar(),
        )
    simple = {Genre.NOMBRE, Genre.DATE, Genre.INSTANT, Genre.BOOLEEN}
    if len(genres - {Genre.NUL}) <= 1 and genres - {Genre.NUL} <= simple:
        return sql(f"({{}} {operator} {{}})", left.fragment, right.fragment)
    raise erreurs.types_incompatibles(
        f"{noeud.gauche.texte} ({left.genre.value})",
        f"{noeud.droite.texte} ({right.genre.value})",
        noeud.position,
        contexte.clause,
    )


def _incompatibles(expression: Expression, lit: _Lit, contexte: Contexte) -> Exception:
    name = expression.champ.nom if expression.champ else "the expression"
    return erreurs.types_incompatibles(
        f"{name} ({expression.genre.value})", lit.texte, lit.position, contexte.clause
    )
