"""A planted defect per expectation on measures (sources, file, freshness, drift), each alone."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orchestration.candidates.candidate import prepare
from orchestration.candidates.deliveries import Supply
from orchestration.datasets import Dataset
from orchestration.quality.derived import derived_expectations
from orchestration.quality.drift import Context
from orchestration.quality.expectations import Validator
from orchestration.quality.gate import check_candidate
from orchestration.quality.measures import Measures
from orchestration.quality.reader import measure_frames
from orchestration.quality.report import Report
from orchestration.quality.suite import DATA, UNIQUE, read_suite
from tests.factories import reports, small_datasets, small_state
from tests.factories.defects import ROWS, WHOLE_TABLE
from tests.factories.small_datasets import OFFER

# One worker makes the shared state once.
pytestmark = pytest.mark.xdist_group("mesures")
DATASETS = tuple(ROWS)
Inputs = tuple[Context, Measures]
SHIFT_DAYS = {"quotidien": 1, "mensuel": 500, "trimestriel": 250}
FUTURE_PERIOD = {"quotidien": "2026-03-16", "mensuel": "2026-04", "trimestriel": "2026-T3"}
NEXT_PERIOD = {"quotidien": "2026-03-16", "mensuel": "2027-01", "trimestriel": "2026-T2"}


def _without_source(context: Context, measures: Measures) -> Inputs:
    kept = tuple(
        extract
        for extract in context.supply.extraits
        if extract.source != context.supply.filiere[-1]
    )
    return replace(context, supply=_with_extracts(context, kept)), measures


def _too_many_rejects(context: Context, measures: Measures) -> Inputs:
    rejected = tuple(replace(fate, lus=1_000, rejetes=1_000) for fate in context.supply.devenir)
    return replace(context, supply=replace(context.supply, devenir=rejected)), measures


def _newer_extract(context: Context, measures: Measures) -> Inputs:
    later = tuple(
        replace(
            extract,
            date_extraction=_shifted(
                extract.date_extraction, SHIFT_DAYS[context.dataset.frequency]
            ),
        )
        for extract in context.supply.extraits
    )
    return replace(context, supply=_with_extracts(context, later)), measures


def _shifted(day: str, days: int) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()


def _with_extracts(context: Context, extracts: tuple[Any, ...]) -> Supply:
    landed = {extract.source for extract in extracts}
    filiere = context.supply.filiere
    missing = tuple(source for source in filiere if source not in landed)
    return Supply(filiere, missing, extracts)


def _reference(**changes: Any) -> Callable[[Context, Measures], Inputs]:
    def change(context: Context, measures: Measures) -> Inputs:
        assert context.reference
        return replace(context, reference=replace(context.reference, **changes)), measures

    return change


def _measures(**changes: Any) -> Callable[[Context, Measures], Inputs]:
    return lambda context, measures: (context, replace(measures, **changes))


def _without_rows(context: Context, measures: Measures) -> Inputs:
    return replace(context, reference=None), replace(
        measures, lignes=0, periode_max=None, dernier_jour=None
    )


def _measure_defects(context: Context, measures: Measures) -> dict[str, Callable[..., Inputs]]:
    """One way to break each expectation on measures, and no other expectation."""
    columns = measures.colonnes
    swapped = (columns[1], columns[0], *columns[2:])
    retyped = ((columns[0][0], "BLOB"), *columns[1:])
    twice = {name: str(2 * Decimal(total)) for name, total in measures.totaux.items()}
    return {
        "sources": _without_source,
        **({} if context.dataset.derived else {"part_rejetee": _too_many_rejects}),
        "colonnes": _measures(colonnes=swapped),
        "types": _measures(colonnes=retyped),
        "lignes": _without_rows,
        "periode_non_future": _measures(periode_max=FUTURE_PERIOD[context.dataset.frequency]),
        "csv_fidele": _measures(csv_fidele=False),
        "jsonl_fidele": _measures(jsonl_fidele=False),
        "fraicheur_extrait": _newer_extract,
        "fraicheur_publication": _reference(periode_max=NEXT_PERIOD[context.dataset.frequency]),
        "derive.lignes": _reference(lignes=2 * measures.lignes),
        **{
            f"derive.total.{name}": _reference(totaux=measures.totaux | {name: twice[name]})
            for name in measures.totaux
        },
        **{
            f"derive.nuls.{name}": _measures(nuls=measures.nuls | {name: share + 0.11})
            for name, share in measures.nuls.items()
        },
    }


@pytest.fixture(scope="module")
def sound_reports(shared_state: None, datasets: dict[str, Dataset]) -> dict[str, Report]:
    """Controls of candidates without defect."""
    clean = {}
    small_state.publish_sources()
    for name in DATASETS:
        small_state.build_mart(datasets[name], small_datasets.lignes(name))
        clean[name] = check_candidate(datasets[name], prepare(datasets[name]))
    return clean


@pytest.fixture(scope="module")
def measured(sound_reports: dict[str, Report], datasets: dict[str, Dataset]) -> dict[str, Inputs]:
    """Their measures, compared with a publication of the same content."""
    return {
        name: (reports.context(datasets[name], report.mesures), report.mesures)
        for name, report in sound_reports.items()
    }


@pytest.mark.parametrize("dataset", DATASETS)
def test_sound_rows_satisfy_every_rule(sound_reports: dict[str, Report], dataset: str) -> None:
    assert sound_reports[dataset].failures == ()
    assert sound_reports[dataset].success


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_defect_of_a_measure_is_caught_by_its_rule_only(
    measured: dict[str, Inputs], dataset: str
) -> None:
    context, measures = measured[dataset]
    validator, known = Validator(), dict[str, list[str]]()
    assert _failures(validator, known, context, measures) == []
    for expectation, plant in _measure_defects(context, measures).items():
        assert _failures(validator, known, *plant(context, measures)) == [expectation]


def _failures(
    validator: Validator, known: dict[str, list[str]], context: Context, measures: Measures
) -> list[str]:
    """Rules on measures that fail. What was evaluated before is ``known``, hence not redone."""
    expectations = [
        expectation for expectation in derived_expectations(context) if expectation.frame != DATA
    ]
    failed = []
    for frame, table in measure_frames(context.dataset, measures, context.supply).items():
        chosen = [expectation for expectation in expectations if expectation.frame == frame]
        question = f"{list(table.columns)} {table.to_json()} {chosen}"
        if question not in known:
            verdicts = validator.validate(table, chosen)
            known[question] = [name for name, verdict in verdicts.items() if not verdict.success]
        failed += known[question]
    return failed


def test_every_dataset_has_its_defects(datasets: dict[str, Dataset]) -> None:
    assert set(ROWS) == set(datasets)


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_rule_has_its_defect(measured: dict[str, Inputs], dataset: str) -> None:
    context, measures = measured[dataset]
    expectations = {
        expectation.id
        for expectation in [
            *derived_expectations(context),
            *read_suite(context.dataset).expectations,
        ]
    }
    planted = {*ROWS[dataset], *WHOLE_TABLE.get(dataset, {}), *_measure_defects(context, measures)}
    assert planted == expectations, (
        f"tests/factories/defects.py and {dataset}.yml differ on {planted ^ expectations}"
    )


def test_a_repeated_key_is_searched_by_the_library_itself(datasets: dict[str, Dataset]) -> None:
    """The key's expectation is Great Expectations' own, with the declared key."""
    context = Context(
        datasets[OFFER], read_suite(datasets[OFFER]), Supply(("edof",), (), ()), None, None
    )
    expectation = next(
        expectation
        for expectation in derived_expectations(context)
        if expectation.id == "cle_unique"
    )
    assert (expectation.type, expectation.kwargs["column_list"]) == (
        UNIQUE,
        list(datasets[OFFER].key),
    )
