"""dbt as Dagster sees it: when it is parsed, no refused asset, failures named without any value."""

import json
import os
from pathlib import Path

import dagster as dg
import pytest
from dagster_dbt import DbtProject

from orchestration import dbt_models, settings
from orchestration.dbt_models import (
    DbtFailedError,
    _failures,
    _without_refused,
    prepared_project,
)


@pytest.fixture
def model(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one model of a small dbt project."""
    project = tmp_path / "projet"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(
        "name: petit\nversion: '1.0.0'\nprofile: cpf_open_data\n"
    )
    (project / "profiles.yml").write_bytes((settings.PROJECT / "profiles.yml").read_bytes())
    path = project / "models" / "un.sql"
    path.write_text("select 1 as n")
    monkeypatch.setattr(settings, "PROJECT", project)
    return path


@pytest.mark.slow
def test_a_project_is_parsed_when_its_bytes_change(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def prepare(project: DbtProject) -> None:
        parsed.append(project.name)
        project.manifest_path.parent.mkdir(parents=True, exist_ok=True)
        project.manifest_path.write_text("{}")

    monkeypatch.setattr(dbt_models, "_prepare", prepare)
    first = prepared_project()
    assert first.manifest_path.is_relative_to(settings.data())
    os.utime(model, (0, 4e9))
    prepared_project()
    assert len(parsed) == 1
    model.write_text("select 2 as n")
    os.utime(model, (0, 0))
    prepared_project()
    assert len(parsed) == 2
    model.with_name("deux.sql").write_text("select 1 as n")
    prepared_project()
    first.manifest_path.unlink()
    prepared_project()
    assert len(parsed) == 4


@pytest.mark.slow
def test_a_project_that_dbt_cannot_read_is_said_and_tried_again(model: Path) -> None:
    model.write_text("select * from {{ ref('absent') }}")
    with pytest.raises(DbtFailedError, match=r"« dbt parse » a échoué(.|\n)*absent"):
        prepared_project()
    model.write_text("select 1 as n")
    assert "model.petit.un" in prepared_project().manifest_path.read_text()


def test_an_asset_that_its_own_test_refuses_is_kept_back_alone() -> None:
    refused, sound = dg.AssetKey(["marts", "usagers"]), dg.AssetKey(["marts", "offre"])
    events = [
        dg.Output(None, output_name="marts__usagers"),
        dg.Output(None, output_name="marts__offre"),
        dg.AssetCheckResult(passed=False, asset_key=refused, check_name="totaux"),
        dg.AssetCheckResult(
            passed=False, asset_key=sound, check_name="titres", severity=dg.AssetCheckSeverity.WARN
        ),
    ]
    kept = [event.output_name for event in _without_refused(events) if isinstance(event, dg.Output)]
    assert kept == ["marts__offre"]


@pytest.mark.parametrize(
    ("message", "reported"),
    [
        ("Got 3 results, configured to fail if != 0", "test en échec"),
        (
            "Runtime Error in model x (x.sql)\n  Conversion Error: Could not convert 'DURAND'",
            "Conversion Error",
        ),
        (
            "Compilation Error in model x\n  This model has an enforced contract that failed.",
            "Compilation Error in model x This model has an enforced contract that failed.",
        ),
    ],
)
def test_a_failure_is_told_without_a_value(message: str, reported: str, tmp_path: Path) -> None:
    results = {
        "results": [
            {"unique_id": "model.cpf_open_data.x", "status": "error", "message": message},
            {"unique_id": "model.cpf_open_data.y", "status": "success", "message": "OK"},
        ]
    }
    path = tmp_path / "run_results.json"
    path.write_text(json.dumps(results))
    assert list(_failures(path)) == [f"dbt, x : {reported}"]


def test_a_dbt_that_left_no_result_is_told(tmp_path: Path) -> None:
    assert list(_failures(tmp_path / "run_results.json")) == [
        "dbt s'est arrêté avant le premier modèle."
    ]
