"""What users of the CPF data send today (reference §17), and the old names of columns (issue 5)."""

from typing import Any

from tests.conformite.modele import OFFRE, RACINE, Cas, params

_RECORDS = f"{RACINE}/{OFFRE}/records"


def _compte(nom: str, attendu: int, paragraphe: str = "§17", **demande: Any) -> Cas:
    asked = params({"limit": 0} | demande)
    return Cas(nom, paragraphe, _RECORDS, asked, json={"total_count": attendu, "results": []})


def _debut(nom: str, lignes: list[dict[str, Any]], paragraphe: str = "§17", **demande: Any) -> Cas:
    return Cas(nom, paragraphe, _RECORDS, params(demande), parties={"results": lignes})


CAS = [
    _compte("tout", 30),
    _compte("like un mot-clé", 10, where='intitule_formation LIKE "anglais"'),
    _compte("like avec des %", 10, where='intitule_formation like "%excel%"'),
    _compte("like deux mots", 10, where='intitule_formation like "niveau excel"'),
    _compte("search", 10, where='search(intitule_formation, "anglais")'),
    _compte(
        "texte avec apostrophe entre guillemets",
        10,
        where='intitule_formation = "Traitement de l\'information"',
    ),
    _compte(
        "texte avec apostrophe échappée",
        10,
        where=r"intitule_formation = 'Traitement de l\'information'",
    ),
    _compte("région accentuée", 12, where='nom_region = "Île-de-France"'),
    _compte("région sans accent : rien", 0, where='nom_region = "Ile-de-France"'),
    _compte("département avec apostrophe", 6, where='nom_departement = "Côtes-d\'Armor"'),
    _compte("à distance", 6, where="nom_departement is null"),
    _compte("refine d'un département", 12, refine="nom_departement:Paris"),
    _compte("refine d'une région accentuée", 12, refine='nom_region:"Île-de-France"'),
    _compte("code ROME", 10, where='code_rome_1 = "M1805"'),
    _compte("code NSF cité", 15, where='code_nsf_1 = "326"'),
    _compte("code NSF en nombre", 15, "§10.10", where="code_nsf_1 = 326"),
    _compte("code_rncp en nombre", 1, where="code_rncp = 35003"),
    _compte("code_rncp cité", 1, "§10.10", where='code_rncp = "35003"'),
    _compte("code_rncp absent : -1", 20, where="code_rncp = -1"),
    _compte("code_rncp absent, cité", 20, "§10.10", where='code_rncp = "-1"'),
    _compte("RNCP", 10, where='type_referentiel = "RNCP"'),
    _compte("prix au plus", 6, where="frais_ttc_tot_mean <= 1000"),
    _compte("prix entre", 6, where="frais_ttc_tot_mean >= 500 and frais_ttc_tot_mean <= 1000"),
    _compte("heures au moins", 15, where="nombre_heures_total_mean >= 35"),
    _compte("sessions actives", 10, where="nb_session_active > 3"),
    _compte("plusieurs where", 4, where=['nom_departement = "Paris"', 'type_referentiel = "RNCP"']),
    _compte(
        "or entre parenthèses", 18, where='(nom_departement = "Paris" or nom_departement is null)'
    ),
    _debut("sonde de fraîcheur", [{"date_extract": "2024-07-15"}], select="date_extract", limit=1),
    _debut(
        "agrégat sans groupe, results[0]",
        [{"m": 1950}],
        select="avg(frais_ttc_tot_mean) as m",
        limit=1,
    ),
    _debut(
        "agrégats sans groupe",
        [{"n": 30, "s": 90}],
        select="count(*) as n, sum(nb_session_active) as s",
        limit=1,
    ),
    _debut(
        "prix moyen filtré",
        [{"m": 750}],
        select="avg(frais_ttc_tot_mean) as m",
        limit=1,
        where="frais_ttc_tot_mean <= 1000",
    ),
    _debut(
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
    _debut(
        "régions et prix",
        [{"nom_region": "Auvergne-Rhône-Alpes", "m": 1850}, {"nom_region": "Bretagne", "m": 1950}],
        select="avg(frais_ttc_tot_mean) as m",
        group_by="nom_region",
        order_by="m, nom_region",
        limit=2,
        where='nom_region in ("Bretagne", "Auvergne-Rhône-Alpes")',
    ),
    _debut(
        "ancien nom dans select : la clé demandée",
        [{"siret": "10000000000000", "rsrncp": "RNCP", "code_inventaire": -1}],
        "issue 5",
        select="siret, rsrncp, code_inventaire",
        limit=1,
    ),
    _debut(
        "ancien nom sous un alias",
        [{"s": "10000000000000"}],
        "issue 5",
        select="siret as s",
        limit=1,
    ),
    _debut(
        "ancien nom groupé",
        [{"rsrncp": "RNCP", "n": 10}, {"rsrncp": "RS", "n": 20}],
        "issue 5",
        select="count(*) as n",
        group_by="rsrncp",
        order_by="rsrncp",
    ),
    _debut(
        "ancien nom ordonné",
        [{"code_rs": 5005}],
        "issue 5",
        select="code_rs",
        order_by="code_inventaire desc",
        limit=1,
    ),
    _compte("ancien nom dans where", 10, "issue 5", where='rsrncp = "RNCP"'),
    _compte("ancien nom, date", 30, "issue 5", where="date_extract = date'2024-07'"),
    _compte("ancien nom, siret cité", 6, "issue 5", where='siret = "10000000000001"'),
    _compte("ancien nom dans refine", 10, "issue 5", refine="rsrncp:RNCP"),
    _compte("ancien nom dans exclude", 20, "issue 5", exclude="rsrncp:RNCP"),
    Cas(
        "étoile : les noms d'aujourd'hui seuls",
        "issue 5",
        _RECORDS,
        params({"limit": 1}),
        parties={
            "results/0/#": 47,
            "results/0/?/date_extract": False,
            "results/0/date_chargement": "2024-07-15",
        },
    ),
    Cas(
        "facettes sans paramètre",
        "§17",
        f"{RACINE}/{OFFRE}/facets",
        ensembles={
            "facets/*/name": [
                "nom_of",
                "nom_departement",
                "nom_region",
                "type_referentiel",
                "intitule_certification",
            ]
        },
    ),
    Cas(
        "export complet lu par un tableur",
        "§17",
        f"{RACINE}/{OFFRE}/exports/csv",
        lecture="csv",
        parties={
            "#": 31,
            "0/0": "date_chargement",
            "0/46": "coderegion_export",
            "1/0": "2024-07-15",
        },
    ),
    Cas(
        "export JSON des scripts",
        "§17",
        f"{RACINE}/{OFFRE}/exports/json",
        params({"limit": -1, "use_labels": "false", "epsg": "4326", "timezone": "UTC"}),
        parties={"#": 30, "0/code_rncp": 35000},
    ),
    Cas(
        "v1 sur l'offre",
        "§13",
        "/api/records/1.0/search/",
        params({"dataset": OFFRE, "rows": 0, "refine.nom_region": "Bretagne"}),
        parties={"nhits": 6},
    ),
]
