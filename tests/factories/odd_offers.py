"""Odd rows of the publisher's export of the offer, each a change of a sound row.

``MENDED``: what lands of it. ``SET_ASIDE``: the reason for which it alone is rejected.
"""

from typing import Any

from tests.factories.csv_files import SIRET

# What a spreadsheet, another tool or the publisher itself makes of a row, and what lands.
MENDED: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"type_referentiel": ""}, {"type_referentiel": "RS"}),
    ({"type_referentiel": "rs"}, {"type_referentiel": "RS"}),
    ({"code_rs": "RS6198"}, {"code_rs": 6198}),
    ({"code_rs": "6198.0", "code_rncp": "-1.0"}, {"code_rs": 6198, "code_rncp": -1}),
    ({"code_rncp": ""}, {"code_rncp": -1}),
    ({"code_rncp": "nan"}, {"code_rncp": -1}),
    (
        {"code_rs": "", "code_rncp": "RNCP37674", "type_referentiel": ""},
        {"type_referentiel": "RNCP", "code_rs": -1, "code_rncp": 37674},
    ),
    (
        {"code_rs": "-1", "code_rncp": "37674", "type_referentiel": "RNCP"}
        | {"libelle_niveau_sortie_formation": "Niveau 3 : CAP, BEP"},
        {"libelle_niveau_sortie_formation": "CAP, BEP... (NIVEAU 3)"},
    ),
    (
        {"libelle_niveau_sortie_formation": "Sans niveau"},
        {"libelle_niveau_sortie_formation": None},
    ),
    # Not active in the catalogue, or an exception: neither type nor code, and maybe a level.
    (
        {"type_referentiel": "", "code_rs": "-1"},
        {"type_referentiel": None, "code_rs": -1, "code_rncp": -1},
    ),
    (
        {"type_referentiel": "Non renseigné", "code_rs": "-1.0", "code_rncp": ""}
        | {"libelle_niveau_sortie_formation": "NIVEAU 5"},
        {"type_referentiel": None, "code_rs": -1, "code_rncp": -1},
    ),
    ({"code_formacode_1": "70332.0"}, {"code_formacode_1": "70332"}),
    (
        {"code_formacode_1": "70332", "code_formacode_2": "", "code_formacode_3": "46006.0"},
        {"code_formacode_2": "46006", "code_formacode_3": None},
    ),
    *(
        (
            {"code_rs": "-1", "code_rncp": "37674", "type_referentiel": "RNCP"}
            | {"libelle_niveau_sortie_formation": written},
            {"libelle_niveau_sortie_formation": "BAC+2 : DEUG, BT, DUT... (NIVEAU 5)"},
        )
        for written in ("niveau 5", "5", "NIV5", "Bac + 2 (niveau 5)")
    ),
    (
        {"code_formacode_1": "Non renseigné", "code_nsf_1": "NC", "code_certifinfo": "#N/A"},
        {"code_formacode_1": None, "code_nsf_1": None, "code_certifinfo": "-1"},
    ),
    (
        {"code_departement": "Non renseigné", "code_region": "NR", "nb_session_a_distance": "3"},
        {"code_departement": None, "code_region": None},
    ),
    ({"code_rome_1": "m1805"}, {"code_rome_1": "M1805"}),
    ({"code_nsf_1": "326t"}, {"code_nsf_1": "326"}),
    ({"code_certifinfo": "109391.0"}, {"code_certifinfo": "109391"}),
    ({"code_certifinfo": ""}, {"code_certifinfo": "-1"}),
    (
        {"code_formacode_1": "-1", "code_nsf_1": "-1", "code_rome_1": "-1.0"},
        {"code_formacode_1": None, "code_nsf_1": None, "code_rome_1": None},
    ),
    ({"siret_of": ""}, {"siret_of": SIRET}),
    ({"nbaction_nbheures": "36.5"}, {"nbaction_nbheures": None}),
    ({"siret_of": f"{SIRET}.0"}, {"siret_of": SIRET}),
    ({"siret_of": "403 303 423 00038"}, {"siret_of": SIRET}),
    ({"code_region": ""}, {"code_departement": "06", "code_region": "93"}),
    ({"code_region": "PACA"}, {"code_region": "93"}),
    ({"code_departement": "2a", "code_region": "94.0"}, {"code_departement": "2A"}),
    ({"code_departement": "974.0", "code_region": "4"}, {"code_region": "04"}),
    (
        {"code_departement": "", "code_region": "", "nom_departement": "ille et vilaine"},
        {"code_departement": "35", "code_region": "53"},
    ),
    (
        {"code_departement": "20", "code_region": "", "nom_departement": "Haute-Corse"},
        {"code_departement": "2B", "code_region": "94"},
    ),
    ({"code_departement": "988", "code_region": ""}, {"code_region": "988"}),
    ({"frais_ttc_tot_max": "1 300,50 €"}, {"frais_ttc_tot_max": "1300.50"}),
    ({"frais_ttc_tot_mean": "200.3333333333"}, {"frais_ttc_tot_mean": "200.33"}),
    ({"date_chargement": "11/07/2024"}, {"date_chargement": "2024-07-11"}),
    ({"date_chargement": "2024-07-11T00:00:00+02:00"}, {"date_chargement": "2024-07-11"}),
]

SET_ASIDE: list[tuple[dict[str, str], str]] = [
    ({"numero_formation": ""}, "cle_absente"),
    ({"nb_action": ""}, "valeur_absente"),
    ({"type_referentiel": "Répertoire"}, "code_inconnu"),
    ({"date_chargement": "11/17/2024"}, "date_invalide"),
    ({"date_chargement": "2099-12-31"}, "date_hors_bornes"),
    ({"nombre_heures_total_mean": "18.5"}, "nombre_invalide"),
    ({"frais_ttc_tot_min": "10 5"}, "nombre_invalide"),
    ({"type_referentiel": "CPF"}, "code_inconnu"),
    ({"siret_of": "X"}, "siret_invalide"),
    ({"numero_formation": "40330342300099_TOSA"}, "prefixe_incoherent"),
    ({"code_rncp": "37674"}, "codes_incoherents"),
    ({"code_rs": "-1"}, "codes_incoherents"),
    ({"code_rs": "", "code_rncp": "-1.0"}, "codes_incoherents"),
    ({"type_referentiel": "", "code_rs": "-2"}, "codes_incoherents"),
    ({"type_referentiel": "RNCP"}, "codes_incoherents"),
    ({"code_rs": "0"}, "codes_incoherents"),
    ({"code_rs": "RNCP12"}, "nombre_invalide"),
    ({"code_certifinfo": "A12"}, "certifinfo_invalide"),
    (
        {"libelle_niveau_sortie_formation": "CINQ", "type_referentiel": "RNCP"}
        | {"code_rs": "", "code_rncp": "RNCP37674"},
        "niveau_inconnu",
    ),
    ({"code_formacode_1": "505A"}, "formacode_invalide"),
    ({"code_formacode_1": "", "code_formacode_2": "15052"}, "formacode_invalide"),
    ({"code_rome_1": "M18"}, "rome_invalide"),
    ({"code_nsf_1": "999"}, "nsf_inconnu"),
    ({"code_departement": ""}, "lieu_incomplet"),
    ({"nb_action": "0"}, "nombre_hors_bornes"),
    ({"frais_ttc_tot_max": "1000000"}, "nombre_hors_bornes"),
    ({"nombre_heures_total_max": "12000"}, "nombre_hors_bornes"),
    ({"libelle_niveau_sortie_formation": "BAC"}, "niveau_incoherent"),
    ({"code_departement": "20"}, "departement_inconnu"),
    ({"code_region": "11"}, "region_incoherente"),
    ({"nb_action": "-2"}, "nombre_hors_bornes"),
    ({"nombre_heures_total_min": "19"}, "mesures_incoherentes"),
    ({"frais_ttc_tot_mean": "300.51"}, "mesures_incoherentes"),
    (
        {"code_departement": "", "code_region": "", "nb_session_a_distance": "4"},
        "sessions_incoherentes",
    ),
    ({"nb_session_a_distance": "1"}, "sessions_incoherentes"),
]
