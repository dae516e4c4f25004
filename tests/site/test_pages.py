"""What the pages of the site say: true, whole, escaped, the same for the same publications."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from lxml import html

from orchestration import settings
from orchestration.files import File, describe
from orchestration.html import format_size, text
from orchestration.metadata.examples import SPECIAL_VALUES
from orchestration.published_rows import published_rows
from orchestration.site.cookbook import read_recipes
from orchestration.site.pages import french_type, pages
from orchestration.site.published import PublishedSite, read_published_site
from tests.factories import small_site
from tests.factories.small_datasets import (
    OFFER,
    PURCHASE_TOTALS,
    PURCHASES,
    USER_TOTALS,
    USERS,
)


@pytest.fixture
def publications_copy(published_site: PublishedSite, tmp_path: Path) -> Iterator[Path]:
    """Publications that a test may change, in place of those that all tests share."""
    shutil.copytree(settings.publications(), tmp_path / "publications")
    with settings.state_in(tmp_path):
        yield settings.publications()


def test_there_is_a_page_for_each_dataset(published_site: PublishedSite) -> None:
    written = {path.relative_to(settings.site()).as_posix() for path in small_site.paths()}
    assert written == set(small_site.PAGES)


def test_same_publications_same_bytes(published_site: PublishedSite) -> None:
    assert pages(published_site) == pages(read_published_site())


def test_a_page_says_the_files_of_its_version(published_site: PublishedSite) -> None:
    for published_dataset in published_site.datasets:
        text = small_site.page(f"{published_dataset.current.dataset.nom}/index.html").text_content()
        for file in published_dataset.current.data_files:
            assert file.sha256 in text
        for column in published_dataset.current.dataset.colonnes:
            assert column.titre in text
        for card in published_dataset.version_cards:
            assert card.version in text


def test_every_file_that_a_version_has_is_linked(published_site: PublishedSite) -> None:
    published_dataset = next(
        published_dataset
        for published_dataset in published_site.datasets
        if published_dataset.current.dataset.nom == USERS
    )
    reports = ("datapackage.json", f"{USERS}.csv-metadata.json", "ecarts.json", "inconnu.txt")
    tables = ("essai.jsonl", "essai.xlsx", "essai.inconnu")
    card = replace(
        published_dataset.current,
        data_files=(
            *published_dataset.current.data_files,
            *(File(name, 1, "0" * 64) for name in tables),
        ),
        reports=(
            *published_dataset.current.reports,
            *(File(name, 1, "0" * 64) for name in reports),
        ),
    )
    changed = replace(
        published_site, datasets=(replace(published_dataset, current=card, version_cards=(card,)),)
    )
    page = html.fromstring(pages(changed)[f"{USERS}/index.html"])
    links = set(page.xpath("//a/@href"))
    for file in (*card.data_files, *card.reports):
        assert f"{card.version}/{file.nom}" in links, file.nom
    for file in card.data_files:
        assert f"derniere/{file.nom}" in links, file.nom
    for label in ("Data Package 2.0", "CSVW", "Écarts, en JSON", "JSON Lines", "Excel"):
        assert page.xpath("//a[contains(., $label)]", label=label)


def test_examples_are_published_values(published_site: PublishedSite) -> None:
    for published_dataset in published_site.datasets:
        name = published_dataset.current.dataset.nom
        file = settings.publications(name) / published_dataset.current.version / f"{name}.parquet"
        for row in small_site.page(f"{name}/index.html").xpath("//tr[starts-with(@id, 'col-')]"):
            column = row.get("id").removeprefix("col-")
            example = row.xpath("string(td[@class='example']/code[1])").removesuffix("…")
            with duckdb.connect() as connection:
                rows = published_rows(connection, file)
                values = connection.execute(
                    f'select distinct "{column}"::varchar from {rows}'
                ).fetchall()
            cell_texts = {" ".join(value.split()) for (value,) in values if value is not None}
            if cell_texts - set(SPECIAL_VALUES):
                assert any(value.startswith(example) for value in cell_texts), column
                assert example not in SPECIAL_VALUES
                assert example


def test_special_values_are_said_where_they_are(published_site: PublishedSite) -> None:
    page = small_site.page("dictionnaire.html")

    def cell(column: str) -> str:
        return str(page.xpath("string(//tr[@id=$id]/td[@class='example'])", id=column))

    assert "REGROUPE" in cell(f"{PURCHASES}.code_certification")
    assert "REGROUPE" not in cell(f"{PURCHASES}.annee_validation")
    assert "NR" in cell(f"{USERS}.code_region_residence")
    assert "-1" in cell(f"{OFFER}.code_rs")


def test_each_page_says_which_file_answers(published_site: PublishedSite) -> None:
    declared = {item.current.dataset.nom: item.current.dataset for item in published_site.datasets}
    for names in ((OFFER,), (PURCHASE_TOTALS, PURCHASES), (USER_TOTALS, USERS)):
        for name in names:
            page = small_site.page(f"{name}/index.html")
            said = page.xpath("//h2[@id='repond']/following-sibling::ul[1]/li")
            expected = [declared[other].answers for other in names] + [declared[name].elsewhere]
            assert len(said) == len(expected)
            for line, words in zip(said, expected, strict=True):
                assert _words(words) in _words(line.text_content())
            others = {other for other in names if other != name}
            links = {link.split("/")[-2] for line in said for link in line.xpath(".//a/@href")}
            assert links == others


def test_the_recipes_are_those_of_the_cookbook(published_site: PublishedSite) -> None:
    page, recipes = small_site.page("recettes.html"), read_recipes()
    assert len(recipes) > 20
    for number, recipe in recipes.items():
        (query,) = page.xpath("//*[@id=$id]", id=f"requete-{number}")
        assert query.text_content() == recipe.sql
        (title,) = page.xpath("//*[@id=$id]", id=f"recette-{number}")
        assert _words(title.text_content()) == _words(f"{number}. {recipe.title}")
    text = page.text_content()
    assert "REGROUPE" in text
    assert not re.search(r"\*\*|`|^\|", text, re.MULTILINE)


def test_a_page_of_totals_lists_its_tables(published_site: PublishedSite) -> None:
    """Twelve totals of one table, of which one in four is secret."""
    page = small_site.page(f"{USER_TOTALS}/index.html")
    (row,) = page.xpath("//h2[@id='tableaux']/following-sibling::div[1]//tbody/tr")
    cells = [cell.text_content() for cell in row]
    assert (cells[0], *cells[-2:]) == ("trimestre_departement", "12", "3")
    assert "au moins 11" in page.text_content()
    assert not small_site.page(f"{USERS}/index.html").xpath("//*[@id='tableaux']")


def test_totals_come_before_their_detail(published_site: PublishedSite) -> None:
    links = small_site.page("index.html").xpath("//ul[@class='cards']//h3/a/@href")
    order = [str(link).split("/")[0] for link in links]
    assert set(order) == {item.current.dataset.nom for item in published_site.datasets}
    for totals, detail in ((PURCHASE_TOTALS, PURCHASES), (USER_TOTALS, USERS)):
        assert order.index(totals) + 1 == order.index(detail)


def _words(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def test_the_levels_add_up(published_site: PublishedSite) -> None:
    page = small_site.page(f"{PURCHASES}/index.html")
    widths = page.xpath("//ol[@class='ladder']//i[not(@class)]/@style")
    assert sum(float(width.removeprefix("width:").removesuffix("%")) for width in widths) == (
        pytest.approx(100, abs=0.1)
    )
    assert not small_site.page(f"{OFFER}/index.html").xpath("//ol[@class='ladder']")


def test_the_threshold_is_the_one_of_the_version(
    published_site: PublishedSite, publications_copy: Path
) -> None:
    """What is declared by now may be another one."""
    card = next(
        published_dataset.current
        for published_dataset in published_site.datasets
        if published_dataset.current.dataset.nom == USERS
    )
    path = publications_copy / USERS / card.version / "manifest.json"
    manifest = json.loads(path.read_text())
    assert card.dataset.seuil == manifest["seuil"] == 11
    path.unlink()
    path.write_text(json.dumps(manifest | {"seuil": 12}))
    assert "au moins 12" in pages(read_published_site())[f"{USERS}/index.html"].decode()


def test_texts_are_escaped(published_site: PublishedSite) -> None:
    published_dataset = published_site.datasets[0]
    hostile = "<script>alert(1)</script> & \"'"
    dataset = replace(published_dataset.current.dataset, titre=hostile, description=hostile)
    card = replace(published_dataset.current, dataset=dataset)
    changed = replace(published_site, datasets=(replace(published_dataset, current=card),))
    for content in pages(changed).values():
        assert b"<script>" not in content
    assert b"alert(1)" in pages(changed)["index.html"]


def test_values_of_the_file_are_escaped(published_site: PublishedSite) -> None:
    source = (settings.site() / OFFER / "index.html").read_text(encoding="utf-8")
    assert "<p>Petits groupes" not in source
    assert "&lt;p&gt;Petits groupes&lt;/p&gt;" in source


def test_the_schema_org_document_of_the_version_is_in_its_page(
    published_site: PublishedSite, publications_copy: Path
) -> None:
    published_dataset = next(
        published_dataset
        for published_dataset in published_site.datasets
        if published_dataset.current.dataset.nom == USERS
    )
    path = publications_copy / USERS / published_dataset.current.version / "schema.org.jsonld"
    path.unlink(missing_ok=True)
    document = {"@type": "Dataset", "name": "</script><script>alert(1)</script>"}
    path.write_text(json.dumps(document))
    card = replace(
        published_dataset.current, reports=(*published_dataset.current.reports, describe(path))
    )
    changed = replace(published_site, datasets=(replace(published_dataset, current=card),))
    page = pages(changed)[f"{USERS}/index.html"].decode()
    (embedded,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(embedded) == document


def test_a_site_without_publication_has_its_pages(published_site: PublishedSite) -> None:
    empty = pages(replace(published_site, datasets=()))
    assert set(empty) == {"index.html", "dictionnaire.html", "recettes.html"}
    assert "Aucun jeu de données" in empty["index.html"].decode()


def test_french_words() -> None:
    assert format_size(999) == "999\u00a0octets"
    assert format_size(1_234_567) == "1,2\u00a0Mo"
    assert french_type("DECIMAL(12,2)") == "décimal, 2\u00a0décimales"
    assert french_type("VARCHAR") == "texte"
    assert text("`<a>` : <b>") == "<code>&lt;a&gt;</code> : &lt;b&gt;"
