"""The blocking check of quality, as a Dagster asset check of each dataset."""

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import dagster as dg

from orchestration.candidates.candidate import load
from orchestration.candidates.origin import in_use, rests
from orchestration.datasets import Dataset
from orchestration.progress import reporter
from orchestration.quality.gate import check_candidate
from orchestration.quality.report import HTML, Report, Result
from orchestration.resources import STATE

RESTING = {"statut": "ses lignes viennent des données ouvertes du producteur : rien à juger"}


def gate(dataset: Dataset) -> dg.AssetChecksDefinition:
    """The blocking check: its failure stops the publication of this dataset alone."""

    @dg.asset_check(
        asset=dg.AssetKey(["candidats", dataset.nom]),
        name="qualite",
        blocking=True,
        required_resource_keys={STATE},
        description="Great Expectations sur les fichiers candidats : une règle critique en échec "
        "bloque la publication, et elle seule.",
    )
    def _gate(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        if rests(dataset):
            return dg.AssetCheckResult(passed=True, metadata=RESTING)
        used = in_use(dataset)
        candidate = load(used)
        report = check_candidate(used, candidate)
        for result in report.failures:
            reporter(context.log)(f"règle en échec ({result.severity}) : {result.libelle}")
        return dg.AssetCheckResult(
            passed=report.success,
            description=verdict(report),
            metadata=gate_metadata(report, candidate.folder / HTML),
        )

    return _gate


def verdict(report: Report) -> str:
    """What a person reads first: whether it may be published, else each reason with its measure."""
    blocking = report.blocking_rules
    if not blocking:
        return f"{len(report.resultats)} règles, aucune en échec ne bloque."
    return "Publication bloquée : " + " ; ".join(
        f"{result.libelle} ({result.mesure})" for result in blocking
    )


def gate_metadata(report: Report, page: Path) -> dict[str, dg.MetadataValue]:
    """What failed comes first, then figures that plot from one control to the next."""
    passed = [result for result in report.resultats if result.success]
    records = ["| source | lus | rejetés | atterris | remplacés | écartés | retenus |"]
    records += ["|---|--:|--:|--:|--:|--:|--:|"]
    records += [f"| {' | '.join(str(value) for value in astuple(x))} |" for x in report.devenir]
    return {
        "echecs": dg.MetadataValue.md(_table(report.failures) if report.failures else "aucun"),
        "rapport": dg.MetadataValue.path(str(page)),
        "regles_bloquantes_en_echec": dg.MetadataValue.int(len(report.blocking_rules)),
        "alertes": dg.MetadataValue.int(len(report.failures) - len(report.blocking_rules)),
        "lignes": dg.MetadataValue.int(report.mesures.lignes),
        "regles": dg.MetadataValue.int(len(report.resultats)),
        "enregistrements": dg.MetadataValue.md("\n".join(records)),
        "reussies": dg.MetadataValue.md(_table(passed)),
    }


def _table(results: Sequence[Result]) -> str:
    rows = [
        f"| {_cell(x.libelle)} | {x.severity} | {_cell(x.mesure)} | {x.inattendus} / {x.evalues} |"
        for x in results
    ]
    return "\n".join(["| règle | gravité | mesure | inattendus |", "|---|---|---|--:|", *rows])


def _cell(text: str) -> str:
    """Return a text as a cell of Markdown holds it."""
    return text.replace("|", "¦").replace("\n", " ")
