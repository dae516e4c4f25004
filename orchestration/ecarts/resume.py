"""The summary of a difference: counts, schema, columns, totals, and the files that tell it.

Belongs here: figures and their JSON. Does not: computing the difference (``calcul``), French
(``journal``).
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.ecarts.calcul import AJOUTEE, RETIREE, REVISEE, Ecarts, Uniforme
from orchestration.ecarts.schemas import Changement, colonnes, nom, texte

_NOMBRE = re.compile("DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT|DOUBLE|FLOAT")


@dataclass(frozen=True)
class Total:
    """Sum of an additive column in each version, exact, as text; None where it is no number."""

    colonne: str
    avant: str | None
    apres: str | None


@dataclass(frozen=True)
class Resume:
    """What changed from a version to another. ``colonnes``: revised rows by changed column.

    ``sans_cle``: rows added or removed that their key does not tell from others.
    """

    jeu: str
    avant: str
    apres: str
    cle: tuple[str, ...]
    lignes_avant: int
    lignes_apres: int
    ajoutees: int
    retirees: int
    revisees: int
    sans_cle: int
    schema: tuple[Changement, ...]
    colonnes: Mapping[str, int]
    uniformes: tuple[Uniforme, ...]
    totaux: tuple[Total, ...]

    @property
    def identiques(self) -> int:
        """Rows that are the same in both versions."""
        return self.lignes_apres - self.ajoutees - self.revisees

    def contenu(self) -> dict[str, Any]:
        """Return the content of ``ecarts.json``."""
        return {
            "jeu": self.jeu,
            "avant": {"version": self.avant, "lignes": self.lignes_avant},
            "apres": {"version": self.apres, "lignes": self.lignes_apres},
            "cle": list(self.cle),
            "lignes": {
                "ajoutees": self.ajoutees,
                "retirees": self.retirees,
                "revisees": self.revisees,
                "identiques": self.identiques,
                "sans_cle": self.sans_cle,
            },
            "schema": [asdict(item) for item in self.schema],
            "colonnes": dict(self.colonnes),
            "colonnes_uniformes": [asdict(item) for item in self.uniformes],
            "totaux": [asdict(item) for item in self.totaux],
        }


def resumer(ecarts: Ecarts, jeu: str, totaux: tuple[str, ...]) -> Resume:
    """Count the difference; ``totaux`` are the columns that may be added up."""
    counts = _par(ecarts, "select nature, count(*) from lignes group by 1")
    rows = _par(
        ecarts,
        "select 'avant', count(*) from avant union all select 'apres', count(*) from apres",
    )
    columns = _par(
        ecarts,
        f"select colonne, count(*) from changements where nature = '{REVISEE}' "
        "group by 1 order by 2 desc, 1",
    )
    unkeyed = _par(
        ecarts,
        "select 'n', count(*) from changements where colonne is null and "
        "coalesce(avant, apres) is not null",
    )["n"]
    return Resume(
        jeu=jeu,
        avant=ecarts.avant.version,
        apres=ecarts.apres.version,
        cle=ecarts.commun.cle,
        lignes_avant=rows["avant"],
        lignes_apres=rows["apres"],
        ajoutees=counts.get(AJOUTEE, 0),
        retirees=counts.get(RETIREE, 0),
        revisees=counts.get(REVISEE, 0),
        sans_cle=unkeyed,
        schema=ecarts.commun.changements,
        colonnes=columns,
        uniformes=ecarts.uniformes,
        totaux=tuple(Total(name, *_sommes(ecarts, name)) for name in totaux),
    )


def deposer(ecarts: Ecarts, path: Path) -> None:
    """Write every change as Parquet, in a stable order: the same versions, the same bytes."""
    ecarts.connection.execute(
        f"copy ({ecarts.ordonnes}) to {texte(path)} (format parquet, compression zstd)"
    )


def _sommes(ecarts: Ecarts, name: str) -> tuple[str | None, str | None]:
    def total(path: Path) -> str | None:
        if not _NOMBRE.match(colonnes(ecarts.connection, path).get(name, "")):
            return None
        query = f"select coalesce(sum({nom(name)}), 0)::varchar from read_parquet({texte(path)})"
        row = ecarts.connection.execute(query).fetchone()
        return str(row[0]) if row else None

    return total(ecarts.avant.parquet), total(ecarts.apres.parquet)


def _par(ecarts: Ecarts, query: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in ecarts.connection.execute(query).fetchall()}
