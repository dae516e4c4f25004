"""Small marts that satisfy every rule, and the state around them: what the tests then break.

Tables are made from the declared columns, so a column that is declared and not given here is null.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from orchestration import settings, warehouse
from orchestration.jeux import Jeu

OFFRE = "moncompteformation_catalogueformation"
ACHATS = "moncompteformation_formations_engagees"
USAGERS = "moncompteformation_usagers"
JOUR = dt.date(2026, 3, 15)
FIN_DE_MOIS = dt.date(2026, 3, 31)
Ligne = dict[str, Any]

_LIEUX = [
    ("75", "Paris", "11", "Île-de-France"),
    ("2A", "Corse-du-Sud", "94", "Corse"),
    ("974", "La Réunion", "04", "La Réunion"),
    (None, None, None, None),
]
_MONTANTS = (
    *("titulaire", "reste_a_charge", "employeur", "france_travail", "opco"),
    *("region", "agefiph", "transitions_pro", "autre", "non_ventile"),
)
_BAC = "BAC : BP, BT, bac pro ou techno (NIVEAU 4)"


def lignes(jeu: str) -> list[Ligne]:
    """Twelve rows of a dataset; amounts are Decimal, dates are date."""
    make = {OFFRE: _offre, ACHATS: _achat, USAGERS: _usager}[jeu]
    return [make(number) for number in range(12)]


def _offre(number: int) -> Ligne:
    department, department_name, region, region_name = _LIEUX[number % 4]
    siret = f"{11111111100000 + number // 4:014d}"
    rncp = number % 3 == 0
    remote = department is None
    return {
        "date_chargement": JOUR,
        "nom_of": None if number == 0 else f"Organisme {number // 4}",
        "nom_departement": department_name,
        "nom_region": region_name,
        "type_referentiel": "RNCP" if rncp else "RS",
        "code_rs": -1 if rncp else 6198,
        "code_rncp": 40344 if rncp else -1,
        "intitule_certification": "Certification d'essai",
        "libelle_niveau_sortie_formation": _BAC if rncp else None,
        "code_formacode_1": "46052",
        "code_formacode_2": "71123" if rncp else None,
        "libelle_code_formacode_principal": "PAO",
        "code_rome_1": "M1805",
        "code_nsf_1": "326",
        "code_nsf_2": "326" if rncp else None,
        "code_nsf_3": "326" if rncp else None,
        "libelle_nsf_1": "Informatique, traitement de l'information",
        "code_certifinfo": "-1" if rncp else "112858",
        "siret_of": siret,
        "numero_formation": f"{siret}_F{number}",
        "intitule_formation": 'Une formation "citée" ; avec un point-virgule',
        "points_forts": "<p>Petits groupes</p>",
        "objectif_formation": "<ul>\n<li>Première ligne</li>\n<li>seconde</li>\n</ul>",
        "contenu_formation": "Contenu",
        "nb_action": 1 + number % 2,
        "nb_session_active": 2,
        "nb_session_a_distance": 2 if remote else 0,
        "nombre_heures_total_min": 10,
        "nombre_heures_total_max": 30,
        "nombre_heures_total_mean": 20,
        "frais_ttc_tot_min": Decimal("500.00"),
        "frais_ttc_tot_max": Decimal("700.50"),
        "frais_ttc_tot_mean": Decimal("600.60"),
        "code_departement": department,
        "code_region": region,
        "nbaction_nbheures": 20 * (1 + number % 2),
        "coderegion_export": region,
    }


def _mesures(number: int) -> Ligne:
    amounts = {f"montant_{name}": Decimal("0.00") for name in _MONTANTS}
    amounts |= {"montant_titulaire": Decimal("9000.10"), "montant_employeur": Decimal("999.90")}
    return {
        "nb_dossiers": 40 + number,
        "nb_titulaires": 30 + number,
        "prix_moyen": Decimal("250.00"),
        "duree_moyenne": None if number == 1 else Decimal("18.5"),
        "montant_engage": Decimal("10000.00"),
        **amounts,
    }


def _achat(number: int) -> Ligne:
    department, department_name, region, region_name = _LIEUX[number % 4]
    grouped = number == 11
    kind = ("RS", "RNCP", None)[number % 3]
    code = ("RS6198", "RNCP40344", "CPF206")[number % 3]
    return {
        "niveau_diffusion": 3 if grouped else 1,
        "mois_validation": "REGROUPE" if grouped else f"2026-0{1 + number // 4}",
        "trimestre_validation": "2026-T1",
        "annee_validation": "2026",
        "type_referentiel": "REGROUPE" if grouped else kind,
        "code_certification": "REGROUPE" if grouped else code,
        "code_rs": None if grouped else 6198 if kind == "RS" else -1,
        "code_rncp": None if grouped else 40344 if kind == "RNCP" else -1,
        "code_certifinfo": "REGROUPE" if grouped else "112858",
        "intitule_certification": "REGROUPE" if grouped else f"Certification {code}",
        "libelle_niveau_sortie_formation": "REGROUPE"
        if grouped
        else _BAC
        if kind == "RNCP"
        else None,
        "code_nsf": "REGROUPE" if grouped else "326",
        "domaine_formation_nsf": "REGROUPE" if grouped else "Informatique",
        "code_formacode_principal": "REGROUPE" if grouped else "46052",
        "libelle_formacode_principal": "REGROUPE" if grouped else "PAO",
        "code_region_lieu_formation": region,
        "region_lieu_formation": region_name,
        "code_departement_lieu_formation": department,
        "departement_lieu_formation": department_name,
        "statut_dossier": "Validé",
        "modalite_presence": "À distance" if department is None else "En présentiel",
        **_mesures(number),
    }


def _usager(number: int) -> Ligne:
    places = [*_LIEUX[:3], ("NR", "Non renseigné", "NR", "Non renseigné")]
    department, department_name, region, region_name = places[number % 4]
    grouped = number == 11
    return {
        "niveau_diffusion": 2 if grouped else 1,
        "trimestre_entree": f"202{5 + number // 6}-T1",
        "annee_entree": f"202{5 + number // 6}",
        "code_region_residence": region,
        "region_residence": region_name,
        "code_departement_residence": "REGROUPE" if grouped else department,
        "departement_residence": "REGROUPE" if grouped else department_name,
        "genre": ("Femme", "Homme", "Non renseigné")[number % 3],
        "tranche_age": "25-39 ans",
        "situation": "En emploi",
        "csp": "REGROUPE" if grouped else "Employé",
        "statut": "Clos",
        **_mesures(number),
    }


def construire_mart(jeu: Jeu, rows: list[Ligne]) -> None:
    """Write the table of ``jeu`` into the warehouse, with its declared types."""
    settings.data().mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"{column.nom} {column.type}" for column in jeu.colonnes)
    with warehouse.connect(str(settings.entrepot())) as connection:
        connection.execute(f"create or replace table {jeu.nom} ({columns})")
        for row in rows:
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"insert into {jeu.nom} ({', '.join(row)}) values ({marks})", list(row.values())
            )


def atterrir(*livraisons: tuple[str, dt.date]) -> None:
    """List deliveries in the vault as the landing does, in the order in which they landed."""
    with warehouse.vault() as connection:
        connection.execute("create schema if not exists coffre.atterrissage")
        connection.execute(
            "create or replace table coffre.atterrissage.depots (source varchar, fichier varchar, "
            "sha256 varchar, date_extraction date, atterri_le timestamp, lus bigint, "
            "atterris bigint, rejetes bigint, courant boolean)"
        )
        for number, (source, day) in enumerate(livraisons):
            connection.execute(
                "insert into coffre.atterrissage.depots values (?, ?, ?, ?, ?, 100, 98, 2, true)",
                [
                    source,
                    f"{source}_{day}.csv",
                    f"{number:064x}",
                    day,
                    dt.datetime(2026, 4, 1, 6, number),  # noqa: DTZ001 (the vault's are naive UTC)
                ],
            )


def atterrir_tout() -> None:
    """Deliver every source that the three datasets need."""
    atterrir(
        ("certifications", JOUR),
        ("organismes", JOUR),
        ("edof", JOUR),
        ("dossiers", FIN_DE_MOIS),
        ("financements", FIN_DE_MOIS),
    )
