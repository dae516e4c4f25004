"""All the metadata documents of a version tell the same facts as its manifest and its files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration import settings
from orchestration.description.provenance import TITRES
from orchestration.jeux import Jeu
from orchestration.publication import publier
from orchestration.publication.candidat import preparer
from orchestration.publication.fichiers import sha256
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.petites_publications import dossier, sans_registre
from tests.unit.petits_jeux import ACHATS, OFFRE, USAGERS

pytestmark = pytest.mark.usefixtures("etat_partage")


@pytest.fixture(params=[OFFRE, ACHATS, USAGERS])
def version(jeux: dict[str, Jeu], request: pytest.FixtureRequest) -> Path:
    """The folder of a published version."""
    jeu = jeux[request.param]
    petit_etat.construire_mart(jeu, petits_jeux.lignes(jeu.nom))
    candidat = preparer(jeu)
    published = publier.publier(sans_registre(jeu), candidat, rapports.rapport(jeu, candidat))
    return dossier(jeu) / published.version


def lire(version: Path, nom: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((version / nom).read_text(encoding="utf-8"))
    return content


def empreintes(resources: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Hashes by file name, of resources as Frictionless writes them."""
    return {Path(item["path"]).name: item["hash"].removeprefix("sha256:") for item in resources}


def test_documents_agree_with_the_manifest(version: Path) -> None:
    jeu = version.parent.name
    manifest = lire(version, "manifest.json")
    package = lire(version, "datapackage.json")
    schema = lire(version, "schema.json")
    csvw = lire(version, f"{jeu}.csv-metadata.json")
    croissant = lire(version, "croissant.json")
    page = lire(version, "schema.org.jsonld")
    contract = yaml.safe_load((version / "contrat.odcs.yaml").read_text(encoding="utf-8"))

    data = [item for item in manifest["fichiers"] if "lignes" in item]
    hashes = {item["nom"]: sha256(version / item["nom"]) for item in data}
    assert {item["nom"]: item["sha256"] for item in data} == hashes
    assert empreintes(package["resources"]) == hashes
    assert empreintes(schema["resources"]) == hashes
    assert {item["name"]: item["sha256"] for item in page["distribution"]} == hashes
    assert {
        item["property"].removeprefix("sha256 "): item["value"]
        for item in contract["customProperties"]
    } == hashes
    assert csvw["schema:sha256"] == hashes[f"{jeu}.csv"]
    assert {item["name"]: item["sha256"] for item in croissant["distribution"]} == {
        f"{jeu}.parquet": hashes[f"{jeu}.parquet"]
    }

    rows = manifest["mesures"]["lignes"]
    assert {item["rows"] for item in (*package["resources"], *schema["resources"])} == {rows}
    assert {item["size"] for item in (croissant, page)} == {f"{rows} lignes"}
    assert csvw["schema:size"] == f"{rows} lignes"
    assert contract["schema"][0]["quality"][0]["mustBe"] == rows

    documents = (package, schema, croissant, page, contract)
    assert {item["version"] for item in documents} == {manifest["version"]}
    assert csvw["schema:version"] == manifest["version"]

    moment = manifest["publie_le"]
    assert package["created"] == page["datePublished"] == croissant["datePublished"] == moment
    assert csvw["dc:issued"] == contract["contractCreatedTs"] == moment
    assert schema["created"] == moment[:10]
    period = f"{package['temporal']['start']}/{package['temporal']['end']}"
    assert {croissant["temporalCoverage"], page["temporalCoverage"]} == {period}

    newest = {item["title"]: item["version"] for item in package["sources"]}
    for extrait in manifest["extraits"]:
        assert newest[TITRES[extrait["source"]]] >= extrait["date_extraction"]


def test_documents_name_the_same_columns(version: Path) -> None:
    jeu = version.parent.name
    header = (version / f"{jeu}.csv").read_text(encoding="utf-8").partition("\n")[0].split(";")
    contract = yaml.safe_load((version / "contrat.odcs.yaml").read_text(encoding="utf-8"))
    described = [
        *(item["schema"]["fields"] for item in lire(version, "datapackage.json")["resources"]),
        lire(version, "schema.json")["fields"],
        lire(version, f"{jeu}.csv-metadata.json")["tableSchema"]["columns"],
        lire(version, "croissant.json")["recordSet"][0]["field"],
        lire(version, "schema.org.jsonld")["variableMeasured"],
        contract["schema"][0]["properties"],
    ]
    assert [[column["name"] for column in columns] for columns in described] == [header] * len(
        described
    )


def test_every_source_has_a_public_title() -> None:
    assert set(TITRES) == set(settings.SOURCES)
