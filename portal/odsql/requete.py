"""A whole query: from its clauses to statements.

Belongs here: putting select, where, group_by and order_by together. Does not: what each of them
says (the other modules), paging by HTTP, the shape of answers (``portal.explore``).
"""

from dataclasses import replace

from portal.catalogue.jeu import Jeu
from portal.odsql import (
    arbre,
    conditions,
    erreurs,
    expressions,
    predicats,
    raffinements,
    textes,
)
from portal.odsql.contexte import Agregation, Contexte, colonne
from portal.odsql.fragment import Fragment, joindre, sql
from portal.odsql.groupes import grouper
from portal.odsql.lecture import lire_select, lire_where
from portal.odsql.plan import Colonne, Demande, Ordre, Plan, ordres, tris
from portal.odsql.raffinements import Facette
from portal.odsql.source import lignes_du_jeu
from portal.odsql.vocabulaire import PROJECTIONS


def compiler(jeu: Jeu, demande: Demande) -> Plan:
    """Compile a query. Raises ``ApiError``."""
    context = Contexte(jeu, fuseau=demande.fuseau, langue=demande.langue)
    where = condition(demande, context)
    if demande.group_by.strip():
        return grouper(demande, context, where)
    items = _selection(demande.select, context.dans("select", Agregation.GROUPE))
    if items and all(item.expression.agregat for item in items):
        return _ensemble(items, context, where)
    if any(item.expression.agregat for item in items):
        items = _selection(demande.select, context.dans("select", Agregation.ENSEMBLE))
    return _lignes(items, demande, context, where)


def condition(demande: Demande, contexte: Contexte, sauf: str | None = None) -> Fragment:
    """Compile where, refine and exclude; without the refinements of the field ``sauf``."""
    within = contexte.dans("where")
    facets = facettes(demande, within)
    refine = raffinements.lire_raffinements(demande.refine, within, "refine")
    exclude = raffinements.lire_raffinements(demande.exclude, within, "exclude")
    found = conditions.et(
        [
            conditions.toutes(demande.where, within),
            *(conditions.compiler(node, within) for node in demande.conditions),
            raffinements.condition(refine, exclude, facets, within, sauf),
        ]
    )
    textes.verifier(found, within)
    return found


def facettes(demande: Demande, contexte: Contexte) -> dict[str, Facette]:
    """Return the facets asked for, and what the request says of alternatives."""
    found = raffinements.lire_facettes(demande.facettes, contexte)
    for name in demande.disjonctifs:
        champ = contexte.jeu.champ(name)
        if champ:
            known = found.get(champ.nom, Facette(champ.nom))
            found[champ.nom] = replace(known, disjonctif=True)
    return found


def _selection(texte: str, contexte: Contexte) -> list[Colonne]:
    """Return the columns of ``select``; all fields without it."""
    every = [Colonne(item.nom, colonne(item)) for item in contexte.jeu.champs]
    if not texte.strip():
        return every
    items = lire_select(texte)
    removed = {
        column.nom
        for item in items
        if _est(item, "exclude")
        for column in _colonnes(item, every, contexte)
    }
    # What takes fields away starts from all of them, unless others are named by a pattern.
    listed = any(isinstance(item, arbre.Etoile) or _est(item, "include") for item in items)
    found = {column.nom: column for column in every} if removed and not listed else {}
    for item in items:
        if not _est(item, "exclude"):
            _ajouter(found, item, _colonnes(item, every, contexte), contexte)
    return [
        column for column in found.values() if column.nom not in removed or not column.est_champ
    ]


def _ajouter(
    found: dict[str, Colonne],
    item: arbre.Selection | arbre.Etoile,
    columns: list[Colonne],
    contexte: Contexte,
) -> None:
    for column in columns:
        aliased = isinstance(item, arbre.Selection) and item.alias
        if aliased and column.nom in found and column != found[column.nom]:
            raise erreurs.malformee(
                f"Alias '{column.nom}' is declared several times", contexte.clause
            )
        found[column.nom] = column


def _est(item: arbre.Selection | arbre.Etoile, fonction: str) -> bool:
    node = item.expression if isinstance(item, arbre.Selection) else item
    return isinstance(node, arbre.Appel) and node.fonction == fonction


def _colonnes(
    item: arbre.Selection | arbre.Etoile, toutes: list[Colonne], contexte: Contexte
) -> list[Colonne]:
    if isinstance(item, arbre.Etoile):
        return toutes
    node = item.expression
    if isinstance(node, arbre.Appel) and node.fonction in PROJECTIONS:
        return _projection(node, toutes, contexte)
    return [Colonne(item.nom, expressions.compiler(node, contexte))]


def _projection(noeud: arbre.Appel, toutes: list[Colonne], contexte: Contexte) -> list[Colonne]:
    found: list[Colonne] = []
    for item in noeud.arguments:
        if isinstance(item, arbre.Motif):
            found += [column for column in toutes if column.nom.startswith(item.prefixe)]
        elif isinstance(item, arbre.Nom):
            champ = contexte.nom(item).champ
            found += [column for column in toutes if champ and column.nom == champ.nom]
        else:
            raise erreurs.malformee(f"{noeud.texte}: a field or nb_* is expected", contexte.clause)
    return found


def _lignes(items: list[Colonne], demande: Demande, contexte: Contexte, where: Fragment) -> Plan:
    named = replace(contexte, alias={item.nom: item.expression for item in items})
    rows = lignes_du_jeu(contexte.jeu, where)
    order = [
        key
        for item in tris(demande)
        for key in ordres(
            expressions.compiler(item.expression, named.dans("order_by", Agregation.ENSEMBLE)),
            item.descendant,
        )
    ]
    if not order:
        order = _pertinence(demande, contexte)
    return Plan(
        tuple(items),
        rows,
        sql("select count(*) {}", rows),
        (*order, Ordre(Fragment("d.rowid"))),
        filtre=where != conditions.VRAI,
    )


def _pertinence(demande: Demande, contexte: Contexte) -> list[Ordre]:
    """Sort what is searched for by how well it answers, when nothing else is asked."""
    within = contexte.dans("where")
    scores = [
        score
        for text in demande.where
        if text.strip()
        for score in predicats.pertinences(lire_where(text), within)
    ]
    score = sql("({})", joindre(" + ", scores))
    return [Ordre(score, descendant=True)] if scores and textes.est_courte(score) else []


def _ensemble(items: list[Colonne], contexte: Contexte, where: Fragment) -> Plan:
    """Return the plan of aggregates over all rows: one row, repeated."""
    rows = lignes_du_jeu(contexte.jeu, where)
    inner = joindre(
        ", ",
        [
            *(sql(f"{{}} as v{rank}", item.expression.fragment) for rank, item in enumerate(items)),
            Fragment("count(*) as lignes"),
        ],
    )
    return Plan(
        tuple(
            Colonne(item.nom, replace(item.expression, fragment=Fragment(f"v{rank}"), champ=None))
            for rank, item in enumerate(items)
        ),
        Fragment("from ensemble"),
        sql("select count(*) {}", rows),
        avec=sql("with ensemble as (select {} {})", inner, rows),
        repete=True,
        filtre=True,
    )
