"""From verdicts to what a person reads: a measure in French, and examples that reveal nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.candidates.deliveries import Supply
from orchestration.datasets import Dataset
from orchestration.html import format_number
from orchestration.quality.expectations import Verdict
from orchestration.quality.measures import Measures
from orchestration.quality.reader import CandidateReader, quality_profile
from orchestration.quality.report import Result
from orchestration.quality.suite import FILE, NOT_NULL, PROFILE, SOURCES, TYPES, UNIQUE, Expectation

NOT_SHOWN = "(non montrée)"
# These refuse the absence or the repetition of values, not the values.
_VALUE_NEUTRAL = (NOT_NULL, UNIQUE)


def word_results(
    dataset: Dataset,
    expectations: Sequence[Expectation],
    verdicts: Mapping[str, Verdict],
    reader: CandidateReader,
    measures: Measures,
    sources: Supply,
) -> tuple[Result, ...]:
    """Word each verdict; every expectation has one result, in their order."""
    failed = [expectation for expectation in expectations if not verdicts[expectation.id].success]
    doubtful = {
        name
        for expectation in failed
        if expectation.type not in _VALUE_NEUTRAL
        for name in expectation.columns
    }
    frame_measures = {
        FILE: _columns(dataset, measures),
        TYPES: _types(dataset, measures),
        SOURCES: _sources(sources),
    }
    results = []
    for expectation in expectations:
        verdict = verdicts[expectation.id]
        results.append(
            Result(
                regle=expectation.id,
                libelle=expectation.label,
                severity=expectation.severity,
                success=verdict.success,
                evalues=verdict.evaluated,
                inattendus=verdict.unexpected,
                part=_share(verdict),
                mesure=frame_measures.get(expectation.frame)
                or _measure(expectation, verdict, measures),
                exemples=_examples(dataset, expectation, verdict, reader, doubtful),
            )
        )
    return tuple(results)


def _share(verdict: Verdict) -> float:
    return round(verdict.unexpected / verdict.evaluated, 6) if verdict.evaluated else 0.0


def _percent(share: float) -> str:
    return f"{share:.2%}".replace(".", ",").replace("%", " %")


def _measure(expectation: Expectation, verdict: Verdict, measures: Measures) -> str:
    if not verdict.evaluable:
        return "non évaluable : une colonne manque ou n'a pas le type attendu"
    if expectation.frame == PROFILE:
        return _profile_measure(expectation, measures)
    if verdict.observed is not None:
        return f"valeur observée : {format_number(verdict.observed)}"
    if not verdict.unexpected:
        return f"{format_number(verdict.evaluated)} lignes vérifiées"
    share = _percent(_share(verdict))
    unexpected, evaluated = format_number(verdict.unexpected), format_number(verdict.evaluated)
    return f"{unexpected} sur {evaluated} lignes ({share})"


def _profile_measure(expectation: Expectation, measures: Measures) -> str:
    name = expectation.kwargs["column"]
    if name in ("debut", "fin"):
        return f"période la plus récente : {measures.periode_max or 'aucune'}"
    if name in ("csv_fidele", "jsonl_fidele"):
        return "identiques" if getattr(measures, name) else "différents"
    return f"mesuré : {format_number(quality_profile(measures).get(name))}{_expected(expectation)}"


def _expected(expectation: Expectation) -> str:
    words = {"min_value": "au moins", "max_value": "au plus"}
    bounds = [
        f"{word} {format_number(expectation.kwargs[key])}"
        for key, word in words.items()
        if key in expectation.kwargs
    ]
    return f" (attendu : {', '.join(bounds)})" if bounds else ""


def _columns(dataset: Dataset, measures: Measures) -> str:
    declared = [column.nom for column in dataset.colonnes]
    actual = [name for name, _ in measures.colonnes]
    missing = [name for name in declared if name not in actual]
    extra = [name for name in actual if name not in declared]
    if missing or extra:
        parts = {"manque": missing, "en trop": extra}
        return " ; ".join(f"{word} : {', '.join(names)}" for word, names in parts.items() if names)
    return f"{len(actual)} colonnes" if declared == actual else "l'ordre n'est pas celui déclaré"


def _types(dataset: Dataset, measures: Measures) -> str:
    actual = dict(measures.colonnes)
    wrong = [
        f"{column.nom} est {actual[column.nom]} au lieu de {column.type}"
        for column in dataset.colonnes
        if actual.get(column.nom, column.type) != column.type
    ]
    return " ; ".join(wrong) or "types déclarés"


def _sources(sources: Supply) -> str:
    if sources.missing:
        return f"jamais atterri : {', '.join(sources.missing)}"
    shares = ", ".join(
        f"{fate.source} {_percent(fate.rejetes / fate.lus)}" for fate in sources.devenir if fate.lus
    )
    return f"atterri : {', '.join(sources.filiere)} ; rejetés : {shares or 'aucun'}"


def _examples(
    dataset: Dataset,
    expectation: Expectation,
    verdict: Verdict,
    reader: CandidateReader,
    doubtful: set[str],
) -> tuple[dict[str, Any], ...]:
    """Return the public keys of some rows that fail, at most five.

    Nothing where persons are looked at, no row that may stand for too few of them, and no value of
    a column that any expectation has just refused: it could be anything, a name for example.
    """
    if verdict.success or not verdict.rows or dataset.person_column in expectation.columns:
        return ()
    if not {*dataset.key, *([dataset.person_column] if dataset.person_column else [])} <= set(
        reader.types
    ):
        return ()
    enough = f"{dataset.person_column} >= {dataset.seuil}" if dataset.person_column else "true"
    rows = reader.read(dataset.key, verdict.rows, enough)
    return tuple(
        {name: NOT_SHOWN if name in doubtful else value for name, value in row.items()}
        for row in rows
    )
