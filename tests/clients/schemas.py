"""schemathesis: thousands of requests drawn from the OpenAPI document of a live server."""

import re
import subprocess
from pathlib import Path

from rich.console import Console

from tests.validation.environments import python
from tests.validation.tools import Tool

NAME = "schemathesis"
_TOOL = Tool(NAME, ("schemathesis==4.32.5",), "", {})
_CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance"
)
_SETTINGS_FILE = Path(__file__).with_name("schemathesis.toml")
_PER_OPERATION = 200
_MINIMUM = 2000
_SHOWN_LINES = 60


def fuzz_schema(url: str, console: Console) -> int:
    """Return 0 when nothing contradicts the document."""
    completed = subprocess.run(
        [
            *(python(_TOOL).with_name("st"), "--config-file", _SETTINGS_FILE),
            *("run", f"{url}/api/explore/v2.1/swagger.json"),
            *("--checks", _CHECKS, "--max-examples", str(_PER_OPERATION), "--seed", "1"),
            *("--phases", "examples,coverage,fuzzing", "--continue-on-failure"),
            *("--generation-database", "none", "--request-timeout", "30"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    match = re.search(r"(\d[\d,]*) generated", completed.stdout)
    count = int(match.group(1).replace(",", "")) if match else 0
    ok = completed.returncode == 0 and count >= _MINIMUM
    console.print(f"{NAME} : {count} cas, {'aucun défaut' if ok else 'en défaut'}")
    if not ok:
        console.print(
            "\n".join((completed.stdout + completed.stderr).splitlines()[-_SHOWN_LINES:]),
            markup=False,
        )
    return 0 if ok else 1
