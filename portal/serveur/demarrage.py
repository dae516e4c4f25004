"""Starting and stopping the server: its socket, its processes, its signals.

Belongs here: uvicorn. Does not: the application (``assemblage``), messages (``cli_portail``).
"""

import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import uvicorn
from uvicorn.supervisors import Multiprocess

from portal.reglages import PREFIXE, Reglages
from portal.serveur.protocole import Protocole

FABRIQUE = "portal.serveur.assemblage:application"
_MULTIPROC = "PROMETHEUS_MULTIPROC_DIR"
_PROCESSUS = 4
_MEMOIRE, _MEMOIRE_MINIMALE = 1200, 400  # MB, of all processes and of one
_FILE = 2048  # connections that wait to be accepted


class DemarrageError(RuntimeError):
    """The server cannot start; the message says why, in French."""


def servir(
    reglages: Reglages,
    hote: str,
    port: int,
    processus: int,
    annoncer: Callable[[str], None],
    fabrique: str = FABRIQUE,
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight have ``reglages.arret`` s to finish."""
    processus = processus or min(os.cpu_count() or 1, _PROCESSUS)
    if not reglages.publications.is_dir():
        raise DemarrageError(f"le dossier {reglages.publications} n'existe pas.")
    with _ecouter(hote, port) as listening:
        name = f"[{hote}]" if ":" in hote else hote
        many = f" ({processus} processus)" if processus > 1 else ""
        annoncer(f"Portail : http://{name}:{listening.getsockname()[1]}/{many}")
        os.environ[f"{PREFIXE}PUBLICATIONS"] = str(reglages.publications)
        _partager(reglages, processus)
        config = _config(fabrique, reglages, processus)
        if processus > 1:
            _plusieurs(config, listening)
        else:
            _un(config, listening)


def _partager(reglages: Reglages, processus: int) -> None:
    """Give each process its part of the cores and of the memory, unless the operator has decided.

    Fifty clients: 163 answers a second with one process of two threads, 199 with two of one.
    """
    cores = max(1, (os.cpu_count() or 1) // processus)
    os.environ.setdefault(f"{PREFIXE}FILS", str(reglages.fils or cores))
    if f"{PREFIXE}MEMOIRE" not in os.environ:
        os.environ[f"{PREFIXE}MEMOIRE"] = f"{max(_MEMOIRE_MINIMALE, _MEMOIRE // processus)}MB"


def _ecouter(hote: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in hote else socket.AF_INET
    try:
        return socket.create_server((hote, port), family=family, backlog=_FILE)
    except (OSError, OverflowError) as error:
        raise DemarrageError(f"impossible d'écouter sur {hote}, port {port} : {error}.") from None


def _config(fabrique: str, reglages: Reglages, processus: int) -> uvicorn.Config:
    return uvicorn.Config(
        fabrique,
        factory=True,
        workers=processus,
        loop="uvloop",
        http=Protocole,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=reglages.arret,
        # Loading versions may take minutes; a process that answers late is not dead.
        timeout_worker_healthcheck=60,
    )


def _un(config: uvicorn.Config, listening: socket.socket) -> None:
    # uvicorn raises again the signals that stopped it: to have been stopped is no failure.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise DemarrageError("le serveur n'a pas démarré : voir le journal ci-dessus.")


def _plusieurs(config: uvicorn.Config, listening: socket.socket) -> None:
    folder = Path(tempfile.mkdtemp(prefix="cpf-portail-mesures-"))
    os.environ[_MULTIPROC] = str(folder)
    try:
        Multiprocess(config, sockets=[listening]).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
