"""Starting and stopping the server: its socket, its processes, its signals."""

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

from portal.http.protocol import HttpProtocol
from portal.mirror import MirrorError, follow
from portal.settings import PREFIX, Settings

APP_FACTORY = "portal.application:application"
_MULTIPROC = "PROMETHEUS_MULTIPROC_DIR"
_MAX_WORKERS = 4
_MEMORY, _MIN_MEMORY = 1200, 400  # MB, of all processes and of one
_BACKLOG = 2048  # connections that wait to be accepted


class StartupError(RuntimeError):
    """The server cannot start; the message says why, in French."""


def run_server(
    settings: Settings,
    host: str,
    port: int,
    workers: int,
    announce: Callable[[str], None],
    app_factory: str = APP_FACTORY,
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight have ``settings.arret`` s to finish."""
    workers = workers or min(os.cpu_count() or 1, _MAX_WORKERS)
    if not settings.source and not settings.publications.is_dir():
        raise StartupError(f"le dossier {settings.publications} n'existe pas.")
    with _listen(host, port) as listening:
        name = f"[{host}]" if ":" in host else host
        workers_label = f" ({workers} processus)" if workers > 1 else ""
        try:
            follow(settings)
        except MirrorError as error:
            raise StartupError(str(error)) from None
        announce(f"Portail : http://{name}:{listening.getsockname()[1]}/{workers_label}")
        os.environ[f"{PREFIX}PUBLICATIONS"] = settings.source or str(settings.publications)
        _share(settings, workers)
        config = _config(app_factory, settings, workers)
        if workers > 1:
            _run_workers(config, listening)
        else:
            _run_single(config, listening)


def _share(settings: Settings, workers: int) -> None:
    """Give each process its part of the cores and of the memory, unless the operator has decided.

    Fifty clients: 163 answers a second with one process of two threads, 199 with two of one.
    """
    cores = max(1, (os.cpu_count() or 1) // workers)
    os.environ.setdefault(f"{PREFIX}FILS", str(settings.fils or cores))
    if f"{PREFIX}MEMOIRE" not in os.environ:
        os.environ[f"{PREFIX}MEMOIRE"] = f"{max(_MIN_MEMORY, _MEMORY // workers)}MB"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise StartupError(f"impossible d'écouter sur {host}, port {port} : {error}.") from None


def _config(app_factory: str, settings: Settings, workers: int) -> uvicorn.Config:
    return uvicorn.Config(
        app_factory,
        factory=True,
        workers=workers,
        loop="uvloop",
        http=HttpProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=settings.arret,
        # Loading versions may take minutes; a process that answers late is not dead.
        timeout_worker_healthcheck=60,
    )


def _run_single(config: uvicorn.Config, listening: socket.socket) -> None:
    # uvicorn raises again the signals that stopped it: to have been stopped is no failure.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise StartupError("le serveur n'a pas démarré : voir le journal ci-dessus.")


def _run_workers(config: uvicorn.Config, listening: socket.socket) -> None:
    folder = Path(tempfile.mkdtemp(prefix="cpf-portail-mesures-"))
    os.environ[_MULTIPROC] = str(folder)
    try:
        Multiprocess(config, sockets=[listening]).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
