"""The linear attack on what is published: which hidden cells, amounts or groups do sums give back?

And the proof that it bites: what it gives back of the same cells under a plain threshold.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from orchestration.disclosure.gate.findings import Evidence, Finding
from orchestration.disclosure.tabular.determined import determined_cells
from orchestration.disclosure.tabular.table import BoolArray


@dataclass(frozen=True)
class Attack:
    """What was attacked, and what it gave: every ``fuites`` must be nobody's.

    ``chiffres``: published figures; ``inconnues``: hidden cells and amounts; ``determinees``: those
    that follow exactly, of too few persons or not.
    """

    chiffres: int
    inconnues: int
    determinees: int
    fuites: int


@dataclass(frozen=True)
class Proof:
    """Cells that a plain threshold would blank, and those that its margins would give back."""

    masquees: int
    retrouvees: int


def attack_persons(evidence: Evidence) -> Attack:
    """Attack persons and dossiers: each row is the sum of its cells, those shown alone apart; and a
    row published twice tells what came and went.
    """
    cells = evidence.columns("effectifs_caches")
    persons = np.asarray(cells["nb_titulaires"])
    known = determined_cells(_sum(np.asarray(cells["num_ligne"])))
    (shown,) = evidence.rows("effectifs_montres")
    first = evidence.names["est_premiere"]
    return Attack(
        chiffres=2 * int(shown["lignes"]),
        inconnues=len(persons),
        determinees=int(known.sum()),
        fuites=int((known & (persons < evidence.names["seuil"])).sum())
        + int(shown["petites"])
        + (0 if first else int(evidence.value("lignes_peu_changees"))),
    )


def _sum(rows: npt.NDArray[np.generic]) -> sparse.csr_matrix:
    """Return one equation by distinct value of ``rows``, which names that of each unknown."""
    count = len(rows)
    numbers = np.unique(rows, return_inverse=True)[1]
    shape = (int(numbers.max()) + 1 if count else 0, count)
    return sparse.csr_matrix((np.ones(count), (numbers, np.arange(count))), shape=shape)


def attack_amounts(evidence: Evidence) -> Attack:
    """Attack amounts put in common: each row gives the sum of its own, each ventilation of its.

    Leaves ``connues``: the pairs (row, financer) that follow. The attacker is given the most: who
    finances what where is taken as known, only how much is not.
    """
    evidence.make("motifs")
    hidden = evidence.frame("montants_caches")
    announced = hidden["annonce"].notna().to_numpy()
    across = _sum(pd.factorize(hidden.loc[announced, "annonce"])[0]) @ _selection_matrix(announced)
    rows = _sum(hidden["num_ligne"].to_numpy())
    known = _deduced(sparse.vstack([rows, across]).tocsr())
    evidence.connection.register("deduites", hidden.loc[known, ["motif", "financeur"]])
    evidence.make("connues")
    evidence.connection.unregister("deduites")
    (figures,) = evidence.rows("montants_attaques")
    return Attack(**{name: int(figure) for name, figure in figures.items()})


def _deduced(equations: sparse.csr_matrix) -> BoolArray:
    """Say which unknowns follow: first those that one subtraction after another gives, which costs
    nothing, then whatever the witness finds in what is left.
    """
    known = np.zeros(equations.shape[1], dtype=bool)
    while True:
        alone = np.flatnonzero(equations @ ~known == 1)
        fresh = np.asarray(equations[alone].sum(axis=0)).ravel() > 0
        if not (fresh & ~known).any():
            break
        known |= fresh
    rest = equations[:, ~known]
    known[~known] = determined_cells(rest[np.diff(rest.indptr) > 0])
    return known


def _selection_matrix(kept: BoolArray) -> sparse.csr_matrix:
    """Return the matrix that picks these unknowns out of all."""
    columns = np.flatnonzero(kept)
    ones = np.ones(len(columns))
    return sparse.csr_matrix(
        (ones, (np.arange(len(columns)), columns)), shape=(len(columns), len(kept))
    )


def check_implied_groups(evidence: Evidence) -> list[Finding]:
    """Judge the groups that subtractions give: of a row once what follows is taken out of it, and
    of the rows of each group once their ventilations are.

    Needs ``connues`` (``attack_amounts``).
    """
    rules = {
        "restes_des_lignes": "Ce qu'une ligne tait, une fois ôté ce qui se déduit, a assez de "
        "contributeurs",
        "restes_des_groupes": "Ce que taisent ensemble les lignes d'un groupe, une fois ôtées ses "
        "lignes de ventilation, a assez de contributeurs",
        "restes_des_financeurs": "Ce qui n'est jamais redit, tous financeurs ensemble, a assez de "
        "contributeurs",
    }
    return [evidence.judge(rule, text) for rule, text in rules.items()]


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
    for level in range(2, len(evidence.names["gardees"]) + 1):
        margins.append(evidence.columns("marges_publiees", niveau=level)["marge"])
        evidence.make("masquees", "tables/encore_masquees", niveau=level)
    return Proof(int(blanked), int(determined_cells(_sum(np.concatenate(margins))).sum()))
