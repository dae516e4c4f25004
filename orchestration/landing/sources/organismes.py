"""The public list of training bodies (DGEFP): one record per declared body.

In any of its public forms: dotted names (data.gouv.fr), technical names or labels (its portal).
"""

from pathlib import Path

from orchestration.landing.intake.check import land_texts
from orchestration.landing.intake.codes import padded, whole
from orchestration.landing.intake.column_rules import (
    Rule,
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
DELIVERED = {
    "numeroDeclarationActivite": ("numero_declaration_activite", "texte"),
    "denomination": ("denomination", "texte"),
    "siren": ("siren", "texte"),
    "siretEtablissementDeclarant": ("siret_etablissement_declarant", "texte"),
    f"{_ADDRESS}.voie": ("voie", "texte"),
    f"{_ADDRESS}.codePostal": ("code_postal", "texte"),
    f"{_ADDRESS}.ville": ("ville", "texte"),
    f"{_ADDRESS}.codeRegion": ("code_region", "texte"),
    "certifications.actionsDeFormation": ("actions_de_formation", "booleen_publie"),
    "certifications.bilansDeCompetences": ("bilans_de_competences", "booleen_publie"),
    "certifications.VAE": ("vae", "booleen_publie"),
    "certifications.actionsDeFormationParApprentissage": (
        "actions_de_formation_par_apprentissage",
        "booleen_publie",
    ),
    f"{_DECLARED}.dateDerniereDeclaration": ("date_derniere_declaration", "date_publiee"),
    f"{_DECLARED}.debutExercice": ("debut_exercice", "date_publiee"),
    f"{_DECLARED}.finExercice": ("fin_exercice", "date_publiee"),
    f"{_DECLARED}.nbStagiaires": ("nb_stagiaires", "entier_publie"),
    f"{_DECLARED}.nbStagiairesConfiesParUnAutreOF": (
        "nb_stagiaires_confies_par_un_autre_of",
        "entier_publie",
    ),
    f"{_DECLARED}.effectifFormateurs": ("effectif_formateurs", "entier_publie"),
    **{
        f"{_SPECIALTY}.{part}Specialite{rank}": (f"{part}_specialite_{rank}", "texte")
        for rank in (1, 2, 3)
        for part in ("code", "libelle")
    },
}
_COLUMNS = dict(DELIVERED.values())
_LABELS = {
    "Numéro Déclaration Activité": "numero_declaration_activite",
    "Code SIREN": "siren",
    "Siret Etablissement Déclarant": "siret_etablissement_declarant",
    "Adresse Organisme de Formation": "voie",
    "Code Postal Organisme de Formation": "code_postal",
    "Ville Organisme de Formation": "ville",
    "Code Région Organisme de Formation": "code_region",
    "Actions de formations": "actions_de_formation",
    "Bilans de compétences": "bilans_de_competences",
    "Actions de formations par apprentissage": "actions_de_formation_par_apprentissage",
    "Date dernière déclaration": "date_derniere_declaration",
    "Début d'exercice": "debut_exercice",
    "Fin d'exercice": "fin_exercice",
    **{
        f"{label} Spécialité {rank}": f"{part}_specialite_{rank}"
        for rank in (1, 2, 3)
        for part, label in (("code", "Code"), ("libelle", "Libellé"))
    },
    "Nombre de stagiaires": "nb_stagiaires",
    "Nombre de stagiaires confiés par un autre Organisme de formation": (
        "nb_stagiaires_confies_par_un_autre_of"
    ),
    "Effectifs de formateurs": "effectif_formateurs",
}
_UNREAD = frozenset(
    {
        "numerosDeclarationActivitePrecedent",
        "Numéro Déclaration Activité Précédent",
        *(
            name
            for part, label in (
                ("denomination", "Dénomination"),
                ("voie", "Adresse"),
                ("codePostal", "Code Postal"),
                ("ville", "Ville"),
                ("pays", "Pays"),
            )
            for name in (
                f"organismeEtrangerRepresente.{part}",
                f"{label} Organisme Etranger Représenté",
            )
        ),
    }
)
_REQUIRED = (
    "numero_declaration_activite",
    "denomination",
    "siren",
    "siret_etablissement_declarant",
)

TABLE = Table(
    source="organismes",
    name="organismes",
    columns=_COLUMNS,
    rules=(
        # A foreign body has neither SIREN nor SIRET.
        *filled(("numero_declaration_activite",)),
        matches_pattern("siren", "[0-9]{9}", "siren_invalide", "neuf chiffres attendus"),
        Rule(
            "siren_invalide",
            "le SIREN n'est pas le début du SIRET",
            "siren <> left(siret_etablissement_declarant, 9)",
            "siren",
        ),
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
            if kind == "entier_publie"
        ),
    ),
    key=("numero_declaration_activite", "siret_etablissement_declarant"),
    repairs={
        # Eleven digits, the first of which is that of a région.
        "numero_declaration_activite": (
            f"regexp_replace({whole('numero_declaration_activite')}, '^([0-9]{{10}})$', '0\\1')"
        ),
        "siren": padded("siren", 9),
        "siret_etablissement_declarant": padded("siret_etablissement_declarant", 14),
        "code_postal": padded("code_postal", 5),
        "code_region": padded("code_region", 2),
    },
    completions={"siren": "coalesce(siren, left(siret_etablissement_declarant, 9))"},
    optional_columns=frozenset(_COLUMNS) - frozenset(_REQUIRED),
    renamed_columns={
        **{delivered: name for delivered, (name, _) in DELIVERED.items()},
        **_LABELS,
    },
    unread_columns=_UNREAD,
)


def land_organismes(path: Path, deposit: Deposit) -> None:
    """Land one export of the list."""
    land_texts(TABLE, path, deposit, read_records(TABLE, path, deposit))
