"""What people ask of the deposits: which there are, what each rejected; setting one aside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from orchestration import warehouse
from orchestration.landing.intake import history
from orchestration.landing.intake.deposit_record import (
    DepositRecord,
    note_restored,
    note_withdrawn,
)
from orchestration.landing.intake.rejects import LandingError

# Of a beginning of a sha256: fewer letters could be a word.
_SHORTEST = 8


@dataclass(frozen=True)
class DepositState:
    """A deposit and what is done with it: ``lu``, ``remplacé`` by a newer one, or ``retiré``."""

    deposit: DepositRecord
    etat: str


@dataclass(frozen=True)
class RejectedRecord:
    """Where a record was, and why it did not land; its text only where somebody asked for it."""

    ligne: int | None
    colonne: str | None
    motif: str
    detail: str
    contenu: str | None


def states(source: str) -> list[DepositState]:
    """Return the deposits of a source, oldest first, each with what is done with it."""
    records = history.deposits(source)
    read = history.current(source, records)
    return [DepositState(deposit, _state(deposit, read)) for deposit in records]


def _state(deposit: DepositRecord, read: Sequence[DepositRecord]) -> str:
    if deposit.withdrawn:
        return f"retiré le {deposit.withdrawn.le:%d/%m/%Y} ({deposit.withdrawn.raison})"
    return "lu" if deposit in read else "remplacé"


def find(source: str, name: str) -> list[DepositRecord]:
    """Return the deposits of a file name, of a folder name or of a beginning of a sha256.

    Raises :class:`LandingError` when there is none.
    """
    records = history.deposits(source)
    # A path may be given: the shell completes the name of a delivered file to one.
    plain = name.rpartition("/")[2]
    found = [
        x
        for x in records
        if plain in (x.fichier, x.directory.name)
        or (len(plain) >= _SHORTEST and x.sha256.startswith(plain))
    ]
    if not found:
        known = ", ".join(x.fichier for x in records) or "aucun"
        raise LandingError(plain, f"aucun dépôt de {source} ne porte ce nom. Dépôts : {known}.")
    return found


def withdraw(source: str, names: Sequence[str], reason: str) -> list[DepositRecord]:
    """Set deposits aside: nothing reads them any more, and their history says since when and why.

    Raises :class:`LandingError`, before any is, when a name is that of none.
    """
    chosen = [deposit for name in names for deposit in find(source, name) if not deposit.withdrawn]
    for deposit in chosen:
        note_withdrawn(deposit, reason)
    history.expose()
    return chosen


def restore(source: str, names: Sequence[str], reason: str) -> list[DepositRecord]:
    """Take back deposits that were set aside, whether or not their file is still somewhere.

    Raises :class:`LandingError`, before any is, when a name is that of none.
    """
    chosen = [deposit for name in names for deposit in find(source, name) if deposit.withdrawn]
    for deposit in chosen:
        note_restored(deposit, reason)
    history.expose()
    return chosen


def rejected(
    connection: duckdb.DuckDBPyConnection, deposit: DepositRecord, *, with_content: bool
) -> Iterator[RejectedRecord]:
    """Yield the rejected records of a deposit, in their order.

    ``connection`` reads encrypted files. The text of records is read only ``with_content``.
    """
    rejects = warehouse.relation(deposit.directory / "rejets.parquet")
    content = "contenu" if with_content else "null"
    rows = connection.execute(
        f"select ligne, colonne, motif, detail, {content} from {rejects} order by _num"
    )
    while batch := rows.fetchmany(10_000):
        yield from (RejectedRecord(*row) for row in batch)
