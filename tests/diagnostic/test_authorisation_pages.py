"""The pages of the signals, on the known answers: they show what the published file says."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from orchestration.datasets import Dataset
from tests.diagnostic.test_wording import forbidden
from tests.factories import small_dashboards
from tests.factories.authorisation_cases import SOLD, AuthorisationWorld
from tests.factories.quiet_server import serving
from tests.factories.small_datasets import SIGNALS

pytestmark = pytest.mark.xdist_group("diagnostic")
CERTIFIER, BODY = "000001164", SOLD[6][1]
PAGES = (
    "/diagnostic/habilitations",
    f"/diagnostic/habilitations?certificateur={CERTIFIER}",
    "/diagnostic/habilitations?certification=RS9001",
    f"/diagnostic/organismes/{BODY}/habilitations",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, datasets: dict[str, Dataset]) -> Path:
    """Publications: the known answers, corrected in one case since the version before."""
    folder = tmp_path_factory.mktemp("signaux") / "publications"
    world = AuthorisationWorld()
    before = list(world.build().values())
    world.put(
        "nomenclatures.corrections_signaux",
        [
            {
                "siret_of": SOLD[5][1],
                "code_certification": "RS9001",
                "date_correction": "2026-11-18",
                "raison": "Habilitation de nouveau publiée",
            }
        ],
    )
    after = list(world.build().values())
    small_dashboards.write(folder, datasets[SIGNALS], small_dashboards.OLD, before)
    small_dashboards.write(folder, datasets[SIGNALS], small_dashboards.CURRENT, after)
    return folder


@pytest.fixture(scope="module")
def portal(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(published, tmp_path_factory.mktemp("etat")) as address:
        yield address


def _get(portal: str, path: str, status: int = 200) -> requests.Response:
    answer = requests.get(portal + path, timeout=60, allow_redirects=False)
    assert answer.status_code == status, answer.text
    return answer


def _file(published: Path, version: str = small_dashboards.CURRENT) -> str:
    return str(published / SIGNALS / version / f"{SIGNALS}.parquet")


def _json(portal: str, path: str) -> dict[str, Any]:
    content: dict[str, Any] = _get(portal, path).json()
    return content


def test_a_certifier_sees_the_signals_of_all_its_certifications(
    portal: str, published: Path
) -> None:
    path = f"/diagnostic/habilitations.json?certificateur={CERTIFIER}"
    shown = _json(portal, path)["lignes"]
    expected = duckdb.sql(
        f"select code_certification, siret_of from '{_file(published)}' "
        f"where siren_certificateurs = '{CERTIFIER}' and (severite <> 0 or correction is not null)"
    ).fetchall()
    assert {(row["code_certification"], row["siret_of"]) for row in shown} == set(expected)
    assert len(shown) == len(expected) > 6
    assert {row["code_certification"] for row in shown} == {"RS9001", "RS9002"}
    order = [(-row["severite"], -row["nb_versions"]) for row in shown]
    assert order == sorted(order)
    # Its SIRET says it as well as its SIREN.
    siret = f"/diagnostic/habilitations.json?certificateur={CERTIFIER} 00011"
    assert _json(portal, siret)["lignes"] == shown


def test_a_body_sees_its_own_signals_only(portal: str) -> None:
    content = _json(portal, f"/diagnostic/organismes/{BODY}/habilitations.json")
    assert {row["siret_of"] for row in content["lignes"]} == {BODY}
    assert [row["code_signal"] for row in content["lignes"]] == ["S5", "S8"]
    form = _get(portal, f"/diagnostic/habilitations?organisme={BODY}", 303)
    assert form.headers["location"] == f"/diagnostic/organismes/{BODY}/habilitations"


@pytest.mark.parametrize("path", PAGES[1:])
def test_every_figure_is_that_of_the_published_file(
    portal: str, published: Path, path: str
) -> None:
    page = _get(portal, path).text
    base, _, query = path.partition("?")
    content = _json(portal, f"{base}.json" + (f"?{query}" if query else ""))
    # The query that the file gives, asked of the published rows, gives the same.
    address = f"{portal}/{SIGNALS}/{small_dashboards.CURRENT}/{SIGNALS}.parquet"
    assert address in content["requete"]
    again = duckdb.sql(content["requete"].replace(address, _file(published)))
    assert list(content["colonnes"]) == again.columns
    rows = [dict(zip(again.columns, map(str, row), strict=True)) for row in again.fetchall()]
    told = [{name: str(value) for name, value in row.items()} for row in content["lignes"]]
    assert rows
    assert told == rows
    tiles = dict(re.findall(r'data-severite="(\w+)">(\d+)<', page))
    condition = content["requete"].partition(" where ")[2].partition(" and (")[0]
    counted = duckdb.sql(
        f"select severite, count(*) from '{_file(published)}' where {condition} group by all"
    ).fetchall()
    assert {key: int(n) for key, n in tiles.items() if n != "0"} == {
        str(severity): n for severity, n in counted
    }
    told_counts = {key.replace("non_evaluable", "None"): n
                   for key, n in content["par_severite"].items()}  # fmt: skip
    assert {key: int(n) for key, n in tiles.items()} == told_counts
    lines = list(
        csv.DictReader(
            io.StringIO(
                _get(portal, f"{base}.csv" + (f"?{query}" if query else "")).content.decode()
            ),
            delimiter=";",
        )
    )
    assert [line["siret_of"] for line in lines] == [row["siret_of"] for row in rows]
    for row in rows:
        assert row["siret_of"] in page
        assert row["libelle_signal"].split(" ;")[0] in page.replace("&#39;", "'")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_what_a_signal_is_and_accuses_nobody(portal: str, path: str) -> None:
    answer = _get(portal, path)
    assert answer.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    text = " ".join(answer.text.replace("\u00a0", " ").replace("\u202f", " ").split())
    assert "Écart constaté entre deux sources publiques" in text
    assert "catalogue Mon Compte Formation du 20 novembre 2026" in text
    assert "répertoire de France compétences du 19 novembre 2026" in text
    assert "Un écart n'établit pas un manquement." in text
    assert "Ce qui peut l'expliquer" in text
    assert "Signaler une erreur" in text
    assert "<script" not in text
    assert forbidden(text) == []


def test_a_version_can_be_asked_for_ever(portal: str) -> None:
    path = f"/diagnostic/organismes/{SOLD[5][1]}/habilitations.json"
    (now,) = _json(portal, path)["lignes"]
    (before,) = _json(portal, f"{path}?version={small_dashboards.OLD}")["lignes"]
    assert (before["severite"], before["correction"]) == (3, None)
    assert (now["severite"], now["correction"]) == (0, "Habilitation de nouveau publiée")
    page = _get(portal, path.removesuffix(".json")).text
    assert f"version={small_dashboards.CURRENT}" in page
    assert "Habilitation de nouveau publiée" in page


def test_what_is_sound_is_shown_if_asked(portal: str) -> None:
    path = "/diagnostic/habilitations.json?certification=RS9001"
    shown, every = (_json(portal, x)["lignes"] for x in (path, f"{path}&tout=1"))
    assert {row["code_signal"] for row in every} - {row["code_signal"] for row in shown} == {"S0"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/diagnostic/habilitations?certificateur=12", "un SIREN a 9 chiffres"),
        ("/diagnostic/habilitations?certification=CPF202", "RNCP ou RS"),
        ("/diagnostic/habilitations?organisme=1' or 1=1", "un SIRET a 14 chiffres, un SIREN 9"),
        ("/diagnostic/organismes/123/habilitations", "un SIRET a 14 chiffres, un SIREN 9"),
        ("/diagnostic/habilitations.csv", "Dire qui"),
    ],
)
def test_a_wrong_number_is_said_in_french(portal: str, path: str, said: str) -> None:
    assert said in _get(portal, path, 400).text


def test_nobody_is_a_page_without_rows(portal: str) -> None:
    assert "Aucun signal" in _get(portal, "/diagnostic/habilitations?certification=RS1").text
