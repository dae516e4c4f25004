"""What reports never show: refused values, rows of too few persons, more than a few examples."""

from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.candidates.candidate import prepare
from orchestration.datasets import Dataset
from orchestration.quality.gate import check_candidate
from orchestration.quality.results import NOT_SHOWN
from tests.factories import small_datasets, small_state
from tests.factories.small_datasets import OFFER, USERS, Row
from tests.factories.small_gates import CANARY, candidate_with, failures, public_text


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"genre": CANARY}, id="key"),
        pytest.param({"departement_residence": CANARY}, id="label"),
        pytest.param({"trimestre_entree": CANARY}, id="malformed"),
    ],
)
def test_a_refused_value_is_never_shown(
    state: Path, datasets: dict[str, Dataset], changes: Row
) -> None:
    """A name that slipped into a mart: the report says where, never what."""
    row = small_datasets.lignes(USERS)[0] | {"csp": "Cadre", "montant_opco": Decimal(1)} | changes
    report = check_candidate(datasets[USERS], candidate_with(datasets[USERS], row))
    assert "montants_ventiles" in failures(report)
    example = next(
        failure for failure in report.failures if failure.regle == "montants_ventiles"
    ).exemples[0]
    assert example["csp"] == "Cadre"
    assert set(example) == {"ligne", *datasets[USERS].key}
    if "genre" in changes:
        assert example["genre"] == NOT_SHOWN
    assert CANARY not in public_text(report)


def test_too_few_persons_are_counted_and_never_pointed_at(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    """Not even by another expectation that the same row breaks."""
    small = small_datasets.lignes(USERS)[0] | {
        "csp": "Cadre",
        "nb_titulaires": 10,
        "montant_opco": Decimal(1),
    }
    report = check_candidate(datasets[USERS], candidate_with(datasets[USERS], small))
    by_rule = {failure.regle: failure for failure in report.failures}
    assert set(by_rule) == {"seuil_personnes", "montants_ventiles"}
    assert [item.inattendus for item in by_rule.values()] == [1, 1]
    assert [item.exemples for item in by_rule.values()] == [(), ()]
    assert "Cadre" not in public_text(report)


def test_examples_are_five_at_most(state: Path, datasets: dict[str, Dataset]) -> None:
    small_state.build_mart(
        datasets[OFFER], [row | {"nbaction_nbheures": 1} for row in small_datasets.lignes(OFFER)]
    )
    report = check_candidate(datasets[OFFER], prepare(datasets[OFFER]))
    (failed,) = report.failures
    assert (failed.inattendus, failed.evalues, failed.part) == (12, 12, 1.0)
    assert len(failed.exemples) == 5
    assert failed.exemples[0] == {
        "ligne": 1,
        "numero_formation": "11111111100000_F0",
        "code_departement": "75",
    }
