"""The Atom feed of the versions of all datasets, the newest first.

Made with lxml: feedgen 1.0 writes the links of an entry without their
``rel``, so that each file would be another page of the version.
"""

from lxml import etree, html
from lxml.builder import ElementMaker  # type: ignore[import-not-found]  # lxml-stubs lack it
from lxml.html import builder as h

from orchestration import settings
from orchestration.diff.outputs import CHANGE_LOG
from orchestration.metadata.file_labels import changes, data_files, reports
from orchestration.metadata.version_card import TIMESTAMP_FORMAT, VersionCard, media_type
from orchestration.site.published import PublishedDataset, PublishedSite, WithdrawnVersion

FILE_NAME = "atom.xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_LANGUAGE = {"{http://www.w3.org/XML/1998/namespace}lang": "fr"}
_E = ElementMaker(namespace=_NAMESPACE, nsmap={None: _NAMESPACE})


def atom(published_site: PublishedSite) -> dict[str, bytes]:
    """Return the feed; none as long as nothing is published, for a feed has a date."""
    if not published_site.datasets:
        return {}
    site = published_site.site
    dated = [
        (card.timestamp, _entry(card)) for item in published_site.datasets for card in item.recent
    ] + [
        (withdrawn.withdrawal.retire_le, _withdrawn_entry(item, withdrawn))
        for item in published_site.datasets
        for withdrawn in item.withdrawn_versions
    ]
    dated.sort(key=lambda entry: (entry[0], entry[1].findtext(f"{{{_NAMESPACE}}}id")), reverse=True)
    feed = _E.feed(
        _LANGUAGE,
        _E.id(f"{site.url}/{FILE_NAME}"),
        _E.title(site.titre),
        _E.subtitle(site.description),
        _E.updated(dated[0][0]),
        _E.author(_E.name(site.editeur), _E.uri(site.url)),
        _E.link(rel="self", type="application/atom+xml", href=f"{site.url}/{FILE_NAME}"),
        _E.link(rel="alternate", type="text/html", href=f"{site.url}/"),
        *(entry for _, entry in dated),
    )
    return {
        FILE_NAME: etree.tostring(feed, encoding="utf-8", xml_declaration=True, pretty_print=True),
    }


def _entry(card: VersionCard) -> etree._Element:
    page = card.site.page(card.dataset.nom)
    entry: etree._Element = _E.entry(
        # The address of a version never means another one.
        _E.id(card.address("")),
        _E.title(f"{card.dataset.titre}, version {card.version}"),
        _E.published(card.timestamp),
        _E.updated(card.timestamp),
        _E.category(term=card.dataset.nom, label=card.dataset.titre),
        _E.link(rel="alternate", type="text/html", href=page),
        *(
            _E.link(rel="related", title=labelled_file.titre, href=card.address(labelled_file.nom))
            for labelled_file in (*changes(card), *reports(card))
        ),
        *(
            _E.link(
                rel="enclosure",
                type=media_type(file),
                title=file.nom,
                length=str(file.octets),
                href=card.address(file),
            )
            for file in card.data_files
        ),
        _E.summary(_summary(card)),
        _E.content(html.tostring(_content(card), encoding="unicode"), type="html"),
    )
    return entry


def _withdrawn_entry(
    published_dataset: PublishedDataset, withdrawn: WithdrawnVersion
) -> etree._Element:
    """The entry of a withdrawn version: a newer state of the one that readers have, no files."""
    dataset, site = published_dataset.current.dataset, published_dataset.current.site
    withdrawal = withdrawn.withdrawal
    instead = withdrawal.remplacee_par
    notice = f"Version retirée. Raison : {withdrawal.raison}" + (
        f" Version à utiliser : {instead}." if instead else ""
    )
    entry: etree._Element = _E.entry(
        _E.id(site.version(dataset.nom, withdrawn.version)),
        _E.title(f"{dataset.titre}, version {withdrawn.version} (retirée)"),
        _E.published(withdrawn.publie_le.strftime(TIMESTAMP_FORMAT)),
        _E.updated(withdrawal.retire_le),
        _E.category(term=dataset.nom, label=dataset.titre),
        _E.link(rel="alternate", type="text/html", href=site.page(dataset.nom)),
        _E.summary(notice),
    )
    return entry


def _summary(card: VersionCard) -> str:
    period = f" du {card.debut} au {card.fin}" if card.debut and card.fin else ""
    return f"{card.lignes} lignes{period}."


def _content(card: VersionCard) -> html.HtmlElement:
    files = [
        h.LI(
            h.A(labelled_file.titre, href=card.address(labelled_file.nom)),
            f" : {labelled_file.fichier.octets} octets, sha256 ",
            h.CODE(labelled_file.fichier.sha256),
        )
        for labelled_file in data_files(card)
        if labelled_file.fichier
    ]
    parts = [h.P(_summary(card)), h.UL(*files)]
    changes = _read_changes(card)
    if changes:
        parts.append(h.PRE(changes))
    return h.DIV(*parts)


def _read_changes(card: VersionCard) -> str | None:
    """Return the summary of the changes since the version before, if this one has it."""
    if all(report.nom != CHANGE_LOG for report in card.reports):
        return None
    folder = settings.publications(card.dataset.nom) / card.version
    return (folder / CHANGE_LOG).read_text(encoding="utf-8")
