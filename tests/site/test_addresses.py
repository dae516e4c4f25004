"""The site's documents for harvesters: their addresses lead somewhere, their bytes are stable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from rdflib import BNode, Graph, URIRef

from orchestration import settings
from orchestration.metadata.version_card import LATEST, Site
from orchestration.site import atom, datagouv
from orchestration.site.published import PublishedSite
from orchestration.store.versions import read_pointer

CATALOG_FILES = ("catalogue.ttl", "catalogue.jsonld", "catalogue.rdf")
DOCUMENTS = (*CATALOG_FILES, datagouv.FILE_NAME, atom.FILE_NAME)
_REBUILD_SCRIPT = (
    "import hashlib\n"
    "from orchestration import settings\n"
    "from orchestration.site.expose import expose_site\n"
    "expose_site()\n"
    f"for name in {DOCUMENTS}:\n"
    "    print(hashlib.sha256((settings.site() / name).read_bytes()).hexdigest())\n"
)


def site_addresses(name: str, site: Site) -> set[str]:
    """Every address of the site's that a document gives; ``#…`` names a node, not a file."""
    path = settings.site() / name
    if name == atom.FILE_NAME:
        links = etree.parse(path).getroot().iter("{*}link")
        addresses = {str(link.get("href")) for link in links}
    else:
        addresses = {
            str(node) for node in Graph().parse(path).all_nodes() if isinstance(node, URIRef)
        }
    return {
        address
        for address in addresses
        if address.startswith(f"{site.url}/") and "#" not in address
    }


def file_path(address: str, site: Site) -> Path:
    """Where the file that an address serves is, in the state folder."""
    path = address.removeprefix(f"{site.url}/")
    dataset, _, rest = path.partition("/")
    version, slash, name = rest.partition("/")
    if not slash:
        return settings.site() / path
    if version == LATEST:
        pointer = read_pointer(settings.publications(dataset))
        assert pointer
        version = pointer.version
    return settings.publications(dataset) / version / name


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_address_leads_to_a_file(published_site: PublishedSite, name: str) -> None:
    addresses = site_addresses(name, published_site.site)
    missing = sorted(
        address for address in addresses if not file_path(address, published_site.site).exists()
    )
    assert len(addresses) > 10
    assert missing == []


def test_every_node_of_the_catalog_has_an_address_of_its_own(published_site: PublishedSite) -> None:
    for name in CATALOG_FILES:
        graph = Graph().parse(settings.site() / name)
        assert not [node for node in graph.all_nodes() if isinstance(node, BNode)]


@pytest.mark.slow
def test_documents_are_the_same_bytes_whatever_the_process(published_site: PublishedSite) -> None:
    """rdflib keeps sets, whose order is another in each process."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", _REBUILD_SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert len(set(outputs.pop().split())) == len(DOCUMENTS)
