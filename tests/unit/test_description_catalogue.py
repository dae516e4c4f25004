"""The catalogue: DCAT-AP's properties, versions, one graph in three files, the same bytes."""

import os
import subprocess
import sys

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, FOAF, XSD

from orchestration.description import vitrine as module
from orchestration.description.catalogue import catalogue
from orchestration.description.rdf import DCAT, EUROPE, IANA, SPDX
from orchestration.description.vitrine import Vitrine, lire_vitrine
from orchestration.jeux import Jeu
from tests.unit import petit_site
from tests.unit.petits_jeux import ACHATS, OFFRE, USAGERS

RYTHMES = {OFFRE: "DAILY", ACHATS: "MONTHLY", USAGERS: "QUARTERLY"}
OBLIGATOIRES = (
    *(DCTERMS.title, DCTERMS.description, DCTERMS.identifier, DCTERMS.issued, DCTERMS.modified),
    *(DCTERMS.publisher, DCAT.contactPoint, DCTERMS.spatial, DCTERMS.language, DCTERMS.provenance),
    *(DCTERMS.accrualPeriodicity, DCTERMS.conformsTo, DCTERMS.accessRights, DCAT.landingPage),
    *(DCTERMS.temporal, DCAT.version, DCAT.distribution, DCAT.theme, DCAT.keyword),
)
DE_DISTRIBUTION = (
    *(DCAT.accessURL, DCAT.downloadURL, DCAT.byteSize, SPDX.checksum, DCTERMS.license),
    *(DCTERMS["format"], DCTERMS.title, DCTERMS.conformsTo),
)


@pytest.fixture(scope="module")
def vitrine(etat_partage: None, jeux: dict[str, Jeu]) -> Vitrine:
    petit_site.publier_tout(jeux)
    return lire_vitrine()


@pytest.fixture(scope="module")
def graph(vitrine: Vitrine) -> Graph:
    return Graph().parse(data=catalogue(vitrine)["catalogue.ttl"], format="turtle")


def test_three_files_hold_one_graph(vitrine: Vitrine, graph: Graph) -> None:
    files = catalogue(vitrine)
    for name, form in (("catalogue.jsonld", "json-ld"), ("catalogue.rdf", "xml")):
        other = Graph().parse(data=files[name], format=form)
        assert len(other) == len(graph) > 100
        assert isomorphic(other, graph)


def test_same_publications_same_bytes_in_another_process(vitrine: Vitrine) -> None:
    code = (
        "from orchestration.description.vitrine import lire_vitrine;"
        "from orchestration.description.catalogue import catalogue;"
        "import sys; sys.stdout.buffer.write(b''.join(catalogue(lire_vitrine()).values()))"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert made == [b"".join(catalogue(vitrine).values())] * 2


def test_every_dataset_and_version_has_what_dcat_ap_asks_for(
    vitrine: Vitrine, graph: Graph
) -> None:
    nodes = set(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(nodes) == sum(1 + len(item.fiches) for item in vitrine.jeux) == 7
    for node in nodes:
        assert [name for name in OBLIGATOIRES if graph.value(node, name) is None] == []
        rhythm = graph.value(node, DCTERMS.accrualPeriodicity)
        name = str(graph.value(node, DCTERMS.identifier)).partition("/")[0]
        assert rhythm == EUROPE[f"frequency/{RYTHMES[name]}"]
        for distribution in graph.objects(node, DCAT.distribution):
            missing = [item for item in DE_DISTRIBUTION if not graph.value(distribution, item)]
            assert missing == []
            # Ours are in the folder of the node: stable ones with stable, versions with versions.
            assert str(distribution).startswith(str(node))
    (top,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert set(graph.objects(top, DCAT.dataset)) < nodes
    assert {graph.value(top, name) is None for name in (DCTERMS.title, FOAF.homepage)} == {False}


def test_versions_are_linked_both_ways(vitrine: Vitrine, graph: Graph) -> None:
    item = next(item for item in vitrine.jeux if item.courante.jeu.nom == USAGERS)
    newest, oldest = (URIRef(card.adresse("")) for card in item.fiches)
    (dataset,) = graph.subjects(DCTERMS.identifier, Literal(USAGERS))
    assert set(graph.objects(dataset, DCAT.hasVersion)) == {newest, oldest}
    assert graph.value(dataset, DCAT.hasCurrentVersion) == newest
    assert graph.value(newest, DCAT.previousVersion) == oldest
    assert graph.value(oldest, DCAT.previousVersion) is None
    assert set(graph.subjects(DCAT.isVersionOf, dataset)) == {newest, oldest}
    assert graph.value(dataset, DCTERMS.issued) == graph.value(oldest, DCTERMS.issued)


def test_only_recent_versions_are_described_and_none_is_left_dangling(
    vitrine: Vitrine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RECENTES", 1)
    graph = Graph().parse(data=catalogue(vitrine)["catalogue.ttl"], format="turtle")
    described = set(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(described) == 2 * len(vitrine.jeux)
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


def test_nothing_published_is_an_empty_catalogue(vitrine: Vitrine) -> None:
    empty = Vitrine(vitrine.site, ())
    graph = Graph().parse(data=catalogue(empty)["catalogue.ttl"], format="turtle")
    assert list(graph.subjects(RDF.type, DCAT.Catalog))
    assert not list(graph.subjects(RDF.type, DCAT.Dataset))
