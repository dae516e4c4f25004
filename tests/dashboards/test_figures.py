"""Every figure of every dashboard is recomputed from the published file, filters too."""

import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from lxml import html

from portal.dashboards.chart_files import FORMATS
from portal.dashboards.declarations import Dashboard, read_dashboards
from portal.dashboards.figures import OTHERS, REMAINDER
from tests.dashboards.conftest import Get
from tests.factories.small_dashboards import CURRENT, OLD

pytestmark = pytest.mark.xdist_group("tableaux")

SELECTIONS: dict[str, list[dict[str, str]]] = {
    "achats": [
        {}, {"annee": "2023"}, {"region": "53"}, {"region": "aucun"}, {"departement": "974"},
        {"domaine": "326", "mesure": "montant"}, {"certification": "RS0003"}, {"type": "RNCP"},
        {"statut": "Rejeté", "annee": "2023"},
        {"modalite": "À distance", "domaine": "136", "annee": "2022"},
        {"mesure": "prix", "annee": "2024"}, {"region": "53", "comparer": "FR"},
        {"certification": "RS0001", "statut": "Validé", "annee": "2022"},
        {"region": "94", "comparer": "REG-04", "annee": "2023"}, {"version": OLD},
        {"departement": "35", "comparer": "DEP-974", "mesure": "montant"},
    ],
    "usagers": [
        {}, {"annee": "2023"}, {"region": "94"}, {"age": "25-39 ans"},
        {"csp": "Cadre", "annee": "2022"},
        {"genre": "Femme", "mesure": "montant"},
        {"situation": "En emploi", "genre": "Homme", "annee": "2023"},
        {"departement": "29", "age": "Moins de 25 ans", "comparer": "FR"},
        {"version": OLD, "statut": "Clos"},
    ],
    "entrees": [
        {}, {"annee": "2023"}, {"certification": "RS0002"}, {"domaine": "136", "annee": "2024"},
        {"organisme": "000000001", "mesure": "totales"}, {"type": "RS", "mesure": "partielles"},
        {"version": OLD, "certification": "RS0001"},
    ],
    "offre": [
        {}, {"region": "11"}, {"region": "aucun"}, {"type": "RS"}, {"mesure": "sessions"},
        {"mesure": "prix", "comparer": "FR", "region": "11"}, {"prix": "500-1000"},
        {"modalite": "distance"}, {"mesure": "distance"}, {"mesure": "certifications"},
        {"modalite": "lieu", "mesure": "sessions"},
        {"version": OLD},
    ],
}  # fmt: skip
_COLUMNS = {"Montant engagé": "montant_engage"}
_COUNTERS = {
    "Entrées en formation": "entrees_formation",
    "Sorties en réalisation totale": "sorties_realisation_totale",
    "Sorties en réalisation partielle": "sorties_realisation_partielle",
}
CASES = [
    (name, chart, selection)
    for name, selections in SELECTIONS.items()
    for selection in selections
    for chart in read_dashboards()[name].charts
]


def _file(publications: Path, figure: dict[str, Any]) -> Path:
    return publications / figure["jeu"] / figure["version"] / f"{figure['jeu']}.parquet"


@pytest.fixture(scope="module")
def figures(get: Get) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Every figure, asked once."""
    asked = {}
    for name, chart, selection in CASES:
        answer = get(f"/tableaux-de-bord/{name}/{chart}.json", **selection)
        assert answer.status_code == 200, (name, chart, selection, answer.text)
        asked[name, chart, str(selection)] = answer.json()
    return asked


def test_every_figure_equals_its_own_sql_on_the_published_file(
    publications: Path, figures: dict[tuple[str, str, str], dict[str, Any]]
) -> None:
    checked = 0
    for key, figure in figures.items():
        chart = read_dashboards()[key[0]].charts[key[1]]
        if chart.shape == "versions":  # a query per version: below
            continue
        query = figure["requetes"][0]
        address = f"{figure['jeu']}/{figure['version']}/{figure['jeu']}.parquet"
        assert address in query
        before, _, after = query.partition("from '")
        file = _file(publications, figure)
        rows = duckdb.sql(f"{before}from '{file}{after[after.index(chr(39)) :]}").fetchall()
        told = {row["code"]: row["valeur"] for row in figure["donnees"]}
        if chart.shape in ("chiffres", "financeurs"):
            names = [item for item in told if item not in (OTHERS, REMAINDER)]
            columns = [item[0] for item in duckdb.sql(
                f"{before}from '{file}{after[after.index(chr(39)):]}").description]  # fmt: skip
            expected = dict(zip(columns, rows[0], strict=True))
            pairs = [(told[name], expected[name]) for name in names]
        else:
            value = 1
            expected = {("aucun" if row[0] is None else str(row[0])): row[value] for row in rows}
            pairs = [(told[name], expected[name]) for name in told if name in expected]
        for shown, computed in pairs:
            assert shown == (None if computed is None else pytest.approx(float(computed))), key
        checked += len(pairs)
    assert checked > 1500


def _frame(publications: Path, figure: dict[str, Any]) -> pd.DataFrame:
    return pd.read_parquet(_file(publications, figure))


def _kept(dashboard: Dashboard, figure: dict[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """Filter without SQL: what the page says that it does."""
    chart_filters = dict(figure["filtres"])
    if figure["tableau"]:
        frame = frame[frame["tableau"] == figure["tableau"]]
    if figure["annee"]:
        frame = frame[frame[dashboard.periods["annee"]] == figure["annee"]]
    for name, code in chart_filters.items():
        dimension = dashboard.dimensions.get(name)
        if dimension and name not in figure["sans_effet"]:
            column = frame[dimension.code]
            frame = frame[column.isna() if code == "aucun" else column == code]
    return frame


def _without_effect(dashboard: Dashboard, chart: str, filters: dict[str, str]) -> list[str]:
    own = dashboard.charts[chart].dimension
    return [
        name
        for name in filters
        if name == own or own in getattr(dashboard.dimensions.get(name), "implies", ())
    ]


def _breakdowns() -> Iterator[tuple[str, str, dict[str, str]]]:
    for name, chart, selection in CASES:
        dashboard = read_dashboards()[name]
        if name != "offre" and dashboard.charts[chart].shape in ("barres", "carte"):
            yield name, chart, selection


def test_breakdowns_equal_a_count_made_without_sql(
    publications: Path, figures: dict[tuple[str, str, str], dict[str, Any]]
) -> None:
    """Dossiers and amounts, filtered and grouped by pandas; shares add up to the whole."""
    checked = 0
    for name, chart, selection in _breakdowns():
        dashboard = read_dashboards()[name]
        figure = figures[name, chart, str(selection)]
        if figure["mesure"].startswith("Prix"):
            continue
        figure["sans_effet"] = _without_effect(dashboard, chart, figure["filtres"])
        frame = _kept(dashboard, figure, _frame(publications, figure))
        column = _COLUMNS.get(figure["mesure"], "nb_dossiers")
        if name == "entrees":
            column = _COUNTERS[figure["mesure"]]
        code = dashboard.dimensions[dashboard.charts[chart].dimension].code
        grouped = frame.groupby(frame[code].fillna("aucun"))[column].sum(min_count=1)
        shown = {row["code"]: row for row in figure["donnees"]}
        for key, total in grouped.items():
            if key == "REGROUPE" or key not in shown:
                continue
            row = shown[key]
            if pd.isna(total) and name == "entrees":
                assert (row["valeur"], row["diffusion"]) == (None, "sans objet")
            elif pd.isna(total):
                assert (row["valeur"], row["diffusion"]) == (None, "secret")
            else:
                assert row["valeur"] == pytest.approx(float(total)), (name, chart, selection, key)
            checked += 1
        listed = [row["valeur"] for row in figure["donnees"] if row["valeur"] is not None]
        if figure["total"]:
            assert sum(listed) == pytest.approx(figure["total"]), (name, chart, selection)
            parts = [row["part"] for row in figure["donnees"] if row["part"] is not None]
            assert sum(parts) == pytest.approx(1, abs=1e-4)
    assert checked > 300


def test_the_whole_of_a_year_is_the_number_of_dossiers(
    publications: Path, figures: dict[tuple[str, str, str], dict[str, Any]]
) -> None:
    """Whatever the chart, its total without filter is that of the detail: nothing is lost."""
    detail = publications / "moncompteformation_formations_engagees" / CURRENT
    frame = pd.read_parquet(detail / "moncompteformation_formations_engagees.parquet")
    dossiers = frame[frame["annee_validation"] == 2023]["nb_dossiers"].sum()
    for chart in (
        "regions",
        "domaines",
        "certifications",
        "types",
        "statuts",
        "modalites",
        "carte",
    ):
        assert figures["achats", chart, str({"annee": "2023"})]["total"] == dossiers


def test_the_offer_is_counted_without_sql(
    publications: Path, figures: dict[tuple[str, str, str], dict[str, Any]]
) -> None:
    figure = figures["offre", "chiffres", "{}"]
    frame = _frame(publications, figure)
    told = {row["code"]: row["valeur"] for row in figure["donnees"]}
    assert told["formations"] == frame["numero_formation"].nunique()
    assert told["organismes"] == frame["siret_of"].str[:9].nunique()
    assert told["sessions"] == frame["nb_session_active"].sum()
    prices = frame["frais_ttc_tot_mean"].astype(float)
    assert told["prix"] == pytest.approx(prices[prices > 0].median())
    remote = frame[frame["code_departement"].isna()]
    share = 100 * remote["numero_formation"].nunique() / frame["numero_formation"].nunique()
    assert told["distance"] == pytest.approx(round(share, 1))
    by_place = {
        row["code"]: row["valeur"] for row in figures["offre", "modalites", "{}"]["donnees"]
    }
    assert by_place["distance"] == remote["numero_formation"].nunique()
    by_domain = frame.groupby("code_nsf_1")["nb_session_active"].sum().to_dict()
    told = {row["code"]: row["valeur"] for row in figures["offre", "sessions", "{}"]["donnees"]}
    assert told == by_domain


def test_the_offer_over_time_is_that_of_each_version(
    publications: Path, figures: dict[tuple[str, str, str], dict[str, Any]]
) -> None:
    for (name, chart, _), figure in figures.items():
        if read_dashboards()[name].charts[chart].shape != "versions":
            continue
        told = [row["valeur"] for row in figure["donnees"]]
        computed = []
        for query in reversed(figure["requetes"][: len(told)]):
            before, _, after = query.partition("from '")
            address, _, rest = after.partition("'")
            file = publications / "/".join(address.split("/")[-3:])
            computed.append(duckdb.sql(f"{before}from '{file}'{rest}").fetchall()[0][0])
        assert told == [pytest.approx(float(value)) for value in computed]
        assert len(told) == (1 if figure["version"] == OLD else 2)


def test_table_csv_sentence_and_drawing_say_the_same(
    get: Get, figures: dict[tuple[str, str, str], dict[str, Any]]
) -> None:
    for name, selection in itertools.chain(
        *([(name, item) for item in selections[:6]] for name, selections in SELECTIONS.items())
    ):
        page = html.fromstring(get(f"/tableaux-de-bord/{name}", **selection).content)
        for chart in read_dashboards()[name].charts:
            figure = figures[name, chart, str(selection)]
            answer = get(f"/tableaux-de-bord/{name}/{chart}.csv", **selection)
            rows = list(csv.DictReader(io.StringIO(answer.content.decode()), delimiter=";"))
            expected = [
                {key: "" if value is None else str(value) for key, value in row.items()}
                for row in figure["donnees"]
            ]
            assert rows == expected, (name, chart, selection)
            card = page.get_element_by_id(chart)
            tables = card
            if not card.xpath(".//table"):  # a long one is on the page of the chart
                (link,) = card.xpath(".//p[@class='donnees']/a/@href")
                assert link.endswith(f"#donnees-{chart}")
                tables = html.fromstring(get(link).content).get_element_by_id(f"donnees-{chart}")
                assert tables.get("open") is not None
            cells = [
                [cell.text_content().replace("\xa0", " ") for cell in line.xpath("./td|./th")]
                for line in tables.xpath(".//table/tbody/tr")
            ]
            assert cells == [
                [value.replace("\xa0", " ") for value in row.values()] for row in expected
            ], (name, chart, selection)
            shown = " ".join(card.text_content().split())
            assert " ".join(figure["phrase"].split()) in shown
            assert " ".join(figure["titre"].split()) in shown


def test_every_number_of_a_sentence_is_that_of_a_row(
    figures: dict[tuple[str, str, str], dict[str, Any]],
) -> None:
    """The values that a sentence names are rows, at their value."""
    for key, figure in figures.items():
        dashboard, chart, _ = key
        if read_dashboards()[dashboard].charts[chart].shape not in (
            "barres",
            "financeurs",
            "carte",
        ):
            continue
        plain = figure["phrase"].replace("\u202f", "").replace("\xa0", " ")
        if "trop peu ventilés" in plain or "aucune donnée" in plain or "rien n'est" in plain:
            continue
        told = [row for row in figure["donnees"] if row["code"] not in (OTHERS, REMAINDER)]
        told = [row for row in told if row["valeur"] is not None]
        named = sorted(told, key=lambda row: -row["valeur"])
        for row in named[:3]:
            value = row["valeur"]
            text = str(round(value)) if row["unite"] == "€" and value >= 100 else f"{value:g}"
            assert f" {text.replace('.', ',')} " in plain, (key, row, plain)


@pytest.mark.parametrize("name", list(SELECTIONS))
def test_every_chart_has_every_file(get: Get, name: str) -> None:
    for chart in read_dashboards()[name].charts:
        for kind, chosen in FORMATS.items():
            answer = get(f"/tableaux-de-bord/{name}/{chart}.{kind}")
            assert answer.status_code == 200, (chart, kind, answer.text)
            assert answer.headers["Content-Type"] == chosen.media_type
            again = get(
                f"/tableaux-de-bord/{name}/{chart}.{kind}",
                headers={"If-None-Match": answer.headers["ETag"]},
            )
            assert again.status_code == 304
            if kind == "png":
                assert answer.content.startswith(b"\x89PNG")
            if kind == "svg":
                assert html.fromstring(answer.content).get("aria-label")
