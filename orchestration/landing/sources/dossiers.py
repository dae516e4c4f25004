"""The dossiers of the information system: one record per version of a dossier (personal).

The person's identifier never lands: a pseudonym, keyed, takes its place. Every spelling of an
identifier is one identifier (``ID_TITULAIRE``, ``ID_DOSSIER``: how this system writes its own).
"""

from pathlib import Path

from orchestration import keys
from orchestration.landing.intake.check import land_texts
from orchestration.landing.intake.codes import code_list
from orchestration.landing.intake.column_rules import (
    Rule,
    Table,
    between,
    filled,
    matches_pattern,
    one_of,
    readable,
)
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.identifiers import Identifier
from orchestration.landing.intake.lines import read_lines

ID_TITULAIRE = Identifier("id_titulaire", "T", 9, "T puis neuf chiffres au plus attendus")
ID_DOSSIER = Identifier("id_dossier", "D", 10, "D puis dix chiffres au plus attendus")
_IDENTIFIERS = (ID_DOSSIER, ID_TITULAIRE)

_BLOCK = 64  # bytes of SHA-256's blocks

# HMAC(k, m) = H(k ⊕ opad · H(k ⊕ ipad · m)). The two padded keys are parameters of the query, so
# that no text of SQL, hence no message of DuckDB, ever holds them.
TITULAIRE = (
    "left(sha256($opad::blob || unhex(sha256($ipad::blob || encode(id_titulaire)))), 32)::uuid"
)


def parameters(use: str = "pseudonyme") -> dict[str, bytes]:
    """Return the values of :data:`TITULAIRE`'s parameters, drawn from the key of that use."""
    key = keys.derive(use).ljust(_BLOCK, b"\0")
    return {
        "ipad": bytes(byte ^ 0x36 for byte in key),
        "opad": bytes(byte ^ 0x5C for byte in key),
    }


COLUMNS = {
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
REQUIRED = (
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

# Where somebody lives or trains never rejects a dossier: what is no known place is not told.
PLACES = ("code_departement_residence", "code_departement_lieu")
COMMUNE = "([0-9]{2}|2[AB])[0-9]{3}"

# The CPF opened to users' purchases on 21 November 2019.
CPF_OPENING = "date '2019-11-01'"
HORIZON = "current_date + interval 1 day + interval 1 year"
MAX_NUMBER = "999999.99"


def table() -> Table:
    """Return the description of the delta (it reads the list of départements)."""
    return Table(
        source="dossiers",
        name="dossiers",
        columns=COLUMNS,
        rules=(*filled(REQUIRED), *_text_rules(), *readable(COLUMNS), *_dates(), *_number_rules()),
        key=("id_dossier", "date_derniere_modification"),
        repairs={identifier.column: identifier.canonical for identifier in _IDENTIFIERS},
        computed={
            "titulaire": TITULAIRE,
            "code_commune_residence": (
                f"case when regexp_full_match(code_commune_residence, '{COMMUNE}') "
                "then code_commune_residence end"
            ),
            **{name: _place(name) for name in PLACES},
        },
        noted=" + ".join(
            f"({name} is not null and {_place(name)} is null)::int" for name in PLACES
        ),
    )


def _place(name: str) -> str:
    """SQL of a known place, null for any other; its zero and its capital are given back."""
    known = ", ".join(f"'{code}'" for code in code_list("departements").codes())
    mended = f"if(strlen({name}) = 1, '0' || {name}, upper({name}))"
    return f"""
        case
            when {name} in ({known}) then {name}
            when {mended} in ({known}) then {mended}
        end
    """


def land_dossiers(path: Path, deposit: Deposit) -> None:
    """Land one monthly file of dossiers; ``id_titulaire`` becomes the pseudonym ``titulaire``."""
    description = table()
    read = read_lines(description, path, deposit)
    land_texts(description, path, deposit, read, parameters())
    unknown = _unknown_places(deposit)
    if unknown:
        deposit.warn(
            f"{unknown} lieu(x) de résidence ou de formation hors de la nomenclature : leurs "
            "dossiers sont gardés, avec un lieu non renseigné."
        )


def _unknown_places(deposit: Deposit) -> int:
    """Count the places of landed dossiers that are told and not known."""
    row = deposit.connection.execute(
        "select sum(note) from verifies where regle is null"
    ).fetchone()
    return int(row[0] or 0) if row else 0


def _text_rules() -> list[Rule]:
    return [
        *(identifier.rule for identifier in _IDENTIFIERS),
        one_of("statut_dossier", STATUTS),
        one_of("genre", ("F", "H")),
        one_of("situation", SITUATIONS),
        one_of("csp", CSP),
        one_of("modalite_presence", MODALITES),
        matches_pattern(
            "code_certification",
            "(RNCP|RS|CPF)0*[1-9][0-9]{0,8}",
            "certification_invalide",
            "RNCP, RS ou CPF suivi de chiffres attendu",
        ),
        matches_pattern(
            "code_formacode", "[0-9]{5}", "formacode_invalide", "cinq chiffres attendus"
        ),
        matches_pattern("siret_of", "[0-9]{14}", "siret_invalide", "quatorze chiffres attendus"),
    ]


def _dates() -> list[Rule]:
    birth_detail = "date de naissance avant 1900 ou après la validation"
    return [
        *(
            between(
                x, CPF_OPENING, HORIZON, "date_hors_bornes", "date avant novembre 2019 ou lointaine"
            )
            for x in ("date_validation", "date_derniere_modification")
        ),
        *(
            between(
                x,
                CPF_OPENING,
                f"{HORIZON} + interval 4 year",
                "date_hors_bornes",
                "date avant novembre 2019 ou lointaine",
            )
            for x in ("date_entree", "date_sortie")
        ),
        between(
            "date_naissance",
            "date '1900-01-01'",
            "date_validation_lu",
            "date_hors_bornes",
            birth_detail,
        ),
        Rule(
            "dates_incoherentes",
            "sortie avant l'entrée",
            "date_sortie_lu < date_entree_lu",
            "date_sortie",
        ),
    ]


def _number_rules() -> list[Rule]:
    detail = "nombre négatif ou d'un million et plus"
    return [
        between(x, "0", MAX_NUMBER, "nombre_hors_bornes", detail) for x in ("nombre_heures", "prix")
    ]
