"""Thirty made-up rows of the offer, under the real names of its columns and their old names.

Of the rows of rank ``i`` from 0 to 29, every fifth is remote (no place), every third one RNCP;
prices go from 500 to 3,400 by 100.
"""

from typing import Any

NAME = "moncompteformation_catalogueformation"
_PLACES = (
    ("Paris", "75", "Île-de-France", "11"),
    ("Rhône", "69", "Auvergne-Rhône-Alpes", "84"),
    ("Côtes-d'Armor", "22", "Bretagne", "53"),
    ("Paris", "75", "Île-de-France", "11"),
    (None, None, None, None),
)
_CERTIFICATIONS = ("TOSA", "Pix", "Certification en langue anglaise", "CléA")
_FORMATIONS = (
    "Anglais professionnel : l'essentiel",
    "Excel, niveau avancé",
    "Traitement de l'information",
)
_NSF = (("136", "Langues vivantes"), ("326", "Informatique, traitement de l'information"))
_FACETS = frozenset(
    {"nom_of", "nom_departement", "nom_region", "type_referentiel", "intitule_certification"}
)
_OLD_NAMES = {
    "date_chargement": "date_extract",
    "code_rs": "code_inventaire",
    "siret_of": "siret",
    "type_referentiel": "rsrncp",
}
_KINDS = {
    "date_chargement": "date",
    **dict.fromkeys(("frais_ttc_tot_min", "frais_ttc_tot_max", "frais_ttc_tot_mean"), "number"),
    **dict.fromkeys(
        (
            "code_rs", "code_rncp", "nb_action", "nb_session_active", "nb_session_a_distance",
            "nombre_heures_total_min", "nombre_heures_total_max", "nombre_heures_total_mean",
            "nbaction_nbheures",
        ),
        "integer",
    ),
}  # fmt: skip
_NAMES = (
    "date_chargement", "nom_of", "nom_departement", "nom_region", "type_referentiel", "code_rs",
    "code_rncp", "intitule_certification", "libelle_niveau_sortie_formation", "code_formacode_1",
    "code_formacode_2", "code_formacode_3", "code_formacode_4", "code_formacode_5",
    "libelle_code_formacode_principal", "code_rome_1", "code_rome_2", "code_rome_3", "code_rome_4",
    "code_rome_5", "libelle_nsf_1", "libelle_nsf_2", "libelle_nsf_3", "code_nsf_1", "code_nsf_2",
    "code_nsf_3", "code_certifinfo", "siret_of", "numero_formation", "intitule_formation",
    "points_forts", "objectif_formation", "contenu_formation", "resultats_attendus_formation",
    "nb_action", "nb_session_active", "nb_session_a_distance", "nombre_heures_total_min",
    "nombre_heures_total_max", "nombre_heures_total_mean", "frais_ttc_tot_min",
    "frais_ttc_tot_max", "frais_ttc_tot_mean", "code_departement", "code_region",
    "nbaction_nbheures", "coderegion_export",
)  # fmt: skip


def _field(name: str) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"name": name, "type": _KINDS.get(name, "string")}
    if name in _FACETS:
        descriptor["annotations"] = {"facet": True}
    if name in _OLD_NAMES:
        descriptor["deprecatedNames"] = [_OLD_NAMES[name]]
    return descriptor


def _row(i: int) -> dict[str, Any]:
    rncp = i % 3 == 0
    departement, code_departement, region, code_region = _PLACES[i % 5]
    price, hours, actions = 500 + 100 * i, 7 * (i % 10), 1 + i % 2
    siret = str(10_000_000_000_000 + i % 5)
    code_nsf, label_nsf = _NSF[i % 2]
    return {
        "date_chargement": "2024-07-15",
        "nom_of": f"OF {i % 5}",
        "nom_departement": departement,
        "nom_region": region,
        "type_referentiel": "RNCP" if rncp else "RS",
        "code_rs": -1 if rncp else 5000 + i % 6,
        "code_rncp": 35000 + i if rncp else -1,
        "intitule_certification": _CERTIFICATIONS[i % 4],
        "libelle_niveau_sortie_formation": "BAC : BP, BT, bac pro ou techno (NIVEAU 4)"
        if rncp
        else None,
        "code_formacode_1": "15254",
        "code_rome_1": "M1805" if rncp else None,
        "libelle_nsf_1": label_nsf,
        "code_nsf_1": code_nsf,
        "code_certifinfo": "-1",
        "siret_of": siret,
        "numero_formation": f"{siret}_{i}",
        "intitule_formation": _FORMATIONS[i % 3],
        "points_forts": "<p>Un suivi ; des exercices\nà chaque séance</p>",
        "nb_action": actions,
        "nb_session_active": 2 + i % 3,
        "nb_session_a_distance": 0 if departement else 1,
        "nombre_heures_total_min": hours,
        "nombre_heures_total_max": hours,
        "nombre_heures_total_mean": hours,
        "frais_ttc_tot_min": price - 50,
        "frais_ttc_tot_max": price + 50,
        "frais_ttc_tot_mean": price,
        "code_departement": code_departement,
        "code_region": code_region,
        "nbaction_nbheures": actions * hours,
        "coderegion_export": code_region,
    }


FIELDS = tuple(_field(name) for name in _NAMES)
ROWS = tuple(tuple(_row(i).get(name) for name in _NAMES) for i in range(30))
