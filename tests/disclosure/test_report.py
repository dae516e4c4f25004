"""The disclosure report: what it holds, what its page says, and to whom."""

import json
import re
from dataclasses import replace

import pytest

from orchestration import settings
from orchestration.candidates.candidate import Candidate
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.checks import check_disclosure
from orchestration.disclosure.gate.disclosure_page import page
from orchestration.disclosure.gate.disclosure_report import (
    DisclosureReport,
    disclosure_refusal,
    read_disclosure_report,
)
from orchestration.disclosure.gate.findings import Finding
from tests.factories import reports, small_vault
from tests.factories.scenario import THRESHOLD, Scenario, self_funded
from tests.factories.small_datasets import OFFER, USERS

FAILURE = Finding("personnes_par_ligne", "Chaque ligne compte assez de personnes", 12, 1)


@pytest.fixture(scope="module")
def vault_report(shared_state: None, datasets: dict[str, Dataset]) -> DisclosureReport:
    """A report made from a small vault."""
    return check_disclosure(*small_vault.build_vault(datasets[USERS], Scenario()))


def test_the_json_is_read_back_as_it_was(
    vault_report: DisclosureReport, datasets: dict[str, Dataset]
) -> None:
    assert read_disclosure_report(replace(datasets[USERS], seuil=THRESHOLD)) == vault_report


def test_detail_and_other_thresholds(vault_report: DisclosureReport) -> None:
    """Thirteen dossiers: five in a row of their own, the others a level higher."""
    assert [(level.niveau, level.lignes, level.dossiers) for level in vault_report.niveaux] == [
        (1, 1, 5),
        (2, 2, 8),
    ]
    kept = {estimation.seuil: estimation.parts for estimation in vault_report.estimations}
    assert set(kept) == {5, 10, 11}
    # Five persons pass alone; of the eight others, four in each département, all in a région.
    assert kept[5] == (round(5 / 13, 4), 0, 0, 0, round(8 / 13, 4), 0, 0, 0)
    assert kept[11] == (0, 0, 0, 0, 1, 0, 0, 0)


def test_a_group_of_one_value_is_flagged_by_its_public_key(vault_report: DisclosureReport) -> None:
    """Beside the row of employees there are other cells: its group is not of one value."""
    assert {unanimite.colonne: unanimite.lignes for unanimite in vault_report.unanimites} == {
        "csp": 0,
        "statut": 0,
    }


def test_whole_groups_of_one_value_are_counted(
    shared_state: None, datasets: dict[str, Dataset]
) -> None:
    cells = [("75", "Employé", "Clos", self_funded("abcde"))]
    alone = Scenario(cells=cells, lignes=[(1, [0])], pooled={})
    report = check_disclosure(*small_vault.build_vault(datasets[USERS], alone))
    by_column = {unanimite.colonne: unanimite for unanimite in report.unanimites}
    assert (by_column["csp"].lignes, by_column["statut"].lignes) == (1, 1)
    assert by_column["csp"].exemples[0]["csp"] == "Employé"


def test_no_person_is_in_the_files(vault_report: DisclosureReport) -> None:
    folder = settings.candidates(vault_report.jeu)
    report_text = "".join(
        (folder / f"secret.{kind}").read_text("utf-8") for kind in ("json", "html")
    )
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", report_text)
    assert "titulaires" not in json.dumps(
        [unanimite.exemples for unanimite in vault_report.unanimites]
    )


def test_the_page_answers_first(datasets: dict[str, Dataset], tmp_path: object) -> None:
    report_text = page(_handmade(datasets), "2026.11.1")
    assert '<html lang="fr">' in report_text
    assert "version 2026.11.1" in report_text
    assert report_text.index("Rien ne se déduit") < report_text.index("Combien de détail")
    assert "38\u202f009 chiffres publiés" in report_text
    assert "75,0\u202f%" in report_text
    assert "notre choix" in report_text
    assert "1\u202f118" in report_text
    # Values are escaped, and nothing is fetched nor run.
    assert "&lt;Cadre&gt;" in report_text
    assert not re.search(r"(src|href)\s*=|url\(|@import|<script|<link|https?:", report_text)


def test_the_page_of_a_refusal_says_why(datasets: dict[str, Dataset]) -> None:
    report_text = page(_handmade(datasets, FAILURE), None)
    assert "✕ Bloqué" in report_text
    assert FAILURE.libelle in report_text
    assert "Rien ne se déduit" not in report_text


def test_what_is_refused(shared_state: None, datasets: dict[str, Dataset]) -> None:
    jeu, candidate = small_vault.build_vault(datasets[USERS], Scenario())
    absent = disclosure_refusal(jeu, candidate.fichiers)
    assert absent is not None
    assert "n'a pas été contrôlé" in absent
    check_disclosure(jeu, candidate)
    assert disclosure_refusal(jeu, candidate.fichiers) is None
    assert disclosure_refusal(jeu, candidate.fichiers[:1])
    assert disclosure_refusal(replace(jeu, seuil=2), candidate.fichiers)
    assert disclosure_refusal(datasets[OFFER], ()) is None


def _handmade(datasets: dict[str, Dataset], *constats: Finding) -> DisclosureReport:
    return reports.disclosure_report(datasets[USERS], Candidate(USERS, 12, ()), *constats)
