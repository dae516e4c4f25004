"""The report's page: in French, self-contained, and escaping what it shows."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.candidates.candidate import prepare
from orchestration.datasets import Dataset
from orchestration.html import format_date, format_decimal, format_number, format_percent
from orchestration.quality.report import Report, page
from tests.factories import reports, small_datasets, small_state
from tests.factories.small_datasets import PURCHASES


@pytest.fixture
def report(state: Path, datasets: dict[str, Dataset]) -> Report:
    small_state.build_mart(datasets[PURCHASES], small_datasets.lignes(PURCHASES))
    verdicts = (
        reports.result("reussie", success=True),
        reports.result("alerte", success=False, severity="alerte"),
        reports.result("bloquante", success=False),
    )
    return reports.report(datasets[PURCHASES], prepare(datasets[PURCHASES]), *verdicts)


def test_the_page_needs_nothing_from_elsewhere(report: Report) -> None:
    html = page(report, "2026.03.1")
    assert '<html lang="fr">' in html
    assert not re.search(r"""src\s*=|url\(|@import|<script|<link|https?:""", html)
    assert re.findall(r'href="([^"]*)"', html) == ["secret.html"]  # beside it, in every version


def test_failures_come_first(report: Report) -> None:
    html = page(report, None)
    places = [html.index(f">{name}</code>") for name in ("bloquante", "alerte", "reussie")]
    assert places == sorted(places)
    assert "Bloqué" in html
    assert "candidat à la publication" in html


def test_a_publishable_report_says_its_version(report: Report) -> None:
    kept = tuple(result for result in report.resultats if result.regle != "bloquante")
    html = page(replace(report, success=True, resultats=kept), "2026.03.7")
    assert "Publiable" in html
    assert "version 2026.03.7" in html
    assert "1 alerte, qui ne bloque pas" in html


def test_it_shows_sources_files_threshold_and_levels(report: Report) -> None:
    html = page(report, None)
    for extract in report.extraits:
        assert extract.sha256 in html
        assert extract.fichier in html
    for file in report.fichiers:
        assert file.sha256 in html
    assert "5 personnes distinctes" in html
    assert f"regroupe aussi {', '.join(report.plan[3])}" in html
    shares = [float(width) for width in re.findall(r'<rect width="([\d.]+)"', html)]
    assert sum(shares[: len(report.mesures.niveaux)]) == pytest.approx(100, abs=0.1)


def test_texts_are_escaped(report: Report) -> None:
    html = page(replace(report, titre="<script>alert(1)</script>"), None)
    assert "<script>" not in html


def test_french_figures() -> None:
    assert format_number(1234567) == "1\u202f234\u202f567"
    assert format_number(0.5) == "0,5"
    assert format_number(None) == "–"
    assert format_decimal("12345678.90") == "12\u202f345\u202f678,90"
    assert format_percent(0.1234) == "12,3\u202f%"
    assert format_date("2026-03-31") == "31\u00a0mars\u00a02026"
    assert format_date("2026-05-01") == "1er\u00a0mai\u00a02026"
    assert format_date("2026-11-23T19:06:00Z") == "23\u00a0novembre\u00a02026 à 19:06\u00a0(UTC)"
