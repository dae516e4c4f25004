"""What a person with a browser meets beside the data: icon, notices, errors, the API explained."""

import re
from xml.etree import ElementTree as ET

import pytest
import requests
from lxml import html

from orchestration.metadata.version_card import read_site
from portal.pages.about import french_texts
from tests.factories.small_places import NAME
from tests.portal.conftest import Ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lieux")]

_BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
_PAGES = ("/mentions-legales", "/accessibilite", "/api", "/tableaux-de-bord/")


def _is_a_page(answer: requests.Response) -> html.HtmlElement:
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "content-security-policy" in answer.headers
    page = html.fromstring(answer.content)
    assert page.get("lang") == "fr"
    assert page.xpath("//main//h1")
    return page


def _text(page: html.HtmlElement) -> str:
    """Text of a page, its no-break spaces as any others."""
    return re.sub(r"\s", " ", str(page.text_content()))


@pytest.mark.parametrize("path", _PAGES)
def test_pages_are_french_and_say_that_data_are_invented(ask: Ask, path: str) -> None:
    answer = ask(path, headers=_BROWSER)
    assert answer.status_code == 200
    page = _is_a_page(answer)
    assert read_site().avis in _text(page)
    links = page.xpath("//footer//a/@href")
    assert {"/mentions-legales", "/accessibilite"} <= set(links)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nulle-part", 404),
        ("/nulle/part", 404),
        (f"/{NAME}/2020.1.1/", 404),
        ("/api/explore/v2.1/catalog/datasets/inconnu/records", 404),
        (f"/api/explore/v2.1/catalog/datasets/{NAME}/records?where=nom=", 400),
        ("/api/sql?q=drop", 400),
        ("/%00", 404),
        ("/tableaux-de-bord/inconnu", 404),
    ],
)
def test_errors_are_pages_for_a_browser_and_json_for_programs(
    ask: Ask, path: str, status: int
) -> None:
    page = ask(path, headers=_BROWSER)
    assert page.status_code == status
    text = _text(_is_a_page(page))
    assert read_site().avis in text
    assert not re.search(r"The requested|InternalServerError", text.partition("API :")[0])
    assert not page.headers.get("etag")
    if not path.startswith("/tableaux"):
        for accept in ("*/*", "application/json", "application/json, text/html"):
            program = ask(path, headers={"Accept": accept})
            assert program.status_code == status
            assert program.headers["content-type"].startswith("application/json")


def test_the_icon_robots_and_the_map(ask: Ask, places: str) -> None:
    icon = ask("/favicon.ico")
    assert (icon.status_code, icon.content[:4]) == (200, b"\x89PNG")
    robots = ask("/robots.txt").text
    assert f"Sitemap: {places}/sitemap.xml" in robots
    listed = [item.text or "" for item in ET.fromstring(ask("/sitemap.xml").content).iter()]  # noqa: S314
    addresses = [text for text in listed if text.strip()]
    assert f"{places}/mentions-legales" in addresses
    for address in addresses:
        assert requests.get(address, headers=_BROWSER, timeout=30).status_code == 200, address


def test_the_page_of_the_api_tells_all_of_its_document(ask: Ask) -> None:
    document = ask("/openapi.json").json()
    texts = french_texts()
    operations = [item["get"] for item in document["paths"].values()]
    assert set(texts["operations"]) == {item["operationId"] for item in operations}
    names = {told["name"] for item in operations for told in item["parameters"]}
    assert set(texts["parametres"]) == names
    page = _is_a_page(ask("/api", headers=_BROWSER)).text_content()
    for path in document["paths"]:
        assert f"/api/explore/v2.1{path}" in page
    assert "/api/sql" in page
    assert ask("/api/", headers=_BROWSER).status_code == 200


def test_examples_of_the_page_have_an_answer(ask: Ask, places: str) -> None:
    page = html.fromstring(ask("/api", headers=_BROWSER).content)
    shown = [item.text_content() for item in page.xpath("//pre/code")]
    asked = [re.findall(r'"([^"]*)"', text) for text in shown if text.startswith("curl")]
    assert len(asked) == 3
    for address, *query in asked:
        assert address.startswith(places)
        name, _, value = query[0].partition("=") if query else ("", "", "")
        answer = requests.get(address, params={name: value} if name else None, timeout=30)
        assert answer.status_code == 200, answer.text


def test_the_console_offers_what_it_shows(ask: Ask) -> None:
    path = "/api/explore/v2.1/console"
    page = html.fromstring(ask(path, {"jeu": NAME, "where": "id > 1", "limit": "5"}).content)
    links = {link.text: link.get("href") for link in page.xpath("//a[contains(@href,'/exports/')]")}
    assert set(links) == {"CSV", "Excel", "Parquet"}
    rows = requests.get(links["CSV"], timeout=30).content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert requests.get(links["Excel"], timeout=60).content[:2] == b"PK"
    unknown = ask(path, {"jeu": NAME, "select": "nomm"})
    assert "did you mean nom" in unknown.text
