"""``cpf status`` is asked often: it does not wait for libraries that compute."""

import subprocess
import sys

_HEAVY = ("pandas", "scipy", "pyarrow", "numpy", "dagster", "great_expectations")
_ASK = f"""
import sys
import orchestration.cli.app, orchestration.release.status
print(*sorted(set(sys.modules) & {set(_HEAVY)!r}))
"""


def test_status_imports_nothing_that_computes() -> None:
    told = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""
    # The libraries are there: one that was renamed would be missed.
    there = subprocess.run(
        [sys.executable, "-c", f"import {', '.join(_HEAVY)}"], capture_output=True, check=False
    )
    assert there.returncode == 0, there.stderr
