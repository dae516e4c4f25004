"""Controls of small candidates: making one, and reading what its report says."""

from orchestration import settings
from orchestration.candidates.candidate import Candidate, prepare
from orchestration.datasets import Dataset
from orchestration.quality.report import Report
from orchestration.release.publish import Publication, publish
from tests.factories import reports, small_datasets, small_state
from tests.factories.small_datasets import Row
from tests.factories.small_publications import without_registry

CANARY = "Zéphirine Canari"


def candidate_with(dataset: Dataset, *rows: Row) -> Candidate:
    """Export the sound rows and these."""
    small_state.build_mart(dataset, [*small_datasets.lignes(dataset.nom), *rows])
    return prepare(dataset)


def publish_unchecked(dataset: Dataset, rows: list[Row]) -> Publication:
    """Publish these rows, on a report made by hand: something to compare the next ones with."""
    dataset = without_registry(dataset)
    small_state.build_mart(dataset, rows)
    candidate = prepare(dataset)
    return publish(dataset, candidate, reports.report(dataset, candidate))


def failures(report: Report) -> list[str]:
    """Rules that failed."""
    return [result.regle for result in report.failures]


def public_text(report: Report) -> str:
    """Return all that the report's files say."""
    folder = settings.candidates(report.jeu)
    return "".join((folder / f"qualite.{kind}").read_text("utf-8") for kind in ("json", "html"))
