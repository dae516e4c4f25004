"""Publications of a small mart, with reports made by hand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.candidates.candidate import Candidate, prepare
from orchestration.datasets import Dataset
from orchestration.release import publish
from orchestration.release.publish import Publication
from orchestration.store.verify import verify_publications
from tests.factories import reports, small_datasets, small_state


def export_candidate(dataset: Dataset, dossiers: int = 40) -> Candidate:
    """Export a small mart; other ``dossiers`` (of the datasets that count them), other bytes."""
    rows = small_datasets.lignes(dataset.nom)
    if dataset.person_column:
        rows[0]["nb_dossiers"] = dossiers
    small_state.build_mart(dataset, rows)
    return prepare(dataset)


def publish_dataset(dataset: Dataset, dossiers: int = 40) -> Publication:
    """Export, report a success, publish."""
    dataset = without_registry(dataset)
    candidate = export_candidate(dataset, dossiers)
    return publish.publish(dataset, candidate, reports.report(dataset, candidate))


def without_registry(dataset: Dataset) -> Dataset:
    """Return ``dataset`` as one whose persons nothing keeps: no model is built here."""
    return replace(dataset, register=None)


def folder(dataset: Dataset) -> Path:
    """Folder of the versions."""
    return settings.publications(dataset.nom)


def pointer(dataset: Dataset) -> dict[str, Any]:
    """Content of ``current.json``."""
    content: dict[str, Any] = json.loads((folder(dataset) / "current.json").read_text())
    return content


def is_intact(dataset: Dataset) -> bool:
    """Tell whether everything published verifies."""
    verified = verify_publications(settings.publications(), dataset.nom)
    return bool(verified) and all(verification.ok for verification in verified)
