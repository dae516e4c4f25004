"""Frames of measures, for the rules that do not bear on rows: file, types, profile, sources.

Belongs here: giving measures the shape that an expectation reads. Does not: measuring (``cadres``).
"""

import datetime as dt
from typing import TYPE_CHECKING, Any

from orchestration.jeux import Jeu
from orchestration.publication.sources import Approvisionnement
from orchestration.quality.cadres import Mesures
from orchestration.quality.periodes import bornes
from orchestration.quality.regles import FICHIER, PROFIL, SOURCES, TYPES

if TYPE_CHECKING:
    import pandas as pd


def profil(mesures: Mesures) -> dict[str, Any]:
    """Return the measures as one row, under the names that the derived rules use.

    Days are numbers (``date.toordinal``), which Great Expectations compares without a cast.
    """
    first = bornes(mesures.periode_max)[0] if mesures.periode_max else None
    last = dt.date.fromisoformat(mesures.dernier_jour) if mesures.dernier_jour else None
    return {
        "lignes": mesures.lignes,
        "csv_fidele": mesures.csv_fidele,
        "jsonl_fidele": mesures.jsonl_fidele,
        "debut": first and first.toordinal(),
        "fin": last and last.toordinal(),
        **{f"total.{name}": float(total) for name, total in mesures.totaux.items()},
        **{f"nuls.{name}": share for name, share in mesures.nuls.items()},
    }


def cadres_mesures(
    jeu: Jeu, mesures: Mesures, sources: Approvisionnement
) -> dict[str, "pd.DataFrame"]:
    """Return the frame of each ``cadre`` other than the rows."""
    import pandas as pd

    found = dict(mesures.colonnes)
    # A missing column is the business of the rule on columns, not of the one on types.
    types = [f"{column.nom} {found.get(column.nom, column.type)}" for column in jeu.colonnes]
    landed = {extrait.source: extrait.sha256 for extrait in sources.extraits}
    return {
        FICHIER: pd.DataFrame(columns=list(found)),
        TYPES: pd.DataFrame(columns=types),
        PROFIL: pd.DataFrame([profil(mesures)]),
        SOURCES: pd.DataFrame(
            {
                "source": list(sources.filiere),
                "sha256": [landed.get(source) for source in sources.filiere],
            }
        ),
    }
