"""Both registers as CSV: one zip of ten files."""

import csv
from pathlib import Path

from orchestration.landing.intake import schemas
from orchestration.landing.intake.archive import Member, open_archive
from orchestration.landing.intake.check import ANOMALIES
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.names import plain_name
from orchestration.landing.intake.records import Record, records
from orchestration.landing.intake.rejects import LandingError, Reject
from orchestration.landing.sources.certifications.register_rows import (
    SOURCE,
    RejectError,
    Row,
    TableBuffer,
    key_of,
    read_row,
    repeated,
)

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
# What this form does not tell.
_XML_ONLY = {"etat_habilitation", "date_actif", "date_derniere_modification_etat"}


def land_csv(path: Path, deposit: Deposit) -> None:
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
    seen: set[bytes] = set()
    buffer = TableBuffer(table, deposit)
    lus = 0
    for record in records(member.name, lines, len(header)):
        lus += 1
        try:
            buffer.add(_row(table, record, header, seen))
        except RejectError as reject:
            detail = f"{member.name} : {reject.detail}"
            deposit.reject(
                Reject(
                    record.num, record.ligne, reject.colonne, reject.motif, detail, record.contenu
                )
            )
    buffer.flush()
    return lus


def _header(table: str, file_name: str, line: str) -> list[str]:
    """Columns of a member; columns that the register adds over time are left aside."""
    columns = [plain_name(name) for name in next(csv.reader([line], delimiter=";"), [])]
    expected = [name for name in schemas.SOURCES[SOURCE][table] if name not in _XML_ONLY]
    missing = [name for name in expected if name not in columns]
    if missing:
        raise LandingError(
            file_name,
            f"colonnes absentes : {', '.join(missing)}. Vérifier qu'il s'agit bien de l'export "
            "« fiches CSV » de France compétences.",
            ligne=1,
        )
    return columns


def _row(table: str, record: Record, header: list[str], seen: set[bytes]) -> Row:
    if record.anomaly:
        raise RejectError(None, record.anomaly, f"{ANOMALIES[record.anomaly]}.")
    row = read_row(table, record.num, dict(zip(header, record.fields, strict=True)))
    key = key_of(table, row)
    if key in seen:
        raise repeated()
    seen.add(key)
    return row
