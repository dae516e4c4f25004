"""A register's XML flow of as many partners as the real one, and of a quarter: time and memory."""

import datetime as dt
import random
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.national import ROOT, cpf, say

PARTNERS = 400_000
_BY_CARD = 20
_FREE_TEXT = "Concevoir, réaliser et évaluer une prestation dans le respect des consignes. " * 120
_STATES = ("Actif", "Inactif (fiche inactive)", "Supprimé")
_RIGHTS = ("HABILITATION_FORMER", "HABILITATION_ORGANISER", "HABILITATION_ORGA_FORM")


def write(path: Path, partners: int) -> int:
    """Write a zip of one flow v4.1 with so many partners; return its size once unpacked, bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        name = "export_fiches_RNCP_V4_1_2026-02-02.xml"
        size = 0
        with archive.open(name, "w", force_zip64=True) as file:
            for text in _flow(partners):
                size += file.write(text.encode())
    return size


def _flow(partners: int) -> Iterator[str]:
    draw = random.Random(1)  # noqa: S311 (nothing secret)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<FICHES>\n<VERSION_FLUX>4.1</VERSION_FLUX>\n'
    for card in range(partners // _BY_CARD):
        yield (
            f"<FICHE><ID_FICHE>{card}</ID_FICHE><NUMERO_FICHE>RNCP{card + 1000}</NUMERO_FICHE>"
            f"<INTITULE>Certification {card}</INTITULE>"
            f"<ACTIVITES_VISEES>{_FREE_TEXT}</ACTIVITES_VISEES>"
            "<CODES_NSF><NSF><CODE>326t</CODE><INTITULE>Informatique</INTITULE></NSF></CODES_NSF>"
            "<CERTIFICATEURS><CERTIFICATEUR><NOM_CERTIFICATEUR>MINISTERE</NOM_CERTIFICATEUR>"
            "</CERTIFICATEUR></CERTIFICATEURS><PARTENAIRES>"
        )
        for _ in range(_BY_CARD):
            day = dt.date(2019, 1, 1) + dt.timedelta(days=draw.randrange(2_500))
            siret = draw.randrange(10**13, 10**14)
            yield (
                f"<PARTENAIRE><NOM_PARTENAIRE>ORGANISME {siret}</NOM_PARTENAIRE>"
                f"<SIRET_PARTENAIRE>{siret}</SIRET_PARTENAIRE><HABILITATION_PARTENAIRE>"
                f"{draw.choice(_RIGHTS)}</HABILITATION_PARTENAIRE>"
                f"<ETAT_HABILITATION>{draw.choice(_STATES)}</ETAT_HABILITATION>"
                f"<DATE_ACTIF>{day:%d/%m/%Y}</DATE_ACTIF></PARTENAIRE>"
            )
        yield "</PARTENAIRES><ACTIF>Oui</ACTIF></FICHE>\n"
    yield "</FICHES>\n"


def bench() -> None:
    """Land a quarter of the partners, then all of them: memory must be the same."""
    for partners in (PARTNERS // 4, PARTNERS):
        data = ROOT / f"registre-{partners}"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        path = data / "export-fiches-rncp-v4-1-2026-02-02.zip"
        size = write(path, partners)
        measured = cpf(data, "land", "certifications", path)
        say(f"register of {partners:,} partners", measured, f"{size / 1e6:.0f} MB of XML")
        shutil.rmtree(data)
