"""What a record of a register's table must be, whichever form it comes in, and its row."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping

import pyarrow as pa

from orchestration.landing.intake import schemas
from orchestration.landing.intake.codes import code_list
from orchestration.landing.intake.deposit import Deposit

SOURCE = "certifications"
# Nine digits: a code is published as an integer.
_CODE = re.compile(r"(RNCP|RS)0*[1-9][0-9]{0,8}")
_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
# A spreadsheet loses the zeros that a SIRET begins with.
_SIRET = re.compile(r"[0-9]{9,14}")
# What the register writes for a partner abroad or without establishment.
_NO_SIRET = re.compile(r"(non|0*)", re.IGNORECASE)
_DECIMALS = re.compile(r"\.0+$")
_FORMACODE, _ROME, _NSF = (
    re.compile(pattern) for pattern in (r"[0-9]{5}", r"[A-Z][0-9]{4}", r"([0-9]{3})[a-z]*")
)
_BATCH = 10_000

Row = dict[str, str | int | dt.date | None]


class RejectError(Exception):
    """Why a record does not land: column, stable code, French sentence."""

    def __init__(self, colonne: str | None, motif: str, detail: str) -> None:
        super().__init__(motif)
        self.colonne, self.motif, self.detail = colonne, motif, detail


def read_row(table: str, num: int, texts: Mapping[str, str]) -> Row:
    """Return the row of a record; a column that ``texts`` lacks is null. Raises RejectError."""
    row: Row = {"_num": num}
    for name, kind in schemas.SOURCES[SOURCE][table].items():
        row[name] = _value(name, kind, texts.get(name, "").strip())
    if not _CODE.fullmatch(str(row["numero_fiche"] or "")):
        raise RejectError("numero_fiche", "code_invalide", "RNCP ou RS suivi de chiffres attendu.")
    return row


def key_of(table: str, row: Row) -> bytes:
    """What makes a record unique: its code in ``standard``, all of it elsewhere.

    A digest, because the labels of 200,000 partners would fill the memory.
    """
    values = [row["numero_fiche"]] if table == "standard" else [*row.values()][1:]
    return hashlib.blake2b(repr(values).encode(), digest_size=16).digest()


def repeated() -> RejectError:
    """The reason of a record that the file has twice."""
    return RejectError("numero_fiche", "doublon", "cet enregistrement est déjà dans le fichier.")


def _value(name: str, kind: str, text: str) -> str | dt.date | None:
    if kind == "DATE":
        return _date(name, text)
    if name.startswith("siret_"):
        return _siret(name, text)
    if name in _CHECKED and text:
        return _CHECKED[name](name, text)
    return text.replace("\r\n", "\n") or None


def _date(name: str, text: str) -> dt.date | None:
    if not text:
        return None
    day = _DAY.fullmatch(text)
    try:
        if day:
            return dt.date(int(day[3]), int(day[2]), int(day[1]))
    except ValueError:
        pass
    raise RejectError(name, "date_invalide", "date au format jj/mm/aaaa attendue.")


def _siret(name: str, text: str) -> str | None:
    # The register writes a TAB before its SIRETs, so that spreadsheets keep them as text; it has
    # been taken off with the spaces around. Those inside are the bodies' own.
    text = "".join(text.split())
    if _NO_SIRET.fullmatch(text):
        return None
    if not _SIRET.fullmatch(text):
        raise RejectError(name, "siret_invalide", "quatorze chiffres attendus.")
    return text.zfill(14)


def _formacode(name: str, text: str) -> str:
    code = _DECIMALS.sub("", text).zfill(5)
    if not _FORMACODE.fullmatch(code):
        raise RejectError(name, "formacode_invalide", "cinq chiffres attendus.")
    return code


def _rome(name: str, text: str) -> str:
    code = text.upper()
    if not _ROME.fullmatch(code):
        raise RejectError(name, "rome_invalide", "une lettre et quatre chiffres attendus.")
    return code


def _nsf(name: str, text: str) -> str:
    code = _DECIMALS.sub("", text)
    code = code.zfill(3) if code.isdigit() else code
    group = _NSF.fullmatch(code)
    if group is None or group[1] not in code_list("nsf").codes():
        raise RejectError(name, "nsf_inconnu", "groupe absent de la nomenclature.")
    return code


_CHECKED = {"formacode_code": _formacode, "codes_rome_code": _rome, "nsf_code": _nsf}


class TableBuffer:
    """Rows waiting to be a batch of their table."""

    def __init__(self, table: str, deposit: Deposit) -> None:
        self._table, self._deposit = table, deposit
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Keep a row, written with others."""
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what is left."""
        if self._rows:
            names = ["_num", *schemas.SOURCES[SOURCE][self._table]]
            full = schemas.arrow_schema(SOURCE, self._table)
            arrays = [
                pa.array([row[name] for row in self._rows], full.field(name).type) for name in names
            ]
            self._deposit.write_batch(self._table, pa.table(arrays, names=names))
            self._rows.clear()
