"""Who is behind each row: every dossier stands in one row, the finest that its values match.

That is how the files describe themselves, and each row is recounted before anything is said of it:
a rule looks at a figure only if the figure is that of these dossiers.
"""

import duckdb

from tests.attack.published import Version
from tests.attack.tables import AMOUNTS, BODIES, DOMINANCE, GROUPED

SUMS = ", ".join(f"sum({name})::bigint as {name}" for name in AMOUNTS)


def place_dossiers(
    connection: duckdb.DuckDBPyConnection, version: Version, previous: Version | None, truth: str
) -> None:
    """Create ``at_…`` (``dossier``, ``row``): where each dossier of ``truth`` stands in the file.

    A row that says what the previous version said keeps the dossiers it had. Another dossier stays
    in its row as long as it matches it; the others go to the finest of the rows that are new.
    """
    table, rows, name = version.table, version.rows_table, version.short
    connection.execute(f"create table at_{name} (dossier varchar, row integer)")
    connection.execute(
        f"create table rest as select * from {truth} where {table.periods[0]} is not null"
    )
    if previous:
        _stay(connection, version, previous)
    new = f"nb_dossiers > 0 and since = {version.rank}"
    kept = ", ".join(f"{dimension} <> '{GROUPED}'" for dimension in table.dimensions)
    patterns = connection.execute(
        f"""
        select distinct level, [{kept}] as kept from {rows} where {new}
        order by level, list_count(list_filter(kept, flag -> flag)) desc, kept
        """
    ).fetchall()
    for level, flags in patterns:
        names = [each for each, flag in zip(table.dimensions, flags, strict=True) if flag]
        pattern = " and ".join(
            f"rows.{each} {'<>' if each in names else '='} '{GROUPED}'" for each in table.dimensions
        )
        same = " and ".join(f"rest.{each} = rows.{each}" for each in names) or "true"
        _place(
            connection,
            version,
            f"select dossier, min(rows.row) as row from rest inner join {rows} as rows on {same}"
            f" where {new} and level = {level} and {pattern} group by dossier",
        )
    connection.execute("drop table rest")


def _place(connection: duckdb.DuckDBPyConnection, version: Version, found: str) -> None:
    """Take out of ``rest`` the dossiers for which the query ``found`` has a row."""
    connection.execute(f"insert into at_{version.short} {found}")
    connection.execute(
        f"delete from rest where dossier in (select dossier from at_{version.short})"
    )


def _stay(connection: duckdb.DuckDBPyConnection, version: Version, previous: Version) -> None:
    before = f"""
        inner join at_{previous.short} as places on places.row = old.row
        inner join {version.rows_table} as new using (key, level, edition)
    """
    _place(
        connection,
        version,
        f"select dossier, new.row from {previous.rows_table} as old {before}"
        f" where new.since < {version.rank}",
    )
    matches = " and ".join(
        f"new.{dimension} in ('{GROUPED}', rest.{dimension})"
        for dimension in version.table.dimensions
    )
    _place(
        connection,
        version,
        f"select dossier, new.row from {previous.rows_table} as old {before}"
        f" inner join rest using (dossier) where {matches} and new.nb_dossiers > 0",
    )


def gather(
    connection: duckdb.DuckDBPyConnection, history: list[Version], truths: dict[int, str]
) -> None:
    """Create, for each version, who its rows speak of, each row at the date since when it does.

    ``members_…``: row, and all that is known of the dossier. ``shares_…``: one line per row and
    person (dossiers, hours, dossiers with hours, amounts). ``true_…``: one line per row, with what
    it should say (``MEASURES``) and, by measure, how many persons and training bodies make it and
    whether one of them makes most of it.
    """
    for version in history:
        parts = [
            f"""
            select rows.row, dossiers.*
            from {version.rows_table} as rows
            inner join at_{version.short} as places using (row)
            inner join {truths[past.rank]} as dossiers using (dossier)
            where rows.since = {past.rank} and rows.nb_dossiers > 0
            """
            for past in history[: version.rank + 1]
        ]
        name = version.short
        connection.execute(f"create view members_{name} as {' union all '.join(parts)}")
        connection.execute(
            f"""
            create table shares_{name} as
            select
                row, person, count(*)::bigint as nb_dossiers, 1::bigint as nb_titulaires,
                coalesce(sum(hours), 0)::bigint as hours, count(hours)::bigint as with_hours, {SUMS}
            from members_{name} group by row, person
            """
        )
        _recount(connection, name)


def _recount(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Create ``true_…`` of a version."""
    makers = ", ".join(
        f"count_if({amount} <> 0)::integer as n_{amount},"
        f" max(abs({amount})) * 100 >= {DOMINANCE} * sum(abs({amount})) as one_{amount}"
        for amount in ("hours", *AMOUNTS)
    )
    bodies = ", ".join(
        f"count_if({amount} <> 0) < {BODIES}"
        f" or max(abs({amount})) * 100 >= {DOMINANCE} * sum(abs({amount})) as few_{amount}"
        for amount in AMOUNTS
    )
    connection.execute(
        f"""
        create table true_{name} as
        with people as (
            select
                row,
                sum(nb_dossiers)::bigint as nb_dossiers,
                count(*)::bigint as nb_titulaires,
                case when sum(with_hours) > 0 then round(sum(hours) / sum(with_hours))::bigint end
                    as duree_moyenne,
                round(sum(montant_engage) / sum(nb_dossiers))::bigint as prix_moyen,
                count_if(with_hours > 0)::integer as n_with_hours,
                {SUMS}, {makers}
            from shares_{name} group by row
        ),
        by_body as (
            select row, body, {SUMS} from members_{name} group by row, body
        ),
        bodies as (select row, {bodies} from by_body group by row)
        from people inner join bodies using (row)
        """
    )
