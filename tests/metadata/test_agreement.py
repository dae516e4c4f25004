"""All the metadata documents of a version tell the same facts as its manifest and its files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration import settings
from orchestration.candidates.candidate import prepare
from orchestration.datasets import Dataset
from orchestration.files import sha256
from orchestration.metadata.version_card import SOURCE_TITLES
from orchestration.release import publish
from tests.factories import reports, small_datasets, small_state
from tests.factories.small_datasets import OFFER, PURCHASES, USERS
from tests.factories.small_publications import folder, without_registry


@pytest.fixture(scope="module", params=[OFFER, PURCHASES, USERS])
def version(
    shared_state: None, datasets: dict[str, Dataset], request: pytest.FixtureRequest
) -> Path:
    """The folder of a published version."""
    dataset = datasets[request.param]
    small_state.build_mart(dataset, small_datasets.lignes(dataset.nom))
    candidate = prepare(dataset)
    published = publish.publish(
        without_registry(dataset), candidate, reports.report(dataset, candidate)
    )
    return folder(dataset) / published.version


def read(version: Path, nom: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((version / nom).read_text(encoding="utf-8"))
    return content


def digests(resources: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Hashes by file name, of resources as Frictionless writes them."""
    return {
        Path(resource["path"]).name: resource["hash"].removeprefix("sha256:")
        for resource in resources
    }


def test_documents_agree_with_the_manifest(version: Path) -> None:
    dataset = version.parent.name
    manifest = read(version, "manifest.json")
    package = read(version, "datapackage.json")
    schema = read(version, "schema.json")
    csvw = read(version, f"{dataset}.csv-metadata.json")
    croissant = read(version, "croissant.json")
    page = read(version, "schema.org.jsonld")
    contract = yaml.safe_load((version / "contrat.odcs.yaml").read_text(encoding="utf-8"))

    data = [item for item in manifest["fichiers"] if "lignes" in item]
    hashes = {item["nom"]: sha256(version / item["nom"]) for item in data}
    assert {item["nom"]: item["sha256"] for item in data} == hashes
    assert digests(package["resources"]) == hashes
    assert digests(schema["resources"]) == hashes
    assert {item["name"]: item["sha256"] for item in page["distribution"]} == hashes
    assert {
        item["property"].removeprefix("sha256 "): item["value"]
        for item in contract["customProperties"]
    } == hashes
    assert csvw["schema:sha256"] == hashes[f"{dataset}.csv"]
    assert {item["name"]: item["sha256"] for item in croissant["distribution"]} == {
        f"{dataset}.parquet": hashes[f"{dataset}.parquet"]
    }

    rows = manifest["mesures"]["lignes"]
    assert {item["rows"] for item in (*package["resources"], *schema["resources"])} == {rows}
    assert {item["size"] for item in (croissant, page)} == {f"{rows} lignes"}
    assert csvw["schema:size"] == f"{rows} lignes"
    assert contract["schema"][0]["quality"][0]["mustBe"] == rows

    documents = (package, schema, croissant, page, contract)
    assert {document["version"] for document in documents} == {manifest["version"]}
    assert csvw["schema:version"] == manifest["version"]

    moment = manifest["publie_le"]
    assert package["created"] == page["datePublished"] == croissant["datePublished"] == moment
    assert csvw["dc:issued"] == contract["contractCreatedTs"] == moment
    assert schema["created"] == moment[:10]
    period = f"{package['temporal']['start']}/{package['temporal']['end']}"
    assert {croissant["temporalCoverage"], page["temporalCoverage"]} == {period}

    newest = {item["title"]: item["version"] for item in package["sources"]}
    for extract in manifest["extraits"]:
        assert newest[SOURCE_TITLES[extract["source"]]] >= extract["date_extraction"]


def test_documents_name_the_same_columns(version: Path) -> None:
    dataset = version.parent.name
    header = (version / f"{dataset}.csv").read_text(encoding="utf-8").partition("\n")[0].split(";")
    contract = yaml.safe_load((version / "contrat.odcs.yaml").read_text(encoding="utf-8"))
    described = [
        *(item["schema"]["fields"] for item in read(version, "datapackage.json")["resources"]),
        read(version, "schema.json")["fields"],
        read(version, f"{dataset}.csv-metadata.json")["tableSchema"]["columns"],
        read(version, "croissant.json")["recordSet"][0]["field"],
        read(version, "schema.org.jsonld")["variableMeasured"],
        contract["schema"][0]["properties"],
    ]
    assert [[column["name"] for column in columns] for columns in described] == [header] * len(
        described
    )


def test_every_source_has_a_public_title() -> None:
    assert set(SOURCE_TITLES) == set(settings.SOURCES)
