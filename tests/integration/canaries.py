"""Canaries: invented persons planted in the extracts, to be looked for wherever a run writes."""

import re
from collections.abc import Iterator
from pathlib import Path

NAME = "Zéphirine-Canari"
NAME_LATIN = NAME.encode("iso-8859-1")
MAIL = "zephirine.canari@exemple-canari.fr"
PHONE = "0699887711"
TITULAIRE, CANONICAL_TITULAIRE = "T-987-654-777", "T987654777"
DOSSIER, CANONICAL_DOSSIER = "D-9.876.543.888", "D9876543888"
BIRTH = "1951-02-03"
# One person who bought one certification, that nobody else buys, once under each spelling.
SPELLINGS = (
    *("T987654666", "t987654666", "T-987-654-666", "T 987 654 666", "T\u00a0987654666"),
    *("T0987654666", "T_987_654_666", "T.987654666", "T９８７６５４６６６", "T\u00ad987654666"),
    *("T987654\u200b666", "t‑987‑654‑666"),
)
CERTIFICATION = "RS98765"
CANARIES = [
    NAME.encode(),
    NAME_LATIN,
    MAIL.encode(),
    PHONE.encode(),
    TITULAIRE.encode(),
    DOSSIER.encode(),
    BIRTH.encode(),
]
# No delivered file has these: they are made when identifiers land.
CANONICAL = [CANONICAL_TITULAIRE.encode(), CANONICAL_DOSSIER.encode()]


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
    rows = [valid, broken, *(valid | change for change in _spelled())]
    lines = [";".join(row[name] for name in columns) for row in rows]
    path.write_text("\n".join([header, first, *lines, *rest]) + "\n", encoding="utf-8")
    financements_file = sorted(financements.glob("*.csv"))[-1]
    with financements_file.open("a", encoding="utf-8") as file:
        file.write(f"{DOSSIER};{valid['date_derniere_modification']};TITULAIRE;100.00\n")
        file.write(f"{DOSSIER}C;{NAME};TITULAIRE;{PHONE}x\n")


def _spelled() -> Iterator[dict[str, str]]:
    for number, spelling in enumerate(SPELLINGS):
        yield {
            "id_dossier": f"D98765{number:05d}",
            "id_titulaire": spelling,
            "date_naissance": "1961-05-06",
            "code_certification": CERTIFICATION,
        }


def _plant_contacts(edof: Path) -> None:
    """Contact persons in every formation; one formation is broken, so that it is rejected."""
    path = next(edof.glob("*.xml"))
    text = path.read_text(encoding="iso-8859-1")
    text = re.sub(r"<nom>[^<]*</nom>", f"<nom>{NAME}</nom>", text)
    text = re.sub(r"<courriel>[^<]*</courriel>", f"<courriel>{MAIL}</courriel>", text)
    text = re.sub(r"<numtel>[^<]*</numtel>", f"<numtel>{PHONE}</numtel>", text)
    text = text.replace("<SIRET>", f"<SIRET>{NAME}", 1)
    path.write_text(text, encoding="iso-8859-1")
