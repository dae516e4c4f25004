"""The planted defects: for each rule on rows, which sound row to copy and what to change in it.

``ROWS`` break one row each; ``WHOLE_TABLE`` break what a single row cannot (shares, one date).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories.small_datasets import (
    DIAGNOSIS,
    ENTRIES,
    FIGURES,
    FIRST_PROVISIONAL,
    OFFER,
    PURCHASE_TOTALS,
    PURCHASES,
    SIGNALS,
    USER_TOTALS,
    USERS,
    Row,
)

EURO = Decimal("1.00")


@dataclass(frozen=True)
class Mark:
    """Gives a copied row its own key, and a mark in ``colonne`` by which to find it again."""

    column: str
    text: Callable[[int], str]
    changes: Callable[[int], Row]

    def __call__(self, row: Row, number: int) -> Row:
        return row | self.changes(number)


MARKS = {
    OFFER: Mark(
        "objectif_formation",
        lambda number: f"défaut {number}",
        lambda number: {
            "objectif_formation": f"défaut {number}",
            "siret_of": "22222222200001",
            "numero_formation": f"22222222200001_{number}",
        },
    ),
    PURCHASES: Mark(
        "nb_dossiers",
        lambda number: str(1000 + number),
        lambda number: {
            "nb_dossiers": 1000 + number,
            "type_referentiel": "RNCP",
            "code_certification": f"RNCP{500 + number}",
            "code_rncp": 500 + number,
            "code_rs": -1,
        },
    ),
    USERS: Mark(
        "nb_dossiers",
        lambda number: str(1000 + number),
        lambda number: {
            "nb_dossiers": 1000 + number,
            "trimestre_entree": f"{2001 + number % 22}-T{1 + number // 22}",
            "annee_entree": 2001 + number % 22,
        },
    ),
    ENTRIES: Mark(
        "intitule_certification",
        lambda number: f"défaut {number}",
        lambda number: {
            "intitule_certification": f"défaut {number}",
            "type_referentiel": "RNCP",
            "code_certification": f"RNCP{500 + number}",
            "code_rncp": 500 + number,
            "code_rs": -1,
        },
    ),
    SIGNALS: Mark(
        "intitule_certification",
        lambda number: f"défaut {number}",
        lambda number: {
            "intitule_certification": f"défaut {number}",
            "code_certification": f"RS{500 + number}",
        },
    ),
    DIAGNOSIS: Mark(
        "libelle",
        lambda number: f"défaut {number}",
        # A reference of its own: sums of the sound rows stay as they are.
        lambda number: {"libelle": f"défaut {number}", "annee": 2000 + number},
    ),
    FIGURES: Mark(
        "nom_perimetre",
        lambda number: f"défaut {number}",
        lambda number: {"nom_perimetre": f"défaut {number}", "periode": f"20{number:02d}-01"},
    ),
    **{
        totals: Mark(
            label,
            lambda number: f"défaut {number}",
            lambda number, label=label: {label: f"défaut {number}", "tableau": f"t{number}"},
        )
        for totals, label in (
            (PURCHASE_TOTALS, "intitule_certification"),
            (USER_TOTALS, "region_residence"),
        )
    },
}

# Of the sound rows of the offer: 0 is RNCP in Paris, 1 RS in Corsica, 3 RNCP and remote.
_OFFER: dict[str, tuple[int, Row]] = {
    "cle_renseignee.numero_formation": (0, {"numero_formation": None}),
    "cle_unique": (0, {}),
    "date_renseignee": (0, {"date_chargement": None}),
    "referentiel_connu": (1, {"type_referentiel": "CPF"}),
    "referentiel_renseigne": (1, {"type_referentiel": None}),
    "un_seul_code": (1, {"code_rncp": 40344}),
    "code_du_referentiel": (1, {"code_rs": 0}),
    "niveau_du_rncp": (1, {"libelle_niveau_sortie_formation": "CAP, BEP... (NIVEAU 3)"}),
    "niveau_connu": (0, {"libelle_niveau_sortie_formation": "NIVEAU 4"}),
    "certifinfo_forme": (0, {"code_certifinfo": "12A"}),
    "certifinfo_renseigne": (0, {"code_certifinfo": None}),
    "formacodes_forme": (0, {"code_formacode_1": "4605"}),
    "formacodes_sans_trou": (1, {"code_formacode_3": "46052"}),
    "romes_forme": (0, {"code_rome_1": "1805M"}),
    "nsf_1_connu": (0, {"code_nsf_1": "999"}),
    "nsf_2_connu": (0, {"code_nsf_2": "326m"}),
    "nsf_3_connu": (0, {"code_nsf_3": "32"}),
    "siret_forme": (0, {"siret_of": "\t2222", "numero_formation": "\t2222_1"}),
    "siret_renseigne": (0, {"siret_of": None}),
    "siret_prefixe": (0, {"numero_formation": "33333333300001_1"}),
    "points_forts_longueur": (0, {"points_forts": "x" * 256}),
    "textes_longueur": (0, {"contenu_formation": "x" * 3001}),
    "sans_courriel": (0, {"contenu_formation": "Écrire à c.martin@exemple.fr"}),
    "sans_telephone": (0, {"points_forts": "Appeler le 06 12 34 56 78"}),
    "sans_personne_titree": (0, {"intitule_formation": "Excel avec Mme Martin"}),
    "sans_personne_a_contacter": (0, {"resultats_attendus_formation": "Contact : Zoé MARTIN"}),
    "actions": (0, {"nb_action": 0, "nbaction_nbheures": 0}),
    "sessions": (0, {"nb_session_active": -1}),
    "sessions_a_distance": (3, {"nb_session_a_distance": 3}),
    "departement_sur_place": (0, {"nb_session_a_distance": 1}),
    "heures_ordonnees": (0, {"nombre_heures_total_min": 25}),
    "heures_bornes": (0, {"nombre_heures_total_max": 10001}),
    "heures_fois_actions": (0, {"nbaction_nbheures": 21}),
    "prix_ordonnes": (0, {"frais_ttc_tot_max": Decimal("600.59")}),
    "prix_bornes": (0, {"frais_ttc_tot_max": Decimal("100000.01")}),
    "lieu_complet": (0, {"code_departement": None, "nom_departement": None}),
    "departement_connu": (0, {"nom_departement": "Seine"}),
    "departement_de_la_region": (0, {"code_departement": "01", "nom_departement": "Ain"}),
    "region_connue": (0, {"nom_region": "Bassin parisien"}),
    "region_export": (0, {"coderegion_export": None}),
}

_CONSUMPTION: dict[str, tuple[int, Row]] = {
    "cle_unique": (0, {}),
    "niveau_de_diffusion": (0, {"niveau_diffusion": 0}),
    "personnes_renseignees": (0, {"nb_titulaires": None}),
    "titulaires_et_dossiers": (0, {"nb_titulaires": 5000}),
    "edition_connue": (FIRST_PROVISIONAL[PURCHASES], {"edition": "finale"}),
    "provisoire_sans_detail": (0, {"edition": "provisoire"}),
    "prix_bornes": (0, {"prix_moyen": Decimal("-0.01")}),
    "prix_et_montant": (0, {"prix_moyen": None}),
    "duree_bornes": (0, {"duree_moyenne": Decimal("10000.1")}),
    "montants_positifs": (
        0,
        {
            "montant_autre": -EURO,
            "montant_non_ventile": EURO,
            "montants_par_financeur": "secrets",
        },
    ),
    "financeurs_sans_zero": (0, {"montant_opco": Decimal("0.00")}),
    "montants_par_financeur_connus": (0, {"montants_par_financeur": "inconnus"}),
    "montants_par_financeur_dits": (0, {"montants_par_financeur": "secrets"}),
    "montants_ventiles": (0, {"montant_opco": Decimal("0.01")}),
    "part_de_la_personne": (0, {"montant_reste_a_charge": EURO}),
}

# Of the sound rows of the purchases: 1 is RNCP in Corsica, 3 remote.
_PURCHASES: dict[str, tuple[int, Row]] = {
    **_CONSUMPTION,
    "seuil_personnes": (0, {"nb_titulaires": 4}),
    **{
        f"cle_renseignee.{name}": (0, {name: None})
        for name in ("code_certification", "code_nsf", "statut_dossier", "modalite_presence")
    },
    "cle_renseignee.niveau_diffusion": (0, {"niveau_diffusion": None}),
    "cle_renseignee.mois_validation": (0, {"mois_validation": None}),
    "cle_renseignee.trimestre_validation": (0, {"trimestre_validation": None}),
    "cle_renseignee.annee_validation": (0, {"annee_validation": None}),
    "mois_forme": (
        0,
        {"mois_validation": "2026-1"},
    ),
    "trimestre_forme": (0, {"trimestre_validation": "2026-1"}),
    "annee_forme": (0, {"annee_validation": 26}),
    "periodes_emboitees": (0, {"mois_validation": "2026-04"}),
    "certification_forme": (0, {"code_certification": "XX12"}),
    "exception_connue": (
        0,
        {"code_certification": "CPF999", "type_referentiel": None, "code_rs": -1, "code_rncp": -1},
    ),
    "referentiel_de_la_certification": (0, {"type_referentiel": "RS"}),
    "codes_du_repertoire": (0, {"code_rs": 12}),
    "niveau_du_rncp": (0, {"libelle_niveau_sortie_formation": "NIVEAU 4"}),
    "nsf_connu": (0, {"code_nsf": "999"}),
    "formacode_forme": (0, {"code_formacode_principal": "4605"}),
    "departement_connu": (0, {"departement_lieu_formation": "Seine"}),
    "region_connue": (0, {"region_lieu_formation": "Bassin parisien"}),
    "departement_de_la_region": (
        0,
        {"code_departement_lieu_formation": "01", "departement_lieu_formation": "Ain"},
    ),
    "lieu_sans_libelle": (3, {"departement_lieu_formation": "Paris"}),
    "statut_connu": (0, {"statut_dossier": "Perdu"}),
    "modalite_connue": (0, {"modalite_presence": "Au téléphone"}),
    "regroupements": (0, {"modalite_presence": "REGROUPE"}),
}

_USERS: dict[str, tuple[int, Row]] = {
    **_CONSUMPTION,
    "seuil_personnes": (0, {"nb_titulaires": 10}),
    **{
        f"cle_renseignee.{name}": (0, {name: None})
        for name in ("genre", "tranche_age", "csp", "statut", "niveau_diffusion")
    },
    "cle_renseignee.trimestre_entree": (0, {"trimestre_entree": None}),
    "cle_renseignee.annee_entree": (0, {"annee_entree": None}),
    "cle_renseignee.code_region_residence": (0, {"code_region_residence": None}),
    "cle_renseignee.code_departement_residence": (0, {"code_departement_residence": None}),
    "trimestre_forme": (0, {"trimestre_entree": "2025-5"}),
    "annee_forme": (0, {"annee_entree": 25}),
    "periodes_emboitees": (0, {"annee_entree": 2020}),
    "departement_connu": (0, {"departement_residence": "Seine"}),
    "region_connue": (0, {"region_residence": "Bassin parisien"}),
    "departement_de_la_region": (
        0,
        {"code_departement_residence": "01", "departement_residence": "Ain"},
    ),
    "genre_connu": (0, {"genre": "F"}),
    "tranche_age_connue": (0, {"tranche_age": "12 ans"}),
    "situation_de_la_csp": (0, {"situation": "Demandeur d'emploi"}),
    "csp_connue": (0, {"csp": "Maire"}),
    "statut_connu": (0, {"statut": "Perdu"}),
    "regroupements": (0, {"statut": "REGROUPE"}),
}

_ENTRIES: dict[str, tuple[int, Row]] = {
    "cle_unique": (0, {}),
    "niveau_de_diffusion": (0, {"niveau_diffusion": 0}),
    **{
        f"cle_renseignee.{name}": (0, {name: None})
        for name in (
            *("niveau_diffusion", "valeur_du", "trimestre", "annee", "annee_mois", "code_nsf"),
            *("code_certification", "siren_of_contractant", "siret_of_contractant"),
        )
    },
    "seuil.entrees_formation": (0, {"entrees_formation": 4}),
    "seuil.sorties_realisation_partielle": (0, {"sorties_realisation_partielle": 4}),
    "seuil.sorties_realisation_totale": (0, {"sorties_realisation_totale": 4}),
    "edition_connue": (FIRST_PROVISIONAL[ENTRIES], {"edition": "finale"}),
    "provisoire_sans_detail": (0, {"edition": "provisoire"}),
    "trimestre_forme": (0, {"trimestre": "2024-4"}),
    "annee_forme": (0, {"annee": 24}),
    "mois_forme": (0, {"annee_mois": "2024-1"}),
    "annee_du_trimestre": (0, {"annee": 2023}),
    "mois_du_trimestre": (0, {"annee_mois": "2024-09", "mois": 9}),
    "numero_du_mois": (0, {"mois": 11}),
    "certification_forme": (0, {"code_certification": "XX12"}),
    "referentiel_de_la_certification": (0, {"type_referentiel": "RS"}),
    "codes_du_repertoire": (0, {"code_rs": 12}),
    "nsf_connu": (0, {"code_nsf": "999"}),
    "siren_forme": (0, {"siren_of_contractant": "11111111"}),
    "siret_forme": (0, {"siret_of_contractant": "1111111110001"}),
    "siret_du_siren": (0, {"siret_of_contractant": "22222222200011"}),
    "nom_regroupe": (0, {"raison_sociale_of_contractant": "REGROUPE"}),
    "regroupements": (0, {"siret_of_contractant": "REGROUPE"}),
}

_TOTALS: dict[str, tuple[int, Row]] = {
    "cle_unique": (0, {}),
    "cle_renseignee.tableau": (0, {"tableau": None}),
    "cle_renseignee.periode": (0, {"periode": None}),
    "diffusion_connue": (0, {"diffusion": "inconnue"}),
    "secret_sans_chiffre": (3, {"nb_dossiers": 40}),
    "edition_connue": (0, {"edition": "revue"}),
    "titulaires_et_dossiers": (0, {"nb_titulaires": 41}),
    "dossiers_positifs": (
        0,
        {"montant_engage": Decimal("-10000.00"), "prix_moyen": Decimal("-250.00")},
    ),
    "prix_bornes": (0, {"prix_moyen": Decimal("260.00")}),
    "duree_bornes": (1, {"duree_moyenne": Decimal("10000.5")}),
    "periode_forme": (0, {"periode": "2025-13"}),
}

_PURCHASE_TOTALS: dict[str, tuple[int, Row]] = {
    **_TOTALS,
    **{
        f"cle_renseignee.{name}": (0, {name: None})
        for name in ("code_certification", "code_nsf", "statut_dossier", "modalite_presence")
    },
    "annee_de_la_periode": (0, {"annee_validation": 2021}),
    "departement_de_la_region": (0, {"code_region_lieu_formation": "94"}),
}

_USER_TOTALS: dict[str, tuple[int, Row]] = {
    **_TOTALS,
    **{
        f"cle_renseignee.{name}": (0, {name: None})
        for name in (
            *("code_region_residence", "code_departement_residence", "genre", "tranche_age"),
            *("situation", "csp", "statut"),
        )
    },
    "annee_de_la_periode": (0, {"annee_entree": 2021}),
    "departement_de_la_region": (0, {"code_region_residence": "94"}),
}

# Of the sound rows: 0 is listed, 1 is listed elsewhere, 2 is not listed.
_SIGNALS: dict[str, tuple[int, Row]] = {
    "cle_unique": (0, {}),
    "cle_renseignee.siret_of": (0, {"siret_of": None}),
    "cle_renseignee.code_certification": (0, {"code_certification": None}),
    "siret_forme": (0, {"siren": "111111111"}),
    "certification_forme": (0, {"type_referentiel": "RNCP"}),
    "signal_connu": (0, {"code_signal": "S11", "motifs": "S11", "severite": 1}),
    "signal_dit": (0, {"libelle_signal": "Enregistrement échu le {date}"}),
    "signal_parmi_les_motifs": (2, {"motifs": "S10,S5"}),
    "severite_bornee": (0, {"severite": 4}),
    "severite_du_signal": (2, {"severite": 1}),
    "correction_datee": (0, {"correction": "Vérifié"}),
    "date_du_repertoire": (0, {"date_repertoire": date(2026, 2, 1)}),
    "vu_avant": (0, {"nb_versions": 0}),
    "formations": (0, {"nb_formations": 0}),
    "entrees_positives": (0, {"entrees_12_mois": -1}),
    "fin_avant_le_catalogue": (
        0,
        {"code_signal": "S8", "motifs": "S8,S0", "severite": 1},
    ),
    "autre_etablissement": (1, {"siret_habilite": "44444444400001"}),
    "autre_etablissement_dit": (1, {"siret_habilite": None}),
    "introuvable_sans_fiche": (0, {"lien_fiche": None}),
    "retrait_d_un_etat_connu": (
        2,
        {"code_signal": "S4", "motifs": "S4", "etat_connu": False},
    ),
    "sans_courriel": (0, {"nom_of": "ECOLE c.martin@exemple.fr"}),
    "mots_mesures": (0, {"libelle_signal": "Organisme frauduleux"}),
}

# Of the sound rows of the diagnosis: 0 is France, 3 a région.
_DIAGNOSIS: dict[str, tuple[int, Row]] = {
    "cle_unique": (0, {}),
    **{
        f"cle_renseignee.{name}": (0, {name: None})
        for name in ("niveau_nomenclature", "code", "territoire", "annee")
    },
    "niveau_nomenclature": (0, {"niveau_nomenclature": "rome"}),
    "niveau_territoire": (0, {"niveau_territoire": "commune"}),
    "classe_tension": (3, {"classe_tension": "offre parfaite"}),
    "fiabilite": (0, {"fiabilite": "sûre"}),
    "demande_lue": (0, {"demande_lue": "dossiers"}),
    "territoire_connu": (3, {"territoire": "REG-99X"}),
    "domaine_connu": (0, {"code": "999"}),
    "parts_bornees": (0, {"couverture": Decimal("1.01")}),
    "indices_bornes": (3, {"indice_tension_interne": Decimal(1)}),
    "attendus_comme_achats": (
        3,
        {"dossiers_attendus": Decimal(130), "indice_tension": Decimal("-0.037037")},
    ),
    "indice_du_rapport": (3, {"indice_tension": Decimal("0.5")}),
    "indice_de_ce_qui_se_compare": (0, {"classable": "oui"}),
    "rang_si_lisible": (3, {"part_localisee": Decimal("0.79")}),
    "lecture_si_lisible": (
        3,
        {"formations": Decimal(19), "lecture": "offre abondante, demande forte"},
    ),
    "prix_ordonnes": (0, {"prix_q1": Decimal(901)}),
    "prix_des_dossiers": (0, {"prix_moyen": None}),
    "constat": (0, {"constat": "aucun achat localisé publié"}),
}

_FIGURES: dict[str, tuple[int, Row]] = {
    "cle_unique": (0, {}),
    **{f"cle_renseignee.{name}": (0, {name: None}) for name in ("chiffre", "periode", "perimetre")},
    "grain": (0, {"grain": "semaine", "periode": "2029"}),
    "chiffre_defini": (0, {"definition": "Des entrées."}),
    "periode_du_grain": (0, {"periode": "2029-T1"}),
    "perimetre_connu": (0, {"perimetre": "DEP-75"}),
    "part_bornee": (
        0,
        {
            "chiffre": "part_femmes",
            "libelle": "Part des femmes",
            "definition": "Entrées de femmes parmi celles dont le genre est dit.",
            "unite": "part",
        },
    ),
    "valeur_positive": (0, {"valeur": Decimal(-1), "evolution_pourcentage": Decimal(-102)}),
    "non_ventile_borne": (0, {"part_non_ventilee": Decimal("1.1")}),
    "evolution_des_deux_valeurs": (0, {"evolution_pourcentage": Decimal(50)}),
    "cumul_au_moins": (0, {"cumul": Decimal(99)}),
    "requete_dite": (0, {"requete": "select 100"}),
}

ROWS = {
    OFFER: _OFFER,
    PURCHASES: _PURCHASES,
    USERS: _USERS,
    PURCHASE_TOTALS: _PURCHASE_TOTALS,
    USER_TOTALS: _USER_TOTALS,
    ENTRIES: _ENTRIES,
    SIGNALS: _SIGNALS,
    DIAGNOSIS: _DIAGNOSIS,
    FIGURES: _FIGURES,
}


def _change_row(**changes: Any) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [*rows[:-2], rows[-2] | changes, rows[-1]]


def _change_remote(rows: list[Row]) -> list[Row]:
    """France is no longer what is remote and what is not."""
    return [row | {"dossiers": 101} if row["territoire"] == "DISTANCE" else row for row in rows]


WHOLE_TABLE: dict[str, dict[str, Callable[[list[Row]], list[Row]]]] = {
    OFFER: {
        "date_unique": _change_row(date_chargement=date(2026, 3, 14)),
        "intitules": _change_row(intitule_certification=None),
        "organismes_nommes": _change_row(nom_of=None),
    },
    PURCHASES: {
        "intitules": _change_row(intitule_certification=None),
        "au_moins_un_dossier": _change_row(nb_dossiers=0),
    },
    USERS: {"au_moins_un_dossier": _change_row(nb_dossiers=0)},
    SIGNALS: {
        "date_unique": _change_row(date_catalogue=date(2026, 3, 14), vu_depuis=date(2026, 3, 14))
    },
    PURCHASE_TOTALS: {},
    USER_TOTALS: {},
    ENTRIES: {
        "intitules": _change_row(intitule_certification=None),
        "un_compteur_au_moins": _change_row(
            entrees_formation=None,
            sorties_realisation_partielle=None,
            sorties_realisation_totale=None,
        ),
    },
    DIAGNOSIS: {"distance_hors_des_regions": _change_remote},
    FIGURES: {"cumul_est_une_somme": _change_row(periode="2025-12", cumul=Decimal(5000))},
}
