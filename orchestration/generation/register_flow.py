"""One register as XML, the flow v4.1: what the CSV tells, and the states and dates of partners."""

import datetime as dt
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from orchestration.files import atomic_write
from orchestration.generation.partner_list import Partner
from orchestration.generation.register_tables import ACCESS_ROUTES, CsvFile

_TIMESTAMP = (2024, 1, 1, 0, 0, 0)  # fixed, so that the same content gives the same bytes
# By file of the CSV: the list, its elements, and what its columns are called in them.
_LISTS = {
    "Certificateurs": (
        ("CERTIFICATEURS", "CERTIFICATEUR"),
        ("SIRET_CERTIFICATEUR", "NOM_CERTIFICATEUR"),
    ),
    "Nsf": (("CODES_NSF", "NSF"), ("CODE", "INTITULE")),
    "Formacode": (("FORMACODES", "FORMACODE"), ("CODE", "LIBELLE")),
    "Rome": (("CODES_ROME", "ROME"), ("CODE", "LIBELLE")),
    "Blocs_De_Compétences": (("BLOCS_COMPETENCES", "BLOC_COMPETENCES"), ("CODE", "LIBELLE")),
}
_STANDARD = (
    *("ID_FICHE", "NUMERO_FICHE", "INTITULE", "ABREGE/CODE", "ABREGE/LIBELLE"),
    *("NOMENCLATURE_EUROPE/NIVEAU", "NOMENCLATURE_EUROPE/INTITULE"),
    *("ACCESSIBLE_NOUVELLE_CALEDONIE", "ACCESSIBLE_POLYNESIE_FRANCAISE", "DATE_DERNIER_JO"),
    *("DATE_DECISION", "DATE_FIN_ENREGISTREMENT", "DATE_EFFET", "TYPE_ENREGISTREMENT"),
    *("VALIDATION_PARTIELLE", "ACTIF"),
)
_ACCESS = ("SI_JURY_VAE", "SI_JURY_CL", "SI_JURY_FC", "SI_JURY_CQ", "SI_JURY_CA", "SI_JURY_FI")
_ACTIVITY = {"ACTIVE": "Oui", "INACTIVE": "Non"}
Lines = dict[str, list[Sequence[str]]]


def write(
    folder: Path,
    day: dt.date,
    register: str,
    tables: Mapping[str, CsvFile],
    partners: Sequence[Partner],
) -> Path:
    """Write ``export-fiches-<register>-v4-1-<day>.zip`` from the tables of the CSV."""
    by_code: dict[str, Lines] = defaultdict(lambda: defaultdict(list))
    for name, table in tables.items():
        for row in table.rows:
            cells = list(row)
            by_code[cells[1 if name == "Standard" else 0]][name].append(cells)
    lists: dict[str, list[Partner]] = defaultdict(list)
    for partner in partners:
        lists[partner.code].append(partner)
    cards = [
        _card(lines, lists[code])
        for code, lines in by_code.items()
        if code.rstrip("0123456789") == register
    ]
    path = folder / f"export-fiches-{register.lower()}-v4-1-{day.isoformat()}.zip"
    with atomic_write(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        entry = zipfile.ZipInfo(f"export_fiches_{register}_V4_1_{day}.xml", _TIMESTAMP)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(
            entry,
            '<?xml version="1.0" encoding="UTF-8"?>\n<FICHES>\n<VERSION_FLUX>4.1</VERSION_FLUX>\n'
            + "".join(cards)
            + "</FICHES>\n",
        )
    return path


def _card(lines: Lines, partners: Sequence[Partner]) -> str:
    (standard,) = lines["Standard"]
    texts = [*standard[:-1], _ACTIVITY[standard[-1]]]
    return (
        "<FICHE>"
        + "".join(map(_element, _STANDARD, texts))
        + "".join(
            _list(*tags, (dict(zip(columns, row[1:], strict=True)) for row in lines[name]))
            for name, (tags, columns) in _LISTS.items()
        )
        + _list("PARTENAIRES", "PARTENAIRE", map(_partner, partners))
        + "".join(
            _element(f"CCN_{rank}/{part}", cell)
            for row in lines["CCN"]
            for rank, pair in enumerate(zip(row[1::2], row[2::2], strict=True), start=1)
            for part, cell in zip(("NUMERO", "LIBELLE"), pair, strict=True)
        )
        + "".join(
            _element(f"{_ACCESS[ACCESS_ROUTES.index(row[1])]}/ACTIF", "Oui")
            for row in lines["VoixdAccès"]
        )
        + "".join(map(_succession, lines["Ancienne_Nouvelle_Certification"]))
        + "</FICHE>\n"
    )


def _partner(partner: Partner) -> dict[str, str]:
    return {
        "NOM_PARTENAIRE": partner.name,
        "SIRET_PARTENAIRE": partner.siret,
        "HABILITATION_PARTENAIRE": partner.authorisation,
        "ETAT_HABILITATION": partner.state,
        "DATE_ACTIF": f"{partner.since:%d/%m/%Y}",
        "DATE_DERNIERE_MODIFICATION_ETAT": f"{partner.changed:%d/%m/%Y}",
    }


def _succession(row: Sequence[str]) -> str:
    _, former, new = row
    name, code = ("ANCIENNE", former) if former else ("NOUVELLE", new)
    return _element(
        f"{name}S_CERTIFICATIONS/{name}_CERTIFICATION/ID_FICHE_{name}_CERTIFICATION", code
    )


def _list(tag: str, element: str, records: Iterable[Mapping[str, str]]) -> str:
    inside = "".join(
        f"<{element}>{''.join(map(_element, record, record.values()))}</{element}>"
        for record in records
    )
    return f"<{tag}>{inside}</{tag}>" if inside else ""


def _element(path: str, text: str) -> str:
    """An element, inside those that its path names; nothing where there is no text."""
    if not text:
        return ""
    tags = path.split("/")
    opened = "".join(f"<{tag}>" for tag in tags)
    return opened + escape(text) + "".join(f"</{tag}>" for tag in reversed(tags))
