"""One register as XML, the flow v4.1 of France compétences: its cards one by one, then freed.

It tells more than the CSV: the state and the dates of each partner's authorisation. Memory is that
of the largest card, plus a digest of each card's number.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from lxml import etree

from orchestration.landing.intake.blocks import raw_blocks
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.rejects import LandingError, Reject
from orchestration.landing.intake.xml_errors import xml_problem
from orchestration.landing.sources.certifications.register_rows import (
    RejectError,
    TableBuffer,
    key_of,
    read_row,
    repeated,
)

ROOT, CARD = "FICHES", "FICHE"
_CHUNK = 256 * 1024
# Below this many bytes a card is a card: the longest of 2026 weighs 2 MB.
MAX_CARD = 64 * 1024**2
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)

Texts = dict[str, str]

# Our columns and where a card says them; the first path that is there is read.
_STANDARD = {
    "id_fiche": ("ID_FICHE",),
    "numero_fiche": ("NUMERO_FICHE",),
    "intitule": ("INTITULE",),
    "abrege_libelle": ("ABREGE/CODE",),
    "abrege_intitule": ("ABREGE/LIBELLE", "ABREGE/INTITULE"),
    "nomenclature_europe_niveau": ("NOMENCLATURE_EUROPE/NIVEAU",),
    "nomenclature_europe_intitule": ("NOMENCLATURE_EUROPE/INTITULE", "NOMENCLATURE_EUROPE/LIBELLE"),
    "accessible_nouvelle_caledonie": ("ACCESSIBLE_NOUVELLE_CALEDONIE",),
    "accessible_polynesie_francaise": ("ACCESSIBLE_POLYNESIE_FRANCAISE",),
    "date_dernier_jo": ("DATE_DERNIER_JO",),
    "date_decision": ("DATE_DECISION",),
    "date_fin_enregistrement": ("DATE_FIN_ENREGISTREMENT",),
    "date_effet": ("DATE_EFFET",),
    "type_enregistrement": ("TYPE_ENREGISTREMENT",),
    "validation_partielle": ("VALIDATION_PARTIELLE",),
    "actif": ("ACTIF",),
}
_ACTIVITY = {"oui": "ACTIVE", "non": "INACTIVE"}
# Table: the elements that are its records, and where each says our columns.
_LISTS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "certificateurs": (
        "CERTIFICATEURS/CERTIFICATEUR",
        {
            "siret_certificateur": ("SIRET_CERTIFICATEUR",),
            "nom_certificateur": ("NOM_CERTIFICATEUR",),
        },
    ),
    "partenaires": (
        "PARTENAIRES/PARTENAIRE",
        {
            "nom_partenaire": ("NOM_PARTENAIRE",),
            "siret_partenaire": ("SIRET_PARTENAIRE",),
            "habilitation_partenaire": ("HABILITATION_PARTENAIRE",),
            "etat_habilitation": ("ETAT_HABILITATION", "ETAT_PARTENAIRE"),
            "date_actif": ("DATE_ACTIF",),
            "date_derniere_modification_etat": ("DATE_DERNIERE_MODIFICATION_ETAT",),
        },
    ),
    "nsf": ("CODES_NSF/NSF", {"nsf_code": ("CODE",), "nsf_intitule": ("INTITULE", "LIBELLE")}),
    "formacode": (
        "FORMACODES/FORMACODE",
        {"formacode_code": ("CODE",), "formacode_libelle": ("LIBELLE", "INTITULE")},
    ),
    "rome": (
        "CODES_ROME/ROME",
        {"codes_rome_code": ("CODE",), "codes_rome_libelle": ("LIBELLE", "INTITULE")},
    ),
    "blocs_competences": (
        "BLOCS_COMPETENCES/BLOC_COMPETENCES",
        {
            "bloc_competences_code": ("CODE",),
            "bloc_competences_libelle": ("LIBELLE", "INTITULE"),
        },
    ),
}
# Ways in: the element that says each, and the sentence that the CSV has for it.
_ACCESS = {
    "SI_JURY_VAE": "Par expérience",
    "SI_JURY_CL": "Par candidature individuelle",
    "SI_JURY_FC": "Après un parcours de formation continue",
    "SI_JURY_CQ": "En contrat de professionnalisation",
    "SI_JURY_CA": "En contrat d’apprentissage",
    "SI_JURY_FI": "Après un parcours de formation sous statut d’élève ou d’étudiant",
}
_SUCCESSION = {
    "ancienne_certification": (
        "ANCIENNES_CERTIFICATIONS/ANCIENNE_CERTIFICATION/ID_FICHE_ANCIENNE_CERTIFICATION"
    ),
    "nouvelle_certification": (
        "NOUVELLES_CERTIFICATIONS/NOUVELLE_CERTIFICATION/ID_FICHE_NOUVELLE_CERTIFICATION"
    ),
}
_TABLES = ("standard", *_LISTS, "ccn", "voies_acces", "ancienne_nouvelle")


def land_xml(path: Path, deposit: Deposit) -> None:
    """Land the register that the file holds, counted over its ten tables.

    A card without a number, or seen before, is rejected whole; else each of its records alone.
    Raises :class:`LandingError` when the file is not a whole register.
    """
    landing = _Landing(deposit)
    for card in _cards(path):
        landing.add(card)
    if not landing.cards:
        raise LandingError(
            path.name,
            "export XML du registre sans aucune fiche : le télécharger de nouveau, ou prendre "
            "export-fiches-csv-*.zip.",
        )
    landing.finish()


class _Landing:
    """The tables being filled, and what has been read."""

    def __init__(self, deposit: Deposit) -> None:
        self.cards = 0
        self._deposit = deposit
        self._buffers = {table: TableBuffer(table, deposit) for table in _TABLES}
        self._numbers = dict.fromkeys(_TABLES, 0)
        self._seen: set[bytes] = set()
        self._registers: set[str] = set()
        self._read = 0

    def add(self, card: etree._Element) -> None:
        self.cards += 1
        number = _text(card, ("NUMERO_FICHE",))
        rest: set[bytes] = set()
        for table, element, texts in _records(card):
            self._read += 1
            self._numbers[table] += 1
            seen = self._seen if table == "standard" else rest
            try:
                row = read_row(table, self._numbers[table], {"numero_fiche": number, **texts})
                key = key_of(table, row)
                if key in seen:
                    raise repeated()
            except RejectError as reject:
                self._reject(table, element, reject)
                if reject.colonne == "numero_fiche" and table == "standard":
                    return
                continue
            seen.add(key)
            self._buffers[table].add(row)
        self._registers.add(number.rstrip("0123456789"))

    def _reject(self, table: str, element: etree._Element, reject: RejectError) -> None:
        line = element.sourceline
        self._deposit.reject(
            Reject(
                self._read,
                line if isinstance(line, int) else None,
                reject.colonne,
                reject.motif,
                f"({table}) {reject.detail}",
                etree.tostring(element, encoding="unicode", with_tail=False),
            )
        )

    def finish(self) -> None:
        for buffer in self._buffers.values():
            buffer.flush()
        self._deposit.registers = (
            tuple(x for x in self._deposit.registers if x in self._registers)
            or self._deposit.registers
        )
        self._deposit.counts(lus=self._read, atterris=self._read - self._deposit.rejetes)


def _records(card: etree._Element) -> Iterator[tuple[str, etree._Element, Texts]]:
    """Yield the records of a card: their table, the element that is each, its texts."""
    standard = {name: _text(card, paths) for name, paths in _STANDARD.items()}
    standard["actif"] = _ACTIVITY.get(standard["actif"].lower(), standard["actif"])
    yield "standard", card, standard
    for table, (path, columns) in _LISTS.items():
        for element in card.iterfind(path):
            yield table, element, {name: _text(element, paths) for name, paths in columns.items()}
    agreements = {
        f"ccn_{rank}_{part}": _text(card, (f"CCN_{rank}/{part.upper()}",))
        for rank in (1, 2, 3)
        for part in ("numero", "libelle")
    }
    if any(agreements.values()):
        yield "ccn", card, agreements
    for tag, sentence in _ACCESS.items():
        if "oui" in (_text(card, (f"{tag}/ACTIF",)).lower(), _text(card, (tag,)).lower()):
            yield "voies_acces", card, {"si_jury": sentence}
    for column, path in _SUCCESSION.items():
        for element in card.iterfind(path):
            yield "ancienne_nouvelle", element, {column: element.text or ""}


def _text(element: etree._Element, paths: tuple[str, ...]) -> str:
    for path in paths:
        text = element.findtext(path)
        if text and text.strip():
            return text.strip()
    return ""


def _cards(path: Path) -> Iterator[etree._Element]:
    """Yield each card, then drop it; nothing is loaded nor expanded."""
    parser = etree.XMLPullParser(
        ("end",), tag=CARD, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    pending = 0
    for number, block in enumerate(raw_blocks(path)):
        if number == 0 and _DOCTYPE.search(block[:4096]):
            raise LandingError(path.name, "déclaration DOCTYPE interdite : vérifier sa source.")
        for start in range(0, len(block), _CHUNK):
            chunk = block[start : start + _CHUNK]
            pending += len(chunk)
            _feed(path, parser, chunk)
            for card in _ended(parser):
                pending = 0
                yield card
            if pending > MAX_CARD:
                raise LandingError(
                    path.name, "fiche démesurée : fichier abîmé ? Le télécharger de nouveau."
                )
    _feed(path, parser, None)
    yield from _ended(parser)


def _ended(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for _, event in parser.read_events():
        card = cast("etree._Element", event)
        yield card
        card.clear()
        parent = card.getparent()
        if parent is not None:
            parent.remove(card)


def _feed(path: Path, parser: etree.XMLPullParser, chunk: bytes | None) -> None:
    """Parse more, or the end (None). Raises :class:`LandingError` on broken XML.

    libxml2's own message may quote the text: it is not shown.
    """
    try:
        if chunk is None:
            parser.close()
        else:
            parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        first = next(iter(parser.feed_error_log.filter_from_errors()), None)
        problem = "XML tronqué" if chunk is None else "XML mal formé"
        raise LandingError(
            path.name,
            f"{xml_problem(first, problem) if first else problem} : le télécharger de nouveau.",
            ligne=first.line if first else error.lineno,
            colonne=str(first.column) if first else None,
        ) from None
