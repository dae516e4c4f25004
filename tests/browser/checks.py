"""What any page must be: narrow and wide, light and dark, asking nothing elsewhere."""

from tests.browser import axe
from tests.browser.tab import Tab

WIDTHS = (320, 360, 768, 1280, 2560)
# Elements that stick out of the window and that nothing lets scroll.
TOO_WIDE = """
document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest('.scroll, pre'))
    .map(e => e.tagName + '.' + e.className).concat('page ' + document.documentElement.scrollWidth)
"""
BRIGHTNESS = """
(c => (c[0] + c[1] + c[2]) / 765)(
  getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number))
"""


def check_page(tab: Tab, portal: str, path: str, *, refused: bool = False) -> None:
    """Open a page: no request elsewhere, no complaint, no violation of WCAG 2.2 AA, nothing cut.

    ``refused``: it answers with an error, of which the console tells the status.
    """
    tab.open(portal + path)
    told = tab.complaints
    assert [x for x in told if not (refused and "status of 4" in x)] == []
    assert bool(told) == refused
    assert tab.hosts == {portal.removeprefix("http://")}
    assert axe.violations(tab) == []
    for width in WIDTHS:
        tab.size(width)
        assert tab.value(TOO_WIDE) == [], width
    tab.size(320)
    assert axe.violations(tab) == []
    tab.size(1280)
    tab.media(prefers_color_scheme="dark")
    assert tab.value(BRIGHTNESS) < 0.2
    assert axe.violations(tab) == []
