"""The RNCP/RS register of France compétences: one zip of ten CSV files."""

import csv
import datetime as dt
import hashlib
import re
from pathlib import Path

import pyarrow as pa

from orchestration.landing.intake import schemas
from orchestration.landing.intake.archive import Member, open_archive
from orchestration.landing.intake.check import ANOMALIES
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.records import Record, records
from orchestration.landing.intake.rejects import LandingError, Reject

SOURCE = "certifications"
# Name of the member between ``export_fiches_CSV_`` and the date, without accents or case.
MEMBERS = {
    "standard": "standard",
    "certificateurs": "certificateurs",
    "partenaires": "partenaires",
    "nsf": "nsf",
    "formacode": "formacode",
    "rome": "rome",
    "ccn": "ccn",
    "blocs_de_competences": "blocs_competences",
    "voixdacces": "voies_acces",
    "ancienne_nouvelle_certification": "ancienne_nouvelle",
}
_CODE = re.compile(r"(RNCP|RS)[0-9]+")
_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_SIRET = re.compile(r"[0-9]{14}")
# What the register writes for a partner abroad or without establishment.
_NO_SIRET = re.compile(r"(non|0*)", re.IGNORECASE)
_BATCH = 10_000

Row = dict[str, str | int | dt.date | None]


class _RejectError(Exception):
    """Why a record does not land: column, stable code, French sentence."""

    def __init__(self, colonne: str | None, motif: str, detail: str) -> None:
        super().__init__(motif)
        self.colonne, self.motif, self.detail = colonne, motif, detail


def land_certifications(path: Path, deposit: Deposit) -> None:
    """Land one export: ten tables, counted together. Raises :class:`LandingError`."""
    with open_archive(path, MEMBERS) as members:
        lus = {table: _land_member(table, member, deposit) for table, member in members.items()}
    if not lus["standard"]:
        raise LandingError(path.name, "aucune fiche : le faire livrer de nouveau.")
    total = sum(lus.values())
    deposit.counts(lus=total, atterris=total - deposit.rejetes)


def _land_member(table: str, member: Member, deposit: Deposit) -> int:
    lines = member.lines()
    header = _header(table, member.name, next(lines, ""))
    schema = schemas.SOURCES[SOURCE][table]
    seen: set[bytes] = set()
    batch: list[Row] = []
    lus = 0
    for record in records(member.name, lines, len(header)):
        lus += 1
        try:
            batch.append(_row(table, record, header, schema, seen))
        except _RejectError as reject:
            detail = f"{member.name} : {reject.detail}"
            deposit.reject(
                Reject(
                    record.num, record.ligne, reject.colonne, reject.motif, detail, record.contenu
                )
            )
        if len(batch) >= _BATCH:
            _write(table, batch, schema, deposit)
    _write(table, batch, schema, deposit)
    return lus


def _header(table: str, file_name: str, line: str) -> list[str]:
    """Columns of a member; columns that the register adds over time are left aside."""
    columns = [name.strip().lower() for name in next(csv.reader([line], delimiter=";"), [])]
    missing = [name for name in schemas.SOURCES[SOURCE][table] if name not in columns]
    if missing:
        raise LandingError(
            file_name,
            f"colonnes absentes : {', '.join(missing)}. Vérifier qu'il s'agit bien de l'export "
            "« fiches CSV » de France compétences.",
            ligne=1,
        )
    return columns


def _row(
    table: str,
    record: Record,
    header: list[str],
    schema: schemas.Columns,
    seen: set[bytes],
) -> Row:
    if record.anomaly:
        raise _RejectError(None, record.anomaly, f"{ANOMALIES[record.anomaly]}.")
    texts = dict(zip(header, record.fields, strict=True))
    row: Row = {"_num": record.num}
    for name, kind in schema.items():
        row[name] = _value(name, kind, texts[name].strip())
    if not _CODE.fullmatch(str(row["numero_fiche"] or "")):
        raise _RejectError("numero_fiche", "code_invalide", "RNCP ou RS suivi de chiffres attendu.")
    key = _key(table, row)
    if key in seen:
        raise _RejectError(
            "numero_fiche", "doublon", "cet enregistrement est déjà dans le fichier."
        )
    seen.add(key)
    return row


def _key(table: str, row: Row) -> bytes:
    """What makes a record unique: its code in ``standard``, all of it elsewhere.

    A digest, because the labels of 200,000 partners would fill the memory.
    """
    values = [row["numero_fiche"]] if table == "standard" else [*row.values()][1:]
    return hashlib.blake2b(repr(values).encode(), digest_size=16).digest()


def _value(name: str, kind: str, text: str) -> str | dt.date | None:
    if kind == "DATE":
        return _date(name, text)
    if name.startswith("siret_"):
        return _siret(name, text)
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
    raise _RejectError(name, "date_invalide", "date au format jj/mm/aaaa attendue.")


def _siret(name: str, text: str) -> str | None:
    # The register writes a TAB before its SIRETs, so that spreadsheets keep them as text; it has
    # been taken off with the spaces around. Those inside are the bodies' own.
    text = "".join(text.split())
    if _NO_SIRET.fullmatch(text):
        return None
    if not _SIRET.fullmatch(text):
        raise _RejectError(name, "siret_invalide", "quatorze chiffres attendus.")
    return text


def _write(table: str, batch: list[Row], schema: schemas.Columns, deposit: Deposit) -> None:
    if batch:
        names = ["_num", *schema]
        full = schemas.arrow_schema(SOURCE, table)
        arrays = [pa.array([row[name] for row in batch], full.field(name).type) for name in names]
        deposit.write_batch(table, pa.table(arrays, names=names))
        batch.clear()
