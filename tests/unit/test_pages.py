"""What the pages of the site say: true, whole, escaped, the same for the same publications."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from lxml import html

from orchestration import settings
from orchestration.description.pages.documents import pages
from orchestration.description.pages.rendu import taille, texte, type_francais
from orchestration.description.vitrine import Vitrine, lire_vitrine
from orchestration.jeux import Jeu
from orchestration.publication.exemples import PARTICULIERES
from orchestration.publication.fichiers import Fichier, decrire
from tests.unit import petit_site
from tests.unit.petits_jeux import ACHATS, OFFRE, USAGERS


@pytest.fixture(scope="module")
def vitrine(etat_partage: None, jeux: dict[str, Jeu]) -> Vitrine:
    petit_site.publier_tout(jeux)
    return lire_vitrine()


@pytest.fixture
def copie(vitrine: Vitrine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Publications that a test may change, in place of those that all tests share."""
    shutil.copytree(settings.publications(), tmp_path / "publications")
    monkeypatch.setenv("CPF_DATA", str(tmp_path))
    return settings.publications()


def test_there_is_a_page_for_each_dataset(vitrine: Vitrine) -> None:
    found = {path.relative_to(settings.site()).as_posix() for path in petit_site.chemins()}
    assert found == set(petit_site.PAGES)


def test_same_publications_same_bytes(vitrine: Vitrine) -> None:
    assert pages(vitrine) == pages(lire_vitrine())


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


def test_the_threshold_is_the_one_of_the_version(vitrine: Vitrine, copie: Path) -> None:
    """What is declared by now may be another one."""
    card = next(item.courante for item in vitrine.jeux if item.courante.jeu.nom == USAGERS)
    path = copie / USAGERS / card.version / "manifest.json"
    manifest = json.loads(path.read_text())
    assert card.jeu.seuil == manifest["seuil"] == 11
    path.unlink()
    path.write_text(json.dumps(manifest | {"seuil": 12}))
    assert "au moins 12" in pages(lire_vitrine())[f"{USAGERS}/index.html"].decode()


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


def test_the_schema_org_document_of_the_version_is_in_its_page(
    vitrine: Vitrine, copie: Path
) -> None:
    item = next(item for item in vitrine.jeux if item.courante.jeu.nom == USAGERS)
    path = copie / USAGERS / item.courante.version / "schema.org.jsonld"
    path.unlink(missing_ok=True)
    document = {"@type": "Dataset", "name": "</script><script>alert(1)</script>"}
    path.write_text(json.dumps(document))
    card = replace(item.courante, rapports=(*item.courante.rapports, decrire(path)))
    changed = replace(vitrine, jeux=(replace(item, courante=card),))
    page = pages(changed)[f"{USAGERS}/index.html"].decode()
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(found) == document


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
