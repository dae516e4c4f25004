"""Dashboards of the publisher's own rows: no totals, nothing grouped, figures that are masked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import requests
from lxml import html

from orchestration.datasets import Dataset
from portal.dashboards.declarations import read_dashboards
from tests.factories import quiet_server, small_dashboards
from tests.factories.small_dashboards import CURRENT, OLD
from tests.factories.small_datasets import ENTRIES, PURCHASES, USERS

pytestmark = pytest.mark.xdist_group("tableaux_publics")

DETAIL = {"achats": PURCHASES, "usagers": USERS, "entrees": ENTRIES}
FIGURES = {"achats": "nb_dossiers", "usagers": "nb_dossiers", "entrees": "entrees_formation"}
# What the exports do not know: charts that would be empty.
UNTOLD = {
    "achats": set(),
    "usagers": {"carte", "genres", "ages", "situations", "csp"},
    "entrees": {"domaines"},
}


@pytest.fixture(scope="module")
def publications(tmp_path_factory: pytest.TempPathFactory, datasets: dict[str, Dataset]) -> Path:
    """Public rows of three datasets; older rows of dossiers of one of them, with their totals."""
    folder = tmp_path_factory.mktemp("publics") / "publications"
    for name in (PURCHASES, f"{PURCHASES}_totaux"):
        rows = small_dashboards.rows_of(datasets, datasets[name], 2000)
        small_dashboards.write(folder, datasets[name], OLD, rows)
    small_dashboards.publish_public(folder, datasets)
    return folder


@pytest.fixture(scope="module")
def portal(publications: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with quiet_server.serving(publications, tmp_path_factory.mktemp("etat")) as address:
        yield address


def _json(portal: str, path: str, **parameters: str) -> dict[str, Any]:
    answer = requests.get(f"{portal}/tableaux-de-bord/{path}.json", params=parameters, timeout=30)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def _frame(publications: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(publications / name / CURRENT / f"{name}.parquet")


@pytest.mark.parametrize("name", list(DETAIL))
def test_every_bar_is_the_sum_of_its_rows_or_a_minimum(
    portal: str, publications: Path, name: str
) -> None:
    """A sum of which a row is masked is "at least", and nothing but masked rows is secret."""
    frame, column = _frame(publications, DETAIL[name]), FIGURES[name]
    dashboard = read_dashboards()[name]
    year = dashboard.periods["annee"]
    seen = set()
    for chart in dashboard.charts.values():
        if chart.shape not in ("barres", "carte") or chart.name in UNTOLD[name]:
            continue
        told = _json(portal, f"{name}/{chart.name}", annee="2023")
        assert (told["jeu"], told["version"], told["tableau"]) == (DETAIL[name], CURRENT, None)
        code = dashboard.dimensions[chart.dimension].code
        rows = frame[frame[year] == 2023]
        kept = {key: part[column] for key, part in rows.groupby(rows[code].fillna("aucun"))}
        for row in told["donnees"]:
            if row["code"] == "AUTRES":
                continue
            figures = kept[row["code"]]
            status = "publie" if figures.notna().all() else "minimum"
            if figures.isna().all():
                status = "secret"
            assert (row["diffusion"], row["edition"]) == (status, "producteur")
            expected = None if status == "secret" else int(figures.sum())
            assert row["valeur"] == expected, (chart.name, row)
            seen.add(status)
        masked = rows[column].isna().any()
        assert told["total"] == (None if masked else int(rows[column].sum()))
        assert any("masqué" in line for line in told["remarques"]) == masked
        assert not any("détail" in line for line in told["remarques"])
    assert {"publie", "minimum"} & seen


@pytest.mark.parametrize("name", list(DETAIL))
def test_time_is_told_at_the_finest_grain_and_the_last_period_with_a_reserve(
    portal: str, publications: Path, name: str
) -> None:
    frame, dashboard = _frame(publications, DETAIL[name]), read_dashboards()[name]
    finest = next(iter(dashboard.periods.values()))
    told = _json(portal, f"{name}/evolution")
    sums = frame.groupby(finest)[FIGURES[name]].sum()
    assert len(told["donnees"]) >= len(sums)
    for row in told["donnees"]:
        assert (row["valeur"] or 0) == sums.get(row["code"], 0)
    assert any("dernière période" in line for line in told["remarques"])
    assert not told["provisoire"]


@pytest.mark.parametrize("name", list(DETAIL))
def test_pages_show_what_the_export_tells_and_say_where_it_is_from(portal: str, name: str) -> None:
    answer = requests.get(f"{portal}/tableaux-de-bord/{name}", timeout=30)
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    shown = {card.get("id") for card in page.find_class("fiche")}
    assert shown == set(read_dashboards()[name].charts) - UNTOLD[name]
    for card in page.find_class("source"):
        assert "données ouvertes du producteur du 2025-10-03" in card.text_content()
    fields = {item.get("name") for item in page.xpath("//form//select | //form//input")}
    assert ("genre" in fields) == (name == "usagers" and "genres" not in UNTOLD[name])
    # Who asks for a chart that is empty here gets it, empty.
    for chart in UNTOLD[name]:
        assert _json(portal, f"{name}/{chart}")["version"] == CURRENT


def test_totals_of_dossiers_do_not_answer_for_rows_of_the_publisher(portal: str) -> None:
    """They are older, of other rows; the address of their version still shows them."""
    now, then = (_json(portal, "achats/regions", **pin) for pin in ({}, {"version": OLD}))
    assert (now["jeu"], now["version"]) == (PURCHASES, CURRENT)
    assert (then["jeu"], then["version"]) == (f"{PURCHASES}_totaux", OLD)
    assert {row["edition"] for row in now["donnees"]} == {"producteur"}
    assert "producteur" not in str(then["credits"])


def test_what_is_built_of_public_rows_is_no_minimum(portal: str) -> None:
    """Nothing of theirs is grouped, so a count of rows is one."""
    told = _json(portal, f"construire/{PURCHASES}/barres~statut_dossier~lignes")
    assert {row["diffusion"] for row in told["donnees"]} == {"publie"}


def test_our_own_rows_alone_answer_with_what_is_not_broken_down(
    tmp_path: Path, datasets: dict[str, Dataset]
) -> None:
    """Totals withdrawn, or not published yet: the detail answers, with its share in the title."""
    folder, state = tmp_path / "publications", tmp_path / "etat"
    state.mkdir()
    rows = small_dashboards.rows_of(datasets, datasets[PURCHASES], 3000)
    small_dashboards.write(folder, datasets[PURCHASES], CURRENT, rows)
    frame = _frame(folder, PURCHASES)
    year = frame[frame["annee_validation"] == 2023]
    grouped = year[year["code_certification"] == "REGROUPE"]["nb_dossiers"].sum()
    share = grouped / year["nb_dossiers"].sum()
    assert share > 0.5, "the fixture groups most"
    with quiet_server.serving(folder, state) as address:
        told = _json(address, "achats/certifications", annee="2023")
        assert told["part_non_ventilee"] == pytest.approx(share, abs=1e-6)
        assert "non ventilés" in told["titre"]
        assert "trop peu ventilés pour un classement" in told["phrase"]
        whole = _json(address, "achats/chiffres", annee="2023")
        (count,) = [row for row in whole["donnees"] if row["code"] == "dossiers"]
        assert (count["valeur"], count["diffusion"]) == (year["nb_dossiers"].sum(), "publie")
