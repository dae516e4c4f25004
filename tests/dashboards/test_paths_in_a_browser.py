"""What people come for, by mouse, by keyboard, in few clicks: filters, comparison, a chart to take.

A click is a link that is followed, a field that is set, a button that is pressed.
"""

import pytest

from tests.browser.tab import Tab

pytestmark = pytest.mark.xdist_group("tableaux")

ACHATS = "/tableaux-de-bord/achats"
_FOCUSED = """(e => e === document.body ? '' : [e.tagName, e.getAttribute('href') || e.name || e.id,
  getComputedStyle(e).outlineStyle, e.getBoundingClientRect().width > 0].join(' '))
  (document.activeElement)"""


def follow(tab: Tab, selector: str) -> None:
    """Click a link that leads to another page."""
    tab.forget()
    tab.click(selector)
    tab.loaded()


def choose(tab: Tab, field: str, value: str) -> None:
    """Set a field of the filters, and wait until the page shows it."""
    changed = "e.dispatchEvent(new Event('change', {bubbles: true}))"
    element = f"document.querySelector('select[name={field}]')"
    tab.value(f"(e => {{ e.value = '{value}'; {changed}; }})({element})")
    shown = f"new URLSearchParams(location.search).get('{field}') === '{value}'"
    tab.wait(f"{shown} && !document.querySelector('main').ariaBusy")


def test_a_filter_is_chosen_and_removed_where_one_looks(tab: Tab, portal: str) -> None:
    """Without loading the page again: title, address, active filters, what is read aloud."""
    tab.open(portal + ACHATS)
    before = tab.value("document.querySelector('#certifications').textContent")
    tab.click("#regions li a")
    tab.wait("location.search.includes('region=') && !document.querySelector('main').ariaBusy")
    assert tab.value("document.querySelector('#etat').textContent") == "Graphiques mis à jour."
    assert tab.value("document.querySelectorAll('#regions [aria-current]').length") == 1
    assert tab.value("document.querySelector('#certifications').textContent") != before
    assert sum(address.endswith(".js") for address in tab.requests) == 1
    tab.value("history.back()")
    tab.wait("location.search === '' && !document.querySelector('main').ariaBusy")
    assert tab.value("document.querySelector('#certifications').textContent") == before
    assert tab.complaints == []


def test_the_keyboard_reaches_everything_and_is_seen(tab: Tab, portal: str) -> None:
    tab.open(portal + ACHATS)
    reachable = tab.value(
        "[...document.querySelectorAll('a[href],select,input,button,summary,[tabindex=\"0\"]')]"
        ".filter(e => e.tabIndex >= 0 && e.checkVisibility() && e.type !== 'hidden').length"
    )
    seen = []
    for _ in range(reachable + 3):
        tab.press("Tab")
        told = tab.value(_FOCUSED)
        if not told:
            break
        seen.append(told)
    assert seen[0].startswith("A #contenu")
    assert len(seen) == reachable > 60
    assert [told for told in seen if " none " in told or "false" in told] == []


def test_the_keyboard_filters_and_stays_where_it_is(tab: Tab, portal: str) -> None:
    tab.open(portal + ACHATS)
    tab.value("document.querySelector('#domaines li a').focus()")
    tab.press("Enter")
    tab.wait("location.search.includes('domaine=') && !document.querySelector('main').ariaBusy")
    assert tab.value("document.activeElement.closest('figure').id") == "domaines"
    tab.press("Enter")
    tab.wait("location.search === '' && !document.querySelector('main').ariaBusy")


def test_a_map_is_one_stop_and_arrows_go_round_it(tab: Tab, portal: str) -> None:
    tab.open(portal + ACHATS)
    assert tab.value("document.querySelectorAll('.carte svg a[tabindex=\"0\"]').length") == 1
    tab.value("document.querySelector('.carte svg a').focus()")
    first = tab.value("document.activeElement.getAttribute('href')")
    tab.press("ArrowRight")
    second = tab.value("document.activeElement.getAttribute('href')")
    assert second != first
    tab.press("ArrowLeft")
    assert tab.value("document.activeElement.getAttribute('href')") == first
    tab.press("Enter")
    tab.wait("location.search.includes('departement=') && !document.querySelector('main').ariaBusy")


def test_the_path_of_a_journalist(tab: Tab, portal: str) -> None:
    """From the front page to dossiers by région of a year, as a chart of an article: 3 clicks."""
    tab.open(f"{portal}/")
    follow(tab, "h3 a[href$='/achats']")
    choose(tab, "annee", "2023")
    follow(tab, "#regions .outils a[href$='#citer']")
    code = tab.value("document.querySelector('#citer').textContent")
    assert "/integrer/achats/regions?annee=2023" in code
    assert 'data-annee="2023"' in code


def test_the_path_of_a_region(tab: Tab, portal: str) -> None:
    """Dossiers of my région in a year against France, as a chart of my page: 4 clicks."""
    tab.open(f"{portal}/")
    tab.value("document.querySelector('#territoire + form [name=region]').value = '53'")
    follow(tab, "#territoire + form button[formaction$='/achats']")
    assert "Bretagne" in tab.value("document.querySelector('.actifs').textContent")
    choose(tab, "annee", "2023")
    follow(tab, "#domaines .outils a[href$='#citer']")
    assert "France" in tab.value("document.querySelector('main').textContent")
    code = tab.value("document.querySelector('#citer').textContent")
    assert "/integrer/achats/domaines?annee=2023&region=53&comparer=FR" in code


@pytest.mark.parametrize(
    ("dashboard", "code", "name"), [("achats", "35", "Ille-et-Vilaine"), ("offre", "75", "Paris")]
)
def test_the_path_of_a_training_body(
    tab: Tab, portal: str, dashboard: str, code: str, name: str
) -> None:
    """What is bought, and what is offered, by domain in my département: 3 clicks."""
    tab.open(f"{portal}/")
    tab.value(f"document.querySelector('#territoire + form [name=departement]').value = '{code}'")
    follow(tab, f"#territoire + form button[formaction$='/{dashboard}']")
    follow(tab, "#domaines .outils a[href$='#citer']")
    assert name in tab.value("document.querySelector('h1').textContent")
    assert tab.value("document.querySelectorAll('.barres li').length") >= 1


def test_a_place_is_compared_with_france_in_a_click(tab: Tab, portal: str) -> None:
    tab.open(f"{portal}{ACHATS}?region=53")
    tab.click(".actifs a[href*='comparer=FR']")
    tab.wait("location.search.includes('comparer=FR') && !document.querySelector('main').ariaBusy")
    assert tab.value("document.querySelectorAll('#domaines .barres line').length") > 0
    assert not tab.value("document.querySelector('.actifs').textContent.includes('Comparer')")
