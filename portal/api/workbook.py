"""A workbook that readers of spreadsheets open rightly, written in a process of its own.

Rows come as Arrow IPC; the first sheet is the rows under their header, and nothing else, so that
programs read it; the second one says what they are. A million of cells take four seconds of Python,
which the server must not lose.
"""

import datetime as dt
import math
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

# Rows of a sheet below its header, and characters of a cell.
SHEET_ROWS, _CELL_LENGTH = 1_048_575, 32_767
# Digits that a spreadsheet keeps; days that it has a number for begin in 1900.
_MAX_EXACT, _FIRST_DAY = 10**15, dt.date(1900, 3, 1)
_DAY, _MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss"
# In characters: widths of columns are those of the header and of the first rows, within these.
_NARROWEST, _WIDEST, _MEASURED_ROWS = 8, 60, 200
_HEADER_POINTS = 30
_SHEET, _README = "Données", "Lisez-moi"
_Cell = str | int | float | bool | dt.date | dt.datetime | None


@dataclass(frozen=True)
class ReadMe:
    """What the second sheet says: lines of label and text, then a table with its header."""

    lines: Sequence[tuple[str, str]]
    columns: Sequence[Sequence[str]]


def write(rows: Path, path: Path, readme: ReadMe) -> None:
    """Write the workbook of the rows of an Arrow file; the same bytes for the same rows."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book, pa.ipc.open_stream(rows) as reader:
        book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 (of no zone)
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        forms = (book.add_format({"num_format": _DAY}), book.add_format({"num_format": _MOMENT}))
        sheet = book.add_worksheet(_SHEET)
        names = reader.schema.names
        sheet.set_row(0, _HEADER_POINTS)
        for column, name in enumerate(names):
            sheet.write_string(0, column, name[:_CELL_LENGTH], bold)
        # Of two lines at most, cut between words: a name for programs is one.
        widths = [max(len(name) // 2, *map(len, name.split()), 0) for name in names]
        count = 0
        for batch in reader:
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                count += 1
                if count <= _MEASURED_ROWS:
                    widths = [max(w, _length(v)) for w, v in zip(widths, values, strict=True)]
                _write_row(sheet, count, values, forms)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(max(width + 2, _NARROWEST), _WIDEST))
        sheet.freeze_panes(1, 0)
        if names:
            sheet.autofilter(0, 0, max(count, 1), len(names) - 1)
        _write_readme(book.add_worksheet(_README), readme, bold, book.add_format({"bold": True}))


def _write_row(
    sheet: Worksheet, row: int, values: Iterable[_Cell], forms: tuple[Format, Format]
) -> None:
    for column, value in enumerate(values):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, (int, float)):
            if math.isfinite(value) and abs(value) < _MAX_EXACT:
                sheet.write_number(row, column, value)
            else:
                sheet.write_string(row, column, str(value))
        elif isinstance(value, dt.datetime):
            _write_date(sheet, row, column, value, forms[1])
        elif isinstance(value, dt.date):
            _write_date(sheet, row, column, value, forms[0])
        else:
            sheet.write_string(row, column, str(value)[:_CELL_LENGTH])


def _write_date(
    sheet: Worksheet, row: int, column: int, value: dt.date | dt.datetime, form: Format
) -> None:
    """Write a date; as a text if it was before spreadsheets could count days."""
    day = value.date() if isinstance(value, dt.datetime) else value
    if day < _FIRST_DAY:
        sheet.write_string(row, column, value.isoformat())
    else:
        sheet.write_datetime(row, column, value, form)


def _length(value: _Cell) -> int:
    if value is None:
        return 0
    if isinstance(value, dt.datetime):
        return len(_MOMENT)
    return len(_DAY) if isinstance(value, dt.date) else len(str(value))


def _write_readme(sheet: Worksheet, readme: ReadMe, header: Format, bold: Format) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 3, 44)
    row = 0
    for row, (label, text) in enumerate(readme.lines):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text[:_CELL_LENGTH])
    for rank, cells in enumerate(readme.columns):
        for column, text in enumerate(cells):
            style = header if rank == 0 else None
            sheet.write_string(row + 2 + rank, column, text[:_CELL_LENGTH], style)


def payload(rows: Path, path: Path, readme: ReadMe) -> bytes:
    """Return what this module, as a program, reads on its standard input."""
    return orjson.dumps({"rows": str(rows), "path": str(path), "readme": asdict(readme)})


def main() -> None:
    """Write what the standard input asks for."""
    os.nice(5)
    asked: dict[str, Any] = orjson.loads(sys.stdin.buffer.read())
    write(Path(asked["rows"]), Path(asked["path"]), ReadMe(**asked["readme"]))


if __name__ == "__main__":
    main()
