"""``python -m tests.attack STATE [STATE_OF_RAW]``: attack what a state has published.

Prints one line per finding, or JSON (``--json``); returns 1 when something is found.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from tests.attack import attack
from tests.attack.finding import Finding

WIDTH = 80


def table(findings: list[Finding], parts: bool) -> str:
    """The findings as a table of 80 columns: looked at, found, found about one person."""
    lines = [f"{'':4}{'constat':<46}{'examinés':>10}{'trouvés':>10}{'d’un seul':>10}"]
    lines.append("─" * WIDTH)
    for finding in findings:
        numbers = (finding.examined, finding.found, finding.single)
        cells = "".join(f"{number:>10,}".replace(",", " ") for number in numbers)
        lines.append(f"{finding.code:<4}{finding.title[:45]:<46}{cells}")
        shown = finding.parts.items() if parts else ()
        lines += [f"      {part[:60]:<60}{count:>10}" for part, count in shown]
        lines += [f"      {example}" for example in finding.examples]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Attack; 1 when something is found."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("state", type=Path, help="the attacked $CPF_DATA")
    parser.add_argument("raw", type=Path, nargs="?", help="another state, that has the extracts")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument("--parts", action="store_true", help="of what each count is made")
    parser.add_argument("--examples", action="store_true", help="rows and unions that leak")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    findings = attack(options.state, options.raw)
    if not options.examples:
        findings = [replace(finding, examples=[]) for finding in findings]
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        print(table(findings, options.parts))
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    return int(any(finding.found for finding in findings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
