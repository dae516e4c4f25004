"""The difference of two versions, computed by DuckDB from their Parquet files alone.

Belongs here: which rows were added, removed, revised, and which cells changed. Does not: telling it
(``resume``, ``journal``), nor when it is computed (``edition``, ``commande``).

Each file is read once for two 64-bit hashes per row, of its key and of its content: 2 M rows are
matched in memory whatever the width of their texts, and only what changed is read again. A key that
several rows of a version bear distinguishes nothing: those rows are compared as a multiset.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

import duckdb

from orchestration import settings
from orchestration.ecarts.schemas import Commun, Cote, colonnes, commun, nom, texte

AJOUTEE, RETIREE, REVISEE = "ajoutee", "retiree", "revisee"
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Uniforme:
    """A column that had one value on every row, and has another on every row (a load date)."""

    colonne: str
    avant: str
    apres: str


@dataclass(frozen=True)
class Ecarts:
    """The difference, in the table ``changements`` of ``connection`` while its block lasts.

    A change is a cell of a revised row, or a row added or removed: nature, key, ``colonne``,
    ``avant``, ``apres``. A row that its key does not tell from others is given whole, as JSON.
    """

    connection: Connection
    avant: Cote
    apres: Cote
    commun: Commun
    uniformes: tuple[Uniforme, ...]

    @property
    def ordonnes(self) -> str:
        """Query of the changes, always in the same order."""
        return f"from changements order by {', '.join(str(n) for n in range(1, self._largeur + 1))}"

    @property
    def _largeur(self) -> int:
        return len(self.commun.cle) + 4


@contextmanager
def comparer(avant: Cote, apres: Cote) -> Iterator[Ecarts]:
    """Compute the difference. Raises ``duckdb.Error`` when a file is no Parquet."""
    with TemporaryDirectory(prefix="cpf-ecarts-") as spill, duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{settings.memory_limit()}'")
        connection.execute(f"set threads = {settings.threads()}")
        connection.execute(f"set temp_directory = {texte(spill)}")
        shared = commun(connection, avant, apres)
        same = tuple(_uniformes(connection, shared, avant, apres))
        compared = [name for name in shared.types if name not in {item.colonne for item in same}]
        for table, side in (("avant", avant), ("apres", apres)):
            _hacher(connection, table, side, shared, compared)
        connection.execute(_LIGNES)
        found = Ecarts(connection, avant, apres, shared, same)
        _detailler(found, compared)
        yield found


# Row numbers of what changed. ``multiple``: the key does not tell the row from others.
_LIGNES = f"""
create temp table multiples as
    select distinct k from (
        select k from avant group by k having count(*) > 1
        union all
        select k from apres group by k having count(*) > 1
    );
create temp table lignes as
    with
    avant_seules as (from avant anti join multiples using (k)),
    apres_seules as (from apres anti join multiples using (k)),
    avant_rangs as (
        select *, row_number() over (partition by k, h order by ligne) as rang
        from avant semi join multiples using (k)
    ),
    apres_rangs as (
        select *, row_number() over (partition by k, h order by ligne) as rang
        from apres semi join multiples using (k)
    ),
    appariees as (
        select a.ligne as avant, b.ligne as apres, false as multiple
        from avant_seules as a full join apres_seules as b using (k)
        where a.h is distinct from b.h
        union all
        select a.ligne, b.ligne, true
        from avant_rangs as a full join apres_rangs as b using (k, h, rang)
        where a.ligne is null or b.ligne is null
    )
    select
        case when avant is null then '{AJOUTEE}' when apres is null then '{RETIREE}'
        else '{REVISEE}' end as nature,
        *
    from appariees
"""  # fmt: skip


def _hacher(
    connection: Connection, table: str, cote: Cote, commun: Commun, comparees: list[str]
) -> None:
    """Number the rows of a version, and hash the key and the compared columns of each."""

    def hashed(names: list[str]) -> str:
        values = (f"{nom(name)}::{commun.types[name]}" for name in names)
        return f"hash({', '.join(values) or '0'})"

    connection.execute(
        f"create temp table {table} as select file_row_number as ligne, "
        f"{hashed(list(commun.cle) or comparees)} as k, {hashed(comparees)} as h from {_lu(cote)}"
    )


def _detailler(ecarts: Ecarts, comparees: list[str]) -> None:
    """Fill ``changements``, one column of the revised rows at a time: no row is held whole."""
    connection, commun = ecarts.connection, ecarts.commun
    key = "".join(f"{nom(name)}, " for name in commun.cle)
    types = "".join(f"{nom(name)} {commun.types[name]}, " for name in commun.cle)
    connection.execute(
        f"create temp table changements (nature varchar, {types}"
        "colonne varchar, avant varchar, apres varchar)"
    )
    for nature, side in ((AJOUTEE, "apres"), (RETIREE, "avant")):
        cote = ecarts.apres if side == "apres" else ecarts.avant
        _entieres(ecarts, nature, side, cote, key)
    revised = connection.execute(
        "select count(*) from lignes where nature = ?", [REVISEE]
    ).fetchone()
    keys = "".join(f"b.{nom(name)}, " for name in commun.cle)
    for name in comparees if revised and revised[0] else ():
        cell, kind = nom(name), commun.types[name]
        connection.execute(
            f"insert into changements select '{REVISEE}', {keys}{texte(name)}, "
            f"a.{cell}::varchar, b.{cell}::varchar "
            f"from (from lignes where nature = '{REVISEE}') as l "
            f"join {_lu(ecarts.avant)} as a on a.file_row_number = l.avant "
            f"join {_lu(ecarts.apres)} as b on b.file_row_number = l.apres "
            f"where a.{cell}::{kind} is distinct from b.{cell}::{kind}"
        )


def _entieres(ecarts: Ecarts, nature: str, side: str, cote: Cote, key: str) -> None:
    """Insert the rows added or removed: by their key, or whole when it tells nothing."""
    whole = ", ".join(
        f"{texte(name)}: {nom(name)}::varchar" for name in colonnes(ecarts.connection, cote.parquet)
    )
    for multiple in (False, True):
        told = f"to_json({{{whole}}})::varchar" if multiple or not ecarts.commun.cle else "null"
        values = f"null, {told}" if nature == AJOUTEE else f"{told}, null"
        ecarts.connection.execute(
            f"insert into changements select '{nature}', {key}null, {values} "
            f"from {_lu(cote)} semi join (from lignes where nature = '{nature}' "
            f"and multiple = {multiple}) as l on file_row_number = l.{side}"
        )


def _uniformes(
    connection: Connection, commun: Commun, avant: Cote, apres: Cote
) -> Iterator[Uniforme]:
    bounds = [_constantes(connection, side) for side in (avant, apres)]
    for name in commun.types:
        old, new = (found.get(name) for found in bounds)
        # The key distinguishes rows, whatever it is worth on all of them.
        if name in commun.cle or old is None or new is None or old == new:
            continue
        exact = [_constante(connection, name, side) for side in (avant, apres)]
        if exact[0] is not None and exact[1] is not None and exact[0] != exact[1]:
            yield Uniforme(name, exact[0], exact[1])


def _constantes(connection: Connection, cote: Cote) -> dict[str, str]:
    """Columns that may have one value only, by the statistics of the file: no row is read."""
    rows = connection.execute(
        "select path_in_schema, min(stats_min_value) from "
        f"parquet_metadata({texte(cote.parquet)}) group by path_in_schema "
        "having min(stats_min_value) = max(stats_max_value) and sum(stats_null_count) = 0"
    ).fetchall()
    return {str(name): str(value) for name, value in rows}


def _constante(connection: Connection, name: str, cote: Cote) -> str | None:
    """Return the one value of a column; None when it has several, or has one row to have it on."""
    row = connection.execute(
        f"select min({nom(name)})::varchar from {_lu(cote)} having count(*) > 1 "
        f"and min({nom(name)}) = max({nom(name)}) and count({nom(name)}) = count(*)"
    ).fetchone()
    return str(row[0]) if row else None


def _lu(cote: Cote) -> str:
    return f"read_parquet({texte(cote.parquet)}, file_row_number = true)"
