"""Other thresholds than ours: rows hide their small cells as well, by a rule written apart."""

import copy
import datetime as dt
import math
import random
from itertools import count
from pathlib import Path

import pytest

from orchestration.datasets import variables
from tests.factories.diffusion_steps import Row, Vault, compile_steps
from tests.factories.small_datasets import USERS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("seuils")]

_COHORTS = 60
_AGES = ("15-24 ans", "25-39 ans", "40-49 ans", "50-59 ans")


def _cells(threshold: int) -> list[Row]:
    """Cohorts of a few cells each, most of which are about as large as the threshold."""
    draw, persons, numbers = random.Random(threshold), count(1), count(1)  # noqa: S311
    cells = []
    for rank in range(_COHORTS):
        for _ in range(draw.randint(2, 7)):
            size = draw.choice([1, 2, threshold - 1, threshold, draw.randint(1, 3 * threshold)])
            region = draw.choice(["11", "53"])
            behind = [next(persons) for _ in range(size)]
            cells.append(
                {
                    "cohorte": dt.date(2000 + rank, 1, 1),
                    "est_suivie": False,
                    "tranche_age": draw.choice(_AGES),
                    "genre": draw.choice(["Femme", "Homme"]),
                    "code_departement_residence": region + draw.choice("AB"),
                    "code_region_residence": region,
                    "numero": next(numbers),
                    "numeros": behind,
                    "titulaires": behind,
                    "nb_titulaires": size,
                }
            )
    return cells


@pytest.mark.parametrize("threshold", [3, 5, 20])
def test_rows_of_another_threshold_hide_their_cells(threshold: int, tmp_path: Path) -> None:
    diffusion = copy.deepcopy(variables()["diffusion"])
    diffusion[USERS]["seuil"] = threshold
    vault = Vault(compile_steps(tmp_path / "data", diffusion), USERS)
    cells = _cells(threshold)
    sizes = {cell["numero"]: cell["nb_titulaires"] for cell in cells}
    vault.put("cellules", cells)
    vault.put(
        "dossiers",
        [
            {"numero": person, "titulaire": person, "csp": "", "statut": ""}
            for cell in cells
            for person in cell["numeros"]
        ],
    )
    rows = vault.run("partition")
    small_rows = 0
    for row in rows:
        assert row["nb_titulaires"] >= threshold
        held = [sizes[number] for number in row["cellules"]]
        small = [size for size in held if size < threshold]
        if not small:
            continue
        small_rows += 1
        # What a reader may say of one small cell: the others have at most this, at least that.
        for size in set(small):
            others = len(small) - 1
            large = len(held) - len(small)
            most = math.inf if large else others * (threshold - 1)
            low = max(0, sum(held) - most)
            high = min(threshold - 1, sum(held) - large * threshold)
            assert low <= size <= high
            assert high - low >= min(variables()["secret"]["largeur_minimale"], threshold - 1)
    assert small_rows > 20
