"""What users of the CPF data send today (reference §17), and the old names of columns (issue 5)."""

from typing import Any

from tests.conformity.case import OFFER, ROOT, Case, params

_RECORDS = f"{ROOT}/{OFFER}/records"


def _count(name: str, expected: int, section: str = "§17", **query: Any) -> Case:
    parameters = params({"limit": 0} | query)
    return Case(name, section, _RECORDS, parameters, json={"total_count": expected, "results": []})


def _first_rows(
    name: str, all_rows: list[dict[str, Any]], section: str = "§17", **query: Any
) -> Case:
    return Case(name, section, _RECORDS, params(query), parts={"results": all_rows})


CASES = [
    _count("tout", 30),
    _count("like un mot-clé", 10, where='intitule_formation LIKE "anglais"'),
    _count("like avec des %", 10, where='intitule_formation like "%excel%"'),
    _count("like deux mots", 10, where='intitule_formation like "niveau excel"'),
    _count("search", 10, where='search(intitule_formation, "anglais")'),
    _count(
        "texte avec apostrophe entre guillemets",
        10,
        where='intitule_formation = "Traitement de l\'information"',
    ),
    _count(
        "texte avec apostrophe échappée",
        10,
        where=r"intitule_formation = 'Traitement de l\'information'",
    ),
    _count("région accentuée", 12, where='nom_region = "Île-de-France"'),
    _count("région sans accent : rien", 0, where='nom_region = "Ile-de-France"'),
    _count("département avec apostrophe", 6, where='nom_departement = "Côtes-d\'Armor"'),
    _count("à distance", 6, where="nom_departement is null"),
    _count("refine d'un département", 12, refine="nom_departement:Paris"),
    _count("refine d'une région accentuée", 12, refine='nom_region:"Île-de-France"'),
    _count("code ROME", 10, where='code_rome_1 = "M1805"'),
    _count("code NSF cité", 15, where='code_nsf_1 = "326"'),
    _count("code NSF en nombre", 15, "§10.10", where="code_nsf_1 = 326"),
    _count("code_rncp en nombre", 1, where="code_rncp = 35003"),
    _count("code_rncp cité", 1, "§10.10", where='code_rncp = "35003"'),
    _count("code_rncp absent : -1", 20, where="code_rncp = -1"),
    _count("code_rncp absent, cité", 20, "§10.10", where='code_rncp = "-1"'),
    _count("RNCP", 10, where='type_referentiel = "RNCP"'),
    _count("prix au plus", 6, where="frais_ttc_tot_mean <= 1000"),
    _count("prix entre", 6, where="frais_ttc_tot_mean >= 500 and frais_ttc_tot_mean <= 1000"),
    _count("heures au moins", 15, where="nombre_heures_total_mean >= 35"),
    _count("sessions actives", 10, where="nb_session_active > 3"),
    _count("plusieurs where", 4, where=['nom_departement = "Paris"', 'type_referentiel = "RNCP"']),
    _count(
        "or entre parenthèses", 18, where='(nom_departement = "Paris" or nom_departement is null)'
    ),
    _first_rows(
        "sonde de fraîcheur", [{"date_extract": "2024-07-15"}], select="date_extract", limit=1
    ),
    _first_rows(
        "agrégat sans groupe, results[0]",
        [{"m": 1950}],
        select="avg(frais_ttc_tot_mean) as m",
        limit=1,
    ),
    _first_rows(
        "agrégats sans groupe",
        [{"n": 30, "s": 90}],
        select="count(*) as n, sum(nb_session_active) as s",
        limit=1,
    ),
    _first_rows(
        "prix moyen filtré",
        [{"m": 750}],
        select="avg(frais_ttc_tot_mean) as m",
        limit=1,
        where="frais_ttc_tot_mean <= 1000",
    ),
    _first_rows(
        "certifications, ordre d'un alias",
        [
            {"intitule_certification": "Pix", "nb": 8},
            {"intitule_certification": "TOSA", "nb": 8},
            {"intitule_certification": "Certification en langue anglaise", "nb": 7},
            {"intitule_certification": "CléA", "nb": 7},
        ],
        select="intitule_certification, count(*) as nb",
        group_by="intitule_certification",
        order_by="nb desc, intitule_certification asc",
        limit=100,
    ),
    _first_rows(
        "régions et prix",
        [{"nom_region": "Auvergne-Rhône-Alpes", "m": 1850}, {"nom_region": "Bretagne", "m": 1950}],
        select="avg(frais_ttc_tot_mean) as m",
        group_by="nom_region",
        order_by="m, nom_region",
        limit=2,
        where='nom_region in ("Bretagne", "Auvergne-Rhône-Alpes")',
    ),
    _first_rows(
        "ancien nom dans select : la clé demandée",
        [{"siret": "10000000000000", "rsrncp": "RNCP", "code_inventaire": -1}],
        "issue 5",
        select="siret, rsrncp, code_inventaire",
        limit=1,
    ),
    _first_rows(
        "ancien nom sous un alias",
        [{"s": "10000000000000"}],
        "issue 5",
        select="siret as s",
        limit=1,
    ),
    _first_rows(
        "ancien nom groupé",
        [{"rsrncp": "RNCP", "n": 10}, {"rsrncp": "RS", "n": 20}],
        "issue 5",
        select="count(*) as n",
        group_by="rsrncp",
        order_by="rsrncp",
    ),
    _first_rows(
        "ancien nom ordonné",
        [{"code_rs": 5005}],
        "issue 5",
        select="code_rs",
        order_by="code_inventaire desc",
        limit=1,
    ),
    _count("ancien nom dans where", 10, "issue 5", where='rsrncp = "RNCP"'),
    _count("ancien nom, date", 30, "issue 5", where="date_extract = date'2024-07'"),
    _count("ancien nom, siret cité", 6, "issue 5", where='siret = "10000000000001"'),
    _count("ancien nom dans refine", 10, "issue 5", refine="rsrncp:RNCP"),
    _count("ancien nom dans exclude", 20, "issue 5", exclude="rsrncp:RNCP"),
    Case(
        "étoile : les noms d'aujourd'hui seuls",
        "issue 5",
        _RECORDS,
        params({"limit": 1}),
        parts={
            "results/0/#": 47,
            "results/0/?/date_extract": False,
            "results/0/date_chargement": "2024-07-15",
        },
    ),
    Case(
        "facettes sans paramètre",
        "§17",
        f"{ROOT}/{OFFER}/facets",
        unordered={
            "facets/*/name": [
                "nom_of",
                "nom_departement",
                "nom_region",
                "type_referentiel",
                "intitule_certification",
            ]
        },
    ),
    Case(
        "export complet lu par un tableur",
        "§17",
        f"{ROOT}/{OFFER}/exports/csv",
        body_format="csv",
        parts={
            "#": 31,
            "0/0": "date_chargement",
            "0/46": "coderegion_export",
            "1/0": "2024-07-15",
        },
    ),
    Case(
        "export JSON des scripts",
        "§17",
        f"{ROOT}/{OFFER}/exports/json",
        params({"limit": -1, "use_labels": "false", "epsg": "4326", "timezone": "UTC"}),
        parts={"#": 30, "0/code_rncp": 35000},
    ),
    Case(
        "v1 sur l'offre",
        "§13",
        "/api/records/1.0/search/",
        params({"dataset": OFFER, "rows": 0, "refine.nom_region": "Bretagne"}),
        parts={"nhits": 6},
    ),
]
