"""The Atom feed: what RFC 4287 demands, newest first, ids that last, changes told."""

from dataclasses import replace
from pathlib import Path

from lxml import etree, html

from orchestration import settings
from orchestration.files import File
from orchestration.site.atom import FILE_NAME, atom
from orchestration.site.published import PublishedSite
from tests.factories import small_site
from tests.factories.small_datasets import USERS

ATOM_NS = "{http://www.w3.org/2005/Atom}"


def read(published_site: PublishedSite) -> etree._Element:
    return etree.fromstring(atom(published_site)[FILE_NAME])


def test_feed_and_entries_have_what_the_standard_demands(published_site: PublishedSite) -> None:
    feed = read(published_site)
    entries = feed.findall(f"{ATOM_NS}entry")
    assert feed.tag == f"{ATOM_NS}feed"
    assert len(entries) == len(published_site.datasets) + 1
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM_NS}{name}")) == 1, name
        pages = element.findall(f"{ATOM_NS}link[@rel='alternate']")
        assert len(pages) == 1
        assert all(
            link.get("href") and link.get("rel") for link in element.findall(f"{ATOM_NS}link")
        )
    assert feed.findtext(f"{ATOM_NS}author/{ATOM_NS}name")
    assert (
        feed.find(f"{ATOM_NS}link[@rel='self']").get("href")
        == f"{published_site.site.url}/{FILE_NAME}"
    )


def test_newest_first_and_ids_are_addresses_of_versions(published_site: PublishedSite) -> None:
    feed = read(published_site)
    entries = feed.findall(f"{ATOM_NS}entry")
    moments = [entry.findtext(f"{ATOM_NS}updated") for entry in entries]
    assert moments == sorted(moments, reverse=True)
    assert feed.findtext(f"{ATOM_NS}updated") == moments[0]
    assert {entry.findtext(f"{ATOM_NS}id") for entry in entries} == {
        card.address("")
        for published_dataset in published_site.datasets
        for card in published_dataset.version_cards
    }


def test_another_version_leaves_older_entries_as_they_are(published_site: PublishedSite) -> None:
    """Readers take an entry whose id or date changes for a new one."""

    def entries(seen: PublishedSite) -> dict[str, bytes]:
        nodes = read(seen).findall(f"{ATOM_NS}entry")
        return {entry.findtext(f"{ATOM_NS}id"): etree.tostring(entry) for entry in nodes}

    before = replace(
        published_site,
        datasets=tuple(
            replace(
                published_dataset,
                current=published_dataset.version_cards[-1],
                version_cards=published_dataset.version_cards[-1:],
            )
            for published_dataset in published_site.datasets
        ),
    )
    assert entries(before).items() < entries(published_site).items()


def test_an_entry_tells_the_changes_that_its_version_has(
    published_site: PublishedSite, data_folder: Path
) -> None:
    (published_dataset,) = (
        published_dataset
        for published_dataset in published_site.datasets
        if published_dataset.current.dataset.nom == USERS
    )
    changed = replace(published_dataset.current, reports=(File("changements.md", 1, "0"),))
    folder = settings.publications(USERS) / changed.version
    folder.mkdir(parents=True)
    (folder / "changements.md").write_text("2 lignes révisées, <b> & 1 retirée", encoding="utf-8")
    seen = replace(
        published_site,
        datasets=(replace(published_dataset, current=changed, version_cards=(changed,)),),
    )
    (entry,) = read(seen).findall(f"{ATOM_NS}entry")
    entry_content = html.fromstring(entry.findtext(f"{ATOM_NS}content"))
    assert entry_content.findtext(".//pre") == "2 lignes révisées, <b> & 1 retirée"
    related = [link.get("href") for link in entry.findall(f"{ATOM_NS}link[@rel='related']")]
    assert related == [changed.address("changements.md")]


def test_every_page_announces_the_feed(published_site: PublishedSite) -> None:
    for path in small_site.paths():
        (link,) = small_site.read(path).xpath("//link[@type='application/atom+xml']/@href")
        assert (path.parent / str(link)).resolve() == settings.site() / FILE_NAME


def test_there_is_no_feed_of_nothing(published_site: PublishedSite) -> None:
    assert atom(PublishedSite(published_site.site, ())) == {}
