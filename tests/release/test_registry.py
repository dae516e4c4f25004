"""The registry beside the versions: kept, shown to the models, and what may not follow it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration import registry, settings, warehouse
from orchestration.datasets import Dataset
from tests.factories.small_datasets import OFFER, PURCHASES

V1, V2, V3 = "2026.10.1", "2026.11.1", "2026.11.2"


@pytest.fixture
def dataset(state: Path, datasets: dict[str, Dataset]) -> Dataset:
    """The purchases, with a vault that holds the models to keep."""
    with warehouse.vault() as connection:
        connection.execute("create schema coffre.intermediate")
        for model in registry.models(datasets[PURCHASES]):
            connection.execute(f"create table coffre.intermediate.{model} (id_dossier varchar)")
            connection.execute(f"insert into coffre.intermediate.{model} values ('D2'), ('D1')")
    return datasets[PURCHASES]


def set_current(dataset: Dataset, version: str) -> None:
    """Make ``version`` the current one, as far as the registry looks."""
    folder = settings.publications(dataset.nom)
    (folder / version).mkdir(parents=True, exist_ok=True)
    (folder / version / "manifest.json").write_text("{}")
    pointer = {"version": version, "manifest_sha256": "", "publie_le": ""}
    (folder / "current.json").write_text(json.dumps(pointer))


def shown_views() -> set[str]:
    """Names of the views that the models may build on."""
    with warehouse.vault(read_only=True) as connection:
        rows = connection.execute(
            "select view_name from duckdb_views() "
            "where database_name = 'coffre' and schema_name = 'registre'"
        ).fetchall()
    return {name for (name,) in rows}


def test_the_registry_of_the_current_version_is_shown(dataset: Dataset) -> None:
    registry.expose()
    assert shown_views() == set()
    registry.record_version(dataset, V1)
    registry.expose()
    assert shown_views() == set()
    set_current(dataset, V1)
    registry.expose()
    assert shown_views() == {f"{dataset.nom}__{table}" for table in registry.TABLES}
    with warehouse.vault(read_only=True) as connection:
        rows = connection.execute(f"from coffre.registre.{dataset.nom}__suivis").fetchall()
    assert sorted(rows) == [("D1",), ("D2",)]


def test_the_registry_is_encrypted_and_private(dataset: Dataset) -> None:
    registry.record_version(dataset, V1)
    for path in (settings.register(dataset.nom) / V1).glob("*.parquet"):
        assert path.stat().st_mode & 0o077 == 0
        assert path.read_bytes()[:4] == b"PARE"


def test_other_rules_build_anew_and_may_not_be_published(dataset: Dataset) -> None:
    assert registry.refusal(dataset) is None
    registry.record_version(dataset, V1)
    set_current(dataset, V1)
    assert registry.refusal(dataset) is None
    path = settings.register(dataset.nom) / V1 / registry.RULES_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"seuil": 3}))
    registry.expose()
    assert shown_views() == set()
    assert "ses règles ont changé (seuil)" in str(registry.refusal(dataset))
    assert registry.refusal(dataset, rebase=True) is None


def test_a_lost_registry_may_not_be_published_over(dataset: Dataset) -> None:
    set_current(dataset, V1)
    assert "le registre de cette version a disparu" in str(registry.refusal(dataset))


def test_a_rebase_does_not_follow_the_registry(dataset: Dataset) -> None:
    registry.record_version(dataset, V1)
    set_current(dataset, V1)
    registry.expose(["autre"])
    assert len(shown_views()) == len(registry.TABLES)
    registry.expose(["autre", dataset.nom])
    assert shown_views() == set()


def test_the_two_last_are_kept(dataset: Dataset) -> None:
    for version in (V1, V2, V3):
        registry.record_version(dataset, version)
        registry.prune(dataset)
    assert {path.name for path in settings.register(dataset.nom).iterdir()} == {V2, V3}


def test_a_version_whose_number_serves_again_is_replaced(dataset: Dataset) -> None:
    registry.record_version(dataset, V1)
    (settings.register(dataset.nom) / V1 / "reste").touch()
    (settings.register(dataset.nom) / ".en_cours-1").mkdir()
    registry.record_version(dataset, V1)
    assert {path.name for path in settings.register(dataset.nom).iterdir()} == {V1}
    assert not (settings.register(dataset.nom) / V1 / "reste").exists()


def test_a_version_from_before_the_registry_gets_one(dataset: Dataset) -> None:
    registry.complete(dataset, V1)
    folder = settings.register(dataset.nom) / V1
    before = (folder / registry.RULES_FILE).stat().st_mtime_ns
    registry.complete(dataset, V1)
    assert (folder / registry.RULES_FILE).stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("delivered_on", "day"), [("2026-10-31", "2025-09-30"), ("2026-01-31", "2024-12-31")]
)
def test_periods_are_definitive_thirteen_months_after_their_end(
    datasets: dict[str, Dataset], delivered_on: str, day: str
) -> None:
    assert registry.final_until(datasets[PURCHASES], delivered_on) == day
    assert registry.final_until(datasets[OFFER], delivered_on) is None


def test_a_dataset_without_persons_has_none(state: Path, datasets: dict[str, Dataset]) -> None:
    registry.record_version(datasets[OFFER], V1)
    assert registry.refusal(datasets[OFFER]) is None
    assert registry.models(datasets[OFFER]) == []
    assert not settings.register(OFFER).exists()


def test_what_stays_public_beside_a_rebase_is_said(dataset: Dataset) -> None:
    """Another threshold beside the old one: whoever asks for it knows what to withdraw."""
    assert registry.rebase_warning(dataset) is None
    for version in (V1, V2):
        set_current(dataset, version)
    for version in (V1, V2):
        manifest = {
            "seuil": dataset.seuil,
            "plan": [list(step) for step in dataset.plan],
            "version_precedente": None,
        }
        path = settings.publications(dataset.nom) / version / "manifest.json"
        path.write_text(json.dumps(manifest))
    same = registry.rebase_warning(dataset)
    assert same
    assert "seuil" not in same.partition("Deux découpages")[0]
    lower = registry.rebase_warning(replace(dataset, seuil=3))
    assert lower
    assert f"({V1}, {V2} ; seuil {dataset.seuil} au lieu de 3)" in lower
    assert f"cpf withdraw {dataset.nom} {V2}" in lower
