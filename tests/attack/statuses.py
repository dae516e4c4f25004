"""Statuses: do they reach the files in the end, and do they give away who did not go?

A cohort is what the rows keep of the period; it is old enough when it ended 13 months before the
last delivery. Those that were so in the first version are not looked at: nothing was to come.
"""

from tests.attack.finding import Finding
from tests.attack.published import Version, months_later
from tests.attack.tables import CENSUS_MONTHS, GROUPED, NOT_DONE, OPEN
from tests.attack.world import World

ENOUGH = 100  # closed dossiers of a cohort that should show at least one closed status


def attack_statuses(world: World) -> list[Finding]:
    """Look at cohorts of the last version, and at groups of one status in every version."""
    stale = Finding("1a", "Cohortes ≥ 13 mois aux statuts figés")
    silent = Finding("1c", "Cohortes ≥ 13 mois sans aucun statut clos")
    unanimous = Finding("7e", "Groupes où personne n'a suivi la formation")
    for table, history in world.histories.items():
        for version in history:
            _judge_groups(world, version, unanimous)
        for period in table.periods if history else ():
            _judge_cohorts(world, history[0], history[-1], period, stale, silent)
    return [stale, silent, unanimous]


def _old_enough(version: Version, period: str) -> str:
    """SQL: the value of ``period`` (a year, a quarter, a month) ended 13 months ago or more."""
    length = {"annee": 12, "trimestre": 3, "mois": 1}[period.split("_", maxsplit=1)[0]]
    start = {
        12: f"{period} || '-01'",
        3: f"left({period}, 5) || lpad((3 * right({period}, 1)::integer - 2)::varchar, 2, '0')",
        1: period,
    }[length]
    # The delivery of a month comes on its last day: that month is over.
    limit = months_later(version.day, 1 - CENSUS_MONTHS - length)
    return f"({start} <= '{limit[:7]}')"


def _judge_cohorts(
    world: World, first: Version, version: Version, period: str, stale: Finding, silent: Finding
) -> None:
    """More open dossiers published than there are, or none closed: old statuses stayed."""
    status, truth = version.table.status, world.truths[version]
    is_open = f"{status} in {OPEN}"
    counts = world.count(
        f"""
        with shown as (
            select
                {period},
                coalesce(sum(nb_dossiers) filter ({is_open}), 0) as shown_open,
                coalesce(sum(nb_dossiers) filter (not {is_open} and {status} <> '{GROUPED}'), 0)
                    as shown_closed
            from {version.rows_table} where {period} <> '{GROUPED}' group by all
        ),
        truly as (
            select {period}, count_if({is_open}) as truly_open, count_if(not {is_open}) as closed
            from {truth} where {period} is not null group by all
        )
        select
            count(*), count_if(shown_open > truly_open),
            coalesce(sum(greatest(shown_open - truly_open, 0)), 0),
            coalesce(sum(shown_closed), 0), coalesce(sum(closed), 0),
            count_if(closed >= {ENOUGH}), count_if(closed >= {ENOUGH} and shown_closed = 0)
        from shown inner join truly using ({period})
        where {_old_enough(version, period)} and not {_old_enough(first, period)}
        """
    )
    part = f"{version.table.label}, {period.split('_', maxsplit=1)[0]}"
    shown_too_open, shown_closed, closed, examined, mute = counts[2:]
    stale.add(counts[0], counts[1], part=part)
    stale.tell(f"dossiers dits ouverts et clos, {part}", shown_too_open)
    silent.add(examined, mute, part=part)
    silent.tell(f"dossiers dits clos, {part}", shown_closed)
    silent.tell(f"dossiers clos, {part}", closed)


def _judge_groups(world: World, version: Version, finding: Finding) -> None:
    """A row says « cancelled », and nobody who shares its other values did otherwise."""
    table, status, rows = version.table, version.table.status, version.rows_table
    others = [name for name in table.dimensions if name != status]
    rules = f"{status} in {NOT_DONE} and nb_dossiers > 0 and since = {version.rank}"
    kept = ", ".join(f"{name} <> '{GROUPED}'" for name in others)
    for (flags,) in world.connection.execute(
        f"select distinct [{kept}] from {rows} where {rules}"
    ).fetchall():
        names = [name for name, flag in zip(others, flags, strict=True) if flag]
        pattern = " and ".join(
            f"p.{name} {'<>' if name in names else '='} '{GROUPED}'" for name in others
        )
        same = " and ".join(f"p.{name} = t.{name}" for name in names) or "true"
        counts = world.count(
            f"""
            with groups as (
                select p.row, bool_and(t.{status} in {NOT_DONE}) as nobody
                from {rows} as p inner join {world.truths[version]} as t on {same}
                where p.{status} in {NOT_DONE} and p.nb_dossiers > 0
                    and p.since = {version.rank} and {pattern}
                group by p.row
            )
            select count(*), count_if(nobody) from groups
            """
        )
        finding.add(*counts, part=table.label)
