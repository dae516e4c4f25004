"""Expressions: from the tree to SQL that computes a value.

Belongs here: names, literals, arithmetic, and handing calls over. Does not: what each function does
(``fonctions``, ``agregats``), nor conditions.
"""

from portal.erreurs import ApiError
from portal.odsql import agregats, arbre, erreurs, fonctions
from portal.odsql.contexte import Agregation, Contexte
from portal.odsql.dates import DateError, lire_periode
from portal.odsql.fragment import Expression, Fragment, Genre, sql, valeur
from portal.odsql.vocabulaire import AGREGATS, SCALAIRES

_ENTIER_MAXIMAL = 2**63


def compiler(noeud: arbre.Noeud, contexte: Contexte) -> Expression:
    """Compile an expression. Raises ``ApiError``."""
    if isinstance(noeud, arbre.Nom):
        return contexte.nom(noeud)
    if isinstance(noeud, arbre.Litteral):
        return litteral(noeud)
    if isinstance(noeud, arbre.DateLitterale):
        return _date(noeud, contexte)
    if isinstance(noeud, arbre.Calcul):
        return _calcul(noeud, contexte)
    if isinstance(noeud, arbre.Oppose):
        inner = nombre(noeud.expression, contexte)
        return Expression(
            Genre.NOMBRE,
            sql("(-{})", inner.fragment),
            agregat=inner.agregat,
            entier=inner.entier,
        )
    if isinstance(noeud, arbre.Appel):
        return _appel(noeud, contexte)
    raise _pas_une_valeur(noeud, contexte)


def nombre(noeud: arbre.Noeud, contexte: Contexte) -> Expression:
    """Compile an expression that must be a number."""
    found = compiler(noeud, contexte)
    if found.genre in (Genre.NOMBRE, Genre.NUL):
        return found
    raise erreurs.malformee(
        f"{noeud.texte} (position {noeud.position}) is a {found.genre.value}, not a number",
        contexte.clause,
    )


def litteral(noeud: arbre.Litteral) -> Expression:
    """Compile a constant."""
    value = noeud.valeur
    if value is None:
        return Expression(Genre.NUL, Fragment("null"))
    if isinstance(value, bool):
        return Expression(Genre.BOOLEEN, Fragment("true" if value else "false"))
    if isinstance(value, str):
        return Expression(Genre.TEXTE, sql("cast({} as varchar)", valeur(value)))
    if isinstance(value, int) and abs(value) < _ENTIER_MAXIMAL:
        return Expression(Genre.NOMBRE, sql("cast({} as bigint)", valeur(value)), entier=True)
    return Expression(Genre.NOMBRE, sql("cast({} as double)", valeur(float(value))))


def _date(noeud: arbre.DateLitterale, contexte: Contexte) -> Expression:
    try:
        period = lire_periode(noeud.valeur)
    except DateError as error:
        raise erreurs.malformee(f"{error} (position {noeud.position})", contexte.clause) from None
    if period.heure:
        start, _ = period.utc(contexte.fuseau)
        return Expression(Genre.INSTANT, sql("cast({} as timestamp)", valeur(start)))
    return Expression(Genre.DATE, sql("cast({} as date)", valeur(period.debut.date())))


def _calcul(noeud: arbre.Calcul, contexte: Contexte) -> Expression:
    operands = [nombre(item, contexte) for item in noeud.operandes]
    total, whole = operands[0].fragment, operands[0].entier
    for operator, operand in zip(noeud.operateurs, operands[1:], strict=True):
        whole = whole and operand.entier and operator != "/"
        if operator == "/":
            total = sql(
                "(cast({} as double) / nullif(cast({} as double), 0))", total, operand.fragment
            )
        elif whole:
            total = sql(f"({{}} {operator} {{}})", total, operand.fragment)
        else:
            # Decimals multiplied a few times would not fit any decimal.
            total = sql(
                f"(cast({{}} as double) {operator} cast({{}} as double))", total, operand.fragment
            )
    return Expression(
        Genre.NOMBRE, total, agregat=any(item.agregat for item in operands), entier=whole
    )


def _appel(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    if noeud.fonction in AGREGATS:
        if contexte.agregation is Agregation.AUCUNE:
            raise erreurs.malformee(
                f"{noeud.texte}: an aggregate cannot stand here (position {noeud.position})",
                contexte.clause,
            )
        return agregats.compiler(noeud, contexte)
    if noeud.fonction in SCALAIRES:
        return fonctions.compiler(noeud, contexte)
    raise _pas_une_valeur(noeud, contexte)


def _pas_une_valeur(noeud: arbre.Noeud, contexte: Contexte) -> ApiError:
    return erreurs.malformee(noeud.texte, contexte.clause)
