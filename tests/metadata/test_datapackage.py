"""Data Package and Table Schema, judged by the standard's profile and by Frictionless.

``profils/data-package-2.0.json`` is the profile that datapackage.org publishes, as the package
check-datapackage 0.37 (MIT) carries it.
"""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from frictionless import Package, Schema, system
from frictionless.resources import FileResource

from orchestration.datasets import Dataset, DeclarationError, read_datasets
from orchestration.metadata.documents import describe_version
from orchestration.metadata.frictionless import PACKAGE_FILE, SCHEMA_FILE, data_package
from orchestration.metadata.version_card import VersionCard
from tests.factories import small_cards
from tests.factories.small_datasets import OFFER, PURCHASES, USERS

pytestmark = pytest.mark.usefixtures("shared_state")
PROFILE = json.loads(
    (Path(__file__).parent / "profiles" / "data-package-2.0.json").read_text(encoding="utf-8")
)
DATASETS = (OFFER, PURCHASES, USERS)


@pytest.fixture(scope="module")
def cards(shared_state: None, datasets: dict[str, Dataset]) -> dict[str, tuple[VersionCard, Path]]:
    """The card and the data files of a version of each dataset."""
    return {name: small_cards.make_card(datasets[name]) for name in DATASETS}


@pytest.fixture
def version(
    cards: dict[str, tuple[VersionCard, Path]], request: pytest.FixtureRequest, tmp_path: Path
) -> Path:
    """A version's folder, for a test to change: its data and its metadata."""
    card, folder = cards[request.param]
    for file in card.data_files:
        (tmp_path / file.nom).write_bytes((folder / file.nom).read_bytes())
    for name, content in describe_version(card).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


for_every_dataset = pytest.mark.parametrize("version", DATASETS, indirect=True)
for_users = pytest.mark.parametrize("version", [USERS], indirect=True)


def refusals(version: Path) -> set[str]:
    """Kinds of errors that Frictionless finds in the CSV, its hash, size and rows included."""
    package = Package(str(version / PACKAGE_FILE))
    for resource in package.resources[1:]:
        package.remove_resource(resource.name)
    return {kind for (kind,) in package.validate().flatten(["type"])}


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def change_cell(version: Path, column: str, value: str) -> None:
    """Write ``value`` in the second row of the CSV."""
    (path,) = version.glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    rows[2][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows(rows)


@for_every_dataset
def test_the_profile_and_frictionless_accept_it(version: Path) -> None:
    package = read(version / PACKAGE_FILE)
    jsonschema.validate(package, PROFILE)
    assert refusals(version) == set()
    for resource in package["resources"]:
        with system.use_context(trusted=True):
            file = FileResource(
                path=str(version / resource["path"]),
                hash=resource["hash"],
                bytes=resource["bytes"],
            )
            assert file.validate().valid
    assert not list(Schema.metadata_validate(read(version / SCHEMA_FILE)))


@for_users
@pytest.mark.parametrize(
    ("column", "value", "error"),
    [
        ("genre", "Autre", "constraint-error"),
        ("trimestre_entree", "2026-T5", "constraint-error"),
        ("statut", "", "constraint-error"),
        ("nb_dossiers", "beaucoup", "type-error"),
        ("niveau_diffusion", "2", "hash-count"),
    ],
)
def test_frictionless_refuses_a_changed_cell(
    version: Path, column: str, value: str, error: str
) -> None:
    change_cell(version, column, value)
    assert error in refusals(version)


@for_users
def test_frictionless_refuses_a_lost_row(version: Path) -> None:
    (path,) = version.glob("*.csv")
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]))
    assert {"hash-count", "byte-count", "row-count"} <= refusals(version)


@for_users
@pytest.mark.parametrize(
    "damage",
    [
        lambda package: package["resources"][0]["schema"]["fields"][0].update(example=1),
        lambda package: package.pop("resources"),
        lambda package: package.update(version=1),
    ],
)
def test_the_profile_refuses_a_broken_package(
    version: Path, damage: Callable[[dict[str, Any]], object]
) -> None:
    package = read(version / PACKAGE_FILE)
    damage(package)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(package, PROFILE)


@for_every_dataset
def test_what_the_portal_reads_of_the_csv(version: Path) -> None:
    resource, *others = read(version / PACKAGE_FILE)["resources"]
    assert (resource["format"], resource["dialect"]["delimiter"]) == ("csv", ";")
    assert f"{resource['name']}.csv" == resource["path"]
    assert {other["name"] for other in others} == {
        f"{resource['name']}_{other['format']}" for other in others
    }
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert all(field["title"] and field["description"] for field in fields.values())
    assert any(field.get("annotations", {}).get("facet") for field in fields.values())
    # A code may begin with zero; a year is a number.
    texts = ("mois_", "trimestre_", "code_departement", "code_region", "siret")
    assert {f["type"] for name, f in fields.items() if name.startswith(texts)} == {"string"}
    years = [f for name, f in fields.items() if name.startswith("annee_")]
    assert all(f["type"] == "integer" and "pattern" not in f["constraints"] for f in years)
    examples = [field["example"] for field in fields.values() if "example" in field]
    assert len(examples) > len(fields) / 2
    assert all(isinstance(example, str) for example in examples)


@for_every_dataset
def test_a_key_that_may_be_empty_is_not_called_primary(version: Path) -> None:
    schema = read(version / SCHEMA_FILE)
    (key,) = [schema["primaryKey"]] if "primaryKey" in schema else schema["uniqueKeys"]
    required = {f["name"] for f in schema["fields"] if f.get("constraints", {}).get("required")}
    assert ("primaryKey" in schema) == (set(key) <= required)


def test_the_same_card_gives_the_same_bytes(datasets: dict[str, Dataset]) -> None:
    card, _ = small_cards.make_card(datasets[PURCHASES])
    again, _ = small_cards.make_card(read_datasets()[PURCHASES])
    assert describe_version(card) == describe_version(again)


def test_a_facet_that_is_no_column_is_refused(tmp_path: Path) -> None:
    mart = tmp_path / "models" / "marts" / "essai" / "essai.yml"
    mart.parent.mkdir(parents=True)
    (tmp_path / "dbt_project.yml").write_text("vars: {}")
    dataset = (
        "{titre: T, repond: Q, ailleurs: A, rythme: mensuel, licence: L, mots_cles: [], "
        "sources: [], cle: [], periode: mois, facettes: [moi]}"
    )
    mart.write_text(
        f"models: [{{name: essai, config: {{meta: {{jeu: {dataset}}}}}, "
        "columns: [{name: mois, data_type: varchar}]}]"
    )
    with pytest.raises(DeclarationError, match="facettes nomme moi"):
        read_datasets(tmp_path)


def test_old_names_are_told_of_the_fields_they_stand_for(
    cards: dict[str, tuple[VersionCard, Path]],
) -> None:
    card, _ = cards[OFFER]
    fields = json.loads(data_package(card))["resources"][0]["schema"]["fields"]
    deprecated_names = {
        field["name"]: field["deprecatedNames"] for field in fields if "deprecatedNames" in field
    }
    assert deprecated_names == {
        "date_chargement": ["date_extract"],
        "code_rs": ["code_inventaire"],
        "siret_of": ["siret"],
        "type_referentiel": ["rsrncp"],
    }
