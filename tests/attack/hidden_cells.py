"""Cells that a coarse row holds together: what is left of them for who knows the rule.

A row groups what the next finer rows could not tell: children of fewer than k persons each. Whoever
knows which of them are not empty has an interval for each, sometimes a single value.
"""

from itertools import pairwise

from tests.attack.finding import Finding
from tests.attack.published import Version
from tests.attack.row_rules import rows_once
from tests.attack.tables import GROUPED
from tests.attack.world import World

WIDTH = 4


def attack_hidden_cells(world: World) -> list[Finding]:
    """Bound the hidden children of every row; subtract finer rows from rows that hold them too."""
    findings = {
        "exact": Finding("11c", "Cellules exactes pour qui sait les non vides"),
        "narrow": Finding("11d", "Petites cellules d'intervalle < 4"),
        "total": Finding("11e", "Restes par soustraction de lignes fines"),
    }
    for version in world.every_version():
        _bound(world, version, findings)
        _subtract(world, version, findings["total"])
    return list(findings.values())


def _patterns(world: World, version: Version) -> list[list[str]]:
    """Sets of dimensions that rows keep, from the finest level to the coarsest."""
    dimensions = version.table.dimensions
    kept = ", ".join(f"{name} <> '{GROUPED}'" for name in dimensions)
    lines = world.connection.execute(
        f"""
        select [{kept}] as kept from {version.rows_table} where nb_dossiers > 0
        group by kept
        order by min(level), list_count(list_filter(kept, flag -> flag)) desc, kept
        """
    ).fetchall()
    return [
        [name for name, flag in zip(dimensions, flags, strict=True) if flag] for (flags,) in lines
    ]


def _keeps_exactly(version: Version, names: list[str]) -> str:
    return " and ".join(
        f"p.{name} {'<>' if name in names else '='} '{GROUPED}'"
        for name in version.table.dimensions
    )


def _bound(world: World, version: Version, findings: dict[str, Finding]) -> None:
    """Children are the groups of a row's members by what the next finer rows keep.

    When each person of the row has one dossier, persons of children add up to those of the row.
    """
    k = version.table.threshold
    patterns = _patterns(world, version)
    for finer, names in pairwise(patterns):
        by = ", ".join(f"m.{name}" for name in sorted({*finer, *names}))
        children = f"""
            with children as (
                select m.row, count(distinct person) as persons
                from members_{version.short} as m group by m.row, {by}
            ),
            blocks as (
                select row, count(*) as cells, max(persons) as most from children group by row
            ),
            bounded as (
                select
                    children.persons,
                    greatest(1, p.nb_titulaires - (cells - 1) * {k - 1}) as known_low,
                    case when p.nb_titulaires = p.nb_dossiers
                        then least({k - 1}, p.nb_titulaires - (cells - 1))
                        else least({k - 1}, p.nb_titulaires) end as known_high,
                    greatest(0, p.nb_titulaires - (cells - 1) * {k - 1}) as low
                from {rows_once(version)}
                inner join blocks on p.row = blocks.row
                inner join children on p.row = children.row
                where most < {k} and {_keeps_exactly(version, names)}
            )
        """
        exact = "known_low = known_high and persons = known_low"
        part = version.table.label
        counts = world.count(
            f"{children} select count(*), count_if({exact}), count_if({exact} and persons = 1),"
            f" count_if({k - 1} - low < {WIDTH}),"
            f" count_if({k - 1} - low < {WIDTH} and persons = 1) from bounded"
        )
        findings["exact"].add(*counts[:3], part=part)
        findings["narrow"].add(counts[0], *counts[3:], part=part)


def _subtract(world: World, version: Version, finding: Finding) -> None:
    """A row that counts all who match it, finer rows included, gives its rest by subtraction."""
    k, part = version.table.threshold, version.table.label
    for names in _patterns(world, version)[1:]:
        same = " and ".join(f"p.{name} = d.{name}" for name in names) or "true"
        counts = world.count(
            f"""
            with matching as (
                select
                    p.row, any_value(p.nb_dossiers) as published, count(*) as total,
                    count(*) filter (places.row is null or places.row = p.row) as rest,
                    count(distinct person) filter (places.row is null or places.row = p.row)
                        as persons
                from {version.rows_table} as p
                inner join {world.truths[version]} as d on {same}
                left join at_{version.short} as places using (dossier)
                where p.nb_dossiers > 0 and p.since = {version.rank}
                    and {_keeps_exactly(version, names)}
                group by p.row
            )
            select
                count_if(rest < total), count_if(leaks), count_if(leaks and persons = 1)
            from (
                select *, published = total and rest < total and persons between 1 and {k - 1}
                    as leaks
                from matching
            )
            """
        )
        finding.add(*counts, part=part)
