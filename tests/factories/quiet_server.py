"""``cpf serve`` on a folder of publications, one process, until the test is done."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

_CPF = Path(sys.executable).with_name("cpf")
_READY_SECONDS = 300


@contextmanager
def serving(publications: Path, state: Path) -> Iterator[str]:
    """Serve, and give the address of the server once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [_CPF, "serve", "--publications", publications, "--port", str(port), "--workers", "1"]
    with (state / "journal.txt").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, "CPF_DATA": str(state)}, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process, state / "journal.txt")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait by the clock: on a machine that others use, one answer may take seconds."""
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end:
        try:
            if requests.get(f"{address}/ready", timeout=30).ok:
                return
        except requests.RequestException:
            pass
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise TimeoutError(log.read_text())
