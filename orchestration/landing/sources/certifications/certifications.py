"""Landing an export of the registers, in either of its forms."""

from pathlib import Path

from orchestration.landing.intake.archive import ZIP, members_of
from orchestration.landing.intake.blocks import raw_blocks
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.kinds import kind_of
from orchestration.landing.intake.names import plain_name
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.sources.certifications.register_csv import land_csv
from orchestration.landing.sources.certifications.register_xml import land_xml

_ADVICE = "prendre l'export entier, export-fiches-csv-*.zip ou export-fiches-rncp-v4-1-*.zip"


def land_certifications(path: Path, deposit: Deposit) -> None:
    """Land one export: ten tables, counted together. Raises :class:`LandingError`."""
    with path.open("rb") as file:
        zipped = file.read(len(ZIP)) == ZIP
    members = members_of(path) if zipped else []
    if len(members) > 1 or (members and not members[0].casefold().endswith(".xml")):
        land_csv(path, deposit)
        return
    head = next(raw_blocks(path), b"")[:4096]
    kind = kind_of(head)
    if kind and "XML" in kind:
        land_xml(path, deposit)
        return
    if b"numero_fiche" in head.lower():
        names = plain_name(str(head.split(b"\n")[0], "utf-8", errors="replace"))
        which = "Standard" if "id_fiche" in names else "un seul fichier"
        raise LandingError(
            path.name, f"un seul des dix fichiers de l'export ({which}) : {_ADVICE}."
        )
    if not kind and head[:1].isalnum():
        kind = "fichier de texte (un CSV ?) et non l'export du registre"
    raise LandingError(path.name, f"{kind or 'zip illisible ou tronqué'} : {_ADVICE}.")
