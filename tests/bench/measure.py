"""Time and memory of a command, whole process tree included."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.2
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Measure:
    """Wall seconds and peak resident memory (bytes, sum over the process tree) of a command.

    ``processor``: seconds of all cores; what other work beside does not change much.
    """

    seconds: float
    peak: int
    code: int
    processor: float


def measure(command: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> Measure:
    """Run ``command``; its output goes to ``log``."""
    start, before = time.monotonic(), _processor()
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        peak = _Peak(process.pid)
        peak.start()
        code = process.wait()
        peak.stop.set()
        peak.join()
    return Measure(time.monotonic() - start, peak.most, code, _processor() - before)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Peak(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.most, self.stop = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.stop.wait(SAMPLE_SECONDS):
            self.most = max(self.most, tree_resident(self.pid))


def tree_resident(root: int) -> int:
    """Resident bytes of ``root`` and its descendants, from /proc; a vanished process counts 0."""
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            resident[int(entry.name)] = int((entry / "statm").read_text().split()[1]) * PAGE
            parents[int(entry.name)] = int(stat[1])
        except OSError:
            continue
    family = {root}
    for _ in range(6):  # deep enough for cpf → dagster → dbt
        family |= {pid for pid, parent in parents.items() if parent in family}
    return sum(resident.get(pid, 0) for pid in family)
