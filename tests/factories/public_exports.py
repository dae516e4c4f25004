"""Rows of the publisher's public exports of purchases, users, entries and exits."""

PURCHASE = {
    "date validation": "2024-03",
    "année de validation": "2024",
    "statut_dossier": "Validé",
    "intitule_certification": "TOSA Word",
    "code_rncp": "37674",
    "domaine_formation_nsf": "Informatique, traitement de l'information, réseaux de transmission",
    "libelle_formacode_principal": "Yoga",
    "modalite_presence": "En présentiel",
    "region_lieu_formation": "Bourgogne-Franche-Comté",
    "departement_lieu_formation": "Côte-d'Or",
    "nb_dossiers": "12",
    "prix_moyen": "1200.00",
    "duree_moyenne": "14",
    "montant_engage": "14400.00",
}
USER = {
    "trimestre_entree": "2024-T1",
    "region_domiciliation": "Bretagne",
    "genre": "F",
    "classe_age": "25 à 39 ans",
    "situation": "Cadre",
    "statut": "En cours",
    "nb_dossiers": "12",
    "montant_engage": "14400.00",
    "date_chargement": "2024-07-01",
}
# The real row of the publisher.
ENTRY = {
    "annee_mois": "2024-11",
    "annee": "2024",
    "mois": "11",
    "type_referentiel": "RS",
    "code_rncp": "-1",
    "code_rs": "5055",
    "code_certifinfo": "106691",
    "intitule_certification": "Certificat d'aptitude à conduire en sécurité (CACES) - 489 1A",
    "siret_of_contractant": "45331683800045",
    "raison_sociale_of_contractant": "OLIVIER DUPEYRE FORMATION",
    "entrees_formation": "4",
    "sorties_realisation_partielle": "0",
    "sorties_realisation_totale": "4",
    "date_chargement": "2025-03-03",
}
