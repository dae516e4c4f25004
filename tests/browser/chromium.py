"""Chromium, started once for all tests, and one connection to it over the DevTools protocol.

No driver stands in between: the protocol is JSON on a WebSocket, of which ``websockets`` (which the
server has already) does the whole.
"""

import json
import os
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
    "--remote-debugging-port=0",
    # Nothing but this machine has a name.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip
_PATIENCE = 60.0

Message = dict[str, Any]


class BrowserError(AssertionError):
    """The browser has refused a command, or a page has thrown."""


def find() -> str | None:
    """Return where the browser of the system is, if there is one."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Browser:
    """The connection: commands are answered in turn, events kept by session."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = count(1)
        self.events: dict[str, list[Message]] = defaultdict(list)
        self.attached: Callable[[Message], None] = lambda _message: None

    def call(self, method: str, session: str = "", **parameters: Any) -> Message:
        """Run a command and return its result. Raises :class:`BrowserError`."""
        number = self.send(method, session, **parameters)
        deadline = time.monotonic() + _PATIENCE
        while True:
            message = self._receive(deadline - time.monotonic())
            if message is None:
                raise BrowserError(f"{method}: no answer in {_PATIENCE:g} s")
            if message.get("id") != number:
                continue
            if "error" in message:
                raise BrowserError(f"{method}: {message['error']['message']}")
            result: Message = message["result"]
            return result

    def send(self, method: str, session: str = "", **parameters: Any) -> int:
        """Send a command; its answer is read by ``call``, or let go."""
        number = next(self._numbers)
        message: Message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        return number

    def listen(self, seconds: float) -> None:
        """Take in what comes until then."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._receive(left)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Take in what comes until something is true. Raises :class:`BrowserError`."""
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise BrowserError(f"waited {_PATIENCE:g} s for {what}")
            self._receive(0.02)

    def _receive(self, seconds: float) -> Message | None:
        try:
            message: Message = json.loads(self._socket.recv(timeout=max(seconds, 0)))
        except TimeoutError:
            return None
        if "method" in message:
            self.events[message.get("sessionId", "")].append(message)
            if message["method"] == "Target.attachedToTarget":
                self.attached(message)
        return message


@contextmanager
def running(folder: Path) -> Iterator[Browser]:
    """Start the browser with an empty profile in ``folder``, and stop it."""
    program = find()
    assert program is not None
    command = [program, *_FLAGS, f"--user-data-dir={folder}", "about:blank"]
    environment = {**os.environ, "HOME": str(folder), "TZ": "UTC", "LANG": "C.UTF-8"}
    with (folder / "journal.txt").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        address = _address(folder / "DevToolsActivePort", process)
        with connect(address, max_size=None, compression=None, open_timeout=_PATIENCE) as socket:
            yield Browser(socket)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(told: Path, process: "subprocess.Popen[bytes]") -> str:
    """Return where the browser listens, once it has told it."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        lines = told.read_text().split() if told.exists() else []
        if len(lines) > 1:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise BrowserError(f"the browser did not start: {told.with_name('journal.txt').read_text()}")
