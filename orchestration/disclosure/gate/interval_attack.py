"""What an attacker learns who knows the rules: the interval left to each small hidden cell.

Belongs here: the closed form on the tree of each row (its cells, then the groups that each level of
the plan could not publish). Does not: cycles (``audit``), amounts (``linear_attack``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.microdata import kept_columns, table

# A cell that was held back for its amount, or that protects others, has no bound of its own.
UNBOUNDED = 10**9
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Widths:
    """Of all small hidden cells and groups: how many, the narrowest, how many are too narrow."""

    petites: int
    minimum: int | None
    etroites: int


@dataclass
class _Level:
    """Groups of one level: their persons, what is known of each, and which group holds it above."""

    person_counts: IntArray
    lower: IntArray
    upper: IntArray
    parent: IntArray


def measure(connection: duckdb.DuckDBPyConnection, dataset: Dataset, min_width: int) -> Widths:
    """Bound every hidden cell of ``dataset``: its row is known, and that its groups were too small."""
    seuil = dataset.seuil or 0
    _build_trees(connection, dataset)
    found = _columns(connection, "from arbres")
    if not len(found["num_ligne"]):
        return Widths(0, None, 0)
    chain = [found[name] for name in found if name.startswith("groupe_")]
    overlapping = [_overlapping_groups(connection, rank) for rank in range(len(chain))]
    rows = _columns(
        connection,
        "select num_ligne, nb_titulaires, nb_dossiers from lignes "
        "semi join arbres using (num_ligne) order by num_ligne",
    )
    persons, files = (rows[name].astype(np.int64) for name in ("nb_titulaires", "nb_dossiers"))
    levels = _build_levels(
        found["personnes"].astype(np.int64),
        [*chain, found["num_ligne"]],
        [*overlapping, (rows["num_ligne"], persons)],
        seuil,
    )
    # What is published of a row: a person of two cells makes their sum larger than the persons, and
    # it is at most the dossiers.
    levels[-1].lower, levels[-1].upper = persons, files
    return _judge(levels, seuil, min(min_width, seuil - 1))


def _columns(
    connection: duckdb.DuckDBPyConnection, query: str
) -> dict[str, npt.NDArray[np.generic]]:
    found = connection.execute(query).fetchnumpy()
    return {name: np.asarray(values) for name, values in found.items()}


def _build_trees(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """Name the group of each cell at each level; the last one is the whole row, like any from the
    row's own level on.
    """
    levels = [kept_columns(dataset, level) for level in range(2, len(dataset.plan) + 1)]
    groups = "".join(
        f", hash(num_ligne, {', '.join(kept)}) as groupe_{rank}" for rank, kept in enumerate(levels)
    )
    connection.execute(
        "create or replace temp table arbres as select num_ligne, membres.numero, "
        f"recomptes.nb_titulaires as personnes{groups} from membres "
        "inner join cellules as recomptes using (numero) "
        f"inner join {table(dataset, 'cellules')} as fines on fines.numeros[1] = membres.numero "
        "where membres.niveau > 1"
    )


def _overlapping_groups(
    connection: duckdb.DuckDBPyConnection, rank: int
) -> tuple[npt.NDArray[np.generic], IntArray]:
    """Return the groups of which some person is in two cells, and how many persons they have."""
    found = _columns(
        connection,
        f"select groupe_{rank} as groupe, count(distinct titulaire) as personnes "
        "from arbres inner join dossiers using (numero) semi join (select num_ligne from "
        "arbres inner join lignes using (num_ligne) group by num_ligne "
        "having sum(personnes) > any_value(nb_titulaires)) using (num_ligne) group by groupe",
    )
    return found["groupe"], found["personnes"].astype(np.int64)


def _build_levels(
    person_counts: IntArray,
    chain: list[npt.NDArray[np.generic]],
    counts_by_column: list[tuple[npt.NDArray[np.generic], IntArray]],
    seuil: int,
) -> list[_Level]:
    """Go up from the cells to the rows. ``chaine`` names the group of each cell at each level."""
    small = person_counts < seuil
    low, high = np.where(small, 0, seuil), np.where(small, seuil - 1, UNBOUNDED)
    levels = [_Level(person_counts, low, high, np.arange(0))]
    first = np.arange(len(person_counts))
    for names, (groups, counts) in zip(chain, counts_by_column, strict=True):
        kept, places, parent = np.unique(names[first], return_index=True, return_inverse=True)
        below, first = levels[-1], first[places]
        below.parent = parent.astype(np.int64)
        count = len(kept)
        persons = _totals(below.parent, below.person_counts, count)
        order = np.argsort(groups)
        place = np.searchsorted(groups, kept, sorter=order).clip(max=max(len(groups) - 1, 0))
        if len(groups):
            known = groups[order[place]] == kept
            persons[known] = counts[order[place]][known]
        # A larger group was held back for its amount or its width: nothing says which.
        ceiling = np.where(persons < seuil, seuil - 1, UNBOUNDED)
        high = np.minimum(ceiling, _totals(below.parent, below.upper, count))
        levels.append(
            _Level(persons, _totals(below.parent, below.lower, count), high, np.arange(count))
        )
    return levels


def _judge(levels: list[_Level], seuil: int, min_width: int) -> Widths:
    """Go down from the rows, that are published, to the cells."""
    widths = list(_propagate_down(levels, seuil))
    all_widths = np.concatenate(widths)
    return Widths(
        petites=len(widths[-1]),
        minimum=int(all_widths.min()) if len(all_widths) else None,
        etroites=int((all_widths < min_width).sum()),
    )


def _propagate_down(levels: list[_Level], seuil: int) -> Iterator[IntArray]:
    """Tighten each group by the one that holds it, as on any tree: lo = B − the others' upper
    bounds, hi = B − the others' lower bounds. Yield the widths left to the small ones.

    A person of two groups counts in both: a bound that this contradicts stops at the truth.
    """
    for above, level in zip(levels[:0:-1], levels[-2::-1], strict=True):
        count, parent = len(above.lower), level.parent
        others_high = _totals(parent, level.upper, count)[parent] - level.upper
        others_low = _totals(parent, level.lower, count)[parent] - level.lower
        low = np.maximum(level.lower, above.lower[parent] - others_high)
        high = np.minimum(level.upper, above.upper[parent] - others_low)
        level.lower, level.upper = (
            np.minimum(low, level.person_counts),
            np.maximum(high, level.person_counts),
        )
        yield (level.upper - level.lower)[level.person_counts < seuil]


def _totals(parent: IntArray, values: IntArray, count: int) -> IntArray:
    return np.bincount(parent, values, minlength=count).astype(np.int64)
