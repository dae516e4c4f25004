"""The blocks of a CSV, each of whole records where it can be; or its lines, one by one."""

import io
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from orchestration.landing.intake.blocks import blocks, tell_recoded
from orchestration.landing.intake.whole_blocks import last_record_end


class BlockSource:
    """What is after the header of a file: ``block`` until it is read, or its lines by iteration.

    ``line``: the line of the file at which the block starts.
    """

    def __init__(self, path: Path, warn: Callable[[str], object]) -> None:
        self.block, self.line = b"", 1
        self._recoded: list[int] = []
        self._warn = warn
        self._blocks = blocks(path, self._recoded.append)
        self._tail = b""
        self._lines: deque[str] = deque()

    def header(self) -> str:
        """Read the first line."""
        first, end, self._tail = next(self._blocks, b"").partition(b"\n")
        self.line += 1
        return str(first + end, "utf-8")

    def more(self) -> bool:
        """Read the next block; tell whether there is one, and of lines that were not in UTF-8."""
        self.block = self._tail + next(self._blocks, b"")
        cut = last_record_end(self.block) or len(self.block)
        self.block, self._tail = self.block[:cut], self.block[cut:]
        if not self.block:
            tell_recoded(self._recoded, self._warn)
        return bool(self.block)

    def passed(self) -> None:
        """Go past a block that was read whole."""
        self.line += self.block.count(b"\n")

    def into_lines(self) -> None:
        """Give the block by lines, then all that comes after it."""
        self._lines.extend(io.StringIO(str(self.block, "utf-8"), newline="\n"))

    def at_the_end_of_a_block(self) -> bool:
        """Tell whether all lines of the last block were given."""
        return not self._lines

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self._lines:
            if not self.more():
                raise StopIteration
            self.into_lines()
        self.line += 1
        return self._lines.popleft()
