"""From verdicts to what a person reads: a measure in French, and examples that reveal nothing.

Belongs here: wording and the choice of examples. Does not: evaluating.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.candidates.deliveries import Supply
from orchestration.datasets import Dataset
from orchestration.html import format_number
from orchestration.quality.expectations import Verdict
from orchestration.quality.profiles import quality_profile
from orchestration.quality.reader import CandidateReader, Measures
from orchestration.quality.report import Result
from orchestration.quality.suite import FILE, NOT_NULL, PROFILE, SOURCES, TYPES, UNIQUE, Rule

NOT_SHOWN = "(non montrée)"
# These refuse the absence or the repetition of values, not the values.
_VALUE_NEUTRAL = (NOT_NULL, UNIQUE)


def resultats(
    dataset: Dataset,
    rules: Sequence[Rule],
    verdicts: Mapping[str, Verdict],
    reader: CandidateReader,
    measures: Measures,
    sources: Supply,
) -> tuple[Result, ...]:
    """Word each verdict; every rule has one result, in the order of the rules."""
    failed = [rule for rule in rules if not verdicts[rule.id].success]
    doubtful = {
        name for rule in failed if rule.type not in _VALUE_NEUTRAL for name in rule.colonnes
    }
    frame_measures = {
        FILE: _columns(dataset, measures),
        TYPES: _types(dataset, measures),
        SOURCES: _sources(sources),
    }
    return tuple(
        Result(
            regle=rule.id,
            libelle=rule.libelle,
            severity=rule.severity,
            success=verdicts[rule.id].success,
            evalues=verdicts[rule.id].evalues,
            inattendus=verdicts[rule.id].inattendus,
            part=_share(verdicts[rule.id]),
            mesure=frame_measures.get(rule.frame) or _measure(rule, verdicts[rule.id], measures),
            exemples=_examples(dataset, rule, verdicts[rule.id], reader, doubtful),
        )
        for rule in rules
    )


def _share(verdict: Verdict) -> float:
    return round(verdict.inattendus / verdict.evalues, 6) if verdict.evalues else 0.0


def _measure(regle: Rule, verdict: Verdict, measures: Measures) -> str:
    if not verdict.evaluable:
        return "non évaluable : une colonne manque ou n'a pas le type attendu"
    if regle.frame == PROFILE:
        return _profile_measure(regle, measures)
    if verdict.observed is not None:
        return f"valeur observée : {format_number(verdict.observed)}"
    if not verdict.inattendus:
        return f"{format_number(verdict.evalues)} lignes vérifiées"
    share = f"{_share(verdict):.2%}".replace(".", ",").replace("%", " %")
    return (
        f"{format_number(verdict.inattendus)} sur {format_number(verdict.evalues)} lignes ({share})"
    )


def _profile_measure(regle: Rule, measures: Measures) -> str:
    name = regle.kwargs["column"]
    if name in ("debut", "fin"):
        return f"période la plus récente : {measures.periode_max or 'aucune'}"
    if name in ("csv_fidele", "jsonl_fidele"):
        return "identiques" if getattr(measures, name) else "différents"
    return f"mesuré : {format_number(quality_profile(measures).get(name))}{_expected(regle)}"


def _expected(regle: Rule) -> str:
    words = {"min_value": "au moins", "max_value": "au plus"}
    bounds = [
        f"{word} {format_number(regle.kwargs[key])}"
        for key, word in words.items()
        if key in regle.kwargs
    ]
    return f" (attendu : {', '.join(bounds)})" if bounds else ""


def _columns(dataset: Dataset, measures: Measures) -> str:
    declared, actual = (
        [column.nom for column in dataset.colonnes],
        [n for n, _ in measures.colonnes],
    )
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
    return f"atterri : {', '.join(sources.filiere)}"


def _examples(
    dataset: Dataset, regle: Rule, verdict: Verdict, reader: CandidateReader, doubtful: set[str]
) -> tuple[dict[str, Any], ...]:
    """Return the public keys of some rows that fail, at most five.

    Nothing for a rule on persons, no row that may stand for too few of them, and no value of a
    column that any rule has just refused: it could be anything, a name for example.
    """
    if verdict.success or not verdict.lignes or dataset.person_column in regle.colonnes:
        return ()
    if not {*dataset.key, *([dataset.person_column] if dataset.person_column else [])} <= set(
        reader.types
    ):
        return ()
    enough = f"{dataset.person_column} >= {dataset.seuil}" if dataset.person_column else "true"
    rows = reader.read(dataset.key, verdict.lignes, enough)
    return tuple(
        {name: NOT_SHOWN if name in doubtful else value for name, value in row.items()}
        for row in rows
    )
