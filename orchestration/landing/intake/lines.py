"""The relation ``textes`` of a delta: one record a line, cut by DuckDB as there are millions."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from orchestration.landing.intake.blocks import blocks
from orchestration.landing.intake.column_rules import Table
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.header import SEPARATOR, Header, read_header

# Lines that need care are rare, so they are found by plain searches: trimming each field of each
# line, or matching one regular expression, costs more than all the rest (1 µs a line).
_CAREFUL = " or ".join(
    [f"contains(ligne, {mark})" for mark in ("'\"'", "chr(9)", "' ;'", "'; '")]
    + ["starts_with(ligne, ' ')", "ends_with(ligne, ' ')"]
)
# A quoted field with its quotes, a bare one, an empty one. The pattern begins with the separator
# (put before the line, too), so that no match is empty: an empty first field would be lost.
_FIELD = f'{SEPARATOR}([ \\t]*"(?:[^"]|"")*"[ \\t]*|[^{SEPARATOR}"][^{SEPARATOR}]*|)'
_BLANKS = "chr(32) || chr(9)"
_UNQUOTED = f"""
    case
        when trim(champ, {_BLANKS}) like '"%"'
            then trim(replace(trim(champ, {_BLANKS})[2:-2], '""', '"'), {_BLANKS})
        else trim(champ, {_BLANKS})
    end
"""
_CAREFUL_SPLIT = f"""
    case
        when regexp_full_match('{SEPARATOR}' || ligne, '(?:{_FIELD})*') then list_transform(
            regexp_extract_all('{SEPARATOR}' || ligne, '{_FIELD}', 1), lambda champ: {_UNQUOTED}
        )
        else []
    end
"""


def read_lines(table: Table, path: Path, deposit: Deposit) -> int:
    """Make the view ``textes`` of a file and return its number of records (lines but the header).

    Columns: num, ligne (of the file), contenu, anomalie (null, ``ligne_vide``, ``nb_colonnes``,
    ``csv_invalide``), then the raw texts, trimmed, null when empty.
    """
    connection = deposit.connection
    connection.execute("create temp table lignes (num bigint, ligne varchar)")
    header: Header | None = None
    read = 0
    for batch in _batches(path, deposit.warn):
        if header is None:
            header = read_header(path.name, batch["ligne"][0].as_py(), table.required_columns)
        connection.register("lot", batch)
        connection.execute("insert into lignes from lot where num > 0")
        connection.unregister("lot")
        read += len(batch)
    connection.execute(_view(header or Header(())))
    return read - 1


def _view(header: Header) -> str:
    fields = ", ".join(
        f"nullif(champs[{rank + 1}], '') as {name}" for name, rank in header.positions.items()
    )
    return f"""
        create temp view textes as
        with coupees as (
            select
                num,
                ligne as contenu,
                case
                    when {_CAREFUL} then {_CAREFUL_SPLIT}
                    else string_split(ligne, '{SEPARATOR}')
                end as champs
            from lignes
        )
        select
            num,
            num + 1 as ligne,
            contenu,
            case
                when contenu = '' then 'ligne_vide'
                when len(champs) = 0 then 'csv_invalide'
                when len(champs) <> {header.width} then 'nb_colonnes'
            end as anomalie,
            {fields}
        from coupees
    """


def _batches(path: Path, warn: Callable[[str], None]) -> Iterator[pa.RecordBatch]:
    """Yield the lines without their ends (num, ligne), the header being number 0."""
    number = 0
    for whole in blocks(path):
        block = whole
        if not block.endswith(b"\n"):
            # Allowed by the CSV format, but a file cut in the middle of a value looks the same.
            warn("la dernière ligne n'a pas de fin de ligne : vérifier que le fichier est entier.")
            block += b"\n"
        # Looking for one byte is fifty times faster than replacing two.
        text = block.replace(b"\r\n", b"\n") if b"\r" in block else block
        ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
        # Arrow wants the strings end to end: the line ends go, and the offsets follow.
        offsets = np.zeros(len(ends) + 1, dtype=np.int32)
        offsets[1:] = ends - np.arange(len(ends))
        lines = pa.StringArray.from_buffers(
            len(ends), pa.py_buffer(offsets), pa.py_buffer(text.translate(None, b"\n"))
        )
        numbers = np.arange(number, number + len(ends), dtype=np.int64)
        yield pa.RecordBatch.from_arrays([pa.array(numbers), lines], ["num", "ligne"])
        number += len(ends)
