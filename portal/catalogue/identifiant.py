"""The id of a row: 40 hexadecimal digits.

Belongs here: the SQL of ids. Does not: looking rows up.
"""

from portal.catalogue.jeu import Jeu
from portal.moteur import Sql


def identifiant_de_ligne(jeu: Jeu) -> str:
    """Return the SQL of the id of a row of ``donnees as d``."""
    return f"sha1('{jeu.version}' || cast(d.rowid as varchar))"


def condition_d_identifiant(jeu: Jeu, identifiant: str) -> Sql | None:
    """Return the condition that a row bears an id, or nothing when none can."""
    return Sql(f"{identifiant_de_ligne(jeu)} = ?", (identifiant,))
