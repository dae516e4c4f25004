"""Words inside texts: ``like``, a bare text, ``search``, ``suggest``, ``startswith``.

Belongs here: what a query's words match. Does not: cutting texts into words (``catalogue.mots``).

Each text column has, in the image, a table of its distinct values with their words between spaces:
a condition reads those, then keeps the rows that hold one of the values found.
"""

import re
from dataclasses import replace

from portal.catalogue.champ import Champ, Type
from portal.catalogue.mots import mots, mots_avec_jokers
from portal.odsql import arbre, erreurs
from portal.odsql.contexte import Contexte
from portal.odsql.fragment import Expression, Fragment, Genre, identifiant, joindre, sql, valeur

# What looks for a word in a field, and how often a condition may: nothing interrupts DuckDB's
# planning. By unions of rows, 216 times took 0.3 s and 450 times 0.6 s; by ``or``, whose planning
# grows with its square, 216 times took 1.9 s (2 M rows, 2026-11).
_LECTURE = "(select valeur from "
LECTURES = 400
# Fields from which rows are united.
_PLUSIEURS = 3
# More digits than any whole number has.
_CHIFFRES = 18
# Edit distance that a word may be at, by its length (the reference, §10.4).
_LONG, _MOYEN = 5, 2
_FAUX = Fragment("false")


def comme(expression: Expression, noeud: arbre.Comme, contexte: Contexte) -> Fragment:
    """Compile ``f like 'words'``: all of them, in any order, ``*`` and ``?`` inside a word."""
    words = mots_avec_jokers(noeud.motif)
    field = expression.champ
    if field and _est_texte(field):
        return _dans(field, _tous([_mot(word) for word in words]), contexte)
    if expression.genre is Genre.TEXTE:
        raise erreurs.malformee(f"{noeud.texte}: like takes a field", contexte.clause)
    return sql("({})", joindre(" and ", [_exact(expression, word) for word in words] or [_FAUX]))


def partout(texte: str, contexte: Contexte) -> Fragment:
    """Compile a bare text: each of its words is in one of the fields."""
    words = dict.fromkeys(mots_avec_jokers(texte))
    conditions = [_quelque_part(_mot(word), word, contexte, contexte.jeu.champs) for word in words]
    return sql("({})", joindre(" and ", conditions)) if conditions else _FAUX


def chercher(texte: str, champs: tuple[Champ, ...], contexte: Contexte) -> Fragment:
    """Compile ``search``: words nearly so written, the last one being perhaps unfinished."""
    words = mots(texte)
    if not words:
        return Fragment("true")
    *whole, last = words
    conditions = [
        _quelque_part(_approchant(word, fin=fin), word, contexte, champs)
        for word, fin in dict.fromkeys([*((word, False) for word in whole), (last, True)])
    ]
    return sql("({})", joindre(" and ", conditions))


def pertinence(texte: str, champs: tuple[Champ, ...], contexte: Contexte) -> Fragment:
    """Return how many words of a search a row has exactly as they are written."""
    words = dict.fromkeys(mots(texte))
    exact = [_quelque_part(_mot(word), word, contexte, champs) for word in words]
    return sql("({})", joindre(" + ", [sql("cast({} as integer)", item) for item in exact]))


def proposer(texte: str, champs: tuple[Champ, ...], contexte: Contexte) -> Fragment:
    """Compile ``suggest``: words that begin so."""
    words = dict.fromkeys(mots(texte))
    conditions = [_quelque_part(_debut(word), word, contexte, champs) for word in words]
    return sql("({})", joindre(" and ", conditions)) if conditions else _FAUX


def commencer(expression: Expression, texte: str) -> Fragment:
    """Compile ``startswith``: the beginning of the value itself, case and accents included."""
    if expression.genre is Genre.LISTE:
        return sql(
            "(len(list_filter({}, lambda x: starts_with(x, {}))) > 0)",
            expression.fragment,
            valeur(texte),
        )
    return sql("starts_with({}, {})", expression.varchar(), valeur(texte))


def est_courte(score: Fragment) -> bool:
    """Tell whether a score looks for few words enough to be added to its condition."""
    return score.sql.count(_LECTURE) <= LECTURES // 4


def verifier(condition: Fragment, contexte: Contexte) -> None:
    """Refuse a condition that looks for too many words in too many fields."""
    found = condition.sql.count(_LECTURE)
    if found > LECTURES:
        raise erreurs.malformee(
            f"too many words are looked for in too many fields: {found} where {LECTURES} are the"
            ' most. Look for fewer, or name the fields: search(field, "words")',
            contexte.clause,
        )


def _est_texte(champ: Champ) -> bool:
    return champ.type is Type.TEXT


def _quelque_part(
    mot: Fragment, ecrit: str, contexte: Contexte, champs: tuple[Champ, ...]
) -> Fragment:
    """Return the condition that one of the fields has a word; a number may be written as it."""
    texts = [item for item in champs if _est_texte(item)]
    number = ecrit.isascii() and ecrit.isdecimal() and len(ecrit) <= _CHIFFRES
    integers = [item for item in champs if item.type is Type.INT] if number else []
    united = len(texts) >= _PLUSIEURS
    alias = "e" if united else "d"
    conditions = [_dans(item, mot, contexte, alias) for item in texts]
    conditions += [
        sql(f"({alias}.{identifiant(item.nom)} = cast({{}} as bigint))", valeur(int(ecrit)))
        for item in integers
    ]
    if not conditions:
        return _FAUX
    if not united:
        return sql("({})", joindre(" or ", conditions))
    rows = f"select e.rowid from {contexte.jeu.base}.donnees as e where {{}}"
    found = joindre(" union all ", [sql(rows, item) for item in conditions])
    return replace(sql("(d.rowid in ({}))", found), par_les_mots=True)


def _exact(expression: Expression, mot: str) -> Fragment:
    return sql("({} = {})", expression.varchar(), valeur(mot))


def _dans(champ: Champ, condition: Fragment, contexte: Contexte, alias: str = "d") -> Fragment:
    """Return the rows whose field has a value whose words (``mots``) satisfy ``condition``."""
    table = f"{contexte.jeu.base}.{identifiant(champ.dictionnaire)}"
    column = Fragment(f"{alias}.{identifiant(champ.nom)}")
    if champ.multivalue:
        return sql(
            f"coalesce(list_has_any({{}}, (select list(v) from {_LECTURE}{table} where {{}})"
            " as s(v))), false)",
            column,
            condition,
        )
    found = sql(f"({{}} in {_LECTURE}{table} where {{}}))", column, condition)
    return replace(found, par_les_mots=True)


def _tous(conditions: list[Fragment]) -> Fragment:
    return sql("({})", joindre(" and ", conditions)) if conditions else _FAUX


def _mot(mot: str) -> Fragment:
    """The word is there, with its wildcards."""
    if "*" not in mot and "?" not in mot:
        return sql("contains(mots, {})", valeur(f" {mot} "))
    if mot.endswith("*") and not set(mot[:-1]) & {"*", "?"}:
        return _debut(mot[:-1])
    pattern = re.escape(mot).replace(r"\*", "[^ ]*").replace(r"\?", "[^ ]")
    return sql("regexp_matches(mots, {})", valeur(f" {pattern} "))


def _debut(mot: str) -> Fragment:
    return sql("contains(mots, {})", valeur(f" {mot}"))


def _approchant(mot: str, *, fin: bool) -> Fragment:
    here = [_debut(mot)] if fin else [_mot(mot)]
    distance = 2 if len(mot) > _LONG else 1 if len(mot) > _MOYEN else 0
    if distance:
        near = sql(
            "(len(list_filter(string_split(trim(mots), ' '),"
            f" lambda m: abs(length(m) - {{}}) <= {distance}"
            f" and damerau_levenshtein(m, {{}}) <= {distance})) > 0)",
            valeur(len(mot)),
            valeur(mot),
        )
        here.append(near)
    return sql("({})", joindre(" or ", here))
