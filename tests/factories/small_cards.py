"""Cards of a small version, with its files: what the metadata documents are made from."""

import datetime as dt
from pathlib import Path

from orchestration.candidates.candidate import prepare
from orchestration.datasets import Dataset
from orchestration.metadata.examples import examples
from orchestration.metadata.version_card import VersionCard, read_site
from tests.factories import reports, small_datasets, small_state

PUBLISHED_AT = dt.datetime(2026, 4, 2, 6, 30, tzinfo=dt.UTC)


def make_card(dataset: Dataset, version: str = "2026.04.1") -> tuple[VersionCard, Path]:
    """Export a small mart of ``dataset``; return its card and the folder of its data files."""
    small_state.build_mart(dataset, small_datasets.lignes(dataset.nom))
    candidate = prepare(dataset)
    report = reports.report(dataset, candidate)
    card = VersionCard(
        dataset=dataset,
        site=read_site(),
        version=version,
        publie_le=PUBLISHED_AT,
        previous_version=None,
        data_files=candidate.fichiers,
        reports=(),
        mesures=report.mesures,
        extraits=report.extraits,
        examples=examples(candidate.path("parquet")),
    )
    return card, candidate.folder
