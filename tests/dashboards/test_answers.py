"""Pages and files of dashboards: refusals, nothing from elsewhere, escaping, embedding."""

import re
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from orchestration.metadata.version_card import read_site
from portal.dashboards.breaks import breaks
from portal.dashboards.declarations import read_dashboards
from tests.dashboards.conftest import Get
from tests.factories.small_dashboards import CURRENT, OLD
from tests.factories.small_datasets import USERS

pytestmark = pytest.mark.xdist_group("tableaux")

ACHATS = "/tableaux-de-bord/achats"
PAGES = [
    "/tableaux-de-bord/",
    *(f"/tableaux-de-bord/{name}" for name in read_dashboards()),
    f"{ACHATS}/certifications",
    "/tableaux-de-bord/construire?jeu=moncompteformation_usagers",
    "/tableaux-de-bord/construire/moncompteformation_usagers/barres~csp~lignes",
    "/",
    f"{ACHATS}/evolution?vue=tableau&region=53&comparer=FR",
    "/integrer/achats",
    "/integrer/usagers/carte?version=" + OLD,
]


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/tableaux-de-bord/ventes", 404, "offre, achats, usagers, entrees"),
        (f"{ACHATS}/camembert", 404, "camembert"),
        (f"{ACHATS}/carte.pdf", 404, "csv, json, svg, png, md"),
        (f"{ACHATS}?pays=FR", 400, "pays"),
        (f"{ACHATS}?region=99", 400, "99"),
        (f"{ACHATS}?region=53&region=94", 400, "deux fois"),
        (f"{ACHATS}?annee=vingt", 400, "quatre chiffres"),
        (f"{ACHATS}?annee=1999", 400, "2022 à 2025"),
        (f"{ACHATS}?mesure=poids", 400, "dossiers, montant, prix"),
        (f"{ACHATS}?comparer=ES", 400, "REG-84"),
        (f"{ACHATS}?comparer=REG-99", 400, "99"),
        (f"{ACHATS}?vue=3d", 400, "tableau"),
        (f"{ACHATS}?version=2020.1.1", 404, CURRENT),
        (f"{ACHATS}?version=a,b,c", 400, "une pour chacun"),
        (f"{ACHATS}?certification={'x' * 300}", 400, "trop longue"),
        ("/tableaux-de-bord/offre?annee=2024", 400, "un jour"),
        ("/integrer/ventes", 404, "ventes"),
        (f"{ACHATS}/carte.json?region=99", 400, "99"),
        (f"{ACHATS}/carte.png?region=99", 400, "99"),
        ("/oembed?url=https://ailleurs.example/tableaux-de-bord/achats", 404, "adresse"),
        ("/oembed?url=x&format=xml", 404, "JSON"),
    ],
)
def test_what_is_not_there_is_refused_in_french(
    get: Get, path: str, status: int, word: str
) -> None:
    answer = get(path)
    assert answer.status_code == status
    assert word in answer.text
    assert "Traceback" not in answer.text


def test_what_readers_write_is_escaped(get: Get) -> None:
    answer = get(f"{ACHATS}?region=<script>alert(1)</script>")
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text
    page = get(f"{ACHATS}?mesure=dossiers")
    assert "<b>" not in page.text
    assert "&lt;b&gt;" in page.text
    for kind in ("svg", "md"):
        assert "<b>" not in get(f"{ACHATS}/certifications.{kind}").text


@pytest.mark.parametrize("path", PAGES)
def test_nothing_comes_from_elsewhere(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    framed = path.startswith("/integrer/")
    assert policy.endswith("frame-ancestors *" if framed else "frame-ancestors 'self'")
    page = html.fromstring(answer.content)
    here = urlsplit(answer.url).netloc
    for source in page.xpath("//@src|//link/@href|//a/@href|//form/@action"):
        assert urlsplit(urljoin(answer.url, source)).netloc == here, source
    assert not page.xpath("//@style|//*[@onclick]|//script[not(@src)]")


@pytest.mark.parametrize("path", PAGES)
def test_pages_can_be_read_by_all(get: Get, path: str) -> None:
    page = html.fromstring(get(path).content)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), [name for name in ids if ids.count(name) > 1]
    assert page.get("lang") == "fr"
    levels = [int(item.tag[1]) for item in page.xpath("//h1|//h2|//h3")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in page.xpath("//table"):
        assert table.xpath("./caption")
        assert table.xpath(".//th[@scope='col']")
    for drawing in page.xpath("//svg[not(@aria-hidden='true')]"):
        assert drawing.get("aria-label")
        assert drawing.get("role") == "group"
    for field in page.xpath("//select|//input[@type!='hidden' or not(@type)]"):
        assert field.xpath("ancestor::label")
    fragments = {item[1:] for item in page.xpath("//a/@href") if item.startswith("#")}
    assert fragments <= set(ids)


def test_every_link_of_a_dashboard_leads_somewhere(get: Get) -> None:
    page = html.fromstring(get(ACHATS, region="53").content)
    links = {str(link).partition("#")[0] for link in page.xpath("//main//a/@href")}
    assert len(links) > 60
    for link in sorted(links)[::3]:
        assert get(link).status_code == 200, link


def test_a_dataset_leads_to_its_dashboard(get: Get) -> None:
    answer = get("/tableaux-de-bord/moncompteformation_usagers/ages.csv", region="94")
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/tableaux-de-bord/usagers/ages.csv?region=94")


def test_a_final_slash_leads_to_the_page(get: Get) -> None:
    answer = get(f"{ACHATS}/carte/", region="53")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{ACHATS}/carte?region=53")


def test_a_minimum_is_compared_with_no_year(get: Get) -> None:
    """Two minimums do not tell how much something grew."""
    asked = {"certification": "RS0001", "statut": "Validé", "annee": "2023"}
    figure = get(f"{ACHATS}/chiffres.json", **asked).json()
    worth = {row["code"]: row["diffusion"] for row in figure["donnees"]}
    assert worth == {"dossiers": "minimum", "montant": "minimum", "prix": "partiel"}
    assert "depuis" not in figure["phrase"]
    assert figure["phrase"].count("au moins") == 2


def test_a_value_that_is_grouped_is_no_zero(get: Get) -> None:
    """By month, a certification of few dossiers is with others: years tell it, or nothing does."""
    rare = get(f"{ACHATS}/evolution.json", certification="RS0025").json()
    assert rare["maille"] == "annee"
    frequent = get(f"{ACHATS}/evolution.json", certification="RS0000").json()
    assert frequent["maille"] == "mois"
    rows = get(f"{ACHATS}/evolution.json", statut="Rejeté").json()["donnees"]
    untold = [row for row in rows if row["diffusion"] == "non ventilé"]
    assert untold
    assert {row["valeur"] for row in untold} == {None}


def test_what_is_exact_is_preferred(get: Get) -> None:
    """A year that tells gender alone; four quarters, where no year tells the statut alone."""
    for chart, table in (("genres", "annee_genre"), ("statuts", "trimestre_statut")):
        figure = get(f"/tableaux-de-bord/usagers/{chart}.json", annee="2023").json()
        assert figure["tableau"] == table
        assert {row["diffusion"] for row in figure["donnees"]} == {"publie"}
        assert figure["part_non_ventilee"] == 0


def test_a_payer_of_nobody_is_told_from_one_that_is_secret(get: Get) -> None:
    told = get(f"{ACHATS}/financeurs.json", annee="2023").json()["donnees"]
    assert {(row["valeur"] is None, row["diffusion"]) for row in told} == {(False, "publie")}
    assert any(row["valeur"] == 0 for row in told)
    hidden = get(f"{ACHATS}/financeurs.json", annee="2025").json()["donnees"]
    assert {row["diffusion"] for row in hidden if row["code"] != "NON_VENTILE"} == {"secret"}


def test_a_whole_is_compared_by_its_shape_and_a_price_by_its_level(get: Get) -> None:
    """Trainings of a région and of France are on one scale only with the same sum."""
    offer = "/tableaux-de-bord/offre/evolution.json"
    for measure, said in (("formations", "même somme"), ("sessions", "même somme"), ("prix", "")):
        asked = {"region": "11", "comparer": "FR", "mesure": measure}
        (line,) = [item for item in get(offer, **asked).json()["remarques"] if "Trait" in item]
        assert ("même somme" in line) == bool(said), measure


def test_what_is_compared_is_told_for_the_same_periods(get: Get) -> None:
    """A département is told by quarter, France by month."""
    figure = get(f"{ACHATS}/evolution.json", departement="35", comparer="FR").json()
    assert figure["maille"] == "trimestre"
    whole = get(f"{ACHATS}/evolution.json").json()["donnees"]
    first = figure["donnees"][0]
    assert first["code"] == "2022-T1"
    assert first["reference"] == sum(row["valeur"] for row in whole[:3])


def test_no_row_is_no_secret(get: Get) -> None:
    figure = get(f"{ACHATS}/chiffres.json", region="94", departement="35", annee="2023").json()
    assert figure["donnees"] == []
    assert "aucune donnée" in figure["phrase"]


def test_a_pinned_version_stays_and_says_that_there_is_a_newer_one(get: Get) -> None:
    latest, old = get(ACHATS).text, get(ACHATS, version=OLD).text
    assert "la plus récente" in latest
    assert "Une version plus récente existe" not in latest
    assert "Une version plus récente existe" in old
    assert get(ACHATS, version=CURRENT).text.count("figée par cette adresse") == 1
    first = get(f"{ACHATS}/regions.json", version=OLD).json()
    second = get(f"{ACHATS}/regions.json").json()
    assert (first["version"], second["version"]) == (OLD, CURRENT)
    assert first["total"] < second["total"]


def test_oembed_is_found_and_gives_a_frame(get: Get) -> None:
    page = html.fromstring(get(f"{ACHATS}/evolution", region="53").content)
    (link,) = page.xpath("//link[@type='application/json+oembed']/@href")
    answer = get(urlsplit(link).path + "?" + urlsplit(link).query + "&maxwidth=500").json()
    assert (answer["type"], answer["version"], answer["width"]) == ("rich", "1.0", 500)
    frame = html.fromstring(answer["html"])
    source = urlsplit(frame.get("src"))
    assert source.path == "/integrer/achats/evolution"
    assert get(f"{source.path}?{source.query}").status_code == 200
    assert get(urlsplit(answer["thumbnail_url"]).path).content.startswith(b"\x89PNG")


def test_a_frame_bears_its_credits_and_no_way_out_but_one(get: Get) -> None:
    page = html.fromstring(get("/integrer/achats/carte", region="53").content)
    text = page.text_content()
    assert CURRENT in text
    assert "Licence Ouverte" in text
    assert "DSFR Chart" in text
    assert page.xpath("//a/@target") == ["_blank"]


def test_scripts_are_small(get: Get) -> None:
    sizes = {name: len(get(name).content) for name in ("/integrer.js", "/scripts/tableaux.js")}
    assert sizes["/integrer.js"] <= 1024
    assert sizes["/scripts/tableaux.js"] <= 6000


def test_secret_is_neither_zero_nor_nothing(get: Get) -> None:
    figure = get(f"{ACHATS}/certifications.json", region="94", annee="2023").json()
    secret = [row for row in figure["donnees"] if row["diffusion"] == "secret"]
    assert all(row["valeur"] is None for row in secret)
    drawn = get(f"{ACHATS}/evolution.svg", certification="RS0025", region="94").text
    assert "url(#s-" in drawn


def test_provisional_periods_are_hatched_and_breaks_numbered(get: Get) -> None:
    drawn = get(f"{ACHATS}/evolution.svg").text
    rows = get(f"{ACHATS}/evolution.json").json()["donnees"]
    provisional = [row for row in rows if row["edition"] == "provisoire"]
    assert drawn.count('fill="url(#h-') == len(provisional) > 10
    assert "Participation forfaitaire" in drawn


def test_what_changed_the_rules_is_told_with_its_source(get: Get) -> None:
    told = get(f"{ACHATS}/evolution.json").json()["ruptures"]
    assert {"mois": "2024-05", "libelle": "Participation forfaitaire de 100 € (2 mai 2024)",
            "source": "Décret n° 2024-394 du 29 avril 2024"} in told  # fmt: skip
    for dashboard in read_dashboards():
        listed = breaks(dashboard)
        assert listed == tuple(sorted(listed, key=lambda item: item.period))
        assert all(item.source for item in listed)
        page = html.fromstring(get(f"/tableaux-de-bord/{dashboard}/evolution").content)
        shown = _plain(page.text_content())
        assert all(item.source in shown for item in listed)


def test_invented_data_say_so_wherever_they_are_read(get: Get) -> None:
    """On pages, in frames, in each image and file that can hold a sentence, in citations."""
    notice = read_site().avis
    assert "inventées" in notice
    for path in ("/", "/tableaux-de-bord/", ACHATS, f"{ACHATS}/carte", "/integrer/achats",
                 "/integrer/usagers/ages"):  # fmt: skip
        (told,) = html.fromstring(get(path).content).find_class("avis")
        assert _plain(told.text_content()) == notice
    told = get(f"{ACHATS}/carte.json").json()
    assert told["avis"] == notice
    assert notice in told["citer"]
    lines = html.fromstring(get(f"{ACHATS}/carte.svg").text).xpath("//text/text()")
    assert notice in " ".join(lines)
    assert notice in get(f"{ACHATS}/carte.md").text
    bibtex = html.fromstring(get(f"{ACHATS}/carte").content).xpath("//pre")[0].text_content()
    assert notice in _plain(bibtex)


def _plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_data_of_others_bear_neither_our_notice_nor_our_licence(get: Get) -> None:
    path = "/tableaux-de-bord/construire/meteo/barres~Ville~lignes"
    told = get(f"{path}.json").json()
    assert told["avis"] is None
    assert told["credits"] == ["Source : éditeur non déclaré, meteo ; licence non déclarée"]
    page = get(path).text
    assert "inventées" not in page
    assert "Licence Ouverte" not in page


def test_what_has_no_place_is_not_told_of_a_place(get: Get) -> None:
    """Remote trainings have no département: of one, their share is nothing, not zero."""
    offer = "/tableaux-de-bord/offre"
    assert get(f"{offer}/distance.json").json()["donnees"]
    assert get(f"{offer}/evolution.json", mesure="distance").json()["unite"] == "%"
    asked = {"region": "11"}
    assert not any(
        row["valeur"] is not None
        for row in get(f"{offer}/distance.json", **asked).json()["donnees"]
    )
    told = {row["code"] for row in get(f"{offer}/chiffres.json", **asked).json()["donnees"]}
    assert "distance" not in told
    assert "formations" in told


def test_a_share_that_is_not_broken_down_is_in_the_title(get: Get) -> None:
    for year, least, most in (("2023", 0, 0.001), ("2025", 0.999, 1)):
        figure = get(f"{ACHATS}/financeurs.json", annee=year).json()
        assert least <= figure["part_non_ventilee"] <= most
        assert ("non ventilés" in figure["titre"]) == (year == "2025")
    hidden = get(f"{ACHATS}/statuts.json", annee="2025").json()
    assert hidden["part_non_ventilee"] == pytest.approx(1)
    assert re.search(r"100,0\s% non ventilés", hidden["titre"])


def test_the_address_of_a_citation_is_the_page_of_its_version(get: Get) -> None:
    for version in (OLD, CURRENT):
        answer = get(f"/{USERS}/{version}/")
        assert answer.status_code == 200
        page = html.fromstring(answer.content)
        assert f"Version {version}" in page.text_content()
        files = [link for link in page.xpath("//table//a/@href") if f"/{version}/" in link]
        assert files
        for link in files:
            assert get(link).status_code == 200
        newer = page.xpath(f"//a[@href='/{USERS}/{CURRENT}/']")
        assert bool(newer) == (version == OLD)
    moved = get(f"/{USERS}/{CURRENT}")
    assert (moved.status_code, moved.headers["location"]) == (308, f"/{USERS}/{CURRENT}/")
    assert get(f"/{USERS}/2031.1.1/").status_code == 404
    assert get(f"/inconnu/{CURRENT}/").status_code == 404
    assert get(f"/{USERS}/derniere/").headers["location"] == f"/{USERS}/"
