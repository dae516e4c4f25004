"""Canaries: invented persons planted in the extracts, to be looked for wherever a run writes."""

import re
from pathlib import Path

NAME = "Zéphirine-Canari"
NAME_LATIN = NAME.encode("iso-8859-1")
MAIL = "zephirine.canari@exemple-canari.fr"
PHONE = "0699887711"
TITULAIRE = "T-CANARI-777"
DOSSIER = "D-CANARI-888"
BIRTH = "1951-02-03"
CANARIES = [
    NAME.encode(),
    NAME_LATIN,
    MAIL.encode(),
    PHONE.encode(),
    TITULAIRE.encode(),
    DOSSIER.encode(),
    BIRTH.encode(),
]


def plant(extracts: Path) -> None:
    """Plant persons in the extracts of every source that has personal data."""
    _plant_persons(extracts / "dossiers", extracts / "financements")
    _plant_contacts(extracts / "edof")


def _plant_persons(dossiers: Path, financements: Path) -> None:
    """A valid dossier, and a broken one so that the reject path is walked too."""
    path = sorted(dossiers.glob("*.csv"))[-1]
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    columns = header.split(";")
    valid = dict(zip(columns, first.split(";"), strict=True))
    valid |= {"id_dossier": DOSSIER, "id_titulaire": TITULAIRE, "date_naissance": BIRTH}
    broken = valid | {"id_dossier": DOSSIER + "B", "prix": NAME, "date_naissance": MAIL}
    lines = [";".join(row[name] for name in columns) for row in (valid, broken)]
    path.write_text("\n".join([header, first, *lines, *rest]) + "\n", encoding="utf-8")
    financements_file = sorted(financements.glob("*.csv"))[-1]
    with financements_file.open("a", encoding="utf-8") as file:
        file.write(f"{DOSSIER};{valid['date_derniere_modification']};TITULAIRE;100.00\n")
        file.write(f"{DOSSIER}C;{NAME};TITULAIRE;{PHONE}x\n")


def _plant_contacts(edof: Path) -> None:
    """Contact persons in every formation; one formation is broken, so that it is rejected."""
    path = next(edof.glob("*.xml"))
    text = path.read_text(encoding="iso-8859-1")
    text = re.sub(r"<nom>[^<]*</nom>", f"<nom>{NAME}</nom>", text)
    text = re.sub(r"<courriel>[^<]*</courriel>", f"<courriel>{MAIL}</courriel>", text)
    text = re.sub(r"<numtel>[^<]*</numtel>", f"<numtel>{PHONE}</numtel>", text)
    text = text.replace("<SIRET>", f"<SIRET>{NAME}", 1)
    path.write_text(text, encoding="iso-8859-1")
