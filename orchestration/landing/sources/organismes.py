"""The public list of training bodies (DGEFP): one record per declared body."""

from pathlib import Path

from orchestration.landing.intake.check import land_texts
from orchestration.landing.intake.column_rules import (
    Table,
    between,
    filled,
    matches_pattern,
    readable,
)
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.records import read_records

_ADDRESS = "adressePhysiqueOrganismeFormation"
_DECLARED = "informationsDeclarees"
_SPECIALTY = f"{_DECLARED}.specialitesDeFormation"
# Delivered name → ours and its kind.
_DELIVERED = {
    "numeroDeclarationActivite": ("numero_declaration_activite", "texte"),
    "denomination": ("denomination", "texte"),
    "siren": ("siren", "texte"),
    "siretEtablissementDeclarant": ("siret_etablissement_declarant", "texte"),
    f"{_ADDRESS}.voie": ("voie", "texte"),
    f"{_ADDRESS}.codePostal": ("code_postal", "texte"),
    f"{_ADDRESS}.ville": ("ville", "texte"),
    f"{_ADDRESS}.codeRegion": ("code_region", "texte"),
    "certifications.actionsDeFormation": ("actions_de_formation", "booleen"),
    "certifications.bilansDeCompetences": ("bilans_de_competences", "booleen"),
    "certifications.VAE": ("vae", "booleen"),
    "certifications.actionsDeFormationParApprentissage": (
        "actions_de_formation_par_apprentissage",
        "booleen",
    ),
    f"{_DECLARED}.dateDerniereDeclaration": ("date_derniere_declaration", "date"),
    f"{_DECLARED}.debutExercice": ("debut_exercice", "date"),
    f"{_DECLARED}.finExercice": ("fin_exercice", "date"),
    f"{_DECLARED}.nbStagiaires": ("nb_stagiaires", "entier"),
    f"{_DECLARED}.nbStagiairesConfiesParUnAutreOF": (
        "nb_stagiaires_confies_par_un_autre_of",
        "entier",
    ),
    f"{_DECLARED}.effectifFormateurs": ("effectif_formateurs", "entier"),
    **{
        f"{_SPECIALTY}.{part}Specialite{rank}": (f"{part}_specialite_{rank}", "texte")
        for rank in (1, 2, 3)
        for part in ("code", "libelle")
    },
}
_COLUMNS = dict(_DELIVERED.values())

TABLE = Table(
    source="organismes",
    name="organismes",
    columns=_COLUMNS,
    rules=(
        *filled(("numero_declaration_activite", "siren")),
        matches_pattern("siren", "[0-9]{9}", "siren_invalide", "neuf chiffres attendus"),
        matches_pattern(
            "siret_etablissement_declarant",
            "[0-9]{14}",
            "siret_invalide",
            "quatorze chiffres attendus",
        ),
        *readable(_COLUMNS),
        *(
            between(name, "0", "999999999", "nombre_hors_bornes", "nombre négatif")
            for name, kind in _COLUMNS.items()
            if kind == "entier"
        ),
    ),
    key=("numero_declaration_activite", "siret_etablissement_declarant"),
    renamed_columns={delivered: name for delivered, (name, _) in _DELIVERED.items()},
    # The DGEFP adds columns from one year to the next; none of those read here has ever gone.
    extensible=True,
)


def land_organismes(path: Path, deposit: Deposit) -> None:
    """Land one export of the list."""
    land_texts(TABLE, path, deposit, read_records(TABLE, path, deposit))
