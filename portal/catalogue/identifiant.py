"""The id of a row: 40 hexadecimal digits, of its key, else of its place.

Belongs here: the SQL of ids. Does not: asking for a row.
"""

import re
from collections.abc import Sequence

from portal.catalogue.jeu import Jeu
from portal.moteur import Sql

_FORME = re.compile(r"[0-9a-f]{40}")
# A value that is nothing is a part of a key like another (a remote training has no place).
_RIEN = "chr(0)"


def identifiant_de_ligne(jeu: Jeu) -> str:
    """Return the SQL of the id of a row of ``donnees as d``."""
    return expression(jeu.id, jeu.cle)


def expression(nom: str, cle: Sequence[str]) -> str:
    """Return that SQL for a dataset of this name, with this key."""
    if not cle:
        return f"sha1('{nom}' || chr(31) || cast(d.rowid as varchar))"
    quoted = (name.replace('"', '""') for name in cle)
    parts = " || chr(31) || ".join(
        f"""coalesce(cast(d."{name}" as varchar), {_RIEN})""" for name in quoted
    )
    return f"sha1('{nom}' || chr(31) || {parts})"


def cle_courte(identifiant: str) -> str:
    """Return the SQL of the number under which the table ``cles`` lists an id."""
    return f"cast('0x' || left({identifiant}, 16) as ubigint)"


def condition_d_identifiant(jeu: Jeu, identifiant: str) -> Sql | None:
    """Return the condition that a row bears an id, or nothing when none can."""
    if not _FORME.fullmatch(identifiant):
        return None
    return Sql(
        f"d.rowid in (select ligne from {jeu.base}.cles where cle = cast(? as ubigint))"
        f" and {identifiant_de_ligne(jeu)} = ?",
        (int(identifiant[:16], 16), identifiant),
    )
