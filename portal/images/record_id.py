"""The SQL of the id of a row: 40 hexadecimal digits, of its key, else of its place."""

import re
from collections.abc import Sequence

from orchestration.sql import identifier
from portal.engine.engine import Sql
from portal.packages.dataset import Dataset

_ROW_ID = re.compile(r"[0-9a-f]{40}")
# A value that is nothing is a part of a key like another (a remote training has no place).
_NULL = "chr(0)"


def row_id_sql(dataset: Dataset) -> str:
    """Return the SQL of the id of a row of ``donnees as d``."""
    return expression(dataset.id, dataset.key)


def expression(name: str, key: Sequence[str]) -> str:
    """Return that SQL for a dataset of this name, with this key."""
    if not key:
        return f"sha1('{name}' || chr(31) || cast(d.rowid as varchar))"
    parts = " || chr(31) || ".join(
        f"coalesce(cast(d.{identifier(part)} as varchar), {_NULL})" for part in key
    )
    return f"sha1('{name}' || chr(31) || {parts})"


def short_key(row_id: str) -> str:
    """Return the SQL of the number under which the table ``cles`` lists an id."""
    return f"cast('0x' || left({row_id}, 16) as ubigint)"


def row_id_condition(dataset: Dataset, row_id: str) -> Sql | None:
    """Return the condition that a row bears an id, or nothing when none can."""
    if not _ROW_ID.fullmatch(row_id):
        return None
    return Sql(
        f"d.rowid in (select ligne from {dataset.base}.cles where cle = cast(? as ubigint))"
        f" and {row_id_sql(dataset)} = ?",
        (int(row_id[:16], 16), row_id),
    )
