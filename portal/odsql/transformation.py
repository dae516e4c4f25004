"""What each rule of the grammar makes of its parts.

Belongs here: from Lark's parts to the typed tree. Does not: parsing, errors (``lecture``).
"""

import re
from typing import Any, cast

from lark import Token, Transformer, v_args
from lark.tree import Meta

from portal.odsql import arbre
from portal.odsql.arbre import Noeud, Nom, Selection, Tri

_ECHAPPEMENT = re.compile(r"\\(.)", re.DOTALL)
_COMPARE = {"<>": "!="}


def _sans_guillemets(jeton: str) -> str:
    return _ECHAPPEMENT.sub(r"\1", jeton[1:-1])


def _apres_le_mot(jeton: str) -> str:
    """Return the text of ``date'…'``."""
    start = min(i for i in (jeton.find("'"), jeton.find('"')) if i >= 0)
    return _sans_guillemets(jeton[start:])


@v_args(meta=True)
class Arbre(Transformer[Token, Any]):
    """One method per rule: Lark calls it with what the rule's parts have become."""

    def __init__(self, texte: str) -> None:
        super().__init__()
        self._texte = texte

    def _lieu(self, meta: Meta) -> tuple[int, str]:
        return meta.start_pos, self._texte[meta.start_pos : meta.end_pos]

    # --- clauses
    def select(self, _: Meta, items: list[Any]) -> tuple[Any, ...]:
        return tuple(items)

    group_by = order_by = select

    def where(self, _: Meta, items: list[Noeud]) -> Noeud:
        return items[0]

    def tout(self, meta: Meta, _: list[Any]) -> arbre.Etoile:
        return arbre.Etoile(*self._lieu(meta))

    etoile = tout

    def selection(self, meta: Meta, items: list[Any]) -> Selection:
        return Selection(*self._lieu(meta), items[0], items[2] if len(items) > 1 else None)

    def alias(self, _: Meta, items: list[Token]) -> str:
        return _sans_guillemets(items[0]) if items[0].type == "QUOTED" else str(items[0])

    def tri(self, meta: Meta, items: list[Any]) -> Tri:
        """``-f`` is ``f desc``."""
        expression, *direction = items
        down = bool(direction) and direction[0].type == "DESC"
        if not direction and isinstance(expression, arbre.Oppose):
            expression, down = expression.expression, True
        return Tri(*self._lieu(meta), expression, down)

    # --- conditions
    def ou(self, meta: Meta, items: list[Any]) -> arbre.Ou:
        return arbre.Ou(*self._lieu(meta), tuple(items[::2]))

    def et(self, meta: Meta, items: list[Any]) -> arbre.Et:
        return arbre.Et(*self._lieu(meta), tuple(items[::2]))

    def non(self, meta: Meta, items: list[Any]) -> arbre.Non:
        return arbre.Non(*self._lieu(meta), items[-1])

    def comparaison(self, meta: Meta, items: list[Any]) -> arbre.Comparaison:
        operator = _COMPARE.get(str(items[1]), str(items[1]))
        return arbre.Comparaison(*self._lieu(meta), items[0], operator, items[2])

    def egalite(self, meta: Meta, items: list[Any]) -> arbre.Comparaison:
        return arbre.Comparaison(*self._lieu(meta), items[0], "=", items[1])

    def plage(self, meta: Meta, items: list[Any]) -> arbre.DansPlage:
        opening, low, *_, high, closing = items
        place = self._lieu(meta)
        return arbre.DansPlage(
            *place, arbre.Etoile(*place), low, high, opening == "[", closing == "]"
        )

    def dans_plage(self, meta: Meta, items: list[Any]) -> arbre.DansPlage:
        found: arbre.DansPlage = items[-1]
        return arbre.DansPlage(
            *self._lieu(meta),
            items[0],
            found.bas,
            found.haut,
            found.bas_compris,
            found.haut_compris,
        )

    def valeurs(self, _: Meta, items: list[Noeud]) -> tuple[Noeud, ...]:
        return tuple(items)

    def dans(self, meta: Meta, items: list[Any]) -> arbre.Dans:
        return arbre.Dans(*self._lieu(meta), items[0], items[-1])

    def dans_champ(self, meta: Meta, items: list[Any]) -> arbre.DansChamp:
        return arbre.DansChamp(*self._lieu(meta), items[0], items[-1])

    def comme(self, meta: Meta, items: list[Any]) -> arbre.Comme:
        return arbre.Comme(*self._lieu(meta), items[0], items[-1].valeur)

    def est_nul(self, meta: Meta, items: list[Any]) -> arbre.EstNul:
        return arbre.EstNul(*self._lieu(meta), items[0])

    def est_booleen(self, meta: Meta, items: list[Any]) -> arbre.EstBooleen:
        return arbre.EstBooleen(*self._lieu(meta), items[0], items[-1].type == "TRUE")

    def pas_dans_plage(self, meta: Meta, items: list[Any]) -> arbre.Non:
        return arbre.Non(*self._lieu(meta), self.dans_plage(meta, items))

    def pas_dans(self, meta: Meta, items: list[Any]) -> arbre.Non:
        return arbre.Non(*self._lieu(meta), self.dans(meta, items))

    def pas_dans_champ(self, meta: Meta, items: list[Any]) -> arbre.Non:
        return arbre.Non(*self._lieu(meta), self.dans_champ(meta, items))

    def pas_comme(self, meta: Meta, items: list[Any]) -> arbre.Non:
        return arbre.Non(*self._lieu(meta), self.comme(meta, items))

    def pas_nul(self, meta: Meta, items: list[Any]) -> arbre.Non:
        return arbre.Non(*self._lieu(meta), self.est_nul(meta, items))

    def pas_booleen(self, meta: Meta, items: list[Any]) -> arbre.Non:
        return arbre.Non(*self._lieu(meta), self.est_booleen(meta, items))

    # --- expressions
    def somme(self, meta: Meta, items: list[Any]) -> arbre.Calcul:
        return arbre.Calcul(*self._lieu(meta), tuple(items[::2]), tuple(map(str, items[1::2])))

    produit = somme

    def signe(self, meta: Meta, items: list[Any]) -> Noeud:
        sign, inner = items
        if sign == "+":
            return cast("Noeud", inner)
        place = self._lieu(meta)
        if isinstance(inner, arbre.Litteral) and isinstance(inner.valeur, (int, float)):
            return arbre.Litteral(*place, -inner.valeur)
        return arbre.Oppose(*place, inner)

    def parentheses(self, _: Meta, items: list[Noeud]) -> Noeud:
        return items[0]

    def appel(self, meta: Meta, items: list[Any]) -> arbre.Appel:
        return arbre.Appel(*self._lieu(meta), str(items[0]).lower(), tuple(items[1:]))

    def distinct(self, meta: Meta, items: list[Any]) -> arbre.Distinct:
        return arbre.Distinct(*self._lieu(meta), items[-1])

    def motif(self, meta: Meta, items: list[Token]) -> arbre.Motif:
        return arbre.Motif(*self._lieu(meta), str(items[0]).removesuffix("*"))

    def intervalle(self, meta: Meta, items: list[Token]) -> arbre.Duree:
        return arbre.Duree(*self._lieu(meta), float(items[0]), str(items[1]))

    # --- names and literals
    def nom(self, meta: Meta, items: list[Token]) -> Nom:
        return Nom(*self._lieu(meta), str(items[0]))

    def nom_cite(self, meta: Meta, items: list[Token]) -> Nom:
        return Nom(*self._lieu(meta), _sans_guillemets(items[0]))

    def texte(self, meta: Meta, items: list[Token]) -> arbre.Litteral:
        return arbre.Litteral(*self._lieu(meta), _sans_guillemets(items[0]))

    def nombre(self, meta: Meta, items: list[Token]) -> arbre.Litteral:
        text = str(items[0])
        return arbre.Litteral(*self._lieu(meta), int(text) if text.isdecimal() else float(text))

    def date(self, meta: Meta, items: list[Token]) -> arbre.DateLitterale:
        return arbre.DateLitterale(*self._lieu(meta), _apres_le_mot(items[0]))

    def geometrie(self, meta: Meta, items: list[Token]) -> arbre.GeometrieLitterale:
        return arbre.GeometrieLitterale(*self._lieu(meta), _apres_le_mot(items[0]))

    def vrai(self, meta: Meta, _: list[Any]) -> arbre.Litteral:
        return arbre.Litteral(*self._lieu(meta), True)

    def faux(self, meta: Meta, _: list[Any]) -> arbre.Litteral:
        return arbre.Litteral(*self._lieu(meta), False)

    def nul(self, meta: Meta, _: list[Any]) -> arbre.Litteral:
        return arbre.Litteral(*self._lieu(meta), None)
