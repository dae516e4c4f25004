"""A crowd: invented persons in one month, certification and place, whom only statuses tell apart.

Without them the world is too small for a row of the finest level, or for one that tells a financer
whom five persons have and five have not.
"""

from pathlib import Path

MONTH, CERTIFICATION, DEPARTMENT = "2020-01", "RS6198", "75"
FINISHED, OTHERS = "Clos - Réalisation Totale", "Validé"
STATUSES = [FINISHED] * 9 + [OTHERS] * 11
# Others of the place, each with a certification of its own: what the row of one status leaves of
# its totals is that of enough persons, so that it need not step back.
SCATTERED = 5
HELPED = {"TITULAIRE": 600, "FRANCE_TRAVAIL": 400}
# Whom only a planned day says to have entered.
PLANNED = "2020-02-03"


def plant(extracts: Path) -> None:
    """Add the crowd to the first deliveries of dossiers and of financements."""
    dossiers, financements = (
        extracts / source / f"{source}_{MONTH}.csv" for source in ("dossiers", "financements")
    )
    header, example, *rest = dossiers.read_text(encoding="utf-8").splitlines()
    columns = header.split(";")
    row = dict(zip(columns, example.split(";"), strict=True))
    row |= {"code_certification": CERTIFICATION, "code_departement_lieu": DEPARTMENT}
    row |= {"modalite_presence": "PRESENTIEL", "nombre_heures": "21", "prix": "1000.00"}
    added, paid = [], []
    for number, status in enumerate(STATUSES):
        own = {
            "id_dossier": f"D5{number:09}",
            "id_titulaire": f"T5{number:08}",
            "statut_dossier": status,
            "siret_of": f"{100000000 + number % 4}00011",
        }
        if status == OTHERS:
            own |= {"date_entree": PLANNED}
        added.append(";".join((row | own)[name] for name in columns))
        # The last five are paid for by France Travail too.
        shares = {"TITULAIRE": 1000} if number < len(STATUSES) - 5 else HELPED
        paid += [
            f"{own['id_dossier']};{row['date_derniere_modification']};{code};{euros}.00"
            for code, euros in shares.items()
        ]
    for number, code in enumerate(_certifications(header, rest)):
        own = {"id_dossier": f"D6{number:09}", "id_titulaire": f"T6{number:08}"}
        own |= {"statut_dossier": OTHERS, "code_certification": code}
        added.append(";".join((row | own)[name] for name in columns))
        paid.append(f"{own['id_dossier']};{row['date_derniere_modification']};TITULAIRE;1000.00")
    dossiers.write_text("\n".join([header, example, *rest, *added]) + "\n", encoding="utf-8")
    with financements.open("a", encoding="utf-8") as file:
        file.write("\n".join(paid) + "\n")


def _certifications(header: str, rows: list[str]) -> list[str]:
    column = header.split(";").index("code_certification")
    codes = sorted({row.split(";")[column] for row in rows} - {"", CERTIFICATION})
    return codes[:SCATTERED]
