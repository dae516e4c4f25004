"""A long command in a process group of its own, which ends whole and at once.

Libraries catch signals and pass none on; a child of theirs outlives a kill. So the work is done by
a child, and what is asked of its parent (Ctrl-C, TERM, HUP, KILL) ends it with all that it started:
a command that is killed at any moment leaves the old publications or the new ones.
"""

import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds that marking the run as cancelled may take: it is done by the next one otherwise.
_CLEANING = 3


def supervise() -> None:
    """Return in the child, which works; in the parent, wait for it and leave with its code."""
    lifeline, held = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(held)
        os.setpgid(0, 0)
        threading.Thread(target=_die_with, args=(lifeline,), daemon=True).start()
        return
    os.close(lifeline)
    with suppress(OSError):  # it was faster
        os.setpgid(pid, pid)
    raise SystemExit(_wait(pid))


def _die_with(lifeline: int) -> None:
    """End this group once nobody holds the other end: the parent has died, however it did."""
    os.read(lifeline, 1)
    os.killpg(0, signal.SIGKILL)


def _wait(pid: int) -> int:
    received: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        received.append(number)
        _kill(pid)

    for name in _SIGNALS:
        signal.signal(name, end)
    _, status = os.waitpid(pid, 0)
    _kill(pid)
    if received:
        sys.stderr.write("\nInterrompu : les publications d'avant restent. Relancer reprend.\n")
        _cancel_runs(128 + received[0])
        return 128 + received[0]
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        sys.stderr.write(
            f"Erreur : arrêtée par le signal {-code} ; souvent, la mémoire manque (CPF_MEMORY).\n"
        )
        return 128 - code
    return code


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _cancel_runs(code: int) -> None:
    """Mark the run as cancelled in Dagster, unless that takes too long."""
    for name in _SIGNALS:
        signal.signal(name, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, lambda *_: os._exit(code))
    signal.alarm(_CLEANING)
    with suppress(Exception):
        from orchestration.run import close_dead_runs

        close_dead_runs()
    signal.alarm(0)
