"""Erasing persons: from delivered files to the vault, all that says who they are or what they did.

The list of who is forgotten is written first, then all that holds them is swept by it: stopped
anywhere, the next call finishes, and so does the next run. Published rows stay: each is of so many
persons that it tells of none, and none of them ever changes for one. See docs/decisions/0013.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import settings
from orchestration.datasets import read_datasets
from orchestration.landing.forgotten import digests
from orchestration.landing.forgotten.delivered_files import (
    remove_copies,
    search_delivered,
    sweep_delivered,
)
from orchestration.landing.forgotten.landed_rows import (
    Erased,
    dossier_digests,
    search_deposits,
    sweep_deposits,
    sweep_registry,
)
from orchestration.landing.intake import history
from orchestration.landing.intake.identifiers import engine

# Dossiers first: they say which financements go with them.
SOURCES = ("dossiers", "financements")


@dataclass(frozen=True)
class Erasure:
    """What was erased: persons, files written again or removed, records taken out of them.

    ``unknown``: ranks (from 1) of the identifiers that nothing mentions; ``unread``: delivered
    files that could not be searched.
    """

    persons: int
    unknown: tuple[int, ...]
    erased: Erased
    unread: tuple[Path, ...] = ()


def erase(identifiers: Sequence[str]) -> Erasure:
    """Erase the persons of these ``id_titulaire`` (spelled as delivered), for ever.

    An identifier that is known nowhere is left out of the list: it may be misspelled.
    """
    with engine() as connection:
        # Rows keep their order in the files that are written again.
        connection.execute("set preserve_insertion_order = true")
        digests.load(connection, digests.Forgotten())
        wanted = digests.of_identifiers(connection, identifiers)
        known, dossiers = _search(connection, [digest for digest in wanted if digest])
        unknown = tuple(rank for rank, digest in enumerate(wanted, 1) if digest not in known)
        if not known:
            return Erasure(0, unknown, Erased())
        digests.begin_erasure(known, dossiers)
        erased, unread = _sweep(connection)
    return Erasure(len(known), unknown, erased, tuple(unread))


def finish_erasure() -> bool:
    """Finish an erasure that was interrupted; tell whether there was one."""
    if not digests.read_forgotten().is_unfinished:
        return False
    with engine() as connection:
        connection.execute("set preserve_insertion_order = true")
        _sweep(connection)
    return True


def _search(
    connection: duckdb.DuckDBPyConnection, wanted: Sequence[str]
) -> tuple[set[str], set[str]]:
    """Return those of ``wanted`` that are known somewhere, and their dossiers: digests."""
    digests.load(connection, digests.Forgotten(personnes=dict.fromkeys(wanted, "")))
    matches = search_deposits(connection)
    already = set(wanted) & digests.read_forgotten().personnes.keys()
    if set(wanted) - already - matches.persons:
        # Not landed yet, or refused; the sweep reads these files anyhow.
        matches.update(search_delivered(connection))
    return already | matches.persons, dossier_digests(connection, matches)


def _sweep(connection: duckdb.DuckDBPyConnection) -> tuple[Erased, list[Path]]:
    """Take whoever is in the list out of all that holds persons."""
    digests.load(connection, digests.read_forgotten())
    erased, unread = Erased(), list[Path]()
    for source in SOURCES:
        swept, left = sweep_delivered(connection, source)
        erased += swept
        unread += left
    for source in SOURCES:
        erased += sweep_deposits(connection, source)
    erased += sweep_registry(connection)
    erased += _remove_candidates()
    _remove_traces()
    digests.end_erasure(erased.files, erased.records)
    return erased, unread


def _remove_candidates() -> Erased:
    """Remove what no gate has judged, or what one has refused: the next run makes it again."""
    files = 0
    for dataset in read_datasets().values():
        folder = settings.candidates(dataset.nom)
        if dataset.register and folder.exists():
            files += sum(1 for path in folder.iterdir())
            shutil.rmtree(folder)
    return Erased(files)


def _remove_traces() -> None:
    """Make the vault anew, and drop the logs of dbt, in which an error may quote a value.

    A row that leaves a database stays in its free pages and in its log; and what dbt builds from
    dossiers cannot lose one of them. The views on what has landed are put back, the next run builds
    the rest.
    """
    remove_copies()
    for path in settings.vault_path().parent.glob("*"):
        path.unlink()
    (settings.dbt_target() / "dbt.log").unlink(missing_ok=True)
    shutil.rmtree(settings.dbt_target() / "logs", ignore_errors=True)
    history.expose()
