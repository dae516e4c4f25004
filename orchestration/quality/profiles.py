"""Frames of measures, for the rules that do not bear on rows: file, types, profile, sources.

Belongs here: giving measures the shape that an expectation reads. Does not: measuring (``reader``).
"""

import datetime as dt
from typing import TYPE_CHECKING, Any

from orchestration.candidates.deliveries import Supply
from orchestration.datasets import Dataset
from orchestration.quality.periods import period_bounds
from orchestration.quality.reader import Measures
from orchestration.quality.suite import FILE, PROFILE, SOURCES, TYPES

if TYPE_CHECKING:
    import pandas as pd


def quality_profile(measures: Measures) -> dict[str, Any]:
    """Return the measures as one row, under the names that the derived rules use.

    Days are numbers (``date.toordinal``), which Great Expectations compares without a cast.
    """
    first = period_bounds(measures.periode_max)[0] if measures.periode_max else None
    last = dt.date.fromisoformat(measures.dernier_jour) if measures.dernier_jour else None
    return {
        "lignes": measures.lignes,
        "csv_fidele": measures.csv_fidele,
        "jsonl_fidele": measures.jsonl_fidele,
        "debut": first and first.toordinal(),
        "fin": last and last.toordinal(),
        **{f"total.{name}": float(total) for name, total in measures.totaux.items()},
        **{f"nuls.{name}": share for name, share in measures.nuls.items()},
    }


def measure_frames(
    dataset: Dataset, measures: Measures, sources: Supply
) -> dict[str, "pd.DataFrame"]:
    """Return the frame of each ``cadre`` other than the rows."""
    import pandas as pd

    frames = dict(measures.colonnes)
    # A missing column is the business of the rule on columns, not of the one on types.
    types = [f"{column.nom} {frames.get(column.nom, column.type)}" for column in dataset.colonnes]
    landed = {extract.source: extract.sha256 for extract in sources.extraits}
    return {
        FILE: pd.DataFrame(columns=list(frames)),
        TYPES: pd.DataFrame(columns=types),
        PROFILE: pd.DataFrame([quality_profile(measures)]),
        SOURCES: pd.DataFrame(
            {
                "source": list(sources.filiere),
                "sha256": [landed.get(source) for source in sources.filiere],
            }
        ),
    }
