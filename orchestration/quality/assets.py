"""The blocking check of quality, as a Dagster asset check of each dataset."""

from dataclasses import astuple

import dagster as dg

from orchestration.candidates.candidate import load
from orchestration.candidates.origin import in_use, rests
from orchestration.datasets import Dataset
from orchestration.progress import reporter
from orchestration.quality.gate import check_candidate
from orchestration.quality.report import Report
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
        report = check_candidate(used, load(used))
        failed = [result for result in report.resultats if not result.success]
        for result in failed:
            reporter(context.log)(f"règle en échec ({result.severity}) : {result.libelle}")
        return dg.AssetCheckResult(passed=report.success, metadata=_gate_metadata(report))

    return _gate


def _gate_metadata(report: Report) -> dict[str, dg.MetadataValue]:
    lines = ["| règle | gravité | résultat |", "|---|---|---|"]
    lines += [
        f"| {result.libelle} | {result.severity} | {'réussie' if result.success else 'ÉCHEC'} |"
        for result in report.resultats
    ]
    records = ["| source | lus | rejetés | atterris | remplacés | écartés | retenus |"]
    records += ["|---|--:|--:|--:|--:|--:|--:|"]
    records += [f"| {' | '.join(str(value) for value in astuple(x))} |" for x in report.devenir]
    return {
        "enregistrements": dg.MetadataValue.md("\n".join(records)),
        "regles": dg.MetadataValue.int(len(report.resultats)),
        "detail": dg.MetadataValue.md("\n".join(lines)),
    }
