"""The harvest file: the traps of data.gouv.fr's harvester are avoided, release after release."""

import datetime as dt

import pytest
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, XSD

from orchestration.datasets import Dataset
from orchestration.site.datagouv import FILE_NAME, harvest_file
from orchestration.site.published import read_published_site
from orchestration.site.rdf import DCAT, SPDX, VCARD
from tests.factories.small_datasets import (
    ENTRIES,
    OFFER,
    PURCHASE_TOTALS,
    PURCHASES,
    USER_TOTALS,
    USERS,
)
from tests.factories.small_publications import publish_dataset

pytestmark = pytest.mark.usefixtures("site_state")


@pytest.fixture
def graph() -> Graph:
    return read()


def read() -> Graph:
    return Graph().parse(data=harvest_file(read_published_site())[FILE_NAME], format="turtle")


def test_datasets_are_the_declared_ones_and_not_their_versions(
    graph: Graph, datasets: dict[str, Dataset]
) -> None:
    nodes = set(graph.subjects(RDF.type, DCAT.Dataset))
    names = {str(graph.value(node, DCTERMS.identifier)) for node in nodes}
    assert names == set(datasets)
    assert len(nodes) == len(names)
    assert {OFFER, ENTRIES, PURCHASES, USERS, PURCHASE_TOTALS, USER_TOTALS} < names
    assert not list(graph.objects(None, DCAT.hasVersion))


def test_addresses_are_stable_ones_only(graph: Graph) -> None:
    addresses = [
        str(address)
        for name in (DCAT.accessURL, DCAT.downloadURL)
        for address in graph.objects(None, name)
    ]
    assert len(addresses) == 2 * len(set(addresses)) > 0
    assert all("/derniere/" in address for address in addresses)
    version = read_published_site().datasets[0].current.version
    assert not any(f"/{version}/" in str(node) for triple in graph for node in triple)


def test_another_release_changes_no_identity(datasets: dict[str, Dataset]) -> None:
    def identities(graph: Graph) -> set[tuple[object, object]]:
        return {
            *graph.subject_objects(DCTERMS.identifier),
            *graph.subject_objects(DCAT.downloadURL),
            *graph.subject_objects(DCTERMS.conformsTo),
        }

    before = read()
    publish_dataset(datasets[USERS], dossiers=42)
    after = read()
    assert identities(after) == identities(before)
    hashes = [set(graph.objects(None, SPDX.checksumValue)) for graph in (before, after)]
    assert hashes[0] != hashes[1]


def test_hashes_are_plain_strings(graph: Graph) -> None:
    values = [item for item in graph.objects(None, SPDX.checksumValue) if isinstance(item, Literal)]
    assert {value.datatype for value in values} <= {None, XSD.string}
    assert all(isinstance(value.toPython(), str) and len(value) == 64 for value in values)
    assert len(values) == len(list(graph.subjects(RDF.type, DCAT.Distribution)))


def test_periods_are_not_addresses_to_be_fetched(
    graph: Graph, datasets: dict[str, Dataset]
) -> None:
    periods = list(graph.objects(None, DCTERMS.temporal))
    assert len(periods) == len(datasets)
    assert all(isinstance(period, BNode) for period in periods)


def test_no_distribution_is_an_api(graph: Graph) -> None:
    assert not list(graph.objects(None, DCAT.accessService))


def test_the_contact_is_one_node_with_a_name_and_an_address(graph: Graph) -> None:
    (node,) = set(graph.objects(None, DCAT.contactPoint))
    assert len(list(graph.objects(node, VCARD.fn))) == 1
    assert len(list(graph.objects(node, VCARD.hasURL))) == 1


def test_no_date_is_to_come(graph: Graph) -> None:
    dates = [item for item in graph.objects(None, DCTERMS.modified) if isinstance(item, Literal)]
    assert dates
    assert all(date.toPython() <= dt.datetime.now(dt.UTC) for date in dates)


def test_each_resource_names_its_table_schema_without_a_title(graph: Graph) -> None:
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        (schema,) = graph.objects(distribution, DCTERMS.conformsTo)
        assert isinstance(schema, URIRef)
        assert schema.endswith("/derniere/schema.json")
        assert graph.value(schema, DCTERMS.title) is None


def test_formats_are_extensions(graph: Graph) -> None:
    for distribution, form in graph.subject_objects(DCTERMS["format"]):
        assert str(graph.value(distribution, DCAT.downloadURL)).endswith(f".{form}")
    assert Literal("jsonl") in set(graph.objects(None, DCTERMS["format"]))
