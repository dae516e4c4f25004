"""When totals are told: a period once it has ended, once more when it is definitive as a whole.

Four versions of a small world: of a year that has not ended, once it has, while its months become
definitive one by one, and once they all are.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from orchestration.datasets import Dataset
from orchestration.disclosure.totals import models
from tests.factories.few_tables import FEW, with_few_tables
from tests.factories.random_dossiers import dossiers, revised
from tests.factories.rendered_models import PROJECT_FILE, Edit, Models
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_versions import (
    FILE_OF_TOTALS,
    Version,
    deliver,
    first_version,
    next_version,
    totals_file,
)
from tests.factories.steps import VAULT

pytestmark = pytest.mark.xdist_group("totals")

SEED, COUNT = 2, 700
THRESHOLD = 5
# Of each told total whose euros are others than in the version before: how many persons moved them.
_MOVED = """
with mouvements as (
    select 1 as signe, * from {intermediate}.int_{{jeu}}__comptes where sens = 1
    union all by name
    select -1 as signe, * from {intermediate}.int_{{jeu}}__totaux_premiers where sens = 1
),
personnes as (
    {cells}
),
cellules as (
    select tableau, debut, region, count(*) as personnes
    from (
        select tableau, debut, region, titulaire
        from personnes group by all
        having sum(signe * montant_engage) <> 0 or sum(signe) <> 0
    )
    group by all
)
select personnes
from {file} as dits
inner join read_parquet('{before}') as avant
    using (tableau, periode, code_region_lieu_formation)
inner join cellules
    on
        dits.tableau = cellules.tableau
        and coalesce(dits.code_region_lieu_formation, 'A_DISTANCE') = cellules.region
        and dits.periode = strftime(cellules.debut, '%Y-%m')
where dits.montant_engage <> avant.montant_engage
"""
_CELLS = """
    select
        signe, titulaire, montant_engage, '{tableau}' as tableau, cohorte as debut,
        {region} as region
    from mouvements
"""
# Two months of 2024, then all; then May is definitive, then the year.
DAYS = (dt.date(2024, 6, 30), dt.date(2025, 1, 31), dt.date(2025, 6, 30), dt.date(2026, 1, 31))
SMALL = Edit(PROJECT_FILE, "suivie_a_partir_de: 350", "suivie_a_partir_de: 25")


@dataclass(frozen=True)
class Told:
    """A version: its totals, by table and period, when each period was told, the cells of 2024,
    and the rules of the gate.
    """

    totals: dict[tuple[str, str], tuple[int, dt.date]]
    days: frozenset[tuple[str, dt.date]]
    cells: frozenset[tuple[Any, ...]]
    moved: tuple[int, ...]
    examined: dict[str, int]
    refused: frozenset[str]


def publish(dataset: Dataset, folder: Any, seed: int = SEED) -> list[Told]:
    """Publish the four versions."""
    tables = [dossiers(seed, COUNT)] * 2 + [revised(seed, dossiers(seed, COUNT))] * 2
    version = first_version(with_few_tables(dataset), Models(SMALL, *FEW), seed, COUNT)
    deliver(version.connection, tables[0], DAYS[0])
    version.build()
    told = [look(version)]
    for number, (table, day) in enumerate(zip(tables[1:], DAYS[1:], strict=True)):
        version = next_version(version, table, day, folder / str(number))
        told.append(look(version))
    return told


def look(version: Version) -> Told:
    version.build_totals()
    findings = version.judge_totals().findings
    rows = version.rows(
        "select tableau, periode, nb_dossiers, valeur_du "
        f"from {FILE_OF_TOTALS} where tableau in ('annee', 'trimestre', 'mois')"
    )
    year = version.rows(
        "select tableau, periode, coalesce(code_certification, ''), "
        "coalesce(code_region_lieu_formation, ''), coalesce(statut_dossier, ''), nb_dossiers, "
        f"valeur_du, diffusion from {FILE_OF_TOTALS} where periode = '2024'"
    )
    days = version.rows(f"select distinct periode, valeur_du from {FILE_OF_TOTALS}")
    moved: list[tuple[int]] = []
    if version.previous:
        cells = " union all ".join(
            _CELLS.format(tableau=name, region=region)
            for name, region in {
                "mois": "'ENSEMBLE'",
                "mois_region": "code_region_lieu_formation",
            }.items()
        )
        moved = version.rows(
            _MOVED.format(
                intermediate=VAULT,
                cells=cells,
                file=FILE_OF_TOTALS,
                before=totals_file(version.previous),
            )
        )
    return Told(
        {(tableau, period): (count, day) for tableau, period, count, day in rows},
        frozenset((period, day) for period, day in days if day),
        frozenset(year),
        tuple(count for (count,) in moved),
        {finding.regle: finding.examines for finding in findings},
        frozenset(finding.regle for finding in findings if not finding.success),
    )


@pytest.fixture(scope="module")
def told(datasets: dict[str, Dataset], tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    return publish(datasets[PURCHASES], tmp_path_factory.mktemp("periodes"))


def bought(table: pd.DataFrame, *months: str) -> int:
    return int(table["date_validation"].astype(str).str[:7].isin(months).sum())


def test_all_four_pass(told: list[Told]) -> None:
    assert [version.refused for version in told] == [frozenset()] * 4


def test_what_there_is_is_told_first(told: list[Told]) -> None:
    count = bought(dossiers(SEED, COUNT), "2024-05", "2024-06")
    assert told[0].totals["annee", "2024"] == (count, DAYS[0])
    assert told[0].totals["trimestre", "2024-T2"] == (count, DAYS[0])


def test_a_year_that_has_ended_is_told(told: list[Told]) -> None:
    count = bought(dossiers(SEED, COUNT), "2024-05", "2024-06", "2024-07")
    assert told[1].totals["annee", "2024"] == (count, DAYS[1])


def test_it_stays_while_its_months_become_definitive(told: list[Told]) -> None:
    first, last = dossiers(SEED, COUNT), revised(SEED, dossiers(SEED, COUNT))
    assert bought(first, "2024-05") != bought(last, "2024-05")
    assert ("2024-05", DAYS[2]) in told[2].days
    assert told[2].totals["mois", "2024-06"] == told[1].totals["mois", "2024-06"]
    assert told[2].cells == told[1].cells
    assert told[2].examined["totaux_gardes"] > 0


def test_it_is_told_again_once_it_is_definitive(told: list[Told]) -> None:
    assert ("2024", DAYS[3]) in told[3].days
    count = bought(revised(SEED, dossiers(SEED, COUNT)), "2024-05", "2024-06", "2024-07")
    assert told[3].totals["annee", "2024"] in {(count, DAYS[3]), told[1].totals["annee", "2024"]}
    assert told[3].examined["changements_caches"] > 0


def test_a_year_that_begins_waits_for_its_end(told: list[Told]) -> None:
    assert ("mois", "2025-01") not in told[1].totals
    assert ("annee", "2025") not in told[2].totals
    assert ("annee", "2025") in told[3].totals


def test_no_total_moves_by_few_persons(told: list[Told]) -> None:
    """Not even where the row that told them fell silent: the version before still says it."""
    moved = [count for version in told for count in version.moved]
    assert moved
    assert min(moved) >= THRESHOLD


def test_hidden_changes_are_found(
    datasets: dict[str, Dataset], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the mask of changes prevents: told beside, what changed of hidden totals follows."""

    def no_mask(frame: pd.DataFrame, *_: Any) -> np.ndarray:
        return np.zeros(len(frame), dtype=bool)

    monkeypatch.setattr(models, "_mask_changes", no_mask)
    assert "changements_caches" in publish(datasets[PURCHASES], tmp_path)[3].refused


@pytest.mark.parametrize("moved", ["nb_dossiers + 10", "nb_dossiers"])
def test_a_kept_total_that_moves_is_refused(
    datasets: dict[str, Dataset],
    tmp_path: Any,
    moved: str,
) -> None:
    """Or one that is no longer there."""
    version = first_version(with_few_tables(datasets[PURCHASES]), Models(SMALL, *FEW), SEED, COUNT)
    following = next_version(version, dossiers(SEED, COUNT), dt.date(2024, 8, 31), tmp_path / "f")
    following.build_totals()
    kept = "tableau = 'annee' and periode = '2024'"
    assert following.value(f"select count(*) from {FILE_OF_TOTALS} where {kept}") == 1
    change = (
        f"delete from {FILE_OF_TOTALS} where {kept}"
        if moved == "nb_dossiers"
        else f"update {FILE_OF_TOTALS} set nb_dossiers = {moved} where {kept}"
    )
    following.connection.execute(change)
    findings = following.judge_totals().findings
    assert "totaux_gardes" in {finding.regle for finding in findings if not finding.success}
