"""What an attacker learns who knows the rules: the interval left to each small hidden cell.

Belongs here: the closed form on the tree of each row (its cells, then the groups that each level of
the plan could not publish). Does not: cycles (``attaque``), amounts (``relations``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from orchestration.jeux import Jeu
from orchestration.secret.faits import gardees, table

# A cell that was held back for its amount, or that protects others, has no bound of its own.
SANS_BORNE = 10**9
Entiers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Largeurs:
    """Of all small hidden cells and groups: how many, the narrowest, how many are too narrow."""

    petites: int
    minimum: int | None
    etroites: int


@dataclass
class _Etage:
    """Groups of one level: their persons, what is known of each, and which group holds it above."""

    personnes: Entiers
    bas: Entiers
    haut: Entiers
    parent: Entiers


def mesurer(connection: duckdb.DuckDBPyConnection, jeu: Jeu, largeur: int) -> Largeurs:
    """Bound every hidden cell of ``jeu``: its row is known, and that its groups were too small."""
    seuil = jeu.seuil or 0
    _arbres(connection, jeu)
    found = _colonnes(connection, "from arbres")
    if not len(found["num_ligne"]):
        return Largeurs(0, None, 0)
    chain = [found[name] for name in found if name.startswith("groupe_")]
    named = [_nommes(connection, rank) for rank in range(len(chain))]
    rows = _colonnes(
        connection,
        "select num_ligne, nb_titulaires, nb_dossiers from lignes "
        "semi join arbres using (num_ligne) order by num_ligne",
    )
    persons, files = (rows[name].astype(np.int64) for name in ("nb_titulaires", "nb_dossiers"))
    floors = _etages(
        found["personnes"].astype(np.int64),
        [*chain, found["num_ligne"]],
        [*named, (rows["num_ligne"], persons)],
        seuil,
    )
    # What is published of a row: a person of two cells makes their sum larger than the persons, and
    # it is at most the dossiers.
    floors[-1].bas, floors[-1].haut = persons, files
    return _juger(floors, seuil, min(largeur, seuil - 1))


def _colonnes(
    connection: duckdb.DuckDBPyConnection, requete: str
) -> dict[str, npt.NDArray[np.generic]]:
    found = connection.execute(requete).fetchnumpy()
    return {name: np.asarray(values) for name, values in found.items()}


def _arbres(connection: duckdb.DuckDBPyConnection, jeu: Jeu) -> None:
    """Name the group of each cell at each level; the last one is the whole row, like any from the
    row's own level on.
    """
    levels = [gardees(jeu, level) for level in range(2, len(jeu.plan) + 1)]
    groups = "".join(
        f", hash(num_ligne, {', '.join(kept)}) as groupe_{rank}" for rank, kept in enumerate(levels)
    )
    connection.execute(
        "create or replace temp table arbres as select num_ligne, membres.numero, "
        f"recomptes.nb_titulaires as personnes{groups} from membres "
        "inner join cellules as recomptes using (numero) "
        f"inner join {table(jeu, 'cellules')} as fines on fines.numeros[1] = membres.numero "
        "where membres.niveau > 1"
    )


def _nommes(
    connection: duckdb.DuckDBPyConnection, rank: int
) -> tuple[npt.NDArray[np.generic], Entiers]:
    """Return the groups of which some person is in two cells, and how many persons they have."""
    found = _colonnes(
        connection,
        f"select groupe_{rank} as groupe, count(distinct titulaire) as personnes "
        "from arbres inner join dossiers using (numero) semi join (select num_ligne from "
        "arbres inner join lignes using (num_ligne) group by num_ligne "
        "having sum(personnes) > any_value(nb_titulaires)) using (num_ligne) group by groupe",
    )
    return found["groupe"], found["personnes"].astype(np.int64)


def _etages(
    personnes: Entiers,
    chaine: list[npt.NDArray[np.generic]],
    comptes: list[tuple[npt.NDArray[np.generic], Entiers]],
    seuil: int,
) -> list[_Etage]:
    """Go up from the cells to the rows. ``chaine`` names the group of each cell at each level."""
    small = personnes < seuil
    low, high = np.where(small, 0, seuil), np.where(small, seuil - 1, SANS_BORNE)
    floors = [_Etage(personnes, low, high, np.arange(0))]
    first = np.arange(len(personnes))
    for names, (groups, counts) in zip(chaine, comptes, strict=True):
        kept, places, parent = np.unique(names[first], return_index=True, return_inverse=True)
        below, first = floors[-1], first[places]
        below.parent = parent.astype(np.int64)
        count = len(kept)
        persons = _totaux(below.parent, below.personnes, count)
        order = np.argsort(groups)
        place = np.searchsorted(groups, kept, sorter=order).clip(max=max(len(groups) - 1, 0))
        if len(groups):
            known = groups[order[place]] == kept
            persons[known] = counts[order[place]][known]
        # A larger group was held back for its amount or its width: nothing says which.
        ceiling = np.where(persons < seuil, seuil - 1, SANS_BORNE)
        high = np.minimum(ceiling, _totaux(below.parent, below.haut, count))
        floors.append(
            _Etage(persons, _totaux(below.parent, below.bas, count), high, np.arange(count))
        )
    return floors


def _juger(etages: list[_Etage], seuil: int, largeur: int) -> Largeurs:
    """Go down from the rows, that are published, to the cells."""
    widths = list(_descendre(etages, seuil))
    every = np.concatenate(widths)
    return Largeurs(
        petites=len(widths[-1]),
        minimum=int(every.min()) if len(every) else None,
        etroites=int((every < largeur).sum()),
    )


def _descendre(etages: list[_Etage], seuil: int) -> Iterator[Entiers]:
    """Tighten each group by the one that holds it, as on any tree: lo = B − the others' upper
    bounds, hi = B − the others' lower bounds. Yield the widths left to the small ones.

    A person of two groups counts in both: a bound that this contradicts stops at the truth.
    """
    for above, floor in zip(etages[:0:-1], etages[-2::-1], strict=True):
        count, parent = len(above.bas), floor.parent
        others_high = _totaux(parent, floor.haut, count)[parent] - floor.haut
        others_low = _totaux(parent, floor.bas, count)[parent] - floor.bas
        low = np.maximum(floor.bas, above.bas[parent] - others_high)
        high = np.minimum(floor.haut, above.haut[parent] - others_low)
        floor.bas, floor.haut = (
            np.minimum(low, floor.personnes),
            np.maximum(high, floor.personnes),
        )
        yield (floor.haut - floor.bas)[floor.personnes < seuil]


def _totaux(parent: Entiers, values: Entiers, count: int) -> Entiers:
    return np.bincount(parent, values, minlength=count).astype(np.int64)
