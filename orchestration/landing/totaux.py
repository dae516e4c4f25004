"""What a source has delivered so far, read from the deposits' own records.

Belongs here: sums over ``depot.json``. Does not: landing files, or any look into the data.
"""

import json
from collections import Counter
from dataclasses import dataclass

from orchestration import settings


@dataclass(frozen=True)
class TotauxSource:
    """Records read, landed and rejected over all deposits of one source."""

    source: str
    livraisons: int
    lus: int
    atterris: int
    rejetes: int
    rejets_par_motif: dict[str, int]


def totaux(source: str) -> TotauxSource:
    """Add up the deposits of ``source``; zeros when nothing has landed."""
    depots = [
        json.loads(path.read_text())
        for path in sorted(settings.atterrissage(source).glob("[!.]*/depot.json"))
    ]
    motifs: Counter[str] = Counter()
    for depot in depots:
        motifs.update(depot["rejets_par_motif"])
    return TotauxSource(
        source=source,
        livraisons=len(depots),
        lus=sum(depot["lus"] for depot in depots),
        atterris=sum(depot["atterris"] for depot in depots),
        rejetes=sum(depot["rejetes"] for depot in depots),
        rejets_par_motif=dict(motifs),
    )
