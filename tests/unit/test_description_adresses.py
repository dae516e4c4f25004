"""The site's documents for harvesters as files: their addresses lead somewhere, bytes are stable.

Belongs here: what holds for catalogue, harvest file and feed alike. Does not: what each says.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from rdflib import BNode, Graph, URIRef

from orchestration import settings
from orchestration.description import atom, moissonnage
from orchestration.description.site import DERNIERE, Site
from orchestration.description.vitrine import Vitrine, lire_vitrine
from orchestration.jeux import Jeu
from orchestration.publication.versions import lire_pointeur
from tests.unit import petit_site

CATALOGUES = ("catalogue.ttl", "catalogue.jsonld", "catalogue.rdf")
DOCUMENTS = (*CATALOGUES, moissonnage.NOM, atom.NOM)
_REFAIRE = (
    "import hashlib\n"
    "from orchestration import settings\n"
    "from orchestration.publication.exposition import exposer_site\n"
    "exposer_site()\n"
    f"for name in {DOCUMENTS}:\n"
    "    print(hashlib.sha256((settings.site() / name).read_bytes()).hexdigest())\n"
)


@pytest.fixture(scope="module")
def vitrine(etat_partage: None, jeux: dict[str, Jeu]) -> Vitrine:
    petit_site.publier_tout(jeux)
    return lire_vitrine()


def adresses(nom: str, site: Site) -> set[str]:
    """Every address of the site's that a document gives; ``#…`` names a node, not a file."""
    path = settings.site() / nom
    if nom == atom.NOM:
        links = etree.parse(path).getroot().iter("{*}link")
        found = {str(link.get("href")) for link in links}
    else:
        found = {str(node) for node in Graph().parse(path).all_nodes() if isinstance(node, URIRef)}
    return {item for item in found if item.startswith(f"{site.url}/") and "#" not in item}


def chemin(adresse: str, site: Site) -> Path:
    """Where the file that an address serves is, in the state folder."""
    path = adresse.removeprefix(f"{site.url}/")
    jeu, _, rest = path.partition("/")
    version, slash, name = rest.partition("/")
    if not slash:
        return settings.site() / path
    if version == DERNIERE:
        pointeur = lire_pointeur(settings.publications(jeu))
        assert pointeur
        version = pointeur.version
    return settings.publications(jeu) / version / name


@pytest.mark.parametrize("nom", DOCUMENTS)
def test_every_address_leads_to_a_file(vitrine: Vitrine, nom: str) -> None:
    found = adresses(nom, vitrine.site)
    missing = sorted(item for item in found if not chemin(item, vitrine.site).exists())
    assert len(found) > 10
    assert missing == []


def test_every_node_of_the_catalogue_has_an_address_of_its_own(vitrine: Vitrine) -> None:
    for name in CATALOGUES:
        graph = Graph().parse(settings.site() / name)
        assert not [node for node in graph.all_nodes() if isinstance(node, BNode)]


def test_documents_are_the_same_bytes_whatever_the_process(vitrine: Vitrine) -> None:
    """rdflib keeps sets, whose order is another in each process."""
    made = {
        subprocess.run(
            [sys.executable, "-c", _REFAIRE],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(made) == 1
    assert len(set(made.pop().split())) == len(DOCUMENTS)
