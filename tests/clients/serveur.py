"""``cpf serve`` in a process of its own, over a folder of packages, on a free port of loopback.

Belongs here: starting, waiting until it is ready, stopping. Does not: what is asked of it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration import settings
from tests.unit.portail_double import Serveur, attendre

_PRET = 60


@contextmanager
def servir(dossier: Path, processus: int = 1, **reglages: object) -> Iterator[Serveur]:
    """Serve ``dossier/publications``; the state of the server is in ``dossier`` too."""
    given = {f"CPF_PORTAIL_{name.upper()}": str(value) for name, value in reglages.items()}
    process = subprocess.Popen(
        [
            *(Path(sys.executable).with_name("cpf"), "serve", "--port", "0"),
            *("--workers", str(processus)),
        ],
        cwd=settings.PROJECT,
        env={**os.environ, "CPF_DATA": str(dossier), "CPF_PORTAIL_MEMOIRE": "400MB", **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Serveur(process)
    try:
        attendre(lambda: server.demander("/ready").status_code == 200, _PRET)
        yield server
    finally:
        server.arreter()
