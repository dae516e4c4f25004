"""Frames of ours in pages of others: another origin, a sandbox, a height that follows."""

from collections.abc import Iterator

import pytest
import requests
from lxml import html

from tests.browser import axe, other_site
from tests.browser.tab import Tab
from tests.dashboards.conftest import Get

pytestmark = pytest.mark.xdist_group("tableaux")

_ARTICLE = "<title>Article</title><link rel=icon href=data:,><h1>Un article</h1>"
_HEIGHT = "document.querySelector('iframe').getBoundingClientRect().height"
_INSIDE = "document.body.getBoundingClientRect().height"
# What anybody may write to hear how tall a frame is, without any script of ours.
_OWN_LISTENER = """<script>addEventListener('message', event => {
  if (event.data.type == 'cpf-hauteur')
    document.querySelector('iframe').style.height = event.data.hauteur + 'px' })</script>"""


@pytest.fixture(scope="module")
def site(portal: str) -> Iterator[str]:
    """A site that embeds what it was told to copy."""
    asked = {"url": f"{portal}/tableaux-de-bord/achats/evolution?region=53"}
    oembed = requests.get(f"{portal}/oembed", params=asked, timeout=30).json()["html"]
    page = requests.get(f"{portal}/tableaux-de-bord/achats/regions?annee=2023", timeout=30)
    frame, script = (
        code
        for code in html.fromstring(page.content).xpath("//section[@id='citer']//code/text()")
        if code.startswith("<")
    )
    closed = f'<iframe sandbox="allow-scripts" title="Carte" src="{portal}/integrer/achats/carte"'
    pages = {
        "/ligne": _ARTICLE + script,
        "/cadre": _ARTICLE + frame,
        "/oembed": _ARTICLE + oembed,
        "/ferme": f'{_ARTICLE}{closed} style="border:0"></iframe>{_OWN_LISTENER}',
        "/tableau": f'{_ARTICLE}<script src="{portal}/integrer.js" data-jeu="usagers"></script>',
    }
    with other_site.serving(pages) as address:
        yield address


@pytest.mark.parametrize("path", ["/ligne", "/ferme", "/tableau"])
def test_a_frame_is_as_tall_as_what_it_shows(tab: Tab, portal: str, site: str, path: str) -> None:
    tab.open(site + path)
    tab.wait(f"{_HEIGHT} != 480 && {_HEIGHT} > 200")
    for width in (320, 1000):
        tab.size(width)
        tab.pause(0.3)
        assert tab.value(_HEIGHT) == pytest.approx(tab.frame_value(_INSIDE), abs=2), width
    assert tab.complaints == []
    assert tab.hosts == {portal.removeprefix("http://"), site.removeprefix("http://")}


def test_a_frame_grows_when_its_data_are_unfolded(tab: Tab, site: str) -> None:
    tab.open(f"{site}/ligne")
    tab.wait(f"{_HEIGHT} != 480 && {_HEIGHT} > 200")
    before = tab.value(_HEIGHT)
    tab.frame_value("document.querySelector('summary').click()")
    tab.wait(f"{_HEIGHT} > {before} + 50")


@pytest.mark.parametrize("path", ["/ligne", "/cadre", "/oembed", "/ferme"])
def test_a_frame_reads_well(tab: Tab, site: str, path: str) -> None:
    """In the page of somebody else: its own rules of WCAG, credits and notice inside."""
    tab.open(site + path)
    assert [line for line in axe.violations(tab) if "iframe" in line] == []
    assert "Licence Ouverte" in tab.frame_value("document.body.textContent")
    assert "inventées" in tab.frame_value("document.body.textContent")
    assert tab.frame_value("document.documentElement.scrollWidth <= innerWidth")
    assert tab.complaints == []


def test_nobody_else_may_frame_a_whole_page(tab: Tab, portal: str, get: Get) -> None:
    assert get("/tableaux-de-bord/achats").status_code == 200
    inside = f"{_ARTICLE}<iframe src='{portal}/tableaux-de-bord/achats' title='x'></iframe>"
    with other_site.serving({"/": inside}) as site:
        tab.open(f"{site}/")
        tab.pause(0.3)
        assert any("frame-ancestors" in line for line in tab.complaints)
