"""All the pages of the site, from what is published.

Belongs here: which pages there are, and what each one is given. Does not: markup (templates).
"""

from dataclasses import dataclass

from orchestration import settings
from orchestration.description.fiche import LICENCE_NOM, LICENCE_URL
from orchestration.description.pages import citer, fichiers, interroger
from orchestration.description.pages.colonnes import Vue, vues
from orchestration.description.pages.liens import ACCUEIL, DICTIONNAIRE, chemin_du_jeu
from orchestration.description.pages.listes import lire_listes
from orchestration.description.pages.profil import profils
from orchestration.description.pages.rendu import rendre
from orchestration.description.vitrine import JeuPublie, Vitrine
from orchestration.publication.exemples import PARTICULIERES
from orchestration.quality.page import niveaux, ventilation

_JSONLD = "schema.org.jsonld"


@dataclass(frozen=True)
class _Jeu:
    """A dataset with the columns of its current version."""

    publie: JeuPublie
    vues: tuple[Vue, ...]


def pages(vitrine: Vitrine) -> dict[str, bytes]:
    """Return every page, by its path under the site's folder."""
    read = tuple(_Jeu(item, vues(item.courante, profils(item.courante))) for item in vitrine.jeux)
    made = {ACCUEIL: _accueil(vitrine), DICTIONNAIRE: _dictionnaire(vitrine, read)}
    for item in read:
        path = chemin_du_jeu(vitrine.site, item.publie.courante.jeu.nom)
        made[path] = _page_du_jeu(vitrine, item, path)
    return made


def _accueil(vitrine: Vitrine) -> bytes:
    rows = sum(item.courante.lignes for item in vitrine.jeux)
    return rendre("accueil.html.j2", vitrine, ACCUEIL, lignes=rows, fichiers=fichiers)


def _page_du_jeu(vitrine: Vitrine, jeu: _Jeu, path: str) -> bytes:
    card = jeu.publie.courante
    return rendre(
        "jeu.html.j2",
        vitrine,
        path,
        publie=jeu.publie,
        fiche=card,
        jeu=card.jeu,
        vues=jeu.vues,
        titres={view.colonne.nom: view.colonne.titre for view in jeu.vues},
        fichiers=fichiers,
        niveaux=niveaux(card.mesures, card.jeu.plan),
        ventilation=ventilation(card.mesures, card.jeu.plan),
        extraits=interroger.extraits(card),
        verification=interroger.verification(card),
        citation=citer.citation(card),
        bibtex=citer.bibtex(card),
        licence=(LICENCE_NOM, LICENCE_URL),
        jsonld=_jsonld(jeu.publie),
    )


def _dictionnaire(vitrine: Vitrine, jeux: tuple[_Jeu, ...]) -> bytes:
    held = {view.liste for item in jeux for view in item.vues if view.liste}
    index: dict[str, list[tuple[str, str]]] = {}
    for item in jeux:
        for view in item.vues:
            entry = (item.publie.courante.jeu.nom, view.colonne.titre)
            index.setdefault(view.colonne.nom, []).append(entry)
    return rendre(
        "dictionnaire.html.j2",
        vitrine,
        DICTIONNAIRE,
        jeux=jeux,
        index=sorted(index.items()),
        listes=lire_listes(held),
        particulieres=PARTICULIERES,
    )


def _jsonld(publie: JeuPublie) -> str | None:
    """Return the schema.org document of the current version, safe inside a ``script`` element."""
    card = publie.courante
    if all(item.nom != _JSONLD for item in card.rapports):
        return None
    path = settings.publications(card.jeu.nom) / card.version / _JSONLD
    # In JSON this sign is in strings only, where its escape says the same.
    return path.read_text(encoding="utf-8").replace("<", "\\u003c").strip()
