"""Counting the values of fields, several in one reading of the rows where that is faster.

Belongs here: the statements and their sharing. Does not: what a facet shows (``facettes``).
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from portal.catalogue.champ import TEMPORELS, Champ, Type
from portal.catalogue.jeu import Jeu
from portal.explore.interroger import interroger
from portal.moteur import Sql
from portal.odsql import conditions
from portal.odsql.appels import heure_locale
from portal.odsql.contexte import colonne
from portal.odsql.fragment import Fragment, Genre, joindre, sql
from portal.odsql.source import lignes_du_jeu

# DuckDB counts groups by their number, without hashing, as long as there are no more than these:
# eight facets of 2 M rows in 44 ms by lots, 66 ms one by one (2026-11).
_COMBINAISONS = 4096
_MOIS, JOUR = 2, 3


@dataclass(frozen=True)
class Compte:
    """A field to count, over the rows of ``where``; a date down to ``profondeur`` levels."""

    champ: Champ
    where: Fragment
    profondeur: int = 1


@dataclass
class _Lot:
    """Fields that are counted together, and how many combinations they have at most."""

    comptes: list[Compte]
    combinaisons: int

    def accueille(self, compte: Compte) -> bool:
        """Tell whether one more field fits."""
        room = (compte.champ.valeurs + 1) * self.combinaisons <= _COMBINAISONS
        return room and compte.where == self.comptes[0].where


async def denombrer(
    request: Request, jeu: Jeu, comptes: Sequence[Compte], fuseau: str
) -> dict[str, list[tuple[Any, int]]]:
    """Return values and counts by field; values that are nothing are not counted."""
    lots = _repartir(comptes)
    statements = [_ensemble(jeu, item.comptes) for item in lots]
    alone = [item for item in comptes if not item.champ.repetitif]
    statements += [_seul(jeu, item, fuseau) for item in alone]
    tables = await asyncio.gather(*(interroger(request, item) for item in statements))
    found: dict[str, list[tuple[Any, int]]] = {}
    for lot, table in zip(lots, tables, strict=False):
        for rank, compte in enumerate(lot.comptes):
            found[compte.champ.nom] = _cumuler(table.lignes, rank)
    for compte, table in zip(alone, tables[len(lots) :], strict=True):
        found[compte.champ.nom] = [(row[0], row[1]) for row in table.lignes]
    return found


def _repartir(comptes: Sequence[Compte]) -> list[_Lot]:
    """Put fields together, the largest first, each in the first lot where it fits."""
    lots: list[_Lot] = []
    repeated = [item for item in comptes if item.champ.repetitif]
    for compte in sorted(repeated, key=lambda item: -item.champ.valeurs):
        lot = next((item for item in lots if item.accueille(compte)), None)
        if lot is None:
            lots.append(_Lot([compte], compte.champ.valeurs + 1))
            continue
        lot.comptes.append(compte)
        lot.combinaisons *= compte.champ.valeurs + 1
    return lots


def _cumuler(lignes: Iterable[tuple[Any, ...]], rang: int) -> list[tuple[Any, int]]:
    total: Counter[Any] = Counter()
    for row in lignes:
        total[row[rang]] += row[-1]
    total.pop(None, None)
    return list(total.items())


def _ensemble(jeu: Jeu, comptes: Sequence[Compte]) -> Sql:
    keys = [
        sql(f"{{}} as k{rank}", colonne(item.champ).fragment) for rank, item in enumerate(comptes)
    ]
    names = [f"k{rank}" for rank in range(len(comptes))]
    shown = ", ".join(f"cast({name} as varchar)" for name in names)
    ranks = ", ".join(str(rank + 1) for rank in range(len(comptes)))
    statement = sql(
        f"select {shown}, n from (select {{}}, count(*) as n {{}} group by {ranks})",
        joindre(", ", keys),
        lignes_du_jeu(jeu, comptes[0].where),
    )
    return Sql(statement.sql, statement.parametres)


def _seul(jeu: Jeu, compte: Compte, fuseau: str) -> Sql:
    champ = compte.champ
    found = colonne(champ)
    key, join = found.fragment, []
    if found.genre is Genre.LISTE:
        join = [sql(", unnest({}) as u(valeur)", key)]
        key = Fragment("u.valeur")
    if champ.type in TEMPORELS:
        # As deep as what is ticked opens: years, then months, then days.
        unit = {1: "year", _MOIS: "month"}.get(min(JOUR, compte.profondeur), "day")
        local = key if champ.type is Type.DATE else heure_locale(key, fuseau)
        key = sql(f"date_trunc('{unit}', {{}})", local)
    elif found.genre is not Genre.LISTE:
        key = found.varchar()
    present = conditions.et([compte.where, sql("{} is not null", key)])
    statement = sql(
        "select {}, count(*) as n {} group by 1", key, lignes_du_jeu(jeu, present, join)
    )
    return Sql(statement.sql, statement.parametres)
