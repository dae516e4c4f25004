"""Records of a CSV block that has nothing odd, all at once: ten times faster than one by one.

What makes a block odd is looked for first: ``records`` then reads it, and knows what to say.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

_QUOTE, _END, _RETURN = b'"'[0], b"\n"[0], b"\r"[0]
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Block:
    """Records of a block: their texts, the lines before each in the block, their fields by rank."""

    texts: pa.StringArray
    lines_before: Positions
    fields: dict[int, pa.StringArray]


def last_record_end(block: bytes) -> int:
    """Return where the last whole record of a block ends; 0 when none does."""
    signs = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(signs == _END)
    whole = ends[_quotes_before(signs, ends) % 2 == 0]
    return int(whole[-1]) + 1 if len(whole) else 0


def read_block(block: bytes, width: int, separator: str, ranks: Sequence[int]) -> Block | None:
    """Return the records of a block that ends at the end of one, or None when something is odd.

    ``ranks``: the fields that are wanted, of ``width``. Odd: a quote that neither opens nor closes
    a field, a lone carriage return, another number of fields, an empty line.
    """
    signs = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(signs == _END)
    if not len(ends) or not _is_sound(block, signs, separator):
        return None
    records = np.flatnonzero(_quotes_before(signs, ends) % 2 == 0)
    starts = np.concatenate(([0], ends[records] + 1))
    if starts[-1] != len(block):
        return None
    fields = _fields(block, width, separator, ranks)
    if fields is None or any(len(values) != len(records) for values in fields.values()):
        return None
    whole = pa.StringArray.from_buffers(
        len(records), pa.py_buffer(starts.astype(np.int32)), pa.py_buffer(block)
    )
    texts = pc.utf8_rtrim(whole, "\r\n")
    if pc.min(pc.binary_length(texts)).as_py() == 0:
        return None
    lines_before = np.concatenate(([0], records[:-1] + 1))
    return Block(texts, lines_before, fields)


def _quotes_before(signs: npt.NDArray[np.uint8], positions: Positions) -> Positions:
    """Count the quotes before each position."""
    return np.searchsorted(np.flatnonzero(signs == _QUOTE), positions)


def _is_sound(block: bytes, signs: npt.NDArray[np.uint8], separator: str) -> bool:
    """Tell if each quote opens a field, closes one, or is one of two that write one."""
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return False
    quotes = np.flatnonzero(signs == _QUOTE)
    if len(quotes) % 2:
        return False
    # A text beside what begins and ends it; between two quotes in a row, each is beside the other.
    framed = np.concatenate(([_END], signs, [_END]))
    before, after = framed[quotes[0::2]], framed[quotes[1::2] + 2]
    limit = ord(separator)
    opens = (before == limit) | (before == _END) | (before == _QUOTE)
    closes = (after == limit) | (after == _END) | (after == _RETURN) | (after == _QUOTE)
    return bool(opens.all() and closes.all())


def _fields(
    block: bytes, width: int, separator: str, ranks: Sequence[int]
) -> dict[int, pa.StringArray] | None:
    names = [str(rank) for rank in range(width)]
    wanted = [names[rank] for rank in ranks]
    try:
        table = csv.read_csv(
            io.BytesIO(block),
            csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
            csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, ignore_empty_lines=False
            ),
            csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(wanted, pa.string()),
                include_columns=wanted,
                null_values=[],
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return {rank: table[str(rank)].combine_chunks() for rank in ranks}
