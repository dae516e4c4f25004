"""schemathesis: thousands of requests drawn from the OpenAPI document of a live server.

Belongs here: running it and judging. Does not: the document (``portal.explore.openapi``).
"""

import re
import subprocess
from pathlib import Path

from rich.console import Console

from tests.validation.environnements import python
from tests.validation.outils import Outil

NOM = "schemathesis"
_OUTIL = Outil(NOM, ("schemathesis==4.32.5",), "", {})
_CONTROLES = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance"
)
_REGLAGES = Path(__file__).with_name("schemathesis.toml")
_PAR_OPERATION = 200
_MINIMUM = 2000
_MONTRES = 60


def essayer(url: str, console: Console) -> int:
    """Return 0 when nothing contradicts the document."""
    done = subprocess.run(
        [
            *(python(_OUTIL).with_name("st"), "--config-file", _REGLAGES),
            *("run", f"{url}/api/explore/v2.1/swagger.json"),
            *("--checks", _CONTROLES, "--max-examples", str(_PAR_OPERATION), "--seed", "1"),
            *("--phases", "examples,coverage,fuzzing", "--continue-on-failure"),
            *("--generation-database", "none", "--request-timeout", "30"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"(\d[\d,]*) generated", done.stdout)
    count = int(found.group(1).replace(",", "")) if found else 0
    ok = done.returncode == 0 and count >= _MINIMUM
    console.print(f"{NOM} : {count} cas, {'aucun défaut' if ok else 'en défaut'}")
    if not ok:
        console.print("\n".join((done.stdout + done.stderr).splitlines()[-_MONTRES:]), markup=False)
    return 0 if ok else 1
