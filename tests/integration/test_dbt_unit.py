"""dbt's own unit tests, on a state whose tables exist (dbt reads their column types)."""

import re
import subprocess

import pytest

from orchestration import settings
from tests.integration.conftest import CPF, World


@pytest.mark.xdist_group("world")
def test_dbt_unit_tests_pass(published: World) -> None:
    completed = subprocess.run(
        [CPF.with_name("dbt"), "test", "--select", "test_type:unit"],
        cwd=settings.PROJECT,
        env={
            **published.environment(),
            "DBT_TARGET_PATH": str(published.data / "dbt" / "unit"),
            "DBT_LOG_PATH": str(published.data / "dbt" / "unit"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stdout
    match = re.search(r"PASS=(\d+)", completed.stdout)
    assert match
    assert int(match[1]) >= 6
