"""The public list of training bodies (DGEFP): one record per declared body.

Belongs here: its delivered names, its columns and what rejects a record. Does not: matching a body
with its offer (dbt).
"""

from pathlib import Path

from orchestration.landing.controle import land_texts
from orchestration.landing.depot import Depot
from orchestration.landing.enregistrements import read_records
from orchestration.landing.regles import Table, entre, forme, lisibles, remplies

_ADRESSE = "adressePhysiqueOrganismeFormation"
_DECLARE = "informationsDeclarees"
_SPECIALITE = f"{_DECLARE}.specialitesDeFormation"
# Delivered name → ours and its kind.
_LIVREES = {
    "numeroDeclarationActivite": ("numero_declaration_activite", "texte"),
    "denomination": ("denomination", "texte"),
    "siren": ("siren", "texte"),
    "siretEtablissementDeclarant": ("siret_etablissement_declarant", "texte"),
    f"{_ADRESSE}.voie": ("voie", "texte"),
    f"{_ADRESSE}.codePostal": ("code_postal", "texte"),
    f"{_ADRESSE}.ville": ("ville", "texte"),
    f"{_ADRESSE}.codeRegion": ("code_region", "texte"),
    "certifications.actionsDeFormation": ("actions_de_formation", "booleen"),
    "certifications.bilansDeCompetences": ("bilans_de_competences", "booleen"),
    "certifications.VAE": ("vae", "booleen"),
    "certifications.actionsDeFormationParApprentissage": (
        "actions_de_formation_par_apprentissage",
        "booleen",
    ),
    f"{_DECLARE}.dateDerniereDeclaration": ("date_derniere_declaration", "date"),
    f"{_DECLARE}.debutExercice": ("debut_exercice", "date"),
    f"{_DECLARE}.finExercice": ("fin_exercice", "date"),
    f"{_DECLARE}.nbStagiaires": ("nb_stagiaires", "entier"),
    f"{_DECLARE}.nbStagiairesConfiesParUnAutreOF": (
        "nb_stagiaires_confies_par_un_autre_of",
        "entier",
    ),
    f"{_DECLARE}.effectifFormateurs": ("effectif_formateurs", "entier"),
    **{
        f"{_SPECIALITE}.{part}Specialite{rank}": (f"{part}_specialite_{rank}", "texte")
        for rank in (1, 2, 3)
        for part in ("code", "libelle")
    },
}
_COLONNES = dict(_LIVREES.values())

TABLE = Table(
    source="organismes",
    nom="organismes",
    colonnes=_COLONNES,
    regles=(
        *remplies(("numero_declaration_activite", "siren")),
        forme("siren", "[0-9]{9}", "siren_invalide", "neuf chiffres attendus"),
        forme(
            "siret_etablissement_declarant",
            "[0-9]{14}",
            "siret_invalide",
            "quatorze chiffres attendus",
        ),
        *lisibles(_COLONNES),
        *(
            entre(name, "0", "999999999", "nombre_hors_bornes", "nombre négatif")
            for name, kind in _COLONNES.items()
            if kind == "entier"
        ),
    ),
    cle=("numero_declaration_activite", "siret_etablissement_declarant"),
    renommees={delivered: name for delivered, (name, _) in _LIVREES.items()},
    # The DGEFP adds columns from one year to the next; none of those read here has ever gone.
    s_etend=True,
)


def land_organismes(path: Path, depot: Depot) -> None:
    """Land one export of the list."""
    land_texts(TABLE, path, depot, read_records(TABLE, path, depot))
