"""``cpf serve`` in a process of its own, over a folder of packages, on a free port of loopback."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration import settings
from tests.factories.portal_double import Server, wait_until

_READY_SECONDS = 300


@contextmanager
def serve(folder: Path, workers: int = 1, **overrides: object) -> Iterator[Server]:
    """Serve ``folder/publications``; the state of the server is in ``folder`` too."""
    variables = {f"CPF_PORTAIL_{name.upper()}": str(value) for name, value in overrides.items()}
    process = subprocess.Popen(
        [
            *(Path(sys.executable).with_name("cpf"), "serve", "--port", "0"),
            *("--workers", str(workers)),
        ],
        cwd=settings.PROJECT,
        env={**os.environ, "CPF_DATA": str(folder), "CPF_PORTAIL_MEMOIRE": "400MB", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Server(process)
    try:
        wait_until(lambda: server.request("/ready").status_code == 200, _READY_SECONDS)
        yield server
    finally:
        server.stop()
