"""``make bench-secret``: complementary suppression, side by side with pytauargus and gconfid.

All run on the same cases: what ``cpf protect`` does, what exact totals do (``cpf totals``, made for
larger and sparser tables) and the peers; every mask is audited by our own attack. The marts are
those of ``$CPF_DATA``. ``LIMITE`` (seconds, default 900) stops a peer; ``CUBES`` (names separated
by spaces) chooses.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.disclosure.tabular.determined import determined_cells
from orchestration.disclosure.tabular.line_mask import LineMask
from orchestration.disclosure.tabular.suppression import protect_case
from orchestration.disclosure.tabular.table import BoolArray, Case
from orchestration.disclosure.tabular.widths import Intervals
from tests.bench import marts
from tests.bench.cubes import SIZES, THRESHOLD, Cube, cube

PEERS = ("pytauargus", "gconfid")
PYTHON_OF_PEERS = Path(".venv/peers/bin/python")
LIMIT = float(os.environ.get("LIMITE", "900"))
HEADER = ("case", "tool", "secondary", "dossiers", "determined", "narrow", "seconds")


@dataclass(frozen=True)
class Result:
    """What a mask costs and what it is worth; ``narrow`` counts primary cells."""

    secondary: int
    dossiers: int
    determined: int
    narrow: int
    seconds: float


def compare(name: str, counts: Cube) -> Iterator[tuple[str, ...]]:
    """Yield one line per tool."""
    case = counts.as_case()
    start = time.monotonic()
    hidden = protect_case(case).suppressed
    yield _line(name, "cpf protect", audit(case, _mask(case, hidden), time.monotonic() - start))
    start = time.monotonic()
    by_line = LineMask(case, THRESHOLD).find()
    yield _line(name, "cpf totals", audit(case, by_line, time.monotonic() - start))
    for peer in PEERS:
        masked = _ask(peer, _as_json(case, counts))
        if isinstance(masked, dict):
            result = audit(case, _mask(case, masked["hidden"]), masked["seconds"])
            yield _line(name, peer, result)
        else:
            yield (name, peer, str(masked))


def audit(case: Case, mask: BoolArray, seconds: float) -> Result:
    """Attack a mask: cells given back exactly, and primary cells known too closely."""
    hidden = np.flatnonzero(mask)
    system = case.equations[:, hidden].tocsr()
    due = np.where(case.primary, case.min_width, 0.0)
    secondary = mask & ~case.primary
    return Result(
        secondary=int(secondary.sum()),
        dossiers=int(case.values[secondary].sum()),
        determined=int(determined_cells(system[np.diff(system.indptr) > 0]).sum()),
        narrow=len(Intervals(case, mask, due).narrow()),
        seconds=seconds,
    )


def _mask(case: Case, hidden: list[str] | tuple[str, ...]) -> BoolArray:
    chosen = set(hidden)
    return np.array([name in chosen for name in case.ids])


def _ask(peer: str, content: dict[str, Any]) -> dict[str, Any] | str:
    """Run a peer; return its answer, or in a word why there is none."""
    with tempfile.TemporaryDirectory() as work:
        cube_path, answer = Path(work) / "cube.json", Path(work) / "mask.json"
        cube_path.write_text(json.dumps(content), encoding="utf-8")
        script = Path(__file__).resolve().with_name("peers.py")
        try:
            run = subprocess.run(
                [PYTHON_OF_PEERS.absolute(), script, peer, cube_path, answer],
                # pytauargus leaves its journals where it runs.
                cwd=work,
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"stopped after {LIMIT:.0f} s"
        if run.returncode:
            return f"failed: {(run.stderr.strip().splitlines() or ['?'])[-1]}"
        masked: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return masked


def _as_json(case: Case, counts: Cube) -> dict[str, Any]:
    relations = case.equations.tocoo()
    axes = counts.axes
    leaves = np.argwhere(counts.leaves > 0)
    return {
        "axes": [{"name": a.name, "codes": a.codes, "parents": a.parents} for a in axes],
        "feuilles": [
            [
                [axis.codes[axis.leaves[rank]] for axis, rank in zip(axes, leaf, strict=True)],
                int(counts.leaves[tuple(leaf)]),
            ]
            for leaf in leaves
        ],
        "cells": [
            {"id": name, "value": value}
            for name, value in zip(case.ids, case.values.tolist(), strict=True)
        ],
        "primary": [case.ids[cell] for cell in np.flatnonzero(case.primary)],
        # The peer wants −1 at the total and +1 at its parts, numbered from 1.
        "relations": [
            [int(row) + 1, int(column) + 1, -int(term)]
            for row, column, term in zip(relations.row, relations.col, relations.data, strict=True)
        ],
        "seuil": THRESHOLD,
        "minutes": max(1, round(LIMIT / 60)),
    }


def _line(name: str, tool: str, result: Result) -> tuple[str, ...]:
    return (
        name,
        tool,
        f"{result.secondary:,}",
        f"{result.dossiers:,}",
        str(result.determined),
        str(result.narrow),
        f"{result.seconds:.1f}",
    )


def main() -> None:
    """Print the table, line after line."""
    chosen = os.environ.get("CUBES", "").split()
    _print(HEADER)
    for name, counts in chain(((size, cube(size)) for size in SIZES), marts.cubes()):
        if not chosen or name in chosen:
            for line in compare(name, counts):
                _print(line)


def _print(line: tuple[str, ...]) -> None:
    widths = (16, 12, 10, 10, 11, 8, 8)
    print(*(text.ljust(width) for text, width in zip(line, widths, strict=False)))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
