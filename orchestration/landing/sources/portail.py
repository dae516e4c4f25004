"""The publisher's own open export of the offer: the 47 columns, under either set of names.

The zeros that spreadsheets have eaten are given back.
"""

import datetime as dt
from pathlib import Path

from orchestration.landing.intake import schemas
from orchestration.landing.intake.check import land_texts
from orchestration.landing.intake.column_rules import (
    Rule,
    Table,
    between,
    departements,
    filled,
    matches_pattern,
    one_of,
    readable,
    regions_of_departements,
)
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.records import read_records

_KINDS = {"VARCHAR": "texte", "DATE": "date", "INTEGER": "entier", "DECIMAL(12,2)": "nombre"}
COLUMNS = {name: _KINDS[kind] for name, kind in schemas.SOURCES["portail"]["catalogue"].items()}
_SESSIONS = ("nb_action", "nb_session_active", "nb_session_a_distance")
_HOURS = tuple(f"nombre_heures_total_{x}" for x in ("min", "mean", "max"))
_FEES = tuple(f"frais_ttc_tot_{x}" for x in ("min", "mean", "max"))
_FILLED = ("date_chargement", "code_rs", "code_rncp", "siret_of", *_SESSIONS, *_HOURS, *_FEES)
_REQUIRED = (*_FILLED, "type_referentiel", "numero_formation", "code_departement")
FORMER_NAMES = {
    "date_extract": "date_chargement",
    "code_inventaire": "code_rs",
    "siret": "siret_of",
    "rsrncp": "type_referentiel",
}
# Digits that a spreadsheet has shortened get their zeros back.
_LENGTHS = {
    "code_departement": 2,
    "code_region": 2,
    "coderegion_export": 2,
    "siret_of": 14,
    **{f"code_formacode_{rank}": 5 for rank in range(1, 6)},
    **{f"code_nsf_{rank}": 3 for rank in range(1, 4)},
}


def table() -> Table:
    """Return the description of the export (it reads the list of départements)."""
    return Table(
        source="portail",
        name="catalogue",
        columns=COLUMNS,
        rules=(
            Rule(
                "cle_absente",
                "formation sans numéro",
                "numero_formation is null",
                "numero_formation",
            ),
            *filled(_FILLED),
            *readable(COLUMNS),
            *_codes(),
            *_measure_rules(),
        ),
        key=("numero_formation", "code_departement"),
        repairs={name: _padded(name, length) for name, length in _LENGTHS.items()},
        optional_columns=frozenset(COLUMNS) - frozenset(_REQUIRED),
        renamed_columns=FORMER_NAMES,
    )


def land_portail(path: Path, deposit: Deposit) -> None:
    """Land one export; its extraction date is the newest loading date of its rows."""
    description = table()
    read = read_records(description, path, deposit)
    newest = deposit.connection.execute(
        """
        select max(try_cast(date_chargement as date))
        from textes
        where date_chargement like '____-__-__'
        """
    ).fetchone()
    if newest and isinstance(newest[0], dt.date):
        deposit.date_of_content(newest[0])
    land_texts(description, path, deposit, read)


def _padded(name: str, length: int) -> str:
    return f"""
        case
            when regexp_full_match({name}, '[0-9]{{1,{length - 1}}}')
                then lpad({name}, {length}, '0')
            else {name}
        end
    """


def _codes() -> list[Rule]:
    places = regions_of_departements()
    pairs = ", ".join(f"'{code} {region}'" for code, region in places.items())
    return [
        one_of("type_referentiel", ("RS", "RNCP")),
        matches_pattern("siret_of", "[0-9]{14}", "siret_invalide", "quatorze chiffres attendus"),
        Rule(
            "prefixe_incoherent",
            "le numéro de formation ne commence pas par le SIRET suivi de « _ »",
            "not starts_with(numero_formation, siret_of || '_')",
            "numero_formation",
        ),
        Rule(
            "codes_incoherents",
            "un code exactement, RS ou RNCP, doit valoir -1",
            "(code_rs_lu = -1) = (code_rncp_lu = -1)",
            "code_rs",
        ),
        Rule(
            "codes_incoherents",
            "le type de référentiel contredit les codes",
            "(type_referentiel = 'RS') <> (code_rncp_lu = -1)",
            "type_referentiel",
        ),
        Rule(
            "niveau_incoherent",
            "niveau de sortie sur une certification hors RNCP",
            "libelle_niveau_sortie_formation is not null and code_rncp_lu = -1",
            "libelle_niveau_sortie_formation",
        ),
        one_of("code_departement", departements(), "departement_inconnu"),
        Rule(
            "region_incoherente",
            "la région n'est pas celle du département",
            f"code_departement || ' ' || code_region not in ({pairs})",
            "code_region",
        ),
    ]


def _measure_rules() -> list[Rule]:
    positives = (*_SESSIONS, *_HOURS, *_FEES)
    ordered = [
        Rule(
            "mesures_incoherentes",
            "minimum, moyenne et maximum ne sont pas dans cet ordre",
            f"{mean}_lu not between {low}_lu and {high}_lu",
            mean,
        )
        for low, mean, high in (_HOURS, _FEES)
    ]
    return [
        *(between(x, "0", "999999999", "nombre_hors_bornes", "nombre négatif") for x in positives),
        *ordered,
        Rule(
            "sessions_incoherentes",
            "plus de sessions à distance que de sessions ouvertes",
            "nb_session_a_distance_lu > nb_session_active_lu",
            "nb_session_a_distance",
        ),
        Rule(
            "sessions_incoherentes",
            "des sessions à distance dans un département",
            "code_departement is not null and nb_session_a_distance_lu > 0",
            "nb_session_a_distance",
        ),
    ]
