"""The gate: a candidate goes in, a report comes out that says whether it may be published.

Belongs here: putting rules, frames and verdicts together. Does not: Dagster, nor publishing.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from orchestration import settings
from orchestration.candidates.candidate import Candidate
from orchestration.candidates.deliveries import Supply, supply
from orchestration.datasets import Dataset
from orchestration.quality.derived import derived_rules
from orchestration.quality.drift import Context
from orchestration.quality.expectations import NOT_EVALUABLE, Engine, Verdict
from orchestration.quality.page import write_report
from orchestration.quality.profiles import measure_frames
from orchestration.quality.reader import CandidateReader, Measures, open_reader
from orchestration.quality.report import Report, read_measures
from orchestration.quality.results import resultats
from orchestration.quality.suite import CRITICAL, DATA, Rule, RuleSet, read_rule_set
from orchestration.store.versions import current_version

# Cells that a frame may hold: bounds the memory, and Great Expectations copies frames.
MAX_CELLS = 10_000_000


def check_candidate(jeu: Dataset, candidate: Candidate) -> Report:
    """Judge the candidate's files by every rule of ``dataset``, and write the report beside them."""
    sources = supply(jeu)
    rule_set = read_rule_set(jeu)
    context = _context(jeu, rule_set, sources)
    rules = [*derived_rules(context), *rule_set.rules]
    with open_reader(jeu, candidate) as reader:
        mesures = reader.measure(rule_set)
        verdicts = _verdicts(rules, reader, context, mesures)
        results = resultats(jeu, rules, verdicts, reader, mesures, sources)
    report = Report(
        jeu=jeu.nom,
        titre=jeu.titre,
        success=all(result.success for result in results if result.severity == CRITICAL),
        controle_le=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seuil=jeu.seuil,
        plan=jeu.plan,
        filiere=sources.filiere,
        reference=context.reference_version,
        fichiers=candidate.fichiers,
        mesures=mesures,
        extraits=sources.extraits,
        resultats=results,
    )
    write_report(report)
    return report


def _context(jeu: Dataset, rule_set: RuleSet, sources: Supply) -> Context:
    last = current_version(settings.publications(jeu.nom))
    if last is None or tuple(last["filiere"]) != sources.filiere:
        return Context(jeu, rule_set, sources, None, None)
    same = last["seuil"] == jeu.seuil and last["plan"] == [list(step) for step in jeu.plan]
    return Context(jeu, rule_set, sources, last["version"], read_measures(last["mesures"]), same)


def _verdicts(
    rules: Sequence[Rule], reader: CandidateReader, context: Context, mesures: Measures
) -> dict[str, Verdict]:
    engine = Engine()
    verdicts: dict[str, Verdict] = {}
    frames = measure_frames(context.dataset, mesures, context.supply)
    for name, frame in frames.items():
        verdicts |= engine.evaluate(frame, [rule for rule in rules if rule.frame == name])
    on_rows = [rule for rule in rules if rule.frame == DATA]
    readable = [rule for rule in on_rows if set(rule.colonnes) <= set(reader.types)]
    for group in group_rules(readable, mesures.lignes):
        verdicts |= _on_rows(group, reader, engine)
    return {rule.id: verdicts.get(rule.id, NOT_EVALUABLE) for rule in rules}


def _on_rows(group: list[Rule], reader: CandidateReader, engine: Engine) -> dict[str, Verdict]:
    frame = reader.frame(group)
    if frame is not None:
        return engine.evaluate(frame, group)
    if len(group) == 1:
        return {group[0].id: NOT_EVALUABLE}
    # One condition that DuckDB refuses (a column of another type) must not hide the others.
    return {
        name: verdict
        for rule in group
        for name, verdict in _on_rows([rule], reader, engine).items()
    }


def group_rules(rules: Sequence[Rule], lignes: int) -> Iterator[list[Rule]]:
    """Put together rules on the same rows, as many as a frame of ``MAX_CELLS`` can hold."""
    for row_filter in dict.fromkeys(rule.row_filter for rule in rules):
        group: list[Rule] = []
        columns: set[str] = set()
        for rule in (item for item in rules if item.row_filter == row_filter):
            needed = {rule.id} if rule.condition else set(rule.colonnes)
            if group and len(columns | needed) * lignes > MAX_CELLS:
                yield group
                group, columns = [], set()
            group.append(rule)
            columns |= needed
        yield group
