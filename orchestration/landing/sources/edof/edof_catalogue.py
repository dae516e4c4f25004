"""Landing the catalogue: formations to batches and rejects, duplicates found.

Memory: one batch of each table, and about 150 bytes per formation for its key.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
from lxml import etree

from orchestration.landing.intake import schemas
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.rejects import Reject
from orchestration.landing.sources.edof.formation import Formation, Row, read_formation
from orchestration.landing.sources.edof.stream import formations
from orchestration.landing.sources.edof.validity import ViolationError, check

# Rows of a Parquet row group: texts weigh 2 kB per formation, the two others are narrow.
BATCH = {"formations": 4_000, "actions": 20_000, "sessions": 20_000}


def land_edof(path: Path, deposit: Deposit) -> None:
    """Land one catalogue through ``deposit``. Raises ``LandingError`` when refused whole.

    Reads LHEO XML in the EDOF profile (ISO-8859-1 or UTF-8, gzip accepted); the records are the
    formations, each landed whole or rejected whole.
    """
    buffer = _BatchBuffer(deposit)
    firsts: dict[str, int] = {}
    read = 0
    for read, element in enumerate(formations(path), start=1):
        try:
            buffer.add(_unique(_checked(element, read), firsts, element, read))
        except ViolationError as violation:
            deposit.reject(_reject(element, read, violation))
    buffer.flush()
    if buffer.inconsistent:
        deposit.warn(
            f"{buffer.inconsistent} actions dont le prix TTC n'est pas le prix HT augmenté de la "
            "TVA : le prix TTC est gardé tel quel."
        )
    deposit.counts(lus=read, atterris=len(firsts))


def _checked(element: etree._Element, num: int) -> Formation:
    check(element)
    return read_formation(element, num)


def _unique(
    formation: Formation, firsts: dict[str, int], element: etree._Element, num: int
) -> Formation:
    first = firsts.setdefault(formation.key, num)
    if first != num:
        raise ViolationError(element, "numero", "doublon", f" (enregistrement {first} du fichier)")
    return formation


def _reject(element: etree._Element, num: int, violation: ViolationError) -> Reject:
    content = etree.tostring(element, encoding="unicode", with_tail=False)
    return Reject(
        num, violation.ligne, violation.colonne, violation.motif, violation.detail, content
    )


class _BatchBuffer:
    """Rows waiting to be a batch of their table; ``inconsistent`` counts the odd prices seen."""

    def __init__(self, deposit: Deposit) -> None:
        self.inconsistent = 0
        self._deposit = deposit
        self._rows: dict[str, list[Row]] = {table: [] for table in BATCH}

    def add(self, formation: Formation) -> None:
        self._rows["formations"].append(formation.formation)
        self._rows["actions"] += formation.actions
        self._rows["sessions"] += formation.sessions
        for table, rows in self._rows.items():
            if len(rows) >= BATCH[table]:
                self._write(table)

    def flush(self) -> None:
        for table, rows in self._rows.items():
            if rows:
                self._write(table)

    def _write(self, table: str) -> None:
        names = ["_num", *schemas.SOURCES["edof"][table]]
        types = schemas.arrow_schema("edof", table)
        columns = zip(*self._rows[table], strict=True)
        arrays = [
            _array(values, types.field(name).type)
            for name, values in zip(names, columns, strict=True)
        ]
        batch = pa.table(arrays, names=names)
        if table == "actions":
            self.inconsistent += _inconsistent_prices(batch)
        self._deposit.write_batch(table, batch)
        self._rows[table].clear()


def _array(values: tuple[object, ...], kind: pa.DataType) -> pa.Array:
    """Return an Arrow column: dates come as days, decimals as texts that Arrow reads in bulk."""
    if pa.types.is_date32(kind):
        return pa.array(values, pa.int32()).cast(kind)
    if pa.types.is_decimal(kind):
        return pa.array(values, pa.string()).cast(kind)
    return pa.array(values, kind)


def _inconsistent_prices(actions: pa.Table) -> int:
    """Count the actions whose price with tax is not the price without, plus tax (2 c or 0.1 %)."""
    rate, net, gross = (
        actions[name].cast(pa.float64()).to_numpy()
        for name in ("taux_tva", "frais_ht", "frais_ttc")
    )
    # An absent rate or net price is NaN, and a comparison with NaN is false.
    gap = np.abs(net * (1 + rate / 100) - gross)
    return int((gap > np.maximum(0.02, gross / 1000)).sum())
