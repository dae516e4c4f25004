"""The Atom feed: what RFC 4287 demands, newest first, ids that last, changes told."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree, html

from orchestration import settings
from orchestration.description.atom import NOM, atom
from orchestration.description.vitrine import Vitrine, lire_vitrine
from orchestration.jeux import Jeu
from orchestration.publication.fichiers import Fichier
from tests.unit import petit_site
from tests.unit.petits_jeux import USAGERS

A = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def vitrine(etat_partage: None, jeux: dict[str, Jeu]) -> Vitrine:
    petit_site.publier_tout(jeux)
    return lire_vitrine()


def lire(vitrine: Vitrine) -> etree._Element:
    return etree.fromstring(atom(vitrine)[NOM])


def test_feed_and_entries_have_what_the_standard_demands(vitrine: Vitrine) -> None:
    feed = lire(vitrine)
    entries = feed.findall(f"{A}entry")
    assert feed.tag == f"{A}feed"
    assert len(entries) == 4
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{A}{name}")) == 1, name
        pages = element.findall(f"{A}link[@rel='alternate']")
        assert len(pages) == 1
        assert all(link.get("href") and link.get("rel") for link in element.findall(f"{A}link"))
    assert feed.findtext(f"{A}author/{A}name")
    assert feed.find(f"{A}link[@rel='self']").get("href") == f"{vitrine.site.url}/{NOM}"


def test_newest_first_and_ids_are_addresses_of_versions(vitrine: Vitrine) -> None:
    feed = lire(vitrine)
    entries = feed.findall(f"{A}entry")
    moments = [entry.findtext(f"{A}updated") for entry in entries]
    assert moments == sorted(moments, reverse=True)
    assert feed.findtext(f"{A}updated") == moments[0]
    assert {entry.findtext(f"{A}id") for entry in entries} == {
        card.adresse("") for item in vitrine.jeux for card in item.fiches
    }


def test_another_version_leaves_older_entries_as_they_are(vitrine: Vitrine) -> None:
    """Readers take an entry whose id or date changes for a new one."""

    def entries(seen: Vitrine) -> dict[str, bytes]:
        found = lire(seen).findall(f"{A}entry")
        return {entry.findtext(f"{A}id"): etree.tostring(entry) for entry in found}

    before = replace(
        vitrine,
        jeux=tuple(
            replace(item, courante=item.fiches[-1], fiches=item.fiches[-1:])
            for item in vitrine.jeux
        ),
    )
    assert entries(before).items() < entries(vitrine).items()


def test_an_entry_tells_the_changes_that_its_version_has(
    vitrine: Vitrine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_DATA", str(tmp_path))
    (item,) = (item for item in vitrine.jeux if item.courante.jeu.nom == USAGERS)
    changed = replace(item.courante, rapports=(Fichier("changements.md", 1, "0"),))
    folder = settings.publications(USAGERS) / changed.version
    folder.mkdir(parents=True)
    (folder / "changements.md").write_text("2 lignes révisées, <b> & 1 retirée", encoding="utf-8")
    seen = replace(vitrine, jeux=(replace(item, courante=changed, fiches=(changed,)),))
    (entry,) = lire(seen).findall(f"{A}entry")
    told = html.fromstring(entry.findtext(f"{A}content"))
    assert told.findtext(".//pre") == "2 lignes révisées, <b> & 1 retirée"
    related = [link.get("href") for link in entry.findall(f"{A}link[@rel='related']")]
    assert related == [changed.adresse("changements.md")]


def test_every_page_announces_the_feed(vitrine: Vitrine) -> None:
    for path in petit_site.chemins():
        (link,) = petit_site.lire(path).xpath("//link[@type='application/atom+xml']/@href")
        assert (path.parent / str(link)).resolve() == settings.site() / NOM


def test_there_is_no_feed_of_nothing(vitrine: Vitrine) -> None:
    assert atom(Vitrine(vitrine.site, ())) == {}
