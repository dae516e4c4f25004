"""The recount: what the files say is what the raw extracts say, row by row and cohort by cohort."""

from tests.attack.finding import Finding
from tests.attack.published import Version
from tests.attack.tables import AMOUNTS, GROUPED
from tests.attack.world import World


def recount(world: World) -> list[Finding]:
    """Count rows that say something else than their dossiers, and cohorts of a wrong sum."""
    rows = Finding("12a", "Lignes qui ne se recomptent pas")
    cohorts = Finding("12b", "Cohortes dont la somme n'est pas la vérité")
    for version in world.every_version():
        _recount_rows(world, version, rows)
        _recount_cohorts(world, version, cohorts)
    return [rows, cohorts]


def _recount_rows(world: World, version: Version, finding: Finding) -> None:
    """Each row once, in the version since when it says what it says; what is not told is right."""
    checks = {
        "nb_dossiers": "p.nb_dossiers <> coalesce(t.nb_dossiers, 0)",
        "nb_titulaires": "p.nb_titulaires <> coalesce(t.nb_titulaires, 0)",
        "duree_moyenne": "p.duree_moyenne is not null and p.duree_moyenne <> t.duree_moyenne",
        # The cent may be rounded either way.
        "prix_moyen": "abs(p.prix_moyen - t.prix_moyen) > 1",
        **{name: f"p.{name} <> 0 and p.{name} <> coalesce(t.{name}, 0)" for name in AMOUNTS},
    }
    counts = world.count(
        f"""
        select
            count(*),
            count_if({" or ".join(f"coalesce({check}, false)" for check in checks.values())}),
            {", ".join(f"count_if({check})" for check in checks.values())}
        from {version.rows_table} as p left join true_{version.short} as t using (row)
        where p.nb_dossiers > 0 and p.since = {version.rank}
        """
    )
    table = version.table.label
    finding.add(*counts[:2])
    for name, count in zip(checks, counts[2:], strict=True):
        finding.tell(f"{table} {version.label} {name}", count)


def _recount_cohorts(world: World, version: Version, finding: Finding) -> None:
    """Σ nb_dossiers of a cohort = its dossiers on the day of its last edition.

    The cohort is the finest period that every row keeps; a cohort without a row waits.
    """
    rows, table = version.rows_table, version.table
    kept = [
        period
        for period in table.periods
        if not world.count(
            f"select count_if({period} = '{GROUPED}') from {rows} where nb_dossiers > 0"
        )[0]
    ]
    cohort = kept[-1] if kept else "'tout'"
    truths = " union all ".join(
        f"select {past.rank} as since, {cohort} as cohort, count(*) as dossiers"
        f" from {world.truths[past]} where {table.periods[0]} is not null group by all"
        for past in world.histories[table][: version.rank + 1]
    )
    counts = world.count(
        f"""
        with shown as (
            select {cohort} as cohort, sum(nb_dossiers) as dossiers, max(since) as since
            from {rows} where nb_dossiers > 0 group by all
        ),
        truly as ({truths})
        select count(*), count_if(shown.dossiers <> coalesce(truly.dossiers, 0))
        from shown left join truly using (cohort, since)
        """
    )
    finding.add(*counts, part=f"{table.label} {version.label}")
