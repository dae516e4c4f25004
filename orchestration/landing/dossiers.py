"""The dossiers of the information system: one record per version of a dossier (personal).

Belongs here: the columns of the monthly delta and what rejects a record. Does not: running the
checks (``controle``), or business rules such as which version counts (dbt).
"""

from pathlib import Path

from orchestration.landing import pseudonyme
from orchestration.landing.controle import land_texts
from orchestration.landing.depot import Depot
from orchestration.landing.lignes import read_lines
from orchestration.landing.nomenclatures import departements
from orchestration.landing.regles import (
    Regle,
    Table,
    courtes,
    entre,
    forme,
    lisibles,
    parmi,
    remplies,
)

COLONNES = {
    "id_dossier": "texte",
    "id_titulaire": "texte",
    "date_validation": "date",
    "date_entree": "date",
    "date_sortie": "date",
    "date_derniere_modification": "date",
    "statut_dossier": "texte",
    "genre": "texte",
    "date_naissance": "date",
    "code_commune_residence": "texte",
    "code_departement_residence": "texte",
    "situation": "texte",
    "csp": "texte",
    "code_certification": "texte",
    "code_formacode": "texte",
    "siret_of": "texte",
    "numero_formation": "texte",
    "numero_session": "texte",
    "code_departement_lieu": "texte",
    "modalite_presence": "texte",
    "nombre_heures": "nombre",
    "prix": "nombre",
}
REQUISES = (
    "id_dossier",
    "id_titulaire",
    "date_validation",
    "date_derniere_modification",
    "statut_dossier",
    "code_certification",
    "siret_of",
    "modalite_presence",
    "prix",
)
STATUTS = (
    "Validé",
    "Entrée en formation",
    "Sortie de formation",
    "Clos - Réalisation Totale",
    "Clos - Réalisation Partielle",
    "Clos - Non Réalisé annulé titulaire",
    "Clos - Non Réalisé annulé OF",
    "Dossier annulé gestionnaire",
    "Rejeté",
)
SITUATIONS = ("DEMANDEUR_EMPLOI", "EN_EMPLOI", "AUTRE")
CSP = (
    "AGRICULTEUR",
    "ARTISAN_COMMERCANT_CHEF",
    "CADRE",
    "PROFESSION_INTERMEDIAIRE",
    "EMPLOYE",
    "OUVRIER",
    "SANS_ACTIVITE",
)
MODALITES = ("PRESENTIEL", "A_DISTANCE", "MIXTE")

# The CPF opened to users' purchases on 21 November 2019.
OUVERTURE = "date '2019-11-01'"
HORIZON = "current_date + interval 1 day + interval 1 year"
MAX_NOMBRE = "999999.99"


def table() -> Table:
    """Return the description of the delta (it reads the list of départements)."""
    return Table(
        source="dossiers",
        nom="dossiers",
        colonnes=COLONNES,
        regles=(*remplies(REQUISES), *_textes(), *lisibles(COLONNES), *_dates(), *_nombres()),
        cle=("id_dossier", "date_derniere_modification"),
        calculees={"titulaire": pseudonyme.TITULAIRE},
    )


def land_dossiers(path: Path, depot: Depot) -> None:
    """Land one monthly file of dossiers; ``id_titulaire`` becomes the pseudonym ``titulaire``."""
    description = table()
    read = read_lines(description, path, depot)
    land_texts(description, path, depot, read, pseudonyme.parameters())


def _textes() -> list[Regle]:
    return [
        *courtes(("id_dossier", "id_titulaire"), most=64),
        parmi("statut_dossier", STATUTS),
        parmi("genre", ("F", "H")),
        parmi("situation", SITUATIONS),
        parmi("csp", CSP),
        parmi("modalite_presence", MODALITES),
        parmi("code_departement_residence", departements(), "departement_inconnu"),
        parmi("code_departement_lieu", departements(), "departement_inconnu"),
        forme(
            "code_commune_residence",
            "([0-9]{2}|2[AB])[0-9]{3}",
            "commune_invalide",
            "code INSEE de cinq caractères attendu",
        ),
        forme(
            "code_certification",
            "(RNCP|RS|CPF)[0-9]+",
            "certification_invalide",
            "RNCP, RS ou CPF suivi de chiffres attendu",
        ),
        forme("code_formacode", "[0-9]{5}", "formacode_invalide", "cinq chiffres attendus"),
        forme("siret_of", "[0-9]{14}", "siret_invalide", "quatorze chiffres attendus"),
    ]


def _dates() -> list[Regle]:
    lived = "date de naissance avant 1900 ou après la validation"
    return [
        *(
            entre(
                x, OUVERTURE, HORIZON, "date_hors_bornes", "date avant novembre 2019 ou lointaine"
            )
            for x in ("date_validation", "date_derniere_modification")
        ),
        *(
            entre(
                x,
                OUVERTURE,
                f"{HORIZON} + interval 4 year",
                "date_hors_bornes",
                "date avant novembre 2019 ou lointaine",
            )
            for x in ("date_entree", "date_sortie")
        ),
        entre(
            "date_naissance", "date '1900-01-01'", "date_validation_lu", "date_hors_bornes", lived
        ),
        Regle(
            "dates_incoherentes",
            "sortie avant l'entrée",
            "date_sortie_lu < date_entree_lu",
            "date_sortie",
        ),
    ]


def _nombres() -> list[Regle]:
    detail = "nombre négatif ou d'un million et plus"
    return [
        entre(x, "0", MAX_NOMBRE, "nombre_hors_bornes", detail) for x in ("nombre_heures", "prix")
    ]
