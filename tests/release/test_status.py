"""What ``cpf status`` is told of each dataset."""

from pathlib import Path

import pytest

from orchestration.candidates.candidate import load, prepare
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.disclosure_page import write_report
from orchestration.disclosure.gate.outcomes import Finding
from orchestration.release.publish import PublicationRefusedError, publish
from orchestration.release.status import DatasetStatus, state
from tests.factories import reports, small_datasets, small_state
from tests.factories.small_datasets import OFFER, PURCHASES
from tests.factories.small_publications import without_registry


def _status(dataset: str) -> DatasetStatus:
    return next(status for status in state() if status.dataset == dataset)


def _check_and_publish(dataset: Dataset, dossiers: int, *, success: bool = True) -> str:
    dataset = without_registry(dataset)
    rows = small_datasets.lignes(dataset.nom)
    rows[0]["nb_dossiers"] = dossiers
    small_state.build_mart(dataset, rows)
    candidate = prepare(dataset)
    verdict = reports.result("montants_ventiles", success=success)
    report = reports.report(dataset, candidate, verdict)
    before = _status(dataset.nom).gate_status
    if success:
        publish(dataset, candidate, report)
    else:
        with pytest.raises(PublicationRefusedError):
            publish(dataset, candidate, report)
    return before


@pytest.mark.slow
def test_the_life_of_a_dataset(state: Path, datasets: dict[str, Dataset]) -> None:
    dataset = datasets[PURCHASES]
    assert _status(PURCHASES) == DatasetStatus(
        PURCHASES, dataset.titre, None, None, None, 5, "jamais publié", None, None
    )
    assert _check_and_publish(dataset, 40) == "contrôlé, pas encore publié"
    first = _status(PURCHASES)
    assert first.gate_status == "publié"
    assert (first.lignes, first.seuil, first.extract) == (12, 5, "2026-03-31")
    assert first.path
    assert (first.path / "manifest.json").exists()

    _check_and_publish(dataset, 40)
    assert _status(PURCHASES).gate_status == "inchangé"

    _check_and_publish(dataset, 41, success=False)
    blocked = _status(PURCHASES)
    assert blocked.gate_status == "bloqué : 1 contrôle en échec"
    assert blocked.version == first.version

    leak = Finding("intervalles", "Chacun hésite assez", 12, 1)
    write_report(reports.disclosure_report(dataset, load(dataset), leak))
    blocked = _status(PURCHASES)
    assert blocked.gate_status == "bloqué : 2 contrôles en échec"
    assert blocked.blocking_reasons[-1] == "Chacun hésite assez : 1 sur 12 (secret.html)"

    assert _check_and_publish(dataset, 41) == "contrôlé, pas encore publié"
    assert _status(PURCHASES).version != first.version
    assert _status(OFFER).gate_status == "jamais publié"


def test_an_unreadable_pointer_is_said(state: Path, datasets: dict[str, Dataset]) -> None:
    _check_and_publish(datasets[PURCHASES], 40)
    (state / "publications" / PURCHASES / "current.json").write_text("{")
    assert "current.json est illisible" in _status(PURCHASES).gate_status
    assert _status(PURCHASES).version is None
