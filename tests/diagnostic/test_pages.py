"""The pages of the diagnosis and of the key figures: each figure is that of the published file."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html

from portal.diagnostic.territories import sentence
from tests.diagnostic.conftest import BODY, PAGES, Get
from tests.factories import small_datasets
from tests.factories.small_datasets import DIAGNOSIS

pytestmark = pytest.mark.xdist_group("pages_du_diagnostic")


def _of(path: str, kind: str) -> str:
    address, _, query = path.partition("?")
    return f"{address}.{kind}" + (f"?{query}" if query else "")


@pytest.mark.parametrize("path", PAGES)
def test_every_figure_of_a_page_is_that_of_the_query_on_the_file(
    get: Get, folder: Path, path: str
) -> None:
    path += PAGES[path]
    told = get(_of(path, "json")).json()
    assert len(told["lignes"]) > 0
    _check_rows(told, folder)
    page = get(path)
    assert page.status_code == 200
    table = html.fromstring(page.text).xpath("//main//table")[0]
    shown = [_plain(row.text_content()) for row in table.xpath(".//tbody/tr")]
    assert len(shown) == len(told["lignes"])
    looked_at = 0
    for row, line in zip(told["lignes"], shown, strict=True):
        for column, value in row.items():
            for text in _as_shown(column, value, row):
                looked_at += 1
                assert text in line, (column, text, line)
    assert looked_at > len(shown)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text.replace("\u2212", "-"))


def _french(number: str) -> str:
    return _plain(number.replace(",", " ").replace(".", ","))


def _number(value: float) -> str:
    return _french(f"{value:,.2f}".rstrip("0").rstrip("."))


# What a page writes of a column, as French readers write it; the others are in the files.
_NUMBERS = ("formations", "organismes", "dossiers", "achats_par_formation", "nb_formations",
            "achats_par_formation_reference", "formations_de_l_organisme",
            "sessions_de_l_organisme")  # fmt: skip
_EUROS = ("prix_moyen", "prix_median", "prix_affiche_de_l_organisme")
_WORDS = ("classe_tension", "lecture", "fiabilite", "constat", "libelle_signal",
          "nom_territoire", "siret_of", "code_certification", "libelle",
          "siret_habilite")  # fmt: skip
_SHOWN: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_EUROS, lambda value: _french(f"{round(value):,} €")),
    **dict.fromkeys(_WORDS, _plain),
    "part_localisee": lambda value: _french(f"{100 * value:.1f} %"),
    "indice_tension": lambda value: _french(f"{value:+.2f}"),
    "evolution_pourcentage": lambda value: _french(f"{value:+.1f} %"),
    "motifs": lambda value: _plain(value.replace(",", ", ")),
}
_SHOWN_OF_FIGURES = {"valeur": _number, "douze_mois": _number,
                     "evolution_pourcentage": _SHOWN["evolution_pourcentage"]}  # fmt: skip


def _as_shown(column: str, value: Any, row: dict[str, Any]) -> list[str]:
    shown = (_SHOWN_OF_FIGURES if "chiffre" in row else _SHOWN).get(column)
    return [shown(value)] if shown and value is not None else []


def _check_rows(told: dict[str, Any], folder: Path) -> None:
    """Hold rows to what their own query finds in the published files."""
    query = re.sub(r"'http://[^/]+/([^']+\.parquet)'", rf"'{folder}/\1'", told["requete"])
    assert query.count(str(folder)) == told["requete"].count("http://") > 0
    again = duckdb.sql(query)
    assert list(told["colonnes"]) == again.columns
    plain = [
        [float(x) if hasattr(x, "as_tuple") else str(x) if hasattr(x, "year") else x for x in row]
        for row in again.fetchall()
    ]
    assert [list(row.values()) for row in told["lignes"]] == plain


def test_a_body_sees_its_offer_and_its_own_signals(get: Get, folder: Path) -> None:
    for number, expected in ((BODY, 1), (f"{BODY}00001", 1), (f"{BODY}00002", 0)):
        page, told = get(f"/diagnostic?siret={number}"), get(f"/diagnostic.json?siret={number}")
        assert page.headers["x-robots-tag"] == told.headers["x-robots-tag"] == "noindex"
        signals = told.json()["signaux"]
        assert {row["siret_of"] for row in signals["lignes"]} <= {f"{BODY}00001"}
        assert len(signals["lignes"]) == expected
        assert "n'établit pas un manquement" in signals["mise_en_garde"]
        _check_rows(signals, folder)
        text = page.text.replace("&#39;", "'")
        assert ("Établissement absent des listes publiées" in text) == bool(expected)
        assert ("<strong>nouveau</strong>" in text) == bool(expected)
        assert "Un écart n'établit pas un manquement" in text


def test_a_permalink_of_a_body_pins_each_version(get: Get) -> None:
    told = get(f"/diagnostic.json?siret={BODY}").json()
    for name in ("version", "version_offre", "version_signaux"):
        assert re.search(rf"[?&]{name}=[0-9]{{4}}\.", told["permalien"]), name
    unknown = get(f"/diagnostic?siret={BODY}&version_signaux=2000.01.1")
    assert unknown.status_code in (404, 410)


@pytest.mark.parametrize("path", PAGES)
def test_the_same_as_csv_with_a_permalink_and_a_version(get: Get, path: str) -> None:
    path += PAGES[path]
    told, text = get(_of(path, "json")).json(), get(_of(path, "csv")).text
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert len(lines) == len(told["lignes"])
    assert list(lines[0]) == list(told["colonnes"])
    page = get(path).text
    assert f"version {told['version']}" in page
    kept = re.search(r"https?://[^/]+(/\S+)", told["permalien"])
    assert kept
    assert get(kept[1]).status_code == 200
    assert f"version={told['version']}" in told["permalien"]


def test_the_caveat_is_on_every_page_of_the_diagnosis(get: Get) -> None:
    for path, query in PAGES.items():
        told = "il ne mesure ni les besoins des entreprises" in get(path + query).text
        assert told == (path.startswith("/diagnostic") and "habilitations" not in path)


def test_what_changed_the_rules_is_beside_what_it_changed(get: Get) -> None:
    series = get("/chiffres-cles/entrees").text
    assert series.count("Une règle (2024)") == 1
    assert "Une autre (2025)" in series
    state = get("/diagnostic/territoires/REG-11?annee=2026").text
    assert "Une règle (2026)" in state
    assert "5 mois complets" in state
    for page in (series, state):
        assert "Légifrance" in page
    assert "mois complets" not in get("/diagnostic/territoires/REG-11?annee=2025").text


def test_what_is_not_there_is_said(get: Get) -> None:
    assert get("/diagnostic/territoires/REG-99").status_code == 404
    assert get("/diagnostic/territoires/REG-11?annee=1999").status_code == 404
    assert get("/diagnostic?siret=12").status_code == 400
    assert get("/diagnostic?siret=' or 1=1").status_code == 400
    assert get("/chiffres-cles/inconnu").status_code == 404
    assert get("/chiffres-cles?version=2000.01.1").status_code in (404, 410)
    nobody = get("/diagnostic?siret=999999999")
    assert (nobody.status_code, "Aucune formation" in nobody.text) == (200, True)


def _row(**changes: Any) -> dict[str, Any]:
    row = next(x for x in small_datasets.lignes(DIAGNOSIS) if x["territoire"] == "REG-11")
    return {"constat": None} | row | changes


def test_the_sentence() -> None:
    assert sentence(_row()).replace("\u202f", " ") == (
        "En Île-de-France, 120 achats en 2025 pour 30 formations proposées par 3 organismes : "
        "4 achats par formation, contre 4 en France (hors distance). Équilibre proche de la "
        "moyenne. Fiabilité bonne : 100 % des achats sont localisés."
    )
    floor = sentence(_row(demande_lue="detail", classe_tension=None))
    assert "au moins 120 achats" in floor
    assert "Équilibre" not in floor
    # The country is compared with nothing.
    whole = sentence(_row(territoire="FR", nom_territoire="France entière",
                          achats_par_formation_reference=None, classe_tension=None))  # fmt: skip
    assert whole.startswith("France entière : 120 achats en 2025 pour 30 formations")
    assert "contre" not in whole
    assert "d'une autre année" in sentence(_row(offre_hors_periode="oui"))
