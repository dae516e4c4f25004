"""Queries with ``group_by``: a table of groups, then what is told of each.

Belongs here: keys, aggregates and order of groups. Does not: what a key is (``regroupements``),
queries without groups (``requete``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from portal.odsql import arbre, conditions, erreurs, expressions, regroupements
from portal.odsql.contexte import Agregation, Contexte
from portal.odsql.fragment import Expression, Fragment, Genre, joindre, sql
from portal.odsql.lecture import lire_group_by, lire_select
from portal.odsql.plan import Colonne, Demande, Ordre, Plan, ordres, tris
from portal.odsql.regroupements import Cle, norme
from portal.odsql.source import lignes_du_jeu


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


def grouper(demande: Demande, contexte: Contexte, where: Fragment) -> Plan:
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
    for item in tris(demande):
        node = item.expression
        rank = groups.cle(node)
        if rank is not None:
            found = _ordre_de_cle(groups, rank)
        elif isinstance(node, arbre.Nom) and node.nom in by_name:
            found = by_name[node.nom]
        else:
            found = groups.expression(node, "order_by")
        order += ordres(found, item.descendant)
    # What the request does not order comes in the order of the keys, nothing first.
    for rank in range(len(groups.cles)):
        order += ordres(_ordre_de_cle(groups, rank), descendant=False, rien_devant=True)
    return order


def _ordre_de_cle(groups: _Groupes, rang: int) -> Expression:
    """Return a key as it is sorted: a range by its bounds, not by its label."""
    key, column = groups.cles[rang], Fragment(f"k{rang}")
    plain = key.sortie.fragment.sql == "{0}"
    genre = key.sortie.genre if plain else Genre.NOMBRE
    return replace(key.sortie, fragment=column, genre=genre)
