"""The disclosure report: what it holds, what its page says, and to whom."""

import re
from dataclasses import replace

import pytest

from orchestration import settings
from orchestration.candidates.candidate import Candidate
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.disclosure_page import page, write_report
from orchestration.disclosure.gate.disclosure_report import (
    DisclosureReport,
    disclosure_refusal,
    read_disclosure_report,
)
from orchestration.disclosure.gate.outcomes import Finding
from orchestration.files import File
from tests.factories import reports
from tests.factories.small_datasets import OFFER, USERS

FAILURE = Finding("personnes_par_ligne", "Chaque ligne compte assez de personnes", 12, 1)


@pytest.mark.usefixtures("shared_state")
def test_the_json_is_read_back_as_it_was(datasets: dict[str, Dataset]) -> None:
    report = _handmade(datasets)
    _write(report)
    assert read_disclosure_report(datasets[USERS]) == report


def test_the_page_answers_first(datasets: dict[str, Dataset], tmp_path: object) -> None:
    report_text = page(_handmade(datasets), "2026.11.1")
    assert '<html lang="fr">' in report_text
    assert "version 2026.11.1" in report_text
    assert report_text.index("Rien ne se déduit") < report_text.index("Combien de détail")
    assert "23\u202f500 lignes ont été attaquées ensemble" in report_text
    assert "75,0\u202f%" in report_text
    assert "notre choix" in report_text
    assert "1\u202f118" in report_text
    assert "Deux éditions de chaque période" in report_text
    # Nothing is fetched nor run.
    assert not re.search(r"src\s*=|url\(|@import|<script|<link|https?:", report_text)
    assert re.findall(r'href="([^"]*)"', report_text) == ["secret.json", "qualite.html"]


def test_the_page_of_a_refusal_says_why(datasets: dict[str, Dataset]) -> None:
    report_text = page(_handmade(datasets, FAILURE), None)
    assert "✕ Bloqué" in report_text
    assert FAILURE.libelle in report_text
    assert "Rien ne se déduit" not in report_text


@pytest.mark.usefixtures("data_folder")
def test_what_is_refused(datasets: dict[str, Dataset]) -> None:
    dataset, report = datasets[USERS], _handmade(datasets)
    absent = disclosure_refusal(dataset, report.fichiers)
    assert absent is not None
    assert "n'a pas été contrôlé" in absent
    _write(report)
    assert disclosure_refusal(dataset, report.fichiers) is None
    assert disclosure_refusal(dataset, (*report.fichiers, File("autre", 1, "0")))
    assert disclosure_refusal(replace(dataset, seuil=2), report.fichiers)
    assert disclosure_refusal(datasets[OFFER], ()) is None
    _write(_handmade(datasets, FAILURE))
    failed = disclosure_refusal(dataset, report.fichiers)
    assert failed is not None
    assert FAILURE.regle in failed


def _write(report: DisclosureReport) -> None:
    settings.candidates(report.jeu).mkdir(parents=True, exist_ok=True)
    write_report(report)


def _handmade(datasets: dict[str, Dataset], *constats: Finding) -> DisclosureReport:
    return reports.disclosure_report(datasets[USERS], Candidate(USERS, 12, ()), *constats)
