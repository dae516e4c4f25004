"""What a product must not fall for, planted into a copy of raw extracts."""

import csv
from pathlib import Path

BODY = "99999999900012"
PERSON = "T999999999"
# Letters and digits of one identifier, as hands, spreadsheets and other systems write it.
SPELLINGS = (
    "T999999999", "t999999999", " T999999999", "T999999999 ", "T-999999999", "T 999999999",
    "T.999999999", "T\u00a0999999999", "T999999999\u200b", "\ufeffT999999999", "Ｔ999999999",
    "T999 999 999", "T999999999\t", "T_999999999",
)  # fmt: skip
CONTACTS = (
    "Contact : camille.exemple@of-invente.fr",
    "Écrivez à camille (at) of-invente.fr",
    "Renseignements au 01 99 00 12 34",
    "Joignable au +33 6 39 98 12 34",
    "Votre formatrice : Mme Exemple",
    "Animé par Monsieur Inventé",
)


def plant_spellings(dossiers: Path, parts: Path) -> dict[str, str]:
    """Add dossiers of one person under many spellings, alone in their cell, to a delivery.

    They copy the last dossier of the file ``dossiers``, in a département where nobody else trains
    nor lives; ``parts`` is the delivery of financements. Returns the values of that cell.
    """
    with dossiers.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, delimiter=";")
        names = list(reader.fieldnames or ())
        model = list(reader)[-1]
    cell = {"code_departement_lieu": "976", "modalite_presence": "MIXTE"}
    home = {"code_departement_residence": "976", "code_commune_residence": "97608"}
    with dossiers.open("a", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names, delimiter=";", lineterminator="\n")
        for rank, spelling in enumerate(SPELLINGS):
            own = {"id_dossier": f"D99999{rank:05d}", "id_titulaire": spelling, "siret_of": BODY}
            writer.writerow({**model, **cell, **home, **own})
    with parts.open("a", encoding="utf-8", newline="") as out:
        for rank in range(len(SPELLINGS)):
            day = model["date_derniere_modification"]
            out.write(f"D99999{rank:05d};{day};TITULAIRE;{model['prix']}\n")
    return cell


def plant_contacts(catalogue: Path) -> int:
    """Write a contact into the contents of as many trainings of an EDOF catalogue; how many.

    Raises:
        ValueError: the catalogue has too few trainings with contents.
    """
    text = catalogue.read_text(encoding="iso-8859-1")
    mark = "<contenu-formation><![CDATA["
    pieces = text.split(mark)
    if len(pieces) <= len(CONTACTS):
        raise ValueError(f"{catalogue.name}: {len(pieces) - 1} contents")
    for rank, contact in enumerate(CONTACTS, start=1):
        pieces[rank] = f"<p>{contact}</p>{pieces[rank]}"
    catalogue.write_text(mark.join(pieces), encoding="iso-8859-1")
    return len(CONTACTS)
