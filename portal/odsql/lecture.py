"""From text to tree: the clauses of ODSQL.

Belongs here: the parser and what its rules make. Does not: fields, types, SQL.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, UnexpectedInput
from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError

from portal.erreurs import ApiError
from portal.odsql import arbre, erreurs
from portal.odsql.arbre import Noeud, Selection, Tri
from portal.odsql.transformation import Arbre
from portal.odsql.vocabulaire import FONCTIONS

# A clause of 2,000 words is a program's; deeper parentheses would exhaust the stack.
LONGUEUR_MAXIMALE, PROFONDEUR_MAXIMALE = 16_384, 64
_CLAUSES = ("select", "where", "group_by", "order_by")
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
        return Arbre(texte).transform(parsed)
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
