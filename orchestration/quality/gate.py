"""The gate: a candidate goes in, a report comes out that says whether it may be published."""

import datetime as dt
from collections.abc import Iterator, Sequence

from orchestration import settings
from orchestration.candidates.candidate import Candidate
from orchestration.candidates.deliveries import Supply, supply
from orchestration.datasets import Dataset
from orchestration.quality.derived import derived_expectations
from orchestration.quality.drift import Context
from orchestration.quality.expectations import NOT_EVALUABLE, Validator, Verdict
from orchestration.quality.measures import Measures
from orchestration.quality.reader import CandidateReader, measure_frames, open_reader
from orchestration.quality.report import Report, read_measures, write_report
from orchestration.quality.results import word_results
from orchestration.quality.suite import CRITICAL, DATA, Expectation, Suite, read_suite
from orchestration.store.versions import current_version

# Cells that a frame may hold: bounds the memory, and Great Expectations copies frames.
MAX_CELLS = 10_000_000


def check_candidate(dataset: Dataset, candidate: Candidate) -> Report:
    """Judge the files by every expectation of ``dataset``, and write the report beside them."""
    sources = supply(dataset)
    suite = read_suite(dataset)
    context = _context(dataset, suite, sources)
    expectations = [*derived_expectations(context), *suite.expectations]
    with open_reader(dataset, candidate) as reader:
        measures = reader.measure(suite)
        verdicts = _verdicts(expectations, reader, context, measures)
        results = word_results(dataset, expectations, verdicts, reader, measures, sources)
    report = Report(
        jeu=dataset.nom,
        titre=dataset.titre,
        success=all(result.success for result in results if result.severity == CRITICAL),
        controle_le=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seuil=dataset.seuil,
        plan=dataset.plan,
        filiere=sources.filiere,
        reference=context.reference_version,
        fichiers=candidate.fichiers,
        mesures=measures,
        extraits=sources.extraits,
        resultats=results,
        devenir=sources.devenir,
    )
    write_report(report)
    return report


def _context(dataset: Dataset, suite: Suite, sources: Supply) -> Context:
    last = current_version(settings.publications(dataset.nom))
    if last is None or tuple(last["filiere"]) != sources.filiere:
        return Context(dataset, suite, sources, None, None)
    same = last["seuil"] == dataset.seuil and last["plan"] == [list(step) for step in dataset.plan]
    return Context(dataset, suite, sources, last["version"], read_measures(last["mesures"]), same)


def _verdicts(
    expectations: Sequence[Expectation],
    reader: CandidateReader,
    context: Context,
    measures: Measures,
) -> dict[str, Verdict]:
    validator = Validator()
    verdicts: dict[str, Verdict] = {}
    frames = measure_frames(context.dataset, measures, context.supply)
    for name, frame in frames.items():
        verdicts |= validator.validate(
            frame, [expectation for expectation in expectations if expectation.frame == name]
        )
    on_rows = [expectation for expectation in expectations if expectation.frame == DATA]
    readable = [
        expectation for expectation in on_rows if set(expectation.columns) <= set(reader.types)
    ]
    for group in group_expectations(readable, measures.lignes):
        verdicts |= _on_rows(group, reader, validator)
    return {
        expectation.id: verdicts.get(expectation.id, NOT_EVALUABLE) for expectation in expectations
    }


def _on_rows(
    group: list[Expectation], reader: CandidateReader, validator: Validator
) -> dict[str, Verdict]:
    frame = reader.frame(group)
    if frame is not None:
        return validator.validate(frame, group)
    if len(group) == 1:
        return {group[0].id: NOT_EVALUABLE}
    # One condition that DuckDB refuses (a column of another type) must not hide the others.
    return {
        name: verdict
        for expectation in group
        for name, verdict in _on_rows([expectation], reader, validator).items()
    }


def group_expectations(
    expectations: Sequence[Expectation], row_count: int
) -> Iterator[list[Expectation]]:
    """Put together expectations on the same rows, as many as a frame of ``MAX_CELLS`` can hold."""
    for row_filter in dict.fromkeys(expectation.row_filter for expectation in expectations):
        group: list[Expectation] = []
        columns: set[str] = set()
        for expectation in expectations:
            if expectation.row_filter != row_filter:
                continue
            needed = {expectation.id} if expectation.condition else set(expectation.columns)
            if group and len(columns | needed) * row_count > MAX_CELLS:
                yield group
                group, columns = [], set()
            group.append(expectation)
            columns |= needed
        yield group
