"""Every page in a real browser: with scripts and without, narrow and wide, dark, printed."""

import pytest
from lxml import html

from portal.dashboards.declarations import read_dashboards
from tests.browser import axe, other_site
from tests.browser.checks import BRIGHTNESS, TOO_WIDE, check_page
from tests.browser.tab import Tab
from tests.dashboards.conftest import Get
from tests.factories.small_dashboards import OLD

pytestmark = pytest.mark.xdist_group("tableaux")

ACHATS = "/tableaux-de-bord/achats"
BUILDER = "/tableaux-de-bord/construire"
REFUSED = f"{ACHATS}?region=99"
PAGES = [
    "/",
    "/tableaux-de-bord/",
    *(f"/tableaux-de-bord/{name}" for name in read_dashboards()),
    f"{ACHATS}?region=53&comparer=FR&annee=2023",
    f"{ACHATS}?vue=tableau",
    f"{ACHATS}/evolution",
    f"{ACHATS}/carte?mesure=montant",
    f"{ACHATS}/chiffres?version={OLD}",
    "/tableaux-de-bord/offre/certifications",
    REFUSED,
    f"{BUILDER}?jeu=moncompteformation_usagers",
    f"{BUILDER}/moncompteformation_usagers/barres~csp~lignes",
    "/integrer/achats",
    "/integrer/usagers/ages",
    "/integrer/achats/carte?vue=tableau",
    "/api/explore/v2.1/console",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_works_for_everybody(tab: Tab, portal: str, path: str) -> None:
    """No request elsewhere, no complaint, no violation of WCAG 2.2 AA, nothing cut off."""
    check_page(tab, portal, path, refused=path == REFUSED)


def test_what_is_wrong_would_be_seen(tab: Tab, portal: str) -> None:
    """A page of somebody else has all that ours must not have: each check finds it."""
    page = (
        "<title>x</title><script src='/rien.js'></script><p style='width:3000px'>Large</p>"
        f"<img src='{portal}/icone.svg'><p style='color:#bbb;background:#fff'>Pâle</p>"
    )
    with other_site.serving({"/": page}) as site:
        tab.open(f"{site}/")
        assert len(tab.hosts) == 2
        assert any("404" in line for line in tab.complaints)
        found = {line.partition(":")[0] for line in axe.violations(tab)}
        assert {"image-alt", "html-has-lang", "color-contrast"} <= found
        tab.size(320)
        assert tab.value(TOO_WIDE)
    tab.open(portal + ACHATS)
    tab.value("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    assert any("Content Security Policy" in line for line in tab.complaints)


@pytest.mark.parametrize("path", [path for path in PAGES if "console" not in path])
def test_a_page_tells_the_same_without_scripts(tab: Tab, get: Get, portal: str, path: str) -> None:
    tab.scripts(on=False)
    tab.open(portal + path)
    # What the server has sent, word for word: nothing waits for a script.
    sent = html.fromstring(get(path).content).xpath("//main")[0].text_content()
    assert "".join(tab.value("document.querySelector('main').textContent").split()) == "".join(
        sent.split()
    )
    assert not any("/scripts/" in address for address in tab.requests)


def test_filters_work_without_scripts(tab: Tab, portal: str) -> None:
    tab.scripts(on=False)
    tab.open(portal + ACHATS)
    tab.forget()
    tab.click("#domaines svg a, #domaines li a")
    tab.loaded()
    assert "domaine=" in tab.value("location.search")
    assert "retirer" in tab.value("document.querySelector('.actifs').textContent")
    tab.value("document.querySelector('select[name=region]').value = '53'")
    tab.forget()
    tab.click(".filtres button")
    tab.loaded()
    assert "region=53" in tab.value("location.search")
    assert "domaine=" in tab.value("location.search")


def test_a_page_is_printed_whole_and_light(tab: Tab, portal: str) -> None:
    tab.media(prefers_color_scheme="dark")
    tab.open(portal + ACHATS)
    assert tab.pdf().startswith(b"%PDF")
    tab.size(720)
    tab.media("print")
    assert tab.value(TOO_WIDE) == []
    shown = "[...document.querySelectorAll('%s')].filter(e => e.checkVisibility()).length"
    for unusable in (".filtres", ".outils", "summary", ".actifs"):
        assert tab.value(shown % unusable) == 0
    assert tab.value(shown % "figure") == len(read_dashboards()["achats"].charts)
    assert tab.value(BRIGHTNESS) == 1
