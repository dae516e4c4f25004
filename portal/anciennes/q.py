"""``q`` of the API v1, read into the tree of ODSQL.

Belongs here: the older language. Does not: compiling, which is ODSQL's.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedInput
from lark.exceptions import VisitError

from portal.catalogue.champ import NUMERIQUES, TEMPORELS, Type
from portal.catalogue.jeu import Jeu
from portal.erreurs import ApiError
from portal.odsql import arbre
from portal.odsql.arbre import Noeud
from portal.odsql.lecture import LONGUEUR_MAXIMALE, PROFONDEUR_MAXIMALE

_TYPES_EXACTS = NUMERIQUES | TEMPORELS | {Type.BOOLEAN}
_COORDONNEES = re.compile(r"\(?\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)?")
_PREDICATS = {"search": "search", "startswith": "startswith"}


def lire_q(texte: str, jeu: Jeu) -> Noeud:
    """Read ``q``. Raises ``ApiError``."""
    if len(texte) > LONGUEUR_MAXIMALE or texte.count("(") > PROFONDEUR_MAXIMALE:
        raise _illisible(texte, 0)
    try:
        parsed = _grammaire().parse(texte)
        return cast("Noeud", _Arbre(jeu).transform(parsed))
    except VisitError as error:
        if isinstance(error.orig_exc, ApiError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _illisible(texte, error.pos_in_stream or len(texte)) from None


@lru_cache(maxsize=1)
def _grammaire() -> Lark:
    return Lark(Path(__file__).with_name("q.lark").read_text(), parser="lalr")


def _illisible(texte: str, position: int) -> ApiError:
    shown = texte[:200]
    return ApiError(
        400, "InvalidQuery", f"The query is invalid: unexpected text at {position} in {shown}"
    )


def _litteral(texte: str) -> arbre.Litteral:
    return arbre.Litteral(0, texte, texte)


def _nom(champ: str) -> arbre.Nom:
    return arbre.Nom(0, champ, champ)


def point(texte: str) -> arbre.GeometrieLitterale:
    """Return ``lat,lon`` as a geometry. Raises ``ApiError``."""
    found = _COORDONNEES.fullmatch(texte.strip())
    if not found:
        raise ApiError(400, "InvalidQuery", f"{texte} is not a place: latitude,longitude")
    return arbre.GeometrieLitterale(0, texte, f"POINT({found[2]} {found[1]})")


def polygone(texte: str) -> arbre.GeometrieLitterale:
    """Return ``(lat,lon),(lat,lon)…`` as a closed polygon. Raises ``ApiError``."""
    places = [(found[2], found[1]) for found in _COORDONNEES.finditer(texte)]
    if len(places) < 3:  # noqa: PLR2004
        raise ApiError(400, "InvalidQuery", f"{texte} is not a polygon: (lat,lon),(lat,lon),…")
    if places[0] != places[-1]:
        places.append(places[0])
    ring = ", ".join(f"{lon} {lat}" for lon, lat in places)
    return arbre.GeometrieLitterale(0, texte, f"POLYGON(({ring}))")


def dans_un_rayon(champ: str, lieu: str, metres: str) -> Noeud:
    """Return the condition that a field is near a place (``lat,lon``)."""
    try:
        distance = float(metres)
    except ValueError:
        raise ApiError(400, "InvalidQuery", f"{metres} is not a number of metres") from None
    radius = arbre.Litteral(0, str(distance), distance)
    return arbre.Appel(0, "#distance", "within_distance", (_nom(champ), point(lieu), radius))


def dans_un_polygone(champ: str, coins: str) -> Noeud:
    """Return the condition that a field is in a polygon."""
    return arbre.Appel(0, "#polygon", "within", (_nom(champ), polygone(coins)))


class _Arbre(Transformer[Token, Any]):
    """One method per rule of the grammar."""

    def __init__(self, jeu: Jeu) -> None:
        super().__init__()
        self._jeu = jeu

    def ou(self, items: list[Noeud]) -> Noeud:
        return arbre.Ou(0, "", tuple(items))

    def et(self, items: list[Noeud]) -> Noeud:
        return arbre.Et(0, "", tuple(items))

    def non(self, items: list[Noeud]) -> Noeud:
        return arbre.Non(0, "", items[0])

    def mot(self, items: list[Token]) -> Noeud:
        """A word may be the beginning of another."""
        text = str(items[0])
        return _litteral(text if text.endswith("*") else f"{text}*")

    def phrase(self, items: list[Token]) -> Noeud:
        return _litteral(self._sans_guillemets(items[0]))

    @staticmethod
    def _sans_guillemets(jeton: str) -> str:
        return re.sub(r"\\(.)", r"\1", jeton[1:-1])

    def texte(self, items: list[Token]) -> str:
        return str(items[0])

    def cite(self, items: list[Token]) -> str:
        return self._sans_guillemets(items[0])

    def plage(self, items: list[Any]) -> tuple[Noeud, Noeud, bool, bool]:
        opening, low, high, closing = items
        return self._borne(low), self._borne(high), opening == "[", closing == "]"

    def _borne(self, valeur: Any) -> Noeud:
        return arbre.Etoile(0, "*") if valeur == "*" else self._valeur(valeur)

    def dans_plage(self, items: list[Any]) -> Noeud:
        low, high, with_low, with_high = items[1]
        return arbre.DansPlage(0, "", self._champ(items[0]), low, high, with_low, with_high)

    def _champ(self, jeton: str) -> arbre.Nom:
        return _nom(jeton.rstrip(":").rstrip())

    def _valeur(self, valeur: Any) -> Noeud:
        """Return the node of a value: a text, or ``#now(…)``."""
        return valeur if isinstance(valeur, Noeud) else _litteral(str(valeur))

    def contient(self, items: list[Any]) -> Noeud:
        """``f:v``: words of a text; the value itself of anything else."""
        name, value = self._champ(items[0]), items[1]
        champ = self._jeu.champ(name.nom)
        exact = champ is not None and champ.type in _TYPES_EXACTS
        if exact or isinstance(value, Noeud):
            return arbre.Comparaison(0, "", name, "=", self._valeur(value))
        return arbre.Comme(0, "", name, str(value))

    def compare(self, items: list[Any]) -> Noeud:
        name, operator = self._decoupe(items[0])
        return arbre.Comparaison(0, "", _nom(name), operator, self._valeur(items[1]))

    @staticmethod
    def _decoupe(jeton: str) -> tuple[str, str]:
        found = re.fullmatch(r"(\w+)\s*(==|>=|<=|=|>|<)", jeton)
        name, operator = found.groups() if found else (jeton, "=")
        return name, operator.replace("==", "=")

    def reglage(self, items: list[Any]) -> Noeud:
        """``years=-1`` inside ``#now(…)``."""
        name, _ = self._decoupe(items[0])
        text = str(items[1])
        number = int(text) if re.fullmatch(r"-?\d+", text) else text
        return arbre.Comparaison(0, text, _nom(name), "=", arbre.Litteral(0, text, number))

    def appel(self, items: list[Any]) -> arbre.Appel:
        function, *arguments = items
        nodes = tuple(self._valeur(item) for item in arguments)
        return arbre.Appel(0, str(function), str(function).lstrip("#").lower(), nodes)

    def condition(self, items: list[arbre.Appel]) -> Noeud:
        """Return a function that stands alone as a condition. Raises ``ApiError``."""
        call = items[0]
        texts = [str(item.valeur) for item in call.arguments if isinstance(item, arbre.Litteral)]
        if call.fonction == "null" and len(texts) == 1:
            return arbre.EstNul(0, "", _nom(texts[0]))
        if call.fonction == "exact" and len(texts) == 2:  # noqa: PLR2004
            return arbre.Comparaison(0, "", _nom(texts[0]), "=", _litteral(texts[1]))
        if call.fonction in _PREDICATS and texts:
            *names, text = texts
            nodes = (*(_nom(name) for name in names), _litteral(text))
            return arbre.Appel(0, call.texte, call.fonction, nodes)
        if call.fonction == "distance" and len(texts) == 3:  # noqa: PLR2004
            return dans_un_rayon(*texts)
        if call.fonction in ("polygon", "geometry") and len(texts) >= 2:  # noqa: PLR2004
            return dans_un_polygone(*texts[:2])
        raise ApiError(400, "InvalidQuery", f"The query is invalid: {call.texte}() is not known")
