"""A whole query: from its clauses to statements.

Belongs here: putting select, where, group_by and order_by together. Does not: what each of them
says (the other modules), paging by HTTP, the shape of answers (``portal.explore``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from portal.catalogue.jeu import Jeu
from portal.odsql import (
    arbre,
    conditions,
    erreurs,
    expressions,
    raffinements,
    regroupements,
    textes,
)
from portal.odsql.contexte import Agregation, Contexte, colonne
from portal.odsql.fragment import Expression, Fragment, Genre, joindre, sql
from portal.odsql.lecture import lire_group_by, lire_order_by, lire_select
from portal.odsql.raffinements import Facette
from portal.odsql.regroupements import Cle, norme


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


@dataclass(frozen=True)
class Ordre:
    """A key of the order: what is compared, and which way; nothing comes last either way."""

    fragment: Fragment
    descendant: bool = False
    rien_devant: bool = False


@dataclass(frozen=True)
class Plan:
    """A compiled query: ``avec`` (CTE) and ``depuis`` (from, where) hold the rows of all pages.

    ``total`` counts them. ``repete`` tells that the one row of ``avec`` is to be repeated for each
    row of the dataset that the query keeps, as the Explore API does for aggregates.
    """

    colonnes: tuple[Colonne, ...]
    depuis: Fragment
    total: Fragment
    ordre: tuple[Ordre, ...] = ()
    avec: Fragment | None = None
    repete: bool = False
    groupe: bool = False
    filtre: bool = field(default=False)


def compiler(jeu: Jeu, demande: Demande) -> Plan:
    """Compile a query. Raises ``ApiError``."""
    context = Contexte(jeu, fuseau=demande.fuseau, langue=demande.langue)
    where = condition(demande, context)
    if demande.group_by.strip():
        return _groupes(demande, context, where)
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


def lignes_du_jeu(jeu: Jeu, where: Fragment, jointures: Sequence[Fragment] = ()) -> Fragment:
    """Return ``from … where …`` over the rows of a dataset."""
    source = joindre("", [Fragment(f"from {jeu.base}.donnees as d"), *jointures])
    return source if where == conditions.VRAI else sql("{} where {}", source, where)


# --- rows


def _selection(texte: str, contexte: Contexte) -> list[Colonne]:
    """Return the columns of ``select``; all fields without it."""
    every = [Colonne(item.nom, colonne(item)) for item in contexte.jeu.champs]
    if not texte.strip():
        return every
    found: dict[str, Colonne] = {}
    removed: set[str] = set()
    only_removed = True
    for item in lire_select(texte):
        node = item.expression if isinstance(item, arbre.Selection) else item
        if isinstance(node, arbre.Appel) and node.fonction == "exclude":
            removed |= {column.nom for column in _projection(node, every, contexte)}
            continue
        only_removed = False
        for column in _colonnes(item, every, contexte):
            if column.nom in found and isinstance(item, arbre.Selection) and item.alias:
                raise erreurs.malformee(
                    f"Alias '{column.nom}' is declared several times", contexte.clause
                )
            found[column.nom] = column
    columns = every if only_removed else list(found.values())
    return [column for column in columns if column.nom not in removed]


def _colonnes(
    item: arbre.Selection | arbre.Etoile, toutes: list[Colonne], contexte: Contexte
) -> list[Colonne]:
    if isinstance(item, arbre.Etoile):
        return toutes
    node = item.expression
    if isinstance(node, arbre.Appel) and node.fonction == "include":
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
        for item in _tris(demande)
        for key in _ordres(
            expressions.compiler(item.expression, named.dans("order_by", Agregation.ENSEMBLE)),
            item.descendant,
        )
    ]
    return Plan(
        tuple(items),
        rows,
        sql("select count(*) {}", rows),
        (*order, Ordre(Fragment("d.rowid"))),
        filtre=where != conditions.VRAI,
    )


def _tris(demande: Demande) -> tuple[arbre.Tri, ...]:
    return lire_order_by(demande.order_by) if demande.order_by.strip() else ()


def _ordres(expression: Expression, descendant: bool, rien_devant: bool = False) -> list[Ordre]:
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


# --- groups


@dataclass
class _Groupes:
    """The columns of the table of groups, as they are asked for."""

    contexte: Contexte
    cles: list[Cle]
    agregats: list[Fragment] = field(default_factory=list)

    def rang(self, fragment: Fragment) -> Fragment:
        """Return the column of an aggregate, made if it is not there yet."""
        if fragment not in self.agregats:
            self.agregats.append(fragment)
        return Fragment(f"a{self.agregats.index(fragment)}")

    def cle(self, noeud: arbre.Noeud) -> int | None:
        """Return the rank of the key that an expression is, if it is one."""
        text = norme(noeud.nom if isinstance(noeud, arbre.Nom) else noeud.texte)
        raw = noeud.nom if isinstance(noeud, arbre.Nom) else None
        for rank, key in enumerate(self.cles):
            if key.texte == text or key.nom == raw:
                return rank
        return None

    def sortie(self, rang: int) -> Expression:
        """Return a key as the answer tells it."""
        key = self.cles[rang]
        columns = [f"k{rang}", *(self.rang(item).sql for item in key.avec)]
        return replace(
            key.sortie,
            fragment=Fragment(
                key.sortie.fragment.sql.format(*columns), key.sortie.fragment.parametres
            ),
        )

    def expression(self, noeud: arbre.Noeud, clause: str) -> Expression:
        """Compile a key or an aggregate, as a column of the table of groups."""
        rank = self.cle(noeud)
        if rank is not None:
            return self.sortie(rank)
        within = self.contexte.dans(clause, Agregation.GROUPE)
        found = expressions.compiler(noeud, within)
        if not found.agregat and not _constante(noeud):
            raise erreurs.malformee(
                f"{noeud.texte} (position {noeud.position}) is neither grouped nor aggregated",
                clause,
            )
        if not found.agregat:
            return replace(found, champ=None)
        return replace(found, fragment=self.rang(found.fragment), champ=None)


def _constante(noeud: arbre.Noeud) -> bool:
    return isinstance(noeud, (arbre.Litteral, arbre.DateLitterale))


def _groupes(demande: Demande, contexte: Contexte, where: Fragment) -> Plan:
    selected = lire_select(demande.select) if demande.select.strip() else ()
    keys = [
        regroupements.cle(_nomme(item, selected), rank, contexte.dans("group_by"))
        for rank, item in enumerate(lire_group_by(demande.group_by))
    ]
    groups = _Groupes(contexte, keys)
    columns = _colonnes_de_groupes(groups, selected)
    order = _ordre_de_groupes(demande, groups, columns)
    joins = [key.jointure for key in keys if key.jointure]
    kept = conditions.et([where, *(key.condition for key in keys if key.condition)])
    rows = lignes_du_jeu(contexte.jeu, kept, joins)
    listed = [
        *(sql(f"{{}} as k{rank}", key.groupe) for rank, key in enumerate(keys)),
        *(sql(f"{{}} as a{rank}", item) for rank, item in enumerate(groups.agregats)),
    ]
    ranks = ", ".join(str(rank + 1) for rank in range(len(keys)))
    table = sql(f"with groupes as (select {{}} {{}} group by {ranks})", joindre(", ", listed), rows)
    only_keys = joindre(
        ", ", [sql(f"{{}} as k{rank}", key.groupe) for rank, key in enumerate(keys)]
    )
    return Plan(
        tuple(columns),
        Fragment("from groupes"),
        sql("select count(*) from (select distinct {} {})", only_keys, rows),
        tuple(order),
        avec=table,
        groupe=True,
        filtre=True,
    )


def _nomme(item: arbre.Selection, selected: Sequence[object]) -> arbre.Selection:
    """An alias of ``select`` may be grouped by: then it is what it stands for that is."""
    node = item.expression
    if isinstance(node, arbre.Nom):
        for other in selected:
            if isinstance(other, arbre.Selection) and other.alias == node.nom:
                return replace(other, alias=item.alias or other.alias)
    return item


def _colonnes_de_groupes(
    groups: _Groupes, selected: Sequence[arbre.Selection | arbre.Etoile]
) -> list[Colonne]:
    found = {key.nom: Colonne(key.nom, groups.sortie(rank)) for rank, key in enumerate(groups.cles)}
    aliases: set[str] = set()
    for item in selected:
        if isinstance(item, arbre.Etoile):
            raise erreurs.malformee("* cannot be selected with group_by", "select")
        if item.alias in aliases:
            raise erreurs.malformee(f"Alias '{item.alias}' is declared several times", "select")
        if item.alias:
            aliases.add(item.alias)
        found[item.nom] = Colonne(item.nom, groups.expression(item.expression, "select"))
    return list(found.values())


def _ordre_de_groupes(
    demande: Demande, groups: _Groupes, columns: Sequence[Colonne]
) -> list[Ordre]:
    by_name = {item.nom: item.expression for item in columns}
    order: list[Ordre] = []
    for item in _tris(demande):
        node = item.expression
        rank = groups.cle(node)
        if rank is not None:
            found = _ordre_de_cle(groups, rank)
        elif isinstance(node, arbre.Nom) and node.nom in by_name:
            found = by_name[node.nom]
        else:
            found = groups.expression(node, "order_by")
        order += _ordres(found, item.descendant)
    # What the request does not order comes in the order of the keys, nothing first.
    for rank in range(len(groups.cles)):
        order += _ordres(_ordre_de_cle(groups, rank), descendant=False, rien_devant=True)
    return order


def _ordre_de_cle(groups: _Groupes, rang: int) -> Expression:
    """Return a key as it is sorted: a range by its bounds, not by its label."""
    key, column = groups.cles[rang], Fragment(f"k{rang}")
    plain = key.sortie.fragment.sql == "{0}"
    genre = key.sortie.genre if plain else Genre.NOMBRE
    return replace(key.sortie, fragment=column, genre=genre)
