"""The catalogue: DCAT-AP's properties, versions, one graph in three files, the same bytes."""

import os
import subprocess
import sys

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, FOAF, XSD

from orchestration.site import published as module
from orchestration.site.dcat_ap import catalogue
from orchestration.site.published import PublishedSite
from orchestration.site.rdf import DCAT, EUROPE, IANA, SPDX
from tests.factories.small_datasets import (
    DIAGNOSIS,
    ENTRIES,
    FIGURES,
    OFFER,
    PURCHASES,
    SIGNALS,
    USERS,
)

FREQUENCIES = {
    **dict.fromkeys((OFFER, SIGNALS), "DAILY"),
    **dict.fromkeys((PURCHASES, DIAGNOSIS, FIGURES), "MONTHLY"),
    **dict.fromkeys((ENTRIES, USERS), "QUARTERLY"),
}
REQUIRED_OF_DATASETS = (
    *(DCTERMS.title, DCTERMS.description, DCTERMS.identifier, DCTERMS.issued, DCTERMS.modified),
    *(DCTERMS.publisher, DCAT.contactPoint, DCTERMS.spatial, DCTERMS.language, DCTERMS.provenance),
    *(DCTERMS.accrualPeriodicity, DCTERMS.conformsTo, DCTERMS.accessRights, DCAT.landingPage),
    *(DCTERMS.temporal, DCAT.version, DCAT.distribution, DCAT.theme, DCAT.keyword),
)
REQUIRED_OF_DISTRIBUTIONS = (
    *(DCAT.accessURL, DCAT.downloadURL, DCAT.byteSize, SPDX.checksum, DCTERMS.license),
    *(DCTERMS["format"], DCTERMS.title, DCTERMS.conformsTo),
)


@pytest.fixture(scope="module")
def graph(published_site: PublishedSite) -> Graph:
    return Graph().parse(data=catalogue(published_site)["catalogue.ttl"], format="turtle")


def test_three_files_hold_one_graph(published_site: PublishedSite, graph: Graph) -> None:
    files = catalogue(published_site)
    for name, form in (("catalogue.jsonld", "json-ld"), ("catalogue.rdf", "xml")):
        other = Graph().parse(data=files[name], format=form)
        assert len(other) == len(graph) > 100
        assert isomorphic(other, graph)


@pytest.mark.slow
def test_same_publications_same_bytes_in_another_process(published_site: PublishedSite) -> None:
    code = (
        "from orchestration.site.published import read_published_site;"
        "from orchestration.site.dcat_ap import catalogue;"
        "import sys; sys.stdout.buffer.write(b''.join(catalogue(read_published_site()).values()))"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs == [b"".join(catalogue(published_site).values())] * 2


def test_every_dataset_and_version_has_what_dcat_ap_asks_for(
    published_site: PublishedSite, graph: Graph
) -> None:
    nodes = set(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(nodes) == sum(1 + len(dataset.version_cards) for dataset in published_site.datasets)
    # One has two versions.
    assert len(nodes) == 2 * len(published_site.datasets) + 1
    for node in nodes:
        assert [name for name in REQUIRED_OF_DATASETS if graph.value(node, name) is None] == []
        rhythm = graph.value(node, DCTERMS.accrualPeriodicity)
        name = str(graph.value(node, DCTERMS.identifier)).partition("/")[0]
        assert rhythm == EUROPE[f"frequency/{FREQUENCIES[name.removesuffix('_totaux')]}"]
        for distribution in graph.objects(node, DCAT.distribution):
            missing = [
                item for item in REQUIRED_OF_DISTRIBUTIONS if not graph.value(distribution, item)
            ]
            assert missing == []
            # Ours are in the folder of the node: stable ones with stable, versions with versions.
            assert str(distribution).startswith(str(node))
    (top,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert set(graph.objects(top, DCAT.dataset)) < nodes
    assert {graph.value(top, name) is None for name in (DCTERMS.title, FOAF.homepage)} == {False}


def test_versions_are_linked_both_ways(published_site: PublishedSite, graph: Graph) -> None:
    item = next(item for item in published_site.datasets if item.current.dataset.nom == USERS)
    newest, oldest = (URIRef(card.address("")) for card in item.version_cards)
    (dataset,) = graph.subjects(DCTERMS.identifier, Literal(USERS))
    assert set(graph.objects(dataset, DCAT.hasVersion)) == {newest, oldest}
    assert graph.value(dataset, DCAT.hasCurrentVersion) == newest
    assert graph.value(newest, DCAT.previousVersion) == oldest
    assert graph.value(oldest, DCAT.previousVersion) is None
    assert set(graph.subjects(DCAT.isVersionOf, dataset)) == {newest, oldest}
    assert graph.value(dataset, DCTERMS.issued) == graph.value(oldest, DCTERMS.issued)


def test_only_recent_versions_are_described_and_none_is_left_dangling(
    published_site: PublishedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RECENT_VERSIONS", 1)
    graph = Graph().parse(data=catalogue(published_site)["catalogue.ttl"], format="turtle")
    described = set(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(described) == 2 * len(published_site.datasets)
    assert set(graph.objects(None, DCAT.hasVersion)) <= described
    assert not list(graph.objects(None, DCAT.previousVersion))


def test_hashes_sizes_and_media_types_are_typed_as_the_shapes_demand(graph: Graph) -> None:
    values = list(graph.objects(None, SPDX.checksumValue))
    assert {value.datatype for value in values if isinstance(value, Literal)} == {XSD.hexBinary}
    sizes = list(graph.objects(None, DCAT.byteSize))
    assert {size.datatype for size in sizes if isinstance(size, Literal)} == {
        XSD.nonNegativeInteger
    }
    assert {str(kind) for kind in graph.objects(None, DCAT.mediaType)} == {
        str(IANA[kind])
        for kind in (
            "text/csv",
            "application/vnd.apache.parquet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    }


def test_nothing_published_is_an_empty_catalog(published_site: PublishedSite) -> None:
    empty = PublishedSite(published_site.site, ())
    graph = Graph().parse(data=catalogue(empty)["catalogue.ttl"], format="turtle")
    assert list(graph.subjects(RDF.type, DCAT.Catalog))
    assert not list(graph.subjects(RDF.type, DCAT.Dataset))
