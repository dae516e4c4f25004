"""Statements for the pages of a compiled query.

Belongs here: limit, offset, cursors. Does not: compiling (``odsql``), answering.
"""

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from portal.erreurs import ApiError, parametre_invalide
from portal.explore.parametres import Page
from portal.moteur import Sql
from portal.odsql.fragment import Fragment, joindre, sql, valeur
from portal.odsql.plan import Ordre, Plan
from portal.odsql.sortie import Presentation, rendre

_VIDE = Fragment("")
_COMME_LE_FICHIER = (Ordre(Fragment("d.rowid")),)
_PREMIERES = 20


@dataclass(frozen=True)
class Curseur:
    """Where a client is: the version that it reads, and the sort keys of its last row."""

    version: str
    cles: tuple[Any, ...]

    def ecrire(self) -> str:
        """Return it as opaque text."""
        content = orjson.dumps([self.version, *self.cles], default=str)
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    @classmethod
    def lire(cls, texte: str) -> "Curseur | None":
        """Read one; the empty text is the beginning. Raises ``ApiError``."""
        if not texte:
            return None
        try:
            content = orjson.loads(base64.urlsafe_b64decode(texte + "=" * (-len(texte) % 4)))
            version, *keys = content
        except ValueError:
            raise _curseur_invalide() from None
        return cls(str(version), tuple(keys))


def _curseur_invalide() -> ApiError:
    return parametre_invalide(
        "Invalid value for after API parameter: the value of the next link is expected."
    )


def lignes(
    plan: Plan,
    presentation: Presentation,
    page: Page,
    *,
    compter: bool = False,
    cles: bool = False,
) -> Sql:
    """Return the statement of one page.

    With ``compter``, groups come with their number in a last column. With ``cles`` or a cursor,
    rows come with their sort keys in the last columns.
    """
    columns = [rendre(item.expression, presentation) for item in plan.colonnes]
    listed = [sql(f"{{}} as c{rank}", item) for rank, item in enumerate(columns)]
    if compter and plan.groupe:
        listed.append(Fragment("count(*) over () as total"))
    where = _VIDE
    if cles or page.apres is not None:
        listed += [sql(f"{{}} as o{rank}", key.fragment) for rank, key in enumerate(plan.ordre)]
    if page.apres is not None:
        cursor = Curseur.lire(page.apres)
        if cursor:
            where = sql(
                " where {}" if " where " not in plan.depuis.sql else " and {}",
                _apres(plan.ordre, cursor),
            )
    statement = sql(
        "{} select {} {}{}{}{}",
        plan.avec or _VIDE,
        joindre(", ", listed) if listed else Fragment("null"),
        plan.depuis,
        where,
        _repetition(plan, page),
        _ordre(plan.ordre),
    )
    return Sql(statement.sql + _bornes(plan, page), statement.parametres)


def est_par_les_mots(plan: Plan, page: Page) -> bool:
    """Tell whether a short page is better read in two steps (:func:`premieres`).

    DuckDB would join whole rows with the words found, for ten of them: 22 ms on 2 M rows where the
    two steps take 8 (2026-11).
    """
    return (
        plan.depuis.par_les_mots
        and plan.ordre == _COMME_LE_FICHIER
        and page.apres is None
        and page.limite is not None
        and page.limite > 0
        and page.limite + page.decalage <= _PREMIERES
    )


def premieres(plan: Plan, page: Page) -> Sql:
    """Return the statement that counts all rows and tells which are the first ones."""
    most = (page.limite or 0) + page.decalage
    statement = sql(f"select count(*), min(d.rowid, {most}) {{}}", plan.depuis)
    return Sql(statement.sql, statement.parametres)


def de_ces_lignes(plan: Plan, presentation: Presentation, base: str, numeros: Sequence[int]) -> Sql:
    """Return the statement of the rows that bear these numbers."""
    listed = Fragment("unnest(cast(? as bigint[]))", (list(numeros),))
    rows = sql(f"from {base}.donnees as d where d.rowid in (select {{}})", listed)
    found = lignes(replace(plan, depuis=rows), presentation, Page(None), cles=True)
    return Sql(f"{found.texte} order by d.rowid", found.parametres)


def total(plan: Plan) -> Sql:
    """Return the statement that counts the rows of all pages."""
    return Sql(plan.total.sql, plan.total.parametres)


def _repetition(plan: Plan, page: Page) -> Fragment:
    """Aggregates of all rows come once per row of the page; an export has them once."""
    if not plan.repete or page.limite is None:
        return _VIDE
    return Fragment(
        f", range(cast(greatest(0, least({page.limite}, lignes - {page.decalage})) as bigint))"
    )


def _bornes(plan: Plan, page: Page) -> str:
    if plan.repete:
        return ""
    limit = "" if page.limite is None else f" limit {page.limite}"
    return limit + (f" offset {page.decalage}" if page.decalage else "")


def _ordre(ordre: tuple[Ordre, ...]) -> Fragment:
    if not ordre or ordre == _COMME_LE_FICHIER:
        # The rows of a table come in its order: sorting them would read them all.
        return _VIDE
    keys = [
        sql(
            f"{{}} {'desc' if key.descendant else 'asc'}"
            f" nulls {'first' if key.rien_devant else 'last'}",
            key.fragment,
        )
        for key in ordre
    ]
    return sql(" order by {}", joindre(", ", keys))


def _apres(ordre: tuple[Ordre, ...], curseur: Curseur) -> Fragment:
    """Return the condition that a row comes after the cursor's, key by key."""
    if len(curseur.cles) != len(ordre):
        raise _curseur_invalide()
    alternatives = []
    for rank, (key, value) in enumerate(zip(ordre, curseur.cles, strict=True)):
        same = [
            sql("{} is not distinct from {}", before.fragment, _comme(before, known))
            for before, known in zip(ordre[:rank], curseur.cles[:rank], strict=True)
        ]
        further = _plus_loin(key, value)
        if further:
            alternatives.append(sql("({})", joindre(" and ", [*same, further])))
    return sql("({})", joindre(" or ", alternatives)) if alternatives else Fragment("false")


def _plus_loin(cle: Ordre, valeur_connue: Any) -> Fragment | None:
    if valeur_connue is None:
        return sql("{} is not null", cle.fragment) if cle.rien_devant else None
    comparison = sql(
        f"{{}} {'<' if cle.descendant else '>'} {{}}", cle.fragment, _comme(cle, valeur_connue)
    )
    if cle.rien_devant:
        return comparison
    return sql("({} or {} is null)", comparison, cle.fragment)


def _comme(cle: Ordre, connue: Any) -> Fragment:
    """Return a known key with the type of its column: dates and ENUMs travel as texts."""
    if isinstance(connue, (list, dict)):
        raise _curseur_invalide()
    if isinstance(connue, str):
        return sql("cast_to_type({}, {})", valeur(connue), cle.fragment)
    return valeur(connue)


def cles_de_la_ligne(ligne: tuple[Any, ...], plan: Plan) -> tuple[Any, ...]:
    """Return the sort keys that a statement with a cursor has put at the end of a row."""
    keys = ligne[len(ligne) - len(plan.ordre) :]
    return tuple(
        key.isoformat() if isinstance(key, (dt.date, dt.datetime)) else key for key in keys
    )
