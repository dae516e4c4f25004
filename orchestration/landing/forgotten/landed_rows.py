"""The rows of forgotten persons: in deposits and their rejects, and in the registry of versions.

Each file is written again without them, beside, then renamed: killed anywhere, what is left is a
file with them or without them, and the next call finishes. Encrypted files only.
"""

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import settings, warehouse
from orchestration.files import fsync
from orchestration.landing.forgotten import digests
from orchestration.landing.forgotten.raw_lines import Matches, search
from orchestration.landing.intake import history, schemas
from orchestration.landing.intake.deposit_record import DepositRecord, recount
from orchestration.sql import literal

REJECTS = "rejets"
_PREFIX = f"{history.DRAFT}oubli-"


@dataclass(frozen=True)
class Erased:
    """Files written again or removed, and the records that left them."""

    files: int = 0
    records: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(self.files + other.files, self.records + other.records)


def search_deposits(connection: duckdb.DuckDBPyConnection) -> Matches:
    """Find the persons of the list in what has landed, and their dossiers (no row numbers)."""
    matches = Matches()
    for deposit in history.deposits("dossiers"):
        search(connection, _rejects(deposit), None, matches)
        rows = connection.execute(
            f"select distinct {digests.OF_PSEUDONYM} as personne, id_dossier "
            f"from {_table(deposit, 'dossiers')} "
            f"where personne in (select empreinte from {digests.PERSONS})"
        ).fetchall()
        matches.persons.update(person for person, _ in rows)
        matches.dossiers.update(dossier for _, dossier in rows)
    matches.numbers.clear()
    return matches


def dossier_digests(connection: duckdb.DuckDBPyConnection, matches: Matches) -> set[str]:
    """Return the digests of the dossiers that are of forgotten persons and of nobody else.

    Of the words of a line that does not say which is its dossier: those that a financement names.
    """
    paid = _all_rows("financements", "select id_dossier from {table}")
    landed = _all_rows("dossiers", "select id_dossier, titulaire from {table}")
    rows = connection.execute(
        f"""
        select distinct {digests.OF_DOSSIER}
        from (
            select unnest($dossiers::varchar[]) as id_dossier
            union
            select mot as id_dossier
            from (select unnest($words::varchar[]) as mot)
            where mot in (select id_dossier from ({paid}))
        )
        where id_dossier not in (
            select id_dossier
            from ({landed})
            where
                id_dossier in (select unnest($dossiers::varchar[] || $words::varchar[]))
                and {digests.OF_PSEUDONYM} not in (select empreinte from {digests.PERSONS})
        )
        """,
        {"dossiers": list(matches.dossiers), "words": list(matches.words)},
    ).fetchall()
    return {digest for (digest,) in rows}


def sweep_deposits(connection: duckdb.DuckDBPyConnection, source: str) -> Erased:
    """Take the rows of forgotten persons out of every deposit of a personal source."""
    erased = Erased()
    column = {
        "dossiers": f"{digests.OF_PSEUDONYM} in (select empreinte from {digests.PERSONS})",
        "financements": f"{digests.OF_DOSSIER} in (select empreinte from {digests.DOSSIERS})",
    }[source]
    with _drafts(settings.landing(source)) as drafts:
        for deposit in history.deposits(source):
            matches = Matches()
            search(connection, _rejects(deposit), None, matches)
            numbers = ", ".join(map(str, sorted(matches.numbers)))
            for table, condition in (
                (source, column),
                (REJECTS, f"_num in ({numbers})" if numbers else "false"),
            ):
                path = deposit.directory / f"{table}.parquet"
                erased += _without_rows(connection, path, condition, drafts)
            # Also after a kill, when rows are gone and the record does not say so yet.
            recount(connection, deposit)
    return erased


def sweep_registry(connection: duckdb.DuckDBPyConnection) -> Erased:
    """Take the names of forgotten persons out of what each version remembers of its dossiers.

    Their share of the published rows stays, under names drawn at random: a dossier that nobody
    delivers any more, which leaves with as many others as the secret asks for. Without it, nothing
    would tell when others may leave and not show what is left.
    """
    erased = Erased()
    root = settings.register()
    if not root.is_dir():
        return erased
    connection.execute(
        "create or replace temp table remplacants as "
        f"select empreinte, uuid() as remplacant from {digests.PERSONS}"
    )
    with _drafts(root) as drafts:
        for path in sorted(root.glob("[!.]*/[!.]*/*.parquet")):
            described = connection.execute(f"describe from {_read(path)}").fetchall()
            columns = {name for name, *_ in described}
            if "titulaire" in columns:
                erased += _renamed(connection, path, columns, drafts)
            elif "id_dossier" in columns:
                theirs = f"{digests.OF_DOSSIER} in (select empreinte from {digests.DOSSIERS})"
                erased += _without_rows(connection, path, theirs, drafts)
    return erased


def _renamed(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: Collection[str], drafts: Path
) -> Erased:
    """Write a file again with other names for forgotten persons and their dossiers."""
    names = ["coalesce(remplacant, titulaire) as titulaire"]
    if "id_dossier" in columns:
        names.append("if(remplacant is null, id_dossier, 'oublie-' || uuid()) as id_dossier")
    theirs = f"{digests.OF_PSEUDONYM} in (select empreinte from remplacants)"
    query = f"""
        select rows.* replace ({", ".join(names)})
        from {_read(path)} as rows
        left join remplacants on {digests.OF_PSEUDONYM} = remplacants.empreinte
    """
    return _rewritten(connection, path, theirs, query, drafts)


def _without_rows(
    connection: duckdb.DuckDBPyConnection, path: Path, theirs: str, drafts: Path
) -> Erased:
    """Write a file again without the rows for which a condition (SQL) holds."""
    query = f"from {_read(path)} where coalesce(not ({theirs}), true)"
    return _rewritten(connection, path, theirs, query, drafts)


def _rewritten(
    connection: duckdb.DuckDBPyConnection, path: Path, theirs: str, query: str, drafts: Path
) -> Erased:
    """Write a file again from a query, if a condition (SQL) holds for any of its rows."""
    counted = connection.execute(f"select count(*) from {_read(path)} where {theirs}").fetchone()
    records = int(counted[0]) if counted else 0
    if not records:
        return Erased()
    draft = drafts / path.name
    connection.execute(
        f"copy ({query}) to {literal(draft)} "
        f"(format parquet, compression zstd, {warehouse.ENCRYPTED_PARQUET})"
    )
    draft.chmod(path.stat().st_mode)
    fsync(draft)
    draft.replace(path)
    fsync(path.parent)
    return Erased(1, records)


@contextmanager
def _drafts(folder: Path) -> Iterator[Path]:
    """A private folder beside what is written again, removed afterwards; a killed one goes too."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{_PREFIX}*"):
        shutil.rmtree(left)
    drafts = folder / f"{_PREFIX}{os.getpid()}"
    drafts.mkdir(mode=0o700)
    try:
        yield drafts
    finally:
        shutil.rmtree(drafts)


def _all_rows(source: str, query: str) -> str:
    """SQL on the one table of every deposit of a personal source; no row when there is none."""
    paths = [deposit.directory / f"{source}.parquet" for deposit in history.deposits(source)]
    if not paths:
        return query.format(table=f"({schemas.no_rows(source, source)})")
    listed = ", ".join(map(literal, paths))
    return query.format(table=f"read_parquet([{listed}], {warehouse.ENCRYPTED_READ})")


def _read(path: Path) -> str:
    return f"read_parquet({literal(path)}, {warehouse.ENCRYPTED_READ})"


def _table(deposit: DepositRecord, table: str) -> str:
    return _read(deposit.directory / f"{table}.parquet")


def _rejects(deposit: DepositRecord) -> str:
    """SQL of the rejects of a deposit as lines; their header is not known."""
    return f"(select _num as num, contenu as ligne from {_table(deposit, REJECTS)})"
