"""Who is forgotten: keyed digests of persons and of their dossiers, and when each was erased.

A digest is an HMAC-SHA-256 (128 bits, hexadecimal) under a key of its own: of the pseudonym for a
person, of its id for a dossier. Who has not the master key can neither name nor try anybody.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration import settings
from orchestration.files import PRIVATE, indented_json, locked, private_folder, replace_file
from orchestration.landing.sources.dossiers import (
    ID_DOSSIER,
    ID_TITULAIRE,
    TITULAIRE,
    parameters,
)

FILE = "oublis.json"
PERSONS, DOSSIERS = "oublies_personnes", "oublies_dossiers"
_BLANKS = "chr(32) || chr(9) || chr(13) || '\"'"


def _digest(text: str) -> str:
    """SQL of the digest of a text (SQL); null of a null."""
    return (
        "left(sha256(getvariable('oubli_opad')::blob || "
        f"unhex(sha256(getvariable('oubli_ipad')::blob || encode({text})))), 32)"
    )


# Digests, on columns of these names; that of a raw identifier needs ``dossiers.parameters()``.
OF_IDENTIFIER = _digest(f"({TITULAIRE})::varchar")
OF_PSEUDONYM = _digest("titulaire::varchar")
OF_DOSSIER = _digest("id_dossier")


def spelled(column: str) -> str:
    """SQL of ``column`` (``id_titulaire``, ``id_dossier``) as the landing spells what it holds."""
    identifier = next(known for known in (ID_TITULAIRE, ID_DOSSIER) if known.column == column)
    return f"nullif({identifier.canonical_of(f'trim({column}, {_BLANKS})')}, '')"


@dataclass(frozen=True)
class Forgotten:
    """Digests, each with the day (ISO) on which it was put in the list; erasures, oldest first."""

    personnes: Mapping[str, str] = field(default_factory=dict)
    dossiers: Mapping[str, str] = field(default_factory=dict)
    effacements: Sequence[Mapping[str, Any]] = ()

    @property
    def is_unfinished(self) -> bool:
        """Whether the last erasure was interrupted."""
        return bool(self.effacements) and self.effacements[-1]["fini_le"] is None


def read_forgotten() -> Forgotten:
    """Read the list; empty when nobody ever asked to be forgotten."""
    try:
        content = json.loads(_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Forgotten()
    return Forgotten(**content)


def remember_dossiers(dossiers: Iterable[str]) -> Forgotten:
    """Add dossiers of forgotten persons to the list, safe on the disk; return the whole list."""
    return _change(lambda known: _with(known, (), dossiers))


def begin_erasure(persons: Iterable[str], dossiers: Iterable[str]) -> None:
    """Add digests to the list and, at once, that the erasure of these persons begins.

    One that was interrupted goes on, with more persons.
    """
    added = list(persons)
    entry = {"commence_le": _now(), "fini_le": None, "personnes": len(added)}

    def begin(known: Forgotten) -> Forgotten:
        before = known.effacements
        if known.is_unfinished:
            *before, last = before
            new = [digest for digest in added if digest not in known.personnes]
            entry.update(commence_le=last["commence_le"], personnes=last["personnes"] + len(new))
        return replace(_with(known, added, dossiers), effacements=[*before, entry])

    _change(begin)


def end_erasure(files: int, records: int) -> None:
    """Write that the erasure is done: files written again or removed, records taken out."""
    done = {"fini_le": _now(), "fichiers": files, "enregistrements": records}
    _change(
        lambda known: replace(
            known, effacements=[*known.effacements[:-1], {**known.effacements[-1], **done}]
        )
    )


def load(connection: duckdb.DuckDBPyConnection, forgotten: Forgotten) -> None:
    """Give a connection of ``identifiers.engine`` the keys and tables that the SQL here reads."""
    for name, pad in parameters("oubli").items():
        connection.execute(f"set variable oubli_{name} = $pad", {"pad": pad})
    for table, digests in ((PERSONS, forgotten.personnes), (DOSSIERS, forgotten.dossiers)):
        connection.execute(
            f"create or replace temp table {table} as "
            "select unnest($digests::varchar[]) as empreinte",
            {"digests": list(digests)},
        )


def of_identifiers(
    connection: duckdb.DuckDBPyConnection, identifiers: Sequence[str]
) -> list[str | None]:
    """Return the digest of each identifier, in order; None of a blank one."""
    rows = connection.execute(
        f"""
        select {OF_IDENTIFIER}
        from (
            select rang, {spelled("id_titulaire")} as id_titulaire
            from (
                select unnest($ids::varchar[]) as id_titulaire, unnest(range(len($ids))) as rang
            )
        )
        order by rang
        """,
        {"ids": list(identifiers), **parameters()},
    ).fetchall()
    return [digest for (digest,) in rows]


def _with(known: Forgotten, persons: Iterable[str], dossiers: Iterable[str]) -> Forgotten:
    day = dt.datetime.now(dt.UTC).date().isoformat()
    return replace(
        known,
        personnes={**dict.fromkeys(persons, day), **known.personnes},
        dossiers={**dict.fromkeys(dossiers, day), **known.dossiers},
    )


def _path() -> Path:
    return settings.forgotten() / FILE


def _change(change: Callable[[Forgotten], Forgotten]) -> Forgotten:
    folder = settings.forgotten()
    private_folder(folder)
    with locked(folder):
        changed = change(read_forgotten())
        replace_file(_path(), indented_json(asdict(changed)), folder / f".{FILE}", PRIVATE)
    return changed


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
