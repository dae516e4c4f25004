"""Every page of the diagnosis and of the key figures in a real browser, as readers meet it."""

import pytest
from lxml import html

from tests.browser.checks import check_page
from tests.browser.tab import Tab
from tests.diagnostic.conftest import BODY, PAGES, Get

pytestmark = pytest.mark.xdist_group("pages_du_diagnostic")
NOBODY, UNKNOWN = "/diagnostic?siret=999999999", "/diagnostic/territoires/REG-99"
SHOWN = [
    *(path + query for path, query in PAGES.items()),
    *PAGES,
    NOBODY,
    UNKNOWN,
    "/diagnostic?siret=12",
    "/diagnostic/habilitations",
    "/diagnostic/habilitations?certification=RS1",
    f"/diagnostic/organismes/{BODY}/habilitations?tout=1",
    "/diagnostic/territoires/REG-11?annee=2026&niveau=certification",
    "/diagnostic/territoires/REG-11?annee=2026&niveau=ensemble",
]
REFUSED = (UNKNOWN, "/diagnostic?siret=12")


@pytest.mark.parametrize("path", sorted(set(SHOWN)))
def test_a_page_works_for_everybody(tab: Tab, site: str, path: str) -> None:
    """No request elsewhere, no complaint, no violation of WCAG 2.2 AA, nothing cut off."""
    check_page(tab, site, path, refused=path in REFUSED)


@pytest.mark.parametrize("path", sorted(set(SHOWN)))
def test_a_page_tells_the_same_without_scripts(tab: Tab, get: Get, site: str, path: str) -> None:
    tab.scripts(on=False)
    tab.open(site + path)
    sent = html.fromstring(get(path).content).xpath("//main")[0].text_content()
    shown = tab.value("document.querySelector('main').textContent")
    assert "".join(shown.split()) == "".join(sent.split())
    assert len("".join(sent.split())) > 50


def test_a_training_body_enters_its_number(tab: Tab, site: str) -> None:
    tab.scripts(on=False)
    tab.open(f"{site}/diagnostic")
    tab.value(f"document.querySelector('[name=siret]').value = '{BODY} 00001'")
    tab.forget()
    tab.click(".filtres button")
    tab.loaded()
    assert tab.value("location.pathname + location.search").startswith("/diagnostic?siret=")
    said = tab.value("document.querySelector('main').textContent")
    assert f"{BODY}00001" in said
    assert "Établissement absent des listes publiées" in said


def test_a_certifier_enters_a_number_or_a_code(tab: Tab, site: str) -> None:
    for field, typed in (("certificateur", "444 444 444 00011"), ("certification", "rs6198")):
        tab.open(f"{site}/diagnostic/habilitations")
        tab.value(f"document.querySelector('[name={field}]').value = '{typed}'")
        tab.forget()
        tab.value(f"document.querySelector('[name={field}]').form.requestSubmit()")
        tab.loaded()
        said = tab.value("document.querySelector('main').textContent")
        assert "Organisme 2" in said, field


def test_a_region_is_a_link_away(tab: Tab, site: str) -> None:
    tab.open(f"{site}/diagnostic")
    tab.forget()
    tab.click("a[href='/diagnostic/territoires/REG-11']")
    tab.loaded()
    assert "Île-de-France" in tab.value("document.querySelector('h1').textContent")


def test_a_journalist_finds_the_series_of_a_figure(tab: Tab, site: str) -> None:
    tab.open(f"{site}/chiffres-cles")
    tab.forget()
    tab.click("tbody a")
    tab.loaded()
    assert tab.value("location.pathname") == "/chiffres-cles/entrees"
    assert "janvier 2025" in tab.value("document.querySelector('main').textContent")
