"""The publisher's own open export of the offer, in any of its vintages, orders and names.

Each rule of a published row has its twin here: a row that would break it is mended where the right
value is certain (zeros that spreadsheets have eaten, a type from the codes, a region from the
département), else rejected alone.
"""

from pathlib import Path

from orchestration.landing.intake import schemas
from orchestration.landing.intake.check import land_texts
from orchestration.landing.intake.codes import (
    code_list,
    padded,
    register_code,
    whole,
    without_sentinel,
)
from orchestration.landing.intake.column_rules import (
    TOMORROW,
    Rule,
    Table,
    between,
    filled,
    matches_pattern,
    one_of,
    readable,
)
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.records import read_records
from orchestration.landing.sources.exports.export import date_by_content, told_header
from orchestration.landing.sources.offer_measures import FEES, HOURS, SESSIONS, measure_rules
from orchestration.sql import literal

_KINDS = {
    "VARCHAR": "texte",
    "DATE": "date_publiee",
    "INTEGER": "entier_publie",
    "DECIMAL(12,2)": "nombre_publie",
}
COLUMNS = {name: _KINDS[kind] for name, kind in schemas.SOURCES["portail"]["catalogue"].items()}
_FILLED = ("date_chargement", "siret_of", *SESSIONS, *HOURS, *FEES)
_REQUIRED = (*_FILLED, "code_rs", "code_rncp", "numero_formation", "code_departement")
_FORMACODES, _ROMES, _NSF = (
    tuple(f"code_{name}_{rank}" for rank in range(1, count + 1))
    for name, count in (("formacode", 5), ("rome", 5), ("nsf", 3))
)
OTHER_NAMES = {
    "date_extract": "date_chargement",
    "code_inventaire": "code_rs",
    "siret": "siret_of",
    "rsrncp": "type_referentiel",
}
# A certification that the catalogue no longer has, or an exception: neither type nor code.
WITHOUT_CODE = "code_rs_lu = -1 and code_rncp_lu = -1"
# What the models draw again from the other columns.
_DRAWN = frozenset({"nbaction_nbheures", "coderegion_export"})


def table() -> Table:
    """Return the description of the export (it reads the code lists)."""
    return Table(
        source="portail",
        name="catalogue",
        columns=COLUMNS,
        rules=(
            Rule(
                schemas.NO_KEY,
                "formation sans numéro",
                "numero_formation is null",
                "numero_formation",
            ),
            *filled(_FILLED),
            *readable({name: kind for name, kind in COLUMNS.items() if name not in _DRAWN}),
            between(
                "date_chargement",
                "date '2019-11-01'",
                TOMORROW,
                "date_hors_bornes",
                "date avant novembre 2019 ou dans le futur",
            ),
            *_certification_rules(),
            *_domain_rules(),
            *_place_rules(),
            *measure_rules(),
        ),
        key=("numero_formation", "code_departement"),
        repairs=_repairs(),
        completions=_completions(),
        optional_columns=frozenset(COLUMNS) - frozenset(_REQUIRED),
        renamed_columns=OTHER_NAMES,
    )


def land_portail(path: Path, deposit: Deposit) -> None:
    """Land one export; its extraction date is the newest loading date of its rows, until today."""
    description = table()
    read = read_records(description, path, deposit, told_header(description, path, deposit))
    date_by_content(deposit)
    land_texts(description, path, deposit, read)
    _tell_without_code(deposit)
    without_key = deposit.rejects_by_reason.get(schemas.NO_KEY)
    if without_key:
        deposit.warn(
            f"{without_key} formation(s) sans numéro, laissées : le fichier est une sélection de "
            "l'export, qui les numérote toutes."
        )


def _tell_without_code(deposit: Deposit) -> None:
    row = deposit.connection.execute(
        "select count(*) from verifies where regle is null and code_rs = -1 and code_rncp = -1"
    ).fetchone()
    if row and row[0]:
        deposit.warn(
            f"{row[0]} ligne(s) sans référentiel, dont les deux codes valent -1 (certification non "
            "active au catalogue, ou exception) : publiées, hors des statistiques par domaine."
        )


def _repairs() -> dict[str, str]:
    return {
        "type_referentiel": f"upper({without_sentinel('type_referentiel')})",
        "code_rs": register_code("code_rs", "RS"),
        "code_rncp": register_code("code_rncp", "RNCP"),
        "code_certifinfo": f"coalesce({whole('code_certifinfo')}, '-1')",
        "siret_of": padded("siret_of", 14),
        "code_departement": f"upper({padded('code_departement', 2)})",
        "code_region": padded("code_region", 2),
        "nom_departement": without_sentinel("nom_departement"),
        "nom_region": without_sentinel("nom_region"),
        **{name: _told(padded(name, 5)) for name in _FORMACODES},
        **{name: _told(f"upper({whole(name)})") for name in _ROMES},
        # A letter only refines the group of three digits, which is what is published.
        **{name: _told(f"regexp_replace({padded(name, 3)}, '[A-Za-z]+$', '')") for name in _NSF},
    }


def _told(code: str) -> str:
    """SQL of a code, null for -1, which is written where there is none."""
    return f"nullif({code}, '-1')"


def _completions() -> dict[str, str]:
    departements, regions, levels = map(code_list, ("departements", "regions", "niveaux"))
    place = f"""
        case
            when code_departement in ({_quoted(departements.codes())}) then code_departement
            else coalesce({departements.named("nom_departement")}, code_departement)
        end
    """
    level = without_sentinel("libelle_niveau_sortie_formation")
    number = f"'NIV' || regexp_extract({level}, '(?i)^(?:.*niv(?:eau)? *)?([3-8])[^0-9]*$', 1)"
    filled_codes = f"list_filter([{', '.join(_FORMACODES)}], lambda x: x is not null)"
    return {
        "siret_of": (
            "coalesce(siret_of, nullif(regexp_extract(numero_formation, '^([0-9]{14})_', 1), ''))"
        ),
        "type_referentiel": """
            coalesce(
                type_referentiel,
                case
                    when code_rncp = '-1' and code_rs <> '-1' then 'RS'
                    when code_rs = '-1' and code_rncp <> '-1' then 'RNCP'
                end
            )
        """,
        "code_departement": place,
        "code_region": f"""
            case
                when code_region in ({_quoted(regions.codes())}) then code_region
                else coalesce({departements.looked_up(place, "code", "code_region")}, code_region)
            end
        """,
        # The labels of some levels are ours: a level is known by its number.
        "libelle_niveau_sortie_formation": f"""
            case
                when lower({level}) <> 'sans niveau'
                    then coalesce({levels.looked_up(number, "code", "libelle")}, {level})
            end
        """,
        # Only what is after the first one moves up: the first is the principal one.
        **{
            name: f"if({_FORMACODES[0]} is null, {name}, ({filled_codes})[{rank}])"
            for rank, name in enumerate(_FORMACODES, 1)
        },
    }


def _quoted(codes: tuple[str, ...]) -> str:
    return ", ".join(map(literal, codes))


def _certification_rules() -> list[Rule]:
    level = "libelle_niveau_sortie_formation"
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
            "les deux codes valent -1 alors qu'un référentiel est annoncé",
            f"({WITHOUT_CODE}) and type_referentiel is not null",
            "code_rs",
        ),
        Rule(
            "codes_incoherents",
            "un code exactement, RS ou RNCP, doit valoir -1",
            "code_rs_lu <> -1 and code_rncp_lu <> -1",
            "code_rs",
        ),
        Rule(
            "codes_incoherents",
            "le code de la certification n'est pas un nombre positif",
            f"not ({WITHOUT_CODE}) "
            "and (greatest(code_rs_lu, code_rncp_lu) <= 0 or least(code_rs_lu, code_rncp_lu) < -1)",
            "code_rs",
        ),
        Rule(
            "codes_incoherents",
            "le type de référentiel contredit les codes",
            f"not ({WITHOUT_CODE}) "
            "and coalesce((type_referentiel = 'RS') <> (code_rncp_lu = -1), true)",
            "type_referentiel",
        ),
        Rule(
            "niveau_incoherent",
            "niveau de sortie sur une certification du RS",
            f"{level} is not null and code_rs_lu <> -1",
            level,
        ),
        one_of(level, [row["libelle"] for row in code_list("niveaux").rows], "niveau_inconnu"),
        matches_pattern(
            "code_certifinfo", "-1|[0-9]+", "certifinfo_invalide", "nombre attendu, ou -1"
        ),
    ]


def _domain_rules() -> list[Rule]:
    return [
        *(
            matches_pattern(x, "[0-9]{5}", "formacode_invalide", "cinq chiffres attendus")
            for x in _FORMACODES
        ),
        Rule(
            "formacode_invalide",
            "des Formacodes sans le premier, le principal",
            f"{_FORMACODES[0]} is null and coalesce({', '.join(_FORMACODES[1:])}) is not null",
            _FORMACODES[0],
        ),
        *(
            matches_pattern(
                x, "[A-Z][0-9]{4}", "rome_invalide", "une lettre et quatre chiffres attendus"
            )
            for x in _ROMES
        ),
        *(one_of(x, code_list("nsf").codes(), "nsf_inconnu") for x in _NSF),
    ]


def _place_rules() -> list[Rule]:
    departements = code_list("departements")
    pairs = ", ".join(literal(f"{x['code']} {x['code_region']}") for x in departements.rows)
    return [
        Rule(
            "lieu_incomplet",
            "une région, ou un nom de lieu, sans département connu",
            "code_departement is null "
            "and coalesce(code_region, nom_departement, nom_region) is not null",
            "code_departement",
        ),
        one_of("code_departement", departements.codes(), "departement_inconnu"),
        Rule(
            "region_incoherente",
            "la région n'est pas celle du département",
            f"code_departement || ' ' || code_region not in ({pairs})",
            "code_region",
        ),
    ]
