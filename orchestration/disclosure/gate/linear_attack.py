"""The linear attack on what is published: which hidden cells do sums give back?

And the proof that it bites: what it gives back of the same cells under a plain threshold.
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.outcomes import Attack, Proof
from orchestration.disclosure.tabular.determined import determined_cells


def attack_persons(evidence: Evidence) -> Attack:
    """Attack persons: each row is the sum of the units that it hides (``arbres``)."""
    units = evidence.columns("effectifs_caches")
    persons = np.asarray(units["personnes"])
    known = determined_cells(_sum(np.asarray(units["num_ligne"])))
    return Attack(
        chiffres=len(np.unique(units["num_ligne"])),
        inconnues=len(persons),
        determinees=int(known.sum()),
        fuites=int((known & (persons < evidence.names["seuil"])).sum()),
    )


def _sum(rows: npt.NDArray[np.generic]) -> sparse.csr_matrix:
    """Return one equation by distinct value of ``rows``, which names that of each unknown."""
    count = len(rows)
    numbers = np.unique(rows, return_inverse=True)[1]
    shape = (int(numbers.max()) + 1 if count else 0, count)
    return sparse.csr_matrix((np.ones(count), (numbers, np.arange(count))), shape=shape)


def attack_plain_threshold(evidence: Evidence) -> Proof:
    """Attack the same cells as a plain threshold would publish them: those below it blanked, and
    every margin of the plan with enough persons.

    Margins are nested, so that subtracting from each the published ones that it holds changes
    nothing to what follows: every blanked cell is then in one equation, of its smallest margin.
    """
    evidence.make("marges")
    evidence.make("masquees")
    blanked = evidence.value("nombre_de_masquees")
    margins = []
    for level in range(3, len(evidence.names["gardees"]) + 1):
        margins.append(evidence.columns("marges_publiees", niveau=level)["marge"])
        evidence.make("masquees", "tables/encore_masquees", niveau=level)
    return Proof(int(blanked), int(determined_cells(_sum(np.concatenate(margins))).sum()))
