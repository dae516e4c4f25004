"""Rows that satisfy every rule of their dataset: what the tests then break."""

import datetime as dt
from decimal import Decimal
from typing import Any

OFFER = "moncompteformation_catalogueformation"
PURCHASES = "moncompteformation_formations_engagees"
USERS = "moncompteformation_usagers"
ENTRIES = "entree_sortie_formation"
SIGNALS = "signaux_habilitation"
DIAGNOSIS, FIGURES = "offre_et_demande", "chiffres_cles"
PURCHASE_TOTALS, USER_TOTALS = f"{PURCHASES}_totaux", f"{USERS}_totaux"
DAY = dt.date(2026, 3, 15)
MONTH_END = dt.date(2026, 3, 31)
Row = dict[str, Any]

_PLACES = [
    ("75", "Paris", "11", "Île-de-France"),
    ("2A", "Corse-du-Sud", "94", "Corse"),
    ("974", "La Réunion", "04", "La Réunion"),
    (None, None, None, None),
]
_AMOUNTS = (
    *("titulaire", "reste_a_charge", "employeur", "france_travail", "opco"),
    *("region", "agefiph", "transitions_pro", "autre", "non_ventile"),
)
# From this row on, a provisional edition; the last one is of a level above.
FIRST_PROVISIONAL = {PURCHASES: 8, USERS: 6, ENTRIES: 8}
COARSE_ROW = 11
# The one row whose amount may not be told.
SILENT_ROW = 2
# Of four totals, the one that is secret.
SECRET_TOTAL = 3
_UNKNOWN = ("NR", "Non renseigné", "NR", "Non renseigné")
_NSF = "Informatique, traitement de l'information, réseaux de transmission"
_LEVEL_4 = "BAC : BP, BT, bac pro ou techno (NIVEAU 4)"


def lignes(dataset: str) -> list[Row]:
    """Twelve rows of a dataset; amounts are Decimal, dates are date."""
    make = {
        OFFER: _offer_row,
        PURCHASES: _purchase_row,
        USERS: _user_row,
        PURCHASE_TOTALS: _purchase_total,
        USER_TOTALS: _user_total,
        ENTRIES: _entry_row,
        SIGNALS: _signal_row,
        DIAGNOSIS: _diagnosis_row,
        FIGURES: _figure_row,
    }[dataset]
    return [make(number) for number in range(12)]


def lignes_definitives(dataset: str) -> list[Row]:
    """Those of its definitive edition."""
    return lignes(dataset)[: FIRST_PROVISIONAL[dataset]]


def _offer_row(number: int) -> Row:
    department, department_name, region, region_name = _PLACES[number % 4]
    siret = f"{11111111100000 + number // 4:014d}"
    rncp = number % 3 == 0
    remote = department is None
    return {
        "date_chargement": DAY,
        "nom_of": None if number == 0 else f"Organisme {number // 4}",
        "nom_departement": department_name,
        "nom_region": region_name,
        "type_referentiel": "RNCP" if rncp else "RS",
        "code_rs": -1 if rncp else 6198,
        "code_rncp": 40344 if rncp else -1,
        "intitule_certification": "Certification d'essai",
        "libelle_niveau_sortie_formation": _LEVEL_4 if rncp else None,
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


def _measures(number: int, *, provisional: bool) -> Row:
    row: Row = {
        "nb_dossiers": 40 + number,
        "nb_titulaires": 30 + number,
        "prix_moyen": Decimal("250.00"),
        "duree_moyenne": None if number == 1 else Decimal("18.5"),
        "montant_engage": Decimal("10000.00"),
        "montant_personne": Decimal("9000.10"),
        **dict.fromkeys(f"montant_{name}" for name in _AMOUNTS),
        "montants_par_financeur": "secrets",
    }
    if number == SILENT_ROW:
        told = {"nb_dossiers", "nb_titulaires", "duree_moyenne", "montants_par_financeur"}
        return {name: value if name in told else None for name, value in row.items()}
    if provisional:
        return row | {"montant_personne": None, "montant_non_ventile": Decimal("10000.00")}
    return row | {
        "montant_titulaire": Decimal("8900.10"),
        "montant_reste_a_charge": Decimal("100.00"),
        "montant_employeur": Decimal("999.90"),
        "montant_non_ventile": Decimal("0.00"),
        "montants_par_financeur": "publies",
    }


def _total(number: int) -> Row:
    """What totals say of their period and of their cell; one in four is secret."""
    told = number % 4 != SECRET_TOTAL
    provisional = number >= COARSE_ROW - 1
    return {
        "edition": "provisoire" if provisional else "definitive",
        "valeur_du": MONTH_END if told else None,
        "diffusion": "publie" if told else "secret",
        "nb_dossiers": 40 + number if told else None,
        "nb_titulaires": 30 + number if told else None,
        "prix_moyen": Decimal("250.00") if told else None,
        "duree_moyenne": Decimal("18.5") if told and number else None,
        "montant_engage": 250 * Decimal(40 + number) if told else None,
    }


def _purchase_total(number: int) -> Row:
    department, department_name, region, region_name = _PLACES[number % 4]
    month = ("2025-01", "2025-02", "2026-03")[number // 4]
    return {
        "tableau": "mois_departement",
        "periode": month,
        "mois_validation": month,
        "trimestre_validation": f"{month[:4]}-T1",
        "annee_validation": int(month[:4]),
        **dict.fromkeys(
            (
                *("type_referentiel", "code_certification", "intitule_certification", "code_nsf"),
                *("domaine_formation_nsf", "statut_dossier", "modalite_presence"),
            ),
            "ENSEMBLE",
        ),
        "code_region_lieu_formation": region,
        "region_lieu_formation": region_name,
        "code_departement_lieu_formation": department,
        "departement_lieu_formation": department_name,
        **_total(number),
    }


def _user_total(number: int) -> Row:
    department, department_name, region, region_name = (*_PLACES[:3], _UNKNOWN)[number % 4]
    quarter = ("2025-T1", "2025-T2", "2026-T1")[number // 4]
    return {
        "tableau": "trimestre_departement",
        "periode": quarter,
        "trimestre_entree": quarter,
        "annee_entree": int(quarter[:4]),
        **dict.fromkeys(("genre", "tranche_age", "situation", "csp", "statut"), "ENSEMBLE"),
        "code_region_residence": region,
        "region_residence": region_name,
        "code_departement_residence": department,
        "departement_residence": department_name,
        **_total(number),
    }


def _purchase_row(number: int) -> Row:
    department, department_name, region, region_name = _PLACES[number % 4]
    kind = ("RS", "RNCP", None)[number % 3]
    code = ("RS6198", "RNCP40344", "CPF206")[number % 3]
    provisional = number >= FIRST_PROVISIONAL[PURCHASES]
    month = ("2025-01", "2025-02", "2026-03")[number // 4]
    row: Row = {
        "niveau_diffusion": 1,
        "edition": "provisoire" if provisional else "definitive",
        "valeur_du": MONTH_END,
        "mois_validation": month,
        "trimestre_validation": f"{month[:4]}-T1",
        "annee_validation": int(month[:4]),
        "type_referentiel": kind,
        "code_certification": code,
        "code_rs": 6198 if kind == "RS" else -1,
        "code_rncp": 40344 if kind == "RNCP" else -1,
        "code_certifinfo": "112858",
        "intitule_certification": f"Certification {code}",
        "libelle_niveau_sortie_formation": _LEVEL_4 if kind == "RNCP" else None,
        "code_nsf": "326",
        "domaine_formation_nsf": _NSF,
        "code_formacode_principal": "46052",
        "libelle_formacode_principal": "PAO",
        "code_region_lieu_formation": region,
        "region_lieu_formation": region_name,
        "code_departement_lieu_formation": department,
        "departement_lieu_formation": department_name,
        "statut_dossier": "Validé",
        "modalite_presence": "À distance" if department is None else "En présentiel",
        **_measures(number, provisional=provisional),
    }
    if provisional:
        row |= _generalise(2, "statut_dossier", "modalite_presence")
    if number == COARSE_ROW:
        places = [name for name in row if name.endswith("lieu_formation")]
        certification = [name for name in row if "certif" in name or "formacode" in name]
        level = ("type_referentiel", "libelle_niveau_sortie_formation")
        row |= _generalise(5, *places, *certification, *level)
        row |= {"code_rs": -1, "code_rncp": -1}
    return row


def _user_row(number: int) -> Row:
    places = [*_PLACES[:3], ("NR", "Non renseigné", "NR", "Non renseigné")]
    department, department_name, region, region_name = places[number % 4]
    provisional = number >= FIRST_PROVISIONAL[USERS]
    quarter = "2026-T1" if provisional else "2024-T4"
    row: Row = {
        "niveau_diffusion": 1,
        "edition": "provisoire" if provisional else "definitive",
        "valeur_du": MONTH_END,
        "trimestre_entree": quarter,
        "annee_entree": int(quarter[:4]),
        "code_region_residence": region,
        "region_residence": region_name,
        "code_departement_residence": department,
        "departement_residence": department_name,
        "genre": ("Femme", "Homme", "Non renseigné")[number % 3],
        "tranche_age": "25-39 ans",
        "situation": "En emploi ou autre situation",
        "csp": "Employé",
        "statut": "Clos",
        **_measures(number, provisional=provisional),
    }
    if provisional:
        row |= _generalise(2, "situation", "csp", "statut")
    if number == COARSE_ROW:
        place = ("code_departement_residence", "departement_residence")
        row |= _generalise(5, "tranche_age", "genre", *place)
    return row


def _entry_row(number: int) -> Row:
    kind = ("RS", "RNCP", None)[number % 3]
    code = ("RS6198", "RNCP40344", "CPF206")[number % 3]
    provisional = number >= FIRST_PROVISIONAL[ENTRIES]
    month = ("2024-10", "2024-11", "2026-03")[number // 4]
    siren = f"{111111110 + number % 4}"
    row: Row = {
        "niveau_diffusion": 1,
        "edition": "provisoire" if provisional else "definitive",
        "valeur_du": MONTH_END,
        "trimestre": "2026-T1" if provisional else "2024-T4",
        "annee": int(month[:4]),
        "annee_mois": month,
        "mois": int(month[5:]),
        "type_referentiel": kind,
        "code_certification": code,
        "code_rs": 6198 if kind == "RS" else -1,
        "code_rncp": 40344 if kind == "RNCP" else -1,
        "code_certifinfo": "112858",
        "intitule_certification": f"Certification {code}",
        "code_nsf": "326",
        "domaine_formation_nsf": _NSF,
        "siren_of_contractant": siren,
        "siret_of_contractant": f"{siren}00011",
        "raison_sociale_of_contractant": None if number == 0 else f"Organisme {number % 4}",
        "entrees_formation": None if number == 1 else 40 + number,
        "sorties_realisation_partielle": 5 if number % 4 == 0 else None,
        "sorties_realisation_totale": None if number == SILENT_ROW else 30 + number,
    }
    if provisional:
        row |= _generalise(2, "siret_of_contractant")
    if number == COARSE_ROW:
        told = ("annee_mois", "type_referentiel", "code_certification", "code_certifinfo")
        row |= _generalise(4, *told, "intitule_certification")
        row |= {"mois": None, "code_rs": -1, "code_rncp": -1}
    return row


def _diagnosis_row(number: int) -> Row:
    """France, what is remote of it, and places of which each is as offered as bought."""
    territory, level, name = (
        ("FR", "france", "France entière"),
        ("FR-PRESENTIEL", "france", "France (hors distance)"),
        ("DISTANCE", "distance", "À distance"),
        ("REG-11", "region", "Île-de-France"),
        ("REG-94", "region", "Corse"),
        ("DEP-2A", "departement", "Corse-du-Sud"),
    )[number % 6]
    bought = (300, 200, 100, 120, 80, 40)[number % 6]
    local = level in ("region", "departement")
    return {
        "niveau_nomenclature": "nsf",
        "code": "326",
        "libelle": _NSF,
        "territoire": territory,
        "nom_territoire": name,
        "niveau_territoire": level,
        "annee": 2025 + number // 6,
        "mois_couverts": 12,
        "provisoire": "non",
        "formations": Decimal(bought // 4),
        "organismes": Decimal(3),
        "sessions": Decimal(9),
        "nb_versions": 2,
        "offre_hors_periode": "non",
        "dossiers": bought,
        "montant_engage": Decimal(1000 * bought),
        "prix_moyen": Decimal(1000),
        "demande_lue": "totaux",
        "part_localisee": Decimal(1),
        "achats_par_formation": Decimal(4),
        "achats_par_formation_reference": Decimal(4) if local else None,
        "dossiers_attendus": Decimal(bought) if local else None,
        "indice_tension": Decimal(0) if local else None,
        "classe_tension": "équilibre proche de la moyenne" if local else None,
        "indice_tension_interne": Decimal("0.1") if local else None,
        "lq_offre": Decimal(1) if local else None,
        "lq_demande": Decimal(1) if local else None,
        "lecture": "effectif trop faible pour une lecture" if local else None,
        "prix_q1": Decimal(800),
        "prix_median": Decimal(900),
        "prix_q3": Decimal(1000),
        "dispersion_prix": Decimal("0.1111"),
        "hhi_sessions": Decimal("0.5"),
        "evolution": Decimal("0.1"),
        "fiabilite": "bonne",
        "classable": "oui" if local else "non",
    }


def _figure_row(number: int) -> Row:
    month = number + 1
    last = number == COARSE_ROW
    return {
        "chiffre": "entrees",
        "libelle": "Entrées en formation",
        "definition": "Dossiers entrés en formation dans la période.",
        "unite": "dossiers",
        "grain": "mois",
        "periode": "2026-03" if last else f"2025-{month:02d}",
        "perimetre": "FR",
        "nom_perimetre": "France entière",
        "valeur": Decimal(100),
        "effectif": 100,
        "part_non_ventilee": Decimal(0),
        "provisoire": "non",
        "valeur_un_an_avant": Decimal(50),
        "evolution_pourcentage": Decimal(100),
        "cumul": Decimal(100 * month),
        "jeu_source": USERS,
        "version_source": "2026.03.1",
        "requete": f"select 100 from {USERS}",
    }


def _generalise(level: int, *columns: str) -> Row:
    return {"niveau_diffusion": level} | dict.fromkeys(columns, "REGROUPE")


def _signal_row(number: int) -> Row:
    """Sound pairs, the second one listed elsewhere, the third one not listed."""
    siret = f"{33333333300000 + number:014d}"
    code, severity, label = (
        ("S0", 0, "Habilitation publiée pour cet établissement"),
        ("S2", 1, "Habilitation publiée pour un autre établissement"),
        ("S5", 3, "Établissement absent des listes publiées"),
    )[number % 3]
    return {
        "siret_of": siret,
        "code_certification": "RS6198",
        "siren": siret[:9],
        "nom_of": f"Organisme {number}",
        "type_referentiel": "RS",
        "intitule_certification": "Certification d'essai",
        "certificateurs": "CERTIF ESSAI",
        "siren_certificateurs": "444444444",
        "code_signal": code,
        "severite": severity,
        "libelle_signal": label,
        "motifs": code,
        "nb_formations": 1 + number % 2,
        "nb_versions": 1 + number,
        "vu_depuis": DAY,
        "date_catalogue": DAY,
        "date_repertoire": DAY,
        "etat_connu": True,
        "date_fin_enregistrement": dt.date(2029, 1, 1),
        "siret_habilite": f"{siret[:9]}99999" if code == "S2" else None,
        "lien_fiche": "https://www.francecompetences.fr/recherche/rs/6198/",
    }
