"""A planted defect per expectation: each of each dataset catches its own, and only its own.

Every defect has its own row of one candidate, so an expectation that catches a neighbour's defect
shows too. Those on measures are in ``test_measures``, with the test that fails when an expectation
has no defect at all.
"""

from dataclasses import dataclass

import duckdb
import pytest

from orchestration.candidates.candidate import Candidate, prepare
from orchestration.datasets import Dataset
from orchestration.quality.derived import derived_expectations
from orchestration.quality.gate import check_candidate
from orchestration.quality.report import Report, Result
from orchestration.quality.suite import NOT_NULL, Expectation, read_suite
from tests.factories import reports, small_datasets, small_state
from tests.factories.defects import MARKS, ROWS, WHOLE_TABLE

# One worker makes the shared state once.
pytestmark = pytest.mark.xdist_group("defauts")
DATASETS = tuple(ROWS)


@dataclass(frozen=True)
class DefectSurvey:
    """The control of a candidate with every row defect planted, and where each one was."""

    expectations: dict[str, Expectation]
    report: Report
    lignes: dict[str, list[int]]

    def result(self, regle: str) -> Result:
        return next(item for item in self.report.resultats if item.regle == regle)


@pytest.fixture(scope="module")
def surveys(shared_state: None, datasets: dict[str, Dataset]) -> dict[str, DefectSurvey]:
    small_state.publish_sources()
    return {name: _plant(datasets[name]) for name in DATASETS}


def _plant(dataset: Dataset) -> DefectSurvey:
    rows = small_datasets.lignes(dataset.nom)
    for number, (expectation, (model, changes)) in enumerate(ROWS[dataset.nom].items()):
        row = MARKS[dataset.nom](rows[model], number) | changes
        # A key is repeated by planting its row twice.
        rows += [row, row] if expectation == "cle_unique" else [row]
    small_state.build_mart(dataset, rows)
    candidate = prepare(dataset)
    expectations = [
        *derived_expectations(reports.context(dataset)),
        *read_suite(dataset).expectations,
    ]
    return DefectSurvey(
        {expectation.id: expectation for expectation in expectations},
        check_candidate(dataset, candidate),
        _planted_lines(dataset, candidate),
    )


def _planted_lines(dataset: Dataset, candidate: Candidate) -> dict[str, list[int]]:
    """Line numbers (from 1) of the planted rows in the candidate, by defect."""
    column, text = MARKS[dataset.nom].column, MARKS[dataset.nom].text
    lines_by_expectation: dict[str, list[int]] = {}
    rows = duckdb.sql(
        f"select file_row_number + 1, {column}::varchar from "
        f"read_parquet('{candidate.path('parquet')}', file_row_number = true) order by 1"
    ).fetchall()
    for number, expectation in enumerate(ROWS[dataset.nom]):
        lines_by_expectation[expectation] = [line for line, mark in rows if mark == text(number)]
    return lines_by_expectation


@pytest.mark.parametrize(
    ("dataset", "regle"),
    [(dataset, expectation) for dataset in DATASETS for expectation in ROWS[dataset]],
)
def test_a_row_defect_is_caught_by_its_rule_only(
    surveys: dict[str, DefectSurvey], dataset: str, regle: str
) -> None:
    survey = surveys[dataset]
    result, planted = survey.result(regle), survey.lignes[regle]
    # What is missing cannot satisfy the other expectations on the same column either.
    related_rules = [
        name
        for name, expectation in survey.expectations.items()
        if name != regle
        and expectation.type == NOT_NULL
        and name in ROWS[dataset]
        and set(expectation.columns) <= set(survey.expectations[regle].columns)
    ]
    assert not result.success
    assert result.severity == survey.expectations[regle].severity
    assert len(planted) <= result.inattendus <= len(planted) + len(related_rules)
    if result.exemples:
        related_lines = {line for name in related_rules for line in survey.lignes[name]}
        assert (
            set(planted)
            <= {example["ligne"] for example in result.exemples}
            <= {*planted, *related_lines}
        )


@pytest.mark.parametrize(
    ("dataset", "regle"),
    [
        (dataset, expectation)
        for dataset in DATASETS
        for expectation in WHOLE_TABLE.get(dataset, {})
    ],
)
def test_a_defect_of_the_whole_is_caught_by_its_rule_only(
    shared_state: None, datasets: dict[str, Dataset], dataset: str, regle: str
) -> None:
    small_state.publish_sources()
    rows = WHOLE_TABLE[dataset][regle](small_datasets.lignes(dataset))
    small_state.build_mart(datasets[dataset], rows)
    report = check_candidate(datasets[dataset], prepare(datasets[dataset]))
    assert [failure.regle for failure in report.failures] == [regle]
    assert report.success == (report.failures[0].severity == "alerte")
