"""The pages for everybody: links, headings, tables and contrast; nothing from elsewhere."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from orchestration import settings
from tests.factories import small_site
from tests.factories.static_server import served_file


@pytest.fixture(scope="module")
def site(site_state: Path) -> Path:
    return settings.site()


@pytest.fixture(params=small_site.PAGES)
def path(request: pytest.FixtureRequest, site: Path) -> Path:
    return site / str(request.param)


def test_every_link_and_anchor_resolves(path: Path) -> None:
    links = small_site.link_targets(path)
    assert links
    for target, fragment in links:
        served = served_file(f"/{target}")
        assert served is not None, target
        if fragment:
            assert small_site.read(served).xpath("//*[@id=$id]", id=fragment), (target, fragment)


def test_links_between_pages_name_files(path: Path) -> None:
    """So that they work without a server, from the folder alone."""
    for target, _ in small_site.link_targets(path):
        assert not target.endswith("/")
        assert target


def test_nothing_comes_from_elsewhere(path: Path) -> None:
    page = small_site.read(path)
    assert not page.xpath("//script[not(@type='application/ld+json')] | //link[@rel='stylesheet']")
    assert not page.xpath("//@src | //@style[contains(., 'url(')]")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert not re.search(r"url\(|@import", "".join(page.xpath("//style/text()")))


def test_headings_are_in_order(path: Path) -> None:
    levels = [int(item.tag[1]) for item in small_site.read(path).iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_accessible_basics(path: Path) -> None:
    page = small_site.read(path)
    assert page.get("lang") == "fr"
    assert page.findtext(".//title")
    (main,) = page.xpath("//main")
    assert page.xpath("//body/*[1][self::a]/@href") == [f"#{main.get('id')}"]
    identifiers = page.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    for table in page.iter("table"):
        assert table.findtext("caption")
        assert all(cell.get("scope") in {"col", "row"} for cell in table.iter("th"))
        (box,) = table.xpath("parent::div[@class]")
        assert (box.get("role"), box.get("tabindex")) == ("region", "0")
        assert box.get("aria-label")
    for link in page.iter("a"):
        assert link.text_content().strip()
    assert all(
        item.get("aria-label")
        for item in page.xpath("//*[@role='img'] | //svg | //nav[not(@aria-labelledby)]")
    )


def test_links_of_one_page_that_say_the_same_lead_to_the_same(path: Path) -> None:
    """Somebody who hears the links alone must be able to tell them apart."""
    targets_by_text: dict[str, set[str]] = {}
    for link in small_site.read(path).xpath("//main//a[not(ancestor::td)]"):
        targets_by_text.setdefault(" ".join(link.text_content().split()), set()).add(
            link.get("href")
        )
    assert {text: targets for text, targets in targets_by_text.items() if len(targets) > 1} == {}


def test_french_signs_do_not_begin_a_line(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    text = re.sub(r"<(code|script|style)\b.*?</\1>", "", source, flags=re.DOTALL)
    assert not re.search(r" [:;?!»%]|« ", text)
    assert "\u00a0:" in text


def test_texts_have_enough_contrast(path: Path) -> None:
    """WCAG AA for texts (4.5), in the light and in the dark colours of the page."""
    (style,) = small_site.read(path).xpath("//style/text()")
    screen = style.partition("@media print")[0]
    light, dark = re.findall(r":root \{(.*?)\}", screen, re.DOTALL)
    for declared in (light, light + dark):
        colours = {
            name: _rgb(value) for name, value in re.findall(r"--([\w-]+): (#\w+);", declared)
        }
        for text, background in (
            *(("ink", background) for background in ("paper", "wash", "warn-wash")),
            *(("soft", background) for background in ("paper", "wash", "warn-wash")),
            *(("bar", background) for background in ("paper", "wash", "warn-wash")),
            ("paper", "bar"),
            ("paper", "ink"),
        ):
            assert _contrast(colours[text], colours[background]) >= 4.5, (text, background)


def _rgb(colour: str) -> list[int]:
    digits = colour.removeprefix("#")
    full = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return [int(full[place : place + 2], 16) for place in (0, 2, 4)]


def _contrast(first: list[int], second: list[int]) -> float:
    luminances = sorted(_luminance(colour) + 0.05 for colour in (first, second))
    return luminances[1] / luminances[0]


def _luminance(colour: list[int]) -> float:
    parts = [part / 255 for part in colour]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
