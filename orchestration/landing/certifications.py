"""The RNCP/RS register of France compétences: one zip of ten CSV files.

Belongs here: what each member holds and what rejects a record. Does not: opening the zip safely
(``archive``), nor joining the ten tables (dbt).
"""

import csv
import datetime as dt
import re
from pathlib import Path

import pyarrow as pa

from orchestration.landing import schemas
from orchestration.landing.archive import Membre, open_archive
from orchestration.landing.depot import Depot
from orchestration.landing.enregistrements import Record, records
from orchestration.landing.rejets import LandingError, Rejet

SOURCE = "certifications"
# Name of the member between ``export_fiches_CSV_`` and the date, without accents or case.
MEMBRES = {
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
_CODE = re.compile(r"(RNCP|RS)\d+")
_SIRET = re.compile(r"\d{14}")
# What the register writes for a partner abroad or without establishment.
_SANS_SIRET = frozenset({"", "non", "0" * 14})
_BATCH = 10_000

Row = dict[str, str | int | dt.date | None]


class _RejetError(Exception):
    """Why a record does not land: column, stable code, French sentence."""

    def __init__(self, colonne: str | None, motif: str, detail: str) -> None:
        super().__init__(motif)
        self.colonne, self.motif, self.detail = colonne, motif, detail


def land_certifications(path: Path, depot: Depot) -> None:
    """Land one export: ten tables, counted together. Raises :class:`LandingError`."""
    lus = 0
    with open_archive(path, MEMBRES) as membres:
        for table, membre in membres.items():
            lus += _land_member(table, membre, depot)
    if not lus:
        raise LandingError(path.name, "aucune fiche : le faire livrer de nouveau.")
    depot.counts(lus=lus, atterris=lus - depot.rejetes)


def _land_member(table: str, membre: Membre, depot: Depot) -> int:
    lines = membre.lines()
    header = _header(table, membre.nom, next(lines, ""))
    schema = schemas.SOURCES[SOURCE][table]
    seen: set[tuple[object, ...]] = set()
    batch: list[Row] = []
    lus = 0
    for record in records(membre.nom, lines, len(header)):
        lus += 1
        try:
            batch.append(_row(table, record, header, schema, seen))
        except _RejetError as rejet:
            detail = f"{membre.nom} : {rejet.detail}"
            depot.reject(
                Rejet(record.num, record.ligne, rejet.colonne, rejet.motif, detail, record.contenu)
            )
        if len(batch) >= _BATCH:
            _write(table, batch, schema, depot)
    _write(table, batch, schema, depot)
    return lus


def _header(table: str, fichier: str, line: str) -> list[str]:
    """Columns of a member; columns that the register adds over time are left aside."""
    found = [name.strip().lower() for name in next(csv.reader([line], delimiter=";"), [])]
    missing = [name for name in schemas.SOURCES[SOURCE][table] if name not in found]
    if missing:
        raise LandingError(
            fichier,
            f"colonnes absentes : {', '.join(missing)}. Vérifier qu'il s'agit bien de l'export "
            "« fiches CSV » de France compétences.",
            ligne=1,
        )
    return found


def _row(
    table: str,
    record: Record,
    header: list[str],
    schema: schemas.Columns,
    seen: set[tuple[object, ...]],
) -> Row:
    if record.anomalie:
        raise _RejetError(
            None, record.anomalie, "le nombre de colonnes n'est pas celui de l'en-tête."
        )
    texts = dict(zip(header, record.champs, strict=True))
    row: Row = {"_num": record.num}
    for name, kind in schema.items():
        row[name] = _value(name, kind, texts[name].strip())
    if not _CODE.fullmatch(str(row["numero_fiche"] or "")):
        raise _RejetError("numero_fiche", "code_invalide", "RNCP ou RS suivi de chiffres attendu.")
    key = (row["numero_fiche"],) if table == "standard" else tuple(row[name] for name in schema)
    if key in seen:
        raise _RejetError("numero_fiche", "doublon", "cet enregistrement est déjà dans le fichier.")
    seen.add(key)
    return row


def _value(name: str, kind: str, text: str) -> str | dt.date | None:
    if kind == "DATE":
        return _date(name, text)
    if name.startswith("siret_"):
        return _siret(name, text)
    return text or None


def _date(name: str, text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise _RejetError(name, "date_invalide", "date au format jj/mm/aaaa attendue.") from None


def _siret(name: str, text: str) -> str | None:
    # The register writes a TAB before its SIRETs, so that spreadsheets keep them as text.
    if text.casefold() in _SANS_SIRET:
        return None
    if not _SIRET.fullmatch(text):
        raise _RejetError(name, "siret_invalide", "quatorze chiffres attendus.")
    return text


def _write(table: str, batch: list[Row], schema: schemas.Columns, depot: Depot) -> None:
    if batch:
        names = ["_num", *schema]
        full = schemas.arrow_schema(SOURCE, table)
        arrays = [pa.array([row[name] for row in batch], full.field(name).type) for name in names]
        depot.write_batch(table, pa.table(arrays, names=names))
        batch.clear()
