"""What two versions say differently, as arrays: by row, and by row and person.

Rows are paired by key, level and edition. Two kinds of figures: those that rows tell (``told``),
and all of them (``all``): rows without a dossier may give back what others do not tell.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tests.attack.published import Version
from tests.attack.tables import AMOUNTS, GROUPED
from tests.attack.world import World

COUNTS = ("nb_dossiers", "nb_titulaires", "hours")
Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]  # whole numbers below 2^53, which it holds exactly
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Changes:
    """Differences between two versions.

    ``values``: rows × names; ``codes``: the code of each value; ``kept``: whether it is kept.
    ``published``, ``true``: by measure, the difference of each row; ``missing``, for ``all`` alone:
    what the new version does not say of it. ``row_of``, ``person_of``: one entry per row and person
    who counts for something else there; ``parts``: by measure, and for ``with_hours`` (dossiers
    that have some), how much.
    """

    names: tuple[str, ...]
    values: pd.DataFrame
    codes: Whole
    kept: Flags
    published: dict[str, Real]
    true: dict[str, Real]
    missing: dict[str, Real]
    row_of: Whole
    person_of: Whole
    parts: dict[str, Real]


def prepare(world: World, version: Version) -> None:
    """Create ``told_…`` and ``all_…``: by row and figure, what is published and what is true.

    An amount of zero that is not truly so is not told. Mean hours are those of the dossiers that
    have some; a reader can multiply them by all dossiers only.
    """
    names = ("nb_dossiers", "nb_titulaires", *AMOUNTS)
    told = ", ".join(
        f"case when p.{name} <> 0 or coalesce(t.{name}, 0) = 0 then p.{name} end as p_{name},"
        f" case when p_{name} is not null then coalesce(t.{name}, 0) end as t_{name}"
        for name in names
    )
    every = ", ".join(
        f"coalesce(p.{name}, 0) as p_{name}, coalesce(t.{name}, 0) as t_{name}" for name in AMOUNTS
    )
    hours = (
        "p.duree_moyenne * p.nb_dossiers as p_hours,"
        " case when p_hours is not null then t.duree_moyenne * t.nb_dossiers end as t_hours"
    )
    source = f"{version.rows_table} as p left join true_{version.short} as t using (row)"
    for kind, figures, where in (
        ("told", f"{told}, {hours}", "p.nb_dossiers > 0"),
        ("all", every, "true"),
    ):
        world.connection.execute(
            f"create or replace table {kind}_{version.short} as"
            f" select p.* exclude ({', '.join(names)}), {figures} from {source} where {where}"
        )


def changes(world: World, old: Version, new: Version, kind: str) -> Changes:
    """Differences of the figures of ``kind`` from ``old`` to ``new``."""
    measures = AMOUNTS if kind == "all" else (*COUNTS, *AMOUNTS)
    names = ("key", *old.table.dimensions, "edition", "level")
    rows = _rows(world, old, new, kind, measures)
    people = _people(world, old, new, kind, measures)
    row_key = ["key", "edition", "level"]
    place = pd.Series(np.arange(len(rows)), pd.MultiIndex.from_frame(rows[row_key]))
    at = place.reindex(pd.MultiIndex.from_frame(people[row_key])).to_numpy()
    values = rows[list(names)]
    return Changes(
        names=names,
        values=values,
        codes=np.column_stack([pd.factorize(values[name])[0] for name in names]).astype(np.int64),
        kept=np.column_stack([(values[name] != GROUPED).to_numpy() for name in names]),
        published={name: rows[f"p_{name}"].to_numpy(float) for name in measures},
        true={name: rows[f"t_{name}"].to_numpy(float) for name in measures},
        missing={name: rows[f"m_{name}"].to_numpy(float) for name in measures if kind == "all"},
        row_of=at.astype(np.int64),
        person_of=pd.factorize(people["person"])[0].astype(np.int64),
        parts={name: people[name].to_numpy(float) for name in (*measures, "with_hours")},
    )


def _rows(
    world: World, old: Version, new: Version, kind: str, measures: tuple[str, ...]
) -> pd.DataFrame:
    """Rows of either version; of ``told`` figures, those alone that are not the same in both."""
    by = ", ".join((*old.table.dimensions, "edition", "level", "key"))
    differences = ", ".join(
        f"coalesce(sum(sign * {side}_{name}), 0) as {side}_{name}"
        for name in measures
        for side in ("p", "t")
    )
    missing = ", ".join(
        f"coalesce(sum(t_{name} - p_{name}) filter (sign = 1), 0) as m_{name}" for name in measures
    )
    differ = " or ".join(f"p_{name} <> 0 or t_{name} <> 0" for name in measures)
    return world.connection.execute(
        f"""
        with sides as (
            select -1 as sign, * from {kind}_{old.short}
            union all by name
            select 1 as sign, * from {kind}_{new.short}
        ),
        rows as (select {by}, {differences}, {missing} from sides group by {by})
        from rows where {differ if kind == "told" else "true"}
            or key in (select key from ({_people_query(old, new, kind, measures)}))
        """
    ).df()


def _people(
    world: World, old: Version, new: Version, kind: str, measures: tuple[str, ...]
) -> pd.DataFrame:
    return world.connection.execute(_people_query(old, new, kind, measures)).df()


def _people_query(old: Version, new: Version, kind: str, measures: tuple[str, ...]) -> str:
    """SQL: by row and person, the change of what he counts for there, when there is one."""
    told = {name: f"p_{name} is not null" for name in measures}
    told["with_hours"] = "p_hours is not null" if kind == "told" else "false"

    def side(version: Version, sign: str) -> str:
        parts = ", ".join(
            f"{sign} case when {condition} then {name} else 0 end as {name}"
            for name, condition in told.items()
        )
        return (
            f"select key, edition, level, person, {parts} from {kind}_{version.short}"
            f" inner join shares_{version.short} using (row)"
        )

    sums = ", ".join(f"sum({name})::bigint as {name}" for name in told)
    return (
        f"select * from (select key, edition, level, person, {sums}"
        f" from ({side(old, '-')} union all {side(new, '+')}) group by all)"
        f" where {' or '.join(f'{name} <> 0' for name in told)}"
    )
