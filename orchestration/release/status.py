"""Where each dataset stands: its current version, and what the last control said."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.candidates.deliveries import Fate
from orchestration.datasets import Dataset, read_datasets
from orchestration.disclosure.gate.disclosure_report import read_disclosure_report
from orchestration.disclosure.gate.totals_report import read_totals_report
from orchestration.quality.report import MissingReportError, Report, read_report
from orchestration.store.versions import HistoryError, current_version

NEVER_PUBLISHED = "jamais publié"


@dataclass(frozen=True)
class DatasetStatus:
    """State of a dataset; ``gate_status`` is a short French sentence, ``extract`` an ISO date.

    ``blocking_reasons`` says in French which critical rules refused the last candidate, and by how
    much; ``devenir`` tells what became of the records of each source.
    """

    dataset: str
    titre: str
    version: str | None
    publie_le: str | None
    lignes: int | None
    seuil: int | None
    gate_status: str
    path: Path | None
    extract: str | None
    blocking_reasons: tuple[str, ...] = ()
    devenir: tuple[Fate, ...] = ()


def state() -> list[DatasetStatus]:
    """State of every declared dataset."""
    return [_status(dataset) for dataset in read_datasets().values()]


def _status(dataset: Dataset) -> DatasetStatus:
    folder = settings.publications(dataset.nom)
    try:
        manifest, unreadable = current_version(folder), ""
    except HistoryError as error:
        manifest, unreadable = None, str(error)
    try:
        report = read_report(dataset)
    except MissingReportError:
        report = None
    blocking_reasons = _blocking_reasons(dataset, report)
    return DatasetStatus(
        dataset=dataset.nom,
        titre=dataset.titre,
        version=manifest["version"] if manifest else None,
        publie_le=manifest["publie_le"] if manifest else None,
        lignes=manifest["mesures"]["lignes"] if manifest else None,
        seuil=manifest["seuil"] if manifest else dataset.seuil,
        gate_status=unreadable or _gate_status(manifest, report, list(blocking_reasons)),
        blocking_reasons=tuple(blocking_reasons.values()),
        devenir=report.devenir if report else (),
        path=folder / manifest["version"] if manifest else None,
        extract=max((item["date_extraction"] for item in manifest["extraits"]), default=None)
        if manifest
        else None,
    )


def _blocking_reasons(dataset: Dataset, report: Report | None) -> dict[str, str]:
    """Say, rule by rule, what refused the last candidate: quality, then secret."""
    secret = read_totals_report(dataset) if dataset.totals_of else read_disclosure_report(dataset)
    return {
        rule.regle: f"{rule.libelle} : {rule.mesure}"
        for rule in (report.blocking_rules if report else ())
    } | {
        item.regle: f"{item.libelle} : {item.anomalies} sur {item.examines} (secret.html)"
        for item in (secret.echecs if secret else ())
    }


def _gate_status(
    manifest: dict[str, Any] | None, report: Report | None, blocking_rules: list[str]
) -> str:
    if blocking_rules:
        count = len(blocking_rules)
        return f"bloqué : {count} contrôle{'s' if count > 1 else ''} en échec"
    if manifest is None:
        return "contrôlé, pas encore publié" if report else NEVER_PUBLISHED
    if report is None or report.controle_le == manifest["controle"]["controle_le"]:
        return "publié"
    published = {file["nom"]: file["sha256"] for file in manifest["fichiers"]}
    same = all(published.get(file.nom) == file.sha256 for file in report.fichiers)
    return "inchangé" if same else "contrôlé, pas encore publié"
