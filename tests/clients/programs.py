"""The programs of others that read the portal, each in its own environment.

A client is a script of ``scripts/`` started with one argument, the address of a server: it prints
as JSON what it read.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.validation.environments import ENVIRONMENTS, python
from tests.validation.tools import Tool

SCRIPTS = Path(__file__).parent / "scripts"
_DUCKDB = ("duckdb==1.5.5", "duckdb-extension-httpfs==1.5.5", "duckdb-extensions==1.5.5")
_NPM = ("@opendatasoft/api-client@21.8.1",)
# The one that TerriaJS (8) depends on.
_NPM_OF_TERRIA = ("@opendatasoft/api-client@0.1.0",)


class AbsentError(RuntimeError):
    """What runs the client is not on this machine; the message says what."""


@dataclass(frozen=True)
class Client:
    """A program of others; ``packages`` are of Python, or of npm for a script of JavaScript."""

    name: str
    script: str
    packages: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)

    def read(self, url: str) -> dict[str, Any]:
        """Return what the client read. Raises ``AbsentError``, ``CalledProcessError``."""
        completed = subprocess.run(
            [*_command(self), url], check=True, capture_output=True, text=True, timeout=300
        )
        result: dict[str, Any] = json.loads(completed.stdout.splitlines()[-1])
        return result


def _command(client: Client) -> list[Path | str]:
    script = SCRIPTS / client.script
    if script.suffix == ".py":
        return [python(Tool(client.name, client.packages, client.script, {})), script]
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise AbsentError("node et npm ne sont pas sur cette machine")
    folder = ENVIRONMENTS / f"validate-{client.name}"
    if not (folder / "node_modules").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        completed = subprocess.run(
            [npm, "install", "--silent", "--no-save", "--prefix", folder, *client.packages],
            check=False,
            capture_output=True,
        )
        if completed.returncode:
            raise AbsentError(f"npm n'a pu installer {', '.join(client.packages)}")
    # Modules are looked for beside the script: it runs from where they were installed.
    return [node, shutil.copy(script, folder / script.name)]


CLIENTS = (
    Client("odsclient", "read_odsclient.py", ("odsclient==0.8.4", "pandas==2.3.3")),
    Client("portalkit", "read_portalkit.py", ("portalkit==0.1.1",)),
    Client("elia-py", "read_elia.py", ("elia-py==0.3.1",)),
    Client("ukpyn", "read_ukpyn.py", ("ukpyn==1.4.3",)),
    Client("dlt", "read_dlt.py", ("dlt[duckdb]==1.31.0",)),
    Client("geopandas", "read_geopandas.py", ("geopandas==1.2.0", "pyarrow==26.0.1")),
    Client("duckdb", "read_duckdb.py", _DUCKDB),
    Client("api-client", "read_api_client.js", _NPM),
    Client("terria", "read_terria.js", _NPM_OF_TERRIA),
)
