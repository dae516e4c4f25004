"""Columns and DuckDB types of every landed table, the single place where they are written.

A landed table also has the lineage columns.
"""

import re

import pyarrow as pa

Columns = dict[str, str]

# _num is the lander's; the three others are added by the deposit.
LINEAGE: Columns = {
    "_fichier": "VARCHAR",
    "_sha256": "VARCHAR",
    "_num": "BIGINT",
    "_date_extraction": "DATE",
}
REJECTS: Columns = {
    "_fichier": "VARCHAR",
    "_sha256": "VARCHAR",
    "_num": "BIGINT",
    "ligne": "BIGINT",
    "colonne": "VARCHAR",
    "motif": "VARCHAR",
    "detail": "VARCHAR",
    "contenu": "VARCHAR",
}

# Sources whose files add up; the others are snapshots, of which the newest counts.
DELTAS = frozenset({"dossiers", "financements"})

# Public exports of which each period is read in the newest deposit that has it.
PUBLIC_PERIODS = frozenset({"portail_achats", "portail_usagers", "portail_entrees_sorties"})

# Sources whose records say themselves when they were extracted.
DATED_BY_CONTENT = frozenset({"portail", *PUBLIC_PERIODS})
# The two registers that an export of certifications may cover, by the prefix of their codes.
REGISTERS = ("RNCP", "RS")

# Above this share of rejected records a delivery is refused whole: what it holds is not what it
# claims. Lists of others are what they are, and nobody here can have them delivered again.
MAX_REJECTED = {
    "edof": 0.01,
    "dossiers": 0.01,
    "financements": 0.01,
    "certifications": 0.05,
    "organismes": 0.05,
    "portail": 0.05,
    **dict.fromkeys(PUBLIC_PERIODS, 0.05),
}
# A share means nothing below so many records.
SHARE_FROM = 100
# The reason of records that a selection of an export has lost the key of: they tell that it is one.
NO_KEY = "cle_absente"


def _texts(*names: str) -> Columns:
    return dict.fromkeys(names, "VARCHAR")


_EDOF: dict[str, Columns] = {
    "formations": {
        "numero": "VARCHAR",
        "date_maj": "DATE",
        "date_creation": "DATE",
        **_texts("intitule", "objectif", "resultats_attendus", "contenu", "points_forts"),
        **_texts("code_parcours", "code_objectif_general"),
        **_texts("type_certification", "code_certification", "siret"),
    },
    "actions": {
        "rang_action": "BIGINT",
        "numero": "VARCHAR",
        "date_maj": "DATE",
        **_texts("code_modalite_enseignement", "code_postal", "ville"),
        **dict.fromkeys(("heures_centre", "heures_entreprise"), "INTEGER"),
        "taux_tva": "DECIMAL(5,2)",
        **dict.fromkeys(("frais_ht", "frais_ttc"), "DECIMAL(12,2)"),
        **_texts("langue", "acces_handicapes"),
    },
    "sessions": {
        "rang_action": "BIGINT",
        "rang_session": "BIGINT",
        "numero": "VARCHAR",
        "date_debut": "DATE",
        "date_fin": "DATE",
        **_texts("etat_recrutement", "garantie"),
    },
}

_CERTIFICATIONS: dict[str, Columns] = {
    "standard": {
        **_texts("id_fiche", "numero_fiche", "intitule", "abrege_libelle", "abrege_intitule"),
        **_texts("nomenclature_europe_niveau", "nomenclature_europe_intitule"),
        **_texts("accessible_nouvelle_caledonie", "accessible_polynesie_francaise"),
        **dict.fromkeys(
            ("date_dernier_jo", "date_decision", "date_fin_enregistrement", "date_effet"), "DATE"
        ),
        **_texts("type_enregistrement", "validation_partielle", "actif"),
    },
    "certificateurs": _texts("numero_fiche", "siret_certificateur", "nom_certificateur"),
    "partenaires": {
        **_texts("numero_fiche", "nom_partenaire", "siret_partenaire", "habilitation_partenaire"),
        # Told by the XML export only.
        "etat_habilitation": "VARCHAR",
        **dict.fromkeys(("date_actif", "date_derniere_modification_etat"), "DATE"),
    },
    "nsf": _texts("numero_fiche", "nsf_code", "nsf_intitule"),
    "formacode": _texts("numero_fiche", "formacode_code", "formacode_libelle"),
    "rome": _texts("numero_fiche", "codes_rome_code", "codes_rome_libelle"),
    "ccn": _texts(
        "numero_fiche",
        *(f"ccn_{rank}_{part}" for rank in (1, 2, 3) for part in ("numero", "libelle")),
    ),
    "blocs_competences": _texts(
        "numero_fiche", "bloc_competences_code", "bloc_competences_libelle"
    ),
    "voies_acces": _texts("numero_fiche", "si_jury"),
    "ancienne_nouvelle": _texts("numero_fiche", "ancienne_certification", "nouvelle_certification"),
}

_ORGANISMES: dict[str, Columns] = {
    "organismes": {
        **_texts("numero_declaration_activite", "denomination", "siren"),
        **_texts("siret_etablissement_declarant", "voie", "code_postal", "ville", "code_region"),
        **dict.fromkeys(("actions_de_formation", "bilans_de_competences", "vae"), "BOOLEAN"),
        "actions_de_formation_par_apprentissage": "BOOLEAN",
        **dict.fromkeys(("date_derniere_declaration", "debut_exercice", "fin_exercice"), "DATE"),
        "nb_stagiaires": "BIGINT",
        "nb_stagiaires_confies_par_un_autre_of": "BIGINT",
        "effectif_formateurs": "BIGINT",
        **_texts(
            *(f"{part}_specialite_{rank}" for rank in (1, 2, 3) for part in ("code", "libelle"))
        ),
    },
}

_PORTAIL: dict[str, Columns] = {
    "catalogue": {
        "date_chargement": "DATE",
        **_texts("nom_of", "nom_departement", "nom_region", "type_referentiel"),
        "code_rs": "INTEGER",
        "code_rncp": "INTEGER",
        **_texts("intitule_certification", "libelle_niveau_sortie_formation"),
        **_texts(*(f"code_formacode_{rank}" for rank in range(1, 6))),
        "libelle_code_formacode_principal": "VARCHAR",
        **_texts(*(f"code_rome_{rank}" for rank in range(1, 6))),
        **_texts(*(f"libelle_nsf_{rank}" for rank in range(1, 4))),
        **_texts(*(f"code_nsf_{rank}" for rank in range(1, 4))),
        **_texts("code_certifinfo", "siret_of", "numero_formation", "intitule_formation"),
        **_texts("points_forts", "objectif_formation", "contenu_formation"),
        "resultats_attendus_formation": "VARCHAR",
        **dict.fromkeys(("nb_action", "nb_session_active", "nb_session_a_distance"), "INTEGER"),
        **dict.fromkeys((f"nombre_heures_total_{x}" for x in ("min", "max", "mean")), "INTEGER"),
        **dict.fromkeys((f"frais_ttc_tot_{x}" for x in ("min", "max", "mean")), "DECIMAL(12,2)"),
        **_texts("code_departement", "code_region"),
        "nbaction_nbheures": "INTEGER",
        "coderegion_export": "VARCHAR",
    },
}

_DOSSIERS: dict[str, Columns] = {
    "dossiers": {
        "id_dossier": "VARCHAR",
        "titulaire": "UUID",
        **dict.fromkeys(
            ("date_validation", "date_entree", "date_sortie", "date_derniere_modification"), "DATE"
        ),
        **_texts("statut_dossier", "genre"),
        "date_naissance": "DATE",
        **_texts("code_commune_residence", "code_departement_residence", "situation", "csp"),
        **_texts("code_certification", "code_formacode", "siret_of", "numero_formation"),
        **_texts("numero_session", "code_departement_lieu", "modalite_presence"),
        "nombre_heures": "DECIMAL(8,2)",
        "prix": "DECIMAL(12,2)",
    },
}

_FINANCEMENTS: dict[str, Columns] = {
    "financements": {
        "id_dossier": "VARCHAR",
        "date_derniere_modification": "DATE",
        "code_financeur": "VARCHAR",
        "montant": "DECIMAL(12,2)",
    },
}

_COUNTED: Columns = {
    "nb_dossiers": "BIGINT",
    "nb_titulaires": "BIGINT",
    "prix_moyen": "DECIMAL(12,2)",
    "duree_moyenne": "DECIMAL(12,2)",
    "montant_engage": "DECIMAL(18,2)",
    **dict.fromkeys(
        (
            f"montant_{name}"
            for name in (
                *("titulaire", "reste_a_charge", "employeur", "france_travail", "opco", "region"),
                *("agefiph", "transitions_pro", "autre", "non_ventile"),
            )
        ),
        "DECIMAL(18,2)",
    ),
    # A figure that the publisher does not tell: null, and never 0.
    "masque": "BOOLEAN",
}

_CERTIFIED: Columns = {
    "type_referentiel": "VARCHAR",
    **dict.fromkeys(("code_rs", "code_rncp"), "INTEGER"),
    **_texts("code_certifinfo", "intitule_certification"),
}

_PUBLIC: dict[str, Columns] = {
    "portail_achats": {
        "date_chargement": "DATE",
        "mois_validation": "VARCHAR",
        **_CERTIFIED,
        **_texts("code_nsf", "domaine_formation_nsf", "code_formacode_principal"),
        **_texts("libelle_formacode_principal", "modalite_presence"),
        **_texts("code_region_lieu_formation", "region_lieu_formation"),
        **_texts("code_departement_lieu_formation", "departement_lieu_formation"),
        "statut_dossier": "VARCHAR",
        **_COUNTED,
    },
    "portail_usagers": {
        "date_chargement": "DATE",
        "trimestre_entree": "VARCHAR",
        **_texts("code_region_residence", "region_residence"),
        **_texts("code_departement_residence", "departement_residence"),
        **_texts("genre", "tranche_age", "csp", "statut"),
        **_COUNTED,
    },
    "portail_entrees_sorties": {
        "date_chargement": "DATE",
        "annee_mois": "VARCHAR",
        **_CERTIFIED,
        **_texts("siret_of_contractant", "raison_sociale_of_contractant"),
        **dict.fromkeys(
            (
                *("entrees_formation", "sorties_realisation_partielle"),
                "sorties_realisation_totale",
            ),
            "BIGINT",
        ),
        "masque": "BOOLEAN",
    },
}

SOURCES: dict[str, dict[str, Columns]] = {
    "edof": _EDOF,
    "dossiers": _DOSSIERS,
    "financements": _FINANCEMENTS,
    "certifications": _CERTIFICATIONS,
    "organismes": _ORGANISMES,
    "portail": _PORTAIL,
    **{source: {source: columns} for source, columns in _PUBLIC.items()},
}


def too_many(source: str, read: int, rejected: int) -> bool:
    """Tell whether a source has rejected more than its declared share of what was read."""
    return read >= SHARE_FROM and rejected > MAX_REJECTED[source] * read


def view_name(source: str, table: str) -> str:
    """Name of a landed table in the schema ``atterrissage``: the source's, where they are one."""
    return table if table == source else f"{source}_{table}"


def columns(source: str, table: str) -> Columns:
    """Columns of a landed Parquet file, lineage first, with their DuckDB types."""
    return {**LINEAGE, **SOURCES[source][table]}


def no_rows(source: str, table: str) -> str:
    """Query of :func:`columns` that gives no row."""
    nulls = ", ".join(f"null::{kind} as {name}" for name, kind in columns(source, table).items())
    return f"select {nulls} limit 0"


def arrow_schema(source: str, table: str) -> pa.Schema:
    """Arrow form of :func:`columns`, for the landers that build batches in Python."""
    return pa.schema([(name, _arrow(kind)) for name, kind in columns(source, table).items()])


def _arrow(kind: str) -> pa.DataType:
    decimal = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind)
    if decimal:
        return pa.decimal128(int(decimal[1]), int(decimal[2]))
    return {
        "VARCHAR": pa.string(),
        "DATE": pa.date32(),
        "BIGINT": pa.int64(),
        "INTEGER": pa.int32(),
        "BOOLEAN": pa.bool_(),
    }[kind]
