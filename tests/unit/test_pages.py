"""The pages of the site: whole, accessible, escaped, the same for the same publications."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from lxml import html

from orchestration import settings
from orchestration.description.pages.documents import pages
from orchestration.description.pages.profil import PARTICULIERES
from orchestration.description.pages.rendu import taille, texte, type_francais
from orchestration.description.vitrine import Vitrine, lire_vitrine
from orchestration.jeux import Jeu
from orchestration.publication.fichiers import Fichier
from tests.unit import petit_site
from tests.unit.petits_jeux import ACHATS, OFFRE, USAGERS
from tests.unit.serveur_statique import fichier_servi

NOMS = [
    "index.html",
    "dictionnaire.html",
    *(f"{jeu}/index.html" for jeu in (OFFRE, ACHATS, USAGERS)),
]


@pytest.fixture(scope="module")
def vitrine(etat_partage: None, jeux: dict[str, Jeu]) -> Iterator[Vitrine]:
    petit_site.publier_tout(jeux)
    return lire_vitrine()


@pytest.fixture(params=NOMS)
def chemin(request: pytest.FixtureRequest, vitrine: Vitrine) -> Path:
    return settings.site() / str(request.param)


def test_there_is_a_page_for_each_dataset(vitrine: Vitrine) -> None:
    found = {path.relative_to(settings.site()).as_posix() for path in petit_site.chemins()}
    assert found == set(NOMS)


def test_same_publications_same_bytes(vitrine: Vitrine) -> None:
    assert pages(vitrine) == pages(lire_vitrine())


def test_every_link_and_anchor_resolves(chemin: Path) -> None:
    links = petit_site.cibles(chemin)
    assert links
    for target, fragment in links:
        served = fichier_servi(f"/{target}")
        assert served is not None, target
        if fragment:
            assert petit_site.lire(served).xpath("//*[@id=$id]", id=fragment), (target, fragment)


def test_links_between_pages_name_files(chemin: Path) -> None:
    """So that they work without a server, from the folder alone."""
    for target, _ in petit_site.cibles(chemin):
        assert not target.endswith("/")
        assert target


def test_nothing_comes_from_elsewhere(chemin: Path) -> None:
    page = petit_site.lire(chemin)
    assert not page.xpath("//script[not(@type='application/ld+json')] | //link[@rel='stylesheet']")
    assert not page.xpath("//@src | //@style[contains(., 'url(')]")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert not re.search(r"url\(|@import", "".join(page.xpath("//style/text()")))


def test_headings_are_in_order(chemin: Path) -> None:
    levels = [int(item.tag[1]) for item in petit_site.lire(chemin).iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_accessible_basics(chemin: Path) -> None:
    page = petit_site.lire(chemin)
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


def test_links_of_one_page_that_say_the_same_lead_to_the_same(chemin: Path) -> None:
    """Somebody who hears the links alone must be able to tell them apart."""
    leads: dict[str, set[str]] = {}
    for link in petit_site.lire(chemin).xpath("//main//a[not(ancestor::td)]"):
        leads.setdefault(" ".join(link.text_content().split()), set()).add(link.get("href"))
    assert {text: targets for text, targets in leads.items() if len(targets) > 1} == {}


def test_a_page_says_the_files_of_its_version(vitrine: Vitrine) -> None:
    for item in vitrine.jeux:
        text = petit_site.page(f"{item.courante.jeu.nom}/index.html").text_content()
        for file in item.courante.donnees:
            assert file.sha256 in text
        for column in item.courante.jeu.colonnes:
            assert column.titre in text
        for card in item.fiches:
            assert card.version in text


def test_every_file_that_a_version_has_is_linked(vitrine: Vitrine) -> None:
    item = next(item for item in vitrine.jeux if item.courante.jeu.nom == USAGERS)
    reports = ("datapackage.json", f"{USAGERS}.csv-metadata.json", "ecarts.json", "inconnu.txt")
    tables = ("essai.jsonl", "essai.xlsx", "essai.inconnu")
    card = replace(
        item.courante,
        donnees=(*item.courante.donnees, *(Fichier(name, 1, "0" * 64) for name in tables)),
        rapports=(*item.courante.rapports, *(Fichier(name, 1, "0" * 64) for name in reports)),
    )
    changed = replace(vitrine, jeux=(replace(item, courante=card, fiches=(card,)),))
    page = html.fromstring(pages(changed)[f"{USAGERS}/index.html"])
    links = set(page.xpath("//a/@href"))
    for file in (*card.donnees, *card.rapports):
        assert f"{card.version}/{file.nom}" in links, file.nom
    for file in card.donnees:
        assert f"derniere/{file.nom}" in links, file.nom
    for label in ("Data Package 2.0", "CSVW", "Écarts, en JSON", "JSON Lines", "Excel"):
        assert page.xpath("//a[contains(., $label)]", label=label)


def test_examples_are_published_values(vitrine: Vitrine) -> None:
    for item in vitrine.jeux:
        name = item.courante.jeu.nom
        file = settings.publications(name) / item.courante.version / f"{name}.parquet"
        for row in petit_site.page(f"{name}/index.html").xpath("//tr[starts-with(@id, 'col-')]"):
            column = row.get("id").removeprefix("col-")
            example = row.xpath("string(td[@class='example']/code[1])").removesuffix("…")
            values = duckdb.sql(
                f"select distinct \"{column}\"::varchar from read_parquet('{file}')"
            )
            held = {" ".join(value.split()) for (value,) in values.fetchall() if value is not None}
            if held - set(PARTICULIERES):
                assert any(value.startswith(example) for value in held), column
                assert example not in PARTICULIERES
                assert example


def test_special_values_are_said_where_they_are(vitrine: Vitrine) -> None:
    page = petit_site.page("dictionnaire.html")

    def cell(column: str) -> str:
        return str(page.xpath("string(//tr[@id=$id]/td[@class='example'])", id=column))

    assert "REGROUPE" in cell(f"{ACHATS}.code_certification")
    assert "REGROUPE" not in cell(f"{ACHATS}.annee_validation")
    assert "NR" in cell(f"{USAGERS}.code_region_residence")
    assert "-1" in cell(f"{OFFRE}.code_rs")


def test_the_levels_add_up(vitrine: Vitrine) -> None:
    page = petit_site.page(f"{ACHATS}/index.html")
    widths = page.xpath("//ol[@class='ladder']//i[not(@class)]/@style")
    assert sum(float(width.removeprefix("width:").removesuffix("%")) for width in widths) == (
        pytest.approx(100, abs=0.1)
    )
    assert not petit_site.page(f"{OFFRE}/index.html").xpath("//ol[@class='ladder']")


def test_the_threshold_is_the_one_of_the_version(vitrine: Vitrine) -> None:
    """What is declared by now may be another one."""
    (manifest,) = (settings.publications(USAGERS)).glob("*.2/manifest.json")
    card = next(item.courante for item in vitrine.jeux if item.courante.jeu.nom == USAGERS)
    assert card.jeu.seuil == json.loads(manifest.read_text())["seuil"] == 11
    content = json.loads(manifest.read_text()) | {"seuil": 12}
    manifest.chmod(0o644)
    original = manifest.read_text()
    try:
        manifest.write_text(json.dumps(content))
        made = pages(lire_vitrine())[f"{USAGERS}/index.html"].decode()
    finally:
        manifest.write_text(original)
    assert "au moins 12" in made


def test_texts_are_escaped(vitrine: Vitrine) -> None:
    item = vitrine.jeux[0]
    hostile = "<script>alert(1)</script> & \"'"
    jeu = replace(item.courante.jeu, titre=hostile, description=hostile)
    card = replace(item.courante, jeu=jeu)
    changed = replace(vitrine, jeux=(replace(item, courante=card),))
    for content in pages(changed).values():
        assert b"<script>" not in content
    assert b"alert(1)" in pages(changed)["index.html"]


def test_values_of_the_file_are_escaped(vitrine: Vitrine) -> None:
    source = (settings.site() / OFFRE / "index.html").read_text(encoding="utf-8")
    assert "<p>Petits groupes" not in source
    assert "&lt;p&gt;Petits groupes&lt;/p&gt;" in source


def test_the_schema_org_document_of_the_version_is_in_its_page(vitrine: Vitrine) -> None:
    item = next(item for item in vitrine.jeux if item.courante.jeu.nom == USAGERS)
    folder = settings.publications(USAGERS) / item.courante.version
    document = {"@type": "Dataset", "name": "</script><script>alert(1)</script>"}
    (folder / "schema.org.jsonld").write_text(json.dumps(document))
    file = replace(item.courante.donnees[0], nom="schema.org.jsonld")
    card = replace(item.courante, rapports=(*item.courante.rapports, file))
    changed = replace(vitrine, jeux=(replace(item, courante=card),))
    try:
        page = pages(changed)[f"{USAGERS}/index.html"].decode()
    finally:
        (folder / "schema.org.jsonld").unlink()
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(found) == document


def test_french_signs_do_not_begin_a_line(chemin: Path) -> None:
    source = chemin.read_text(encoding="utf-8")
    text = re.sub(r"<(code|script|style)\b.*?</\1>", "", source, flags=re.DOTALL)
    assert not re.search(r" [:;?!»%]|« ", text)
    assert "\u00a0:" in text


def test_a_site_without_publication_has_its_pages(vitrine: Vitrine) -> None:
    made = pages(replace(vitrine, jeux=()))
    assert set(made) == {"index.html", "dictionnaire.html"}
    assert "Aucun jeu de données" in made["index.html"].decode()


def test_french_words() -> None:
    assert taille(999) == "999\u00a0octets"
    assert taille(1_234_567) == "1,2\u00a0Mo"
    assert type_francais("DECIMAL(12,2)") == "décimal, 2\u00a0décimales"
    assert type_francais("VARCHAR") == "texte"
    assert texte("`<a>` : <b>") == "<code>&lt;a&gt;</code> : &lt;b&gt;"


def test_texts_have_enough_contrast(chemin: Path) -> None:
    """WCAG AA for texts (4.5), in the light and in the dark colours of the page."""
    (style,) = petit_site.lire(chemin).xpath("//style/text()")
    screen = style.partition("@media print")[0]
    light, dark = re.findall(r":root \{(.*?)\}", screen, re.DOTALL)
    for declared in (light, light + dark):
        colours = {
            name: _hexa(value) for name, value in re.findall(r"--([\w-]+): (#\w+);", declared)
        }
        for text, ground in (
            *(("ink", ground) for ground in ("paper", "wash", "warn-wash")),
            *(("soft", ground) for ground in ("paper", "wash", "warn-wash")),
            *(("bar", ground) for ground in ("paper", "wash", "warn-wash")),
            ("paper", "bar"),
            ("paper", "ink"),
        ):
            assert _contraste(colours[text], colours[ground]) >= 4.5, (text, ground)


def _hexa(colour: str) -> list[int]:
    digits = colour.removeprefix("#")
    full = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return [int(full[place : place + 2], 16) for place in (0, 2, 4)]


def _contraste(first: list[int], second: list[int]) -> float:
    lights = sorted(_luminance(colour) + 0.05 for colour in (first, second))
    return lights[1] / lights[0]


def _luminance(colour: list[int]) -> float:
    parts = [part / 255 for part in colour]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
