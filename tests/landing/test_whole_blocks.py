"""Blocks read at once tell what records read one by one tell, whatever is odd and wherever."""

import random
from pathlib import Path
from typing import Any

import pytest

from orchestration.landing.intake import blocks, records
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.intake.whole_blocks import read_block
from orchestration.landing.sources.portail import table
from tests.factories.csv_files import OFFER, SIRET, text, write

pytestmark = pytest.mark.usefixtures("data_folder")
Rows = list[tuple[Any, ...]]
# What is in a cell, or in place of a whole line.
CELLS = ["", "x", " x\u00a0", 'a "b" c', "deux\nlignes", "deux\r\nlignes", "\n", "a;b", "é"]
BROKEN = ["a\rb", '"Q"Q', '"Q', 'Q"Q', "Q;Q"]
LINES = ["", "x", ";;;", '"', "\r"]


def _texts(path: Path) -> None:
    with Deposit("portail", path, None, "0" * 64) as deposit:
        count = records.read_records(table(), path, deposit)
        found = deposit.connection.execute("from textes order by num").fetchall()
        assert [row[0] for row in found] == list(range(1, count + 1))
        raise _Done(found)


class _Done(Exception):  # noqa: N818 (a deposit that is left before its end is none)
    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.rows = rows


def _read(path: Path) -> Rows | str:
    try:
        _texts(path)
    except _Done as done:
        return done.rows
    except LandingError as error:
        return str(error)
    raise AssertionError


def _content(seed: int, odd: float) -> str:
    draw = random.Random(seed)  # noqa: S311 (nothing secret)
    rows = [
        {"numero_formation": f"{SIRET}_{rank}", "contenu_formation": draw.choice(CELLS)}
        for rank in range(60)
    ]
    for row in rows:
        if draw.random() < odd:
            row["numero_formation"] = "µ"
    content = text(rows, OFFER)
    while "µ" in content:
        content = content.replace("µ", draw.choice(BROKEN), 1)
    lines = content.split("\n")
    for _ in range(int(odd * 20)):
        lines.insert(draw.randrange(1, len(lines)), draw.choice(LINES))
    content = "\n".join(lines)
    return (
        content.replace("\n", "\r\n") if seed % 3 == 0 else content.removesuffix("\n" * (seed % 2))
    )


@pytest.mark.parametrize("odd", [0, 0.05, 0.3])
@pytest.mark.parametrize("seed", range(8))
def test_blocks_tell_what_records_tell(
    seed: int, odd: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "export_2024-07-11.csv", _content(seed, odd))
    at_once: list[int] = []

    def counted(*arguments: Any) -> Any:
        block = read_block(*arguments)
        at_once.append(0 if block is None else len(block.texts))
        return block

    monkeypatch.setattr(blocks, "BLOCK", 2_000)
    monkeypatch.setattr(records, "read_block", counted)
    found = _read(path)
    monkeypatch.setattr(records, "read_block", lambda *_: None)
    monkeypatch.setattr(blocks, "BLOCK", 1 << 20)
    assert found == _read(path)
    if not odd and seed % 3:
        assert sum(at_once) >= len(found) - 1
        assert len(at_once) > 2
