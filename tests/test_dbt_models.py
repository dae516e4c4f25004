"""What dbt did, as Dagster is told: no refused asset, and failures named without any value."""

import json
from pathlib import Path

import dagster as dg
import pytest

from orchestration.dbt_models import _failures, _without_refused


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
