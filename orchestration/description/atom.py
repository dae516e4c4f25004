"""The Atom feed of the versions of all datasets, the newest first.

Belongs here: what the feed tells of a version. Does not: the changes themselves, which are a
document of the version. Made with lxml: feedgen 1.0 writes the links of an entry without their
``rel``, so that each file would be another page of the version.
"""

from lxml import etree, html
from lxml.builder import ElementMaker  # type: ignore[import-not-found]  # lxml-stubs lack it
from lxml.html import builder as h

from orchestration import settings
from orchestration.description.fiche import HORODATAGE, Fiche, media_type
from orchestration.description.pages.fichiers import changements, donnees, rapports
from orchestration.description.vitrine import JeuPublie, Retiree, Vitrine

NOM = "atom.xml"
_ESPACE = "http://www.w3.org/2005/Atom"
_LANGUE = {"{http://www.w3.org/XML/1998/namespace}lang": "fr"}
_RESUME_DES_CHANGEMENTS = "changements.md"
_E = ElementMaker(namespace=_ESPACE, nsmap={None: _ESPACE})


def atom(vitrine: Vitrine) -> dict[str, bytes]:
    """Return the feed; none as long as nothing is published, for a feed has a date."""
    if not vitrine.jeux:
        return {}
    site = vitrine.site
    dated = [(card.horodatage, _entree(card)) for item in vitrine.jeux for card in item.recentes]
    for item in vitrine.jeux:
        dated += [(gone.retrait.retire_le, _retrait(item, gone)) for gone in item.retirees]
    dated.sort(key=lambda entry: (entry[0], entry[1].findtext(f"{{{_ESPACE}}}id")), reverse=True)
    feed = _E.feed(
        _LANGUE,
        _E.id(f"{site.url}/{NOM}"),
        _E.title(site.titre),
        _E.subtitle(site.description),
        _E.updated(dated[0][0]),
        _E.author(_E.name(site.editeur), _E.uri(site.url)),
        _E.link(rel="self", type="application/atom+xml", href=f"{site.url}/{NOM}"),
        _E.link(rel="alternate", type="text/html", href=f"{site.url}/"),
        *(entry for _, entry in dated),
    )
    return {
        NOM: etree.tostring(feed, encoding="utf-8", xml_declaration=True, pretty_print=True),
    }


def _entree(fiche: Fiche) -> etree._Element:
    page = fiche.site.page(fiche.jeu.nom)
    entry: etree._Element = _E.entry(
        # The address of a version never means another one.
        _E.id(fiche.adresse("")),
        _E.title(f"{fiche.jeu.titre}, version {fiche.version}"),
        _E.published(fiche.horodatage),
        _E.updated(fiche.horodatage),
        _E.category(term=fiche.jeu.nom, label=fiche.jeu.titre),
        _E.link(rel="alternate", type="text/html", href=page),
        *(
            _E.link(rel="related", title=piece.titre, href=fiche.adresse(piece.nom))
            for piece in (*changements(fiche), *rapports(fiche))
        ),
        *(
            _E.link(
                rel="enclosure",
                type=media_type(file),
                title=file.nom,
                length=str(file.octets),
                href=fiche.adresse(file),
            )
            for file in fiche.donnees
        ),
        _E.summary(_resume(fiche)),
        _E.content(html.tostring(_contenu(fiche), encoding="unicode"), type="html"),
    )
    return entry


def _retrait(publie: JeuPublie, retiree: Retiree) -> etree._Element:
    """The entry of a withdrawn version: a newer state of the one that readers have, no files."""
    jeu, site = publie.courante.jeu, publie.courante.site
    retrait = retiree.retrait
    instead = retrait.remplacee_par
    said = f"Version retirée. Raison : {retrait.raison}" + (
        f" Version à utiliser : {instead}." if instead else ""
    )
    entry: etree._Element = _E.entry(
        _E.id(site.version(jeu.nom, retiree.version)),
        _E.title(f"{jeu.titre}, version {retiree.version} (retirée)"),
        _E.published(retiree.publie_le.strftime(HORODATAGE)),
        _E.updated(retrait.retire_le),
        _E.category(term=jeu.nom, label=jeu.titre),
        _E.link(rel="alternate", type="text/html", href=site.page(jeu.nom)),
        _E.summary(said),
    )
    return entry


def _resume(fiche: Fiche) -> str:
    period = f" du {fiche.debut} au {fiche.fin}" if fiche.debut and fiche.fin else ""
    return f"{fiche.lignes} lignes{period}."


def _contenu(fiche: Fiche) -> html.HtmlElement:
    files = [
        h.LI(
            h.A(f"{piece.titre}", href=fiche.adresse(piece.nom)),
            f" : {piece.fichier.octets} octets, sha256 ",
            h.CODE(piece.fichier.sha256),
        )
        for piece in donnees(fiche)
        if piece.fichier
    ]
    parts = [h.P(_resume(fiche)), h.UL(*files)]
    changes = _lire_changements(fiche)
    if changes:
        parts.append(h.PRE(changes))
    return h.DIV(*parts)


def _lire_changements(fiche: Fiche) -> str | None:
    """Return the summary of the changes since the version before, if this one has it."""
    if all(item.nom != _RESUME_DES_CHANGEMENTS for item in fiche.rapports):
        return None
    folder = settings.publications(fiche.jeu.nom) / fiche.version
    return (folder / _RESUME_DES_CHANGEMENTS).read_text(encoding="utf-8")
