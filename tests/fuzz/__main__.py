"""``make fuzz``: many requests, each of which must be answered or refused; what is not is printed.

Arguments: how many (100,000), then the first seed.
"""

import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.mangle import requests
from tests.fuzz.workshop import Harness, HttpRequest, open_harness

COUNT, BATCH_SIZE, SHOWN_PER_DEFECT = 100_000, 2_000, 5


@dataclass
class FuzzReport:
    """What came of the requests so far."""

    statuses: Counter[int] = field(default_factory=Counter)
    defects: dict[str, list[HttpRequest]] = field(default_factory=dict)
    slowest: tuple[float, HttpRequest | None] = (0.0, None)

    def judge(self, harness: Harness, request: HttpRequest) -> None:
        """Ask, and take note."""
        answer = harness.request(request)
        self.statuses[answer.status] += 1
        if answer.seconds > self.slowest[0]:
            self.slowest = (answer.seconds, request)
        if answer.defect:
            self.defects.setdefault(answer.defect.partition(" : ")[0], []).append(request)

    def report(self) -> None:
        """Print it."""
        count = sum(self.statuses.values())
        status_counts = ", ".join(
            f"{status} : {number}" for status, number in sorted(self.statuses.items())
        )
        print(f"{count} demandes ({status_counts}) ; répondues : {self.statuses[200] / count:.0%}")
        print(f"la plus lente : {self.slowest[0]:.2f} s, {self.slowest[1]}")
        for reason, failures in self.defects.items():
            print(f"DÉFAUT, {len(failures)} fois : {reason}")
            for query in sorted(failures, key=lambda item: len(item.query))[:SHOWN_PER_DEFECT]:
                print(f"  {query}")


def main(count: int, first_seed: int) -> int:
    """Ask in batches of one seed each; return 0 if nothing is wrong."""
    report = FuzzReport()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, open_harness(Path(folder)) as harness:
        drawn = first_seed
        while sum(report.statuses.values()) < count:
            _run_batch(report, harness, drawn)
            drawn += 1
            request_count = sum(report.statuses.values())
            print(
                f"{request_count} demandes, {len(report.defects)} sortes de défauts",
                file=sys.stderr,
            )
    report.report()
    print(f"graines {first_seed} à {drawn - 1}, {time.monotonic() - start:.0f} s")
    return 1 if report.defects else 0


def _run_batch(report: FuzzReport, harness: Harness, first_seed: int) -> None:
    @seed(first_seed)
    @settings(
        max_examples=BATCH_SIZE,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=tuple(HealthCheck),
    )
    @given(requests)
    def ask(request: HttpRequest) -> None:
        report.judge(harness, request)

    ask()


if __name__ == "__main__":
    argument_numbers = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*[*argument_numbers, *(COUNT, 1)[len(argument_numbers) :]]))
