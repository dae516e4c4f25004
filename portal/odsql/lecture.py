"""From text to tree: the clauses of ODSQL.

Belongs here: the parser and what its rules make. Does not: fields, types, SQL.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError
from lark.tree import Meta

from portal.erreurs import ApiError
from portal.odsql import arbre, erreurs
from portal.odsql.arbre import Noeud, Nom, Selection, Tri
from portal.odsql.vocabulaire import FONCTIONS

# A clause of 2,000 words is a program's; deeper parentheses would exhaust the stack.
LONGUEUR_MAXIMALE, PROFONDEUR_MAXIMALE = 16_384, 64
_ECHAPPEMENT = re.compile(r"\\(.)", re.DOTALL)
_CLAUSES = ("select", "where", "group_by", "order_by")
_COMPARE = {"<>": "!="}
_APPEL = re.compile(r"\b([^\W\d]\w*)\(")


def lire_select(texte: str) -> tuple[Selection | arbre.Etoile, ...]:
    """Read ``select``. Raises ``ApiError``, as all do here."""
    return cast("tuple[Selection | arbre.Etoile, ...]", _lire(texte, "select"))


def lire_where(texte: str) -> Noeud:
    """Read ``where``."""
    return cast("Noeud", _lire(texte, "where"))


def lire_group_by(texte: str) -> tuple[Selection, ...]:
    """Read ``group_by``."""
    return cast("tuple[Selection, ...]", _lire(texte, "group_by"))


def lire_order_by(texte: str) -> tuple[Tri, ...]:
    """Read ``order_by``."""
    return cast("tuple[Tri, ...]", _lire(texte, "order_by"))


def lire_appel(texte: str, clause: str) -> Noeud:
    """Read one expression, such as ``facet(name="x")``, in the parameter ``clause``."""
    return cast("Noeud", _lire(texte, "where", clause))


@lru_cache(maxsize=2048)
def _lire(texte: str, regle: str, clause: str | None = None) -> Any:
    clause = clause or regle
    if len(texte) > LONGUEUR_MAXIMALE:
        raise erreurs.malformee(
            f"{len(texte)} characters where {LONGUEUR_MAXIMALE} are the most", clause
        )
    _mesurer(texte, clause)
    try:
        parsed = _grammaire().parse(texte, start=regle)
        return _Arbre(texte).transform(parsed)
    except VisitError as error:
        if isinstance(error.orig_exc, ApiError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _inattendu(error, texte, clause) from None


@lru_cache(maxsize=1)
def _grammaire() -> Lark:
    return Lark(
        Path(__file__).with_name("grammaire.lark").read_text(),
        parser="lalr",
        start=list(_CLAUSES),
        propagate_positions=True,
    )


_JETONS = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])+`|(?P<ouvre>\()|(?P<ferme>\))"""
    r"""|(?P<pile>\bnot\b|-|\+)|\s+|(?P<autre>\w+|.)""",
    re.IGNORECASE | re.DOTALL,
)


def _mesurer(texte: str, clause: str) -> None:
    """Refuse what would nest too deep: parentheses, and signs or ``not`` in a row."""
    depth = row = 0
    for found in _JETONS.finditer(texte):
        if found["ouvre"] or found["pile"]:
            depth += bool(found["ouvre"])
            row += bool(found["pile"])
        elif found["ferme"] or found["autre"]:
            depth -= bool(found["ferme"])
            row = 0
        if depth + row > PROFONDEUR_MAXIMALE:
            raise erreurs.syntaxe("nesting", found.start(), _court(texte), clause)


def _inattendu(error: UnexpectedInput, texte: str, clause: str) -> ApiError:
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    position = len(texte) if ended else error.pos_in_stream or 0
    # What is no function is the first thing that is not expected, wherever reading stops.
    for call in _APPEL.finditer(texte, 0, position):
        if call[1].lower() not in FONCTIONS:
            return erreurs.syntaxe("(", call.end() - 1, _court(texte), clause)
    if ended:
        return erreurs.syntaxe("end of clause", position, _court(texte), clause)
    if isinstance(error, UnexpectedCharacters):
        return erreurs.syntaxe(texte[position], position, _court(texte), clause)
    return erreurs.syntaxe(str(getattr(error, "token", "")), position, _court(texte), clause)


def _court(texte: str) -> str:
    return texte if len(texte) <= 500 else texte[:500] + "…"  # noqa: PLR2004


def _sans_guillemets(jeton: str) -> str:
    return _ECHAPPEMENT.sub(r"\1", jeton[1:-1])


def _apres_le_mot(jeton: str) -> str:
    """Return the text of ``date'…'``."""
    start = min(i for i in (jeton.find("'"), jeton.find('"')) if i >= 0)
    return _sans_guillemets(jeton[start:])


@v_args(meta=True)
class _Arbre(Transformer[Token, Any]):
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
        return Nom(*self._lieu(meta), _sans_guillemets(items[0]), cite=True)

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
