"""The report's page: in French, self-contained, and escaping what it shows."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.jeux import Jeu
from orchestration.publication.candidat import preparer
from orchestration.quality.page import date, grand, nombre, page, pourcent
from orchestration.quality.rapport import Rapport
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.petits_jeux import ACHATS


@pytest.fixture
def rapport(etat: Path, jeux: dict[str, Jeu]) -> Rapport:
    petit_etat.construire_mart(jeux[ACHATS], petits_jeux.lignes(ACHATS))
    verdicts = (
        rapports.resultat("reussie", success=True),
        rapports.resultat("alerte", success=False, severity="alerte"),
        rapports.resultat("bloquante", success=False),
    )
    return rapports.rapport(jeux[ACHATS], preparer(jeux[ACHATS]), *verdicts)


def test_the_page_needs_nothing_from_elsewhere(rapport: Rapport) -> None:
    html = page(rapport, "2026.03.1")
    assert '<html lang="fr">' in html
    assert not re.search(r"""(src|href)\s*=|url\(|@import|<script|<link|https?:""", html)


def test_failures_come_first(rapport: Rapport) -> None:
    html = page(rapport, None)
    places = [html.index(f">{name}</code>") for name in ("bloquante", "alerte", "reussie")]
    assert places == sorted(places)
    assert "Bloqué" in html
    assert "candidat à la publication" in html


def test_a_publishable_report_says_its_version(rapport: Rapport) -> None:
    kept = tuple(item for item in rapport.resultats if item.regle != "bloquante")
    html = page(replace(rapport, success=True, resultats=kept), "2026.03.7")
    assert "Publiable" in html
    assert "version 2026.03.7" in html
    assert "1 alerte, qui ne bloque pas" in html


def test_it_shows_sources_files_threshold_and_levels(rapport: Rapport) -> None:
    html = page(rapport, None)
    for item in rapport.extraits:
        assert item.sha256 in html
        assert item.fichier in html
    for file in rapport.fichiers:
        assert file.sha256 in html
    assert "5 personnes distinctes" in html
    assert f"regroupe aussi {', '.join(rapport.plan[5])}" in html
    shares = [float(width) for width in re.findall(r'<rect width="([\d.]+)"', html)]
    assert sum(shares[: len(rapport.mesures.niveaux)]) == pytest.approx(100, abs=0.1)


def test_texts_are_escaped(rapport: Rapport) -> None:
    html = page(replace(rapport, titre="<script>alert(1)</script>"), None)
    assert "<script>" not in html


def test_french_figures() -> None:
    assert nombre(1234567) == "1\u202f234\u202f567"
    assert nombre(0.5) == "0,5"
    assert nombre(None) == "–"
    assert grand("12345678.90") == "12\u202f345\u202f678,90"
    assert pourcent(0.1234) == "12,3\u202f%"
    assert date("2026-03-31") == "31\u00a0mars\u00a02026"
    assert date("2026-05-01") == "1er\u00a0mai\u00a02026"
    assert date("2026-11-23T19:06:00Z") == "23\u00a0novembre\u00a02026 à 19:06\u00a0(UTC)"
