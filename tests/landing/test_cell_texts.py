"""Cells of a CSV are trimmed by columns, as Python would trim each of them."""

import random

import pyarrow as pa

from orchestration.landing.intake.records import _SPACES, _texts


def test_a_column_is_trimmed_as_its_cells_would_be() -> None:
    draw = random.Random(1)  # noqa: S311 (texts of nobody)
    signs = _SPACES + "ab\r\n\u200b\x1fé" * 3
    cells = ["".join(draw.choice(signs) for _ in range(draw.randint(0, 8))) for _ in range(5000)]
    expected = [cell.strip().replace("\r\n", "\n") or None for cell in cells]
    assert expected.count(None) > 100
    assert any(cell and "\n" in cell for cell in expected)
    assert _texts(pa.array([*cells, None])).to_pylist() == [*expected, None]
