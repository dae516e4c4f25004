"""Aggregates without ``group_by``: values, repeated rows, errors (reference §5, §9)."""

from tests.conformite.modele import OFFRE, RACINE, Cas, erreur, params, premier

_GRAND = f"{RACINE}/grand/records"


def _un(nom: str, expression: str, attendu: object, jeu: str = "types", **reste: str) -> Cas:
    return premier(nom, "§9", jeu, {"x": attendu}, select=f"{expression} as x", **reste)


CAS = [
    _un("count(*) compte les lignes", "count(*)", 8),
    _un("count(champ) compte les valeurs", "count(entier)", 7),
    _un("count(texte)", "count(titre)", 9, "mots"),
    _un("count(distinct)", "count(distinct entier)", 5),
    _un("count(distinct) tient à la casse", "count(distinct code)", 9, "mots"),
    _un("sum", "sum(entier)", 16),
    _un("sum de décimaux", "sum(nombre)", 106),
    _un("avg", "avg(entier)", 16 / 7),
    _un("min", "min(entier)", -20),
    _un("max", "max(nombre)", 100.75),
    _un("median d'un nombre pair de valeurs", "median(nombre)", 2),
    _un("percentile 50", "percentile(nombre, 50)", 2),
    _un("percentile 0", "percentile(nombre, 0)", -2.25),
    _un("percentile 100", "percentile(nombre, 100)", 100.75),
    _un("sum d'une expression", "sum(entier * 2)", 32),
    _un("sum d'un produit de champs", "sum(entier * nombre)", 15 + 2.25 - 2015 + 35 + 25),
    _un("arithmétique d'agrégats", "sum(entier) / count(entier) * 7", 16),
    _un("agrégats et constante", "max(entier) - min(entier) + 1", 31),
    _un("agrégat divisé par zéro", "sum(entier) / (count(*) - 8)", None),
    _un("count(*) filtré", "count(*)", 3, where="entier = 10"),
    _un("nom de fonction en majuscules", "COUNT(*)", 8),
    _un("sum avec where", "sum(entier)", -21, where="entier < 0"),
    _un("min de dates", "min(jour)", "2020-01-01"),
    _un("max de dates", "max(jour)", "2024-12-31"),
    _un("max d'instants", "max(instant)", "2024-12-31T23:30:00+00:00"),
    _un(
        "max d'instants dans le fuseau",
        "max(instant)",
        "2025-01-01T00:30:00+01:00",
        timezone="Europe/Paris",
    ),
    _un("somme de 400 lignes", "sum(id)", 80200, "grand"),
    _un("moyenne de l'offre", "avg(frais_ttc_tot_mean)", 1950, OFFRE),
    _un("moyenne de nulls : null", "avg(entier)", None, where="id=5"),
    premier("sans alias, le texte tapé", "§5", "types", {"count(*)": 8}, select="count(*)"),
    premier(
        "texte tapé, casse et espaces", "§5", "types", {"SUM( entier )": 16}, select="SUM( entier )"
    ),
    premier(
        "plusieurs agrégats",
        "§5",
        "types",
        {"n": 8, "s": 16, "m": 10},
        select="count(*) as n, sum(entier) as s, max(entier) as m",
    ),
    Cas(
        "l'agrégat est répété sur chaque ligne",
        "§5",
        _GRAND,
        params({"select": "count(*) as n"}),
        json={"total_count": 400, "results": [{"n": 400}] * 10},
    ),
    Cas(
        "répété sur min(limite, total)",
        "§5",
        f"{RACINE}/types/records",
        params({"select": "count(*) as n", "limit": 50}),
        json={"total_count": 8, "results": [{"n": 8}] * 8},
    ),
    Cas(
        "limit=1 : une ligne",
        "§5",
        _GRAND,
        params({"select": "sum(id) as s", "limit": 1}),
        json={"total_count": 400, "results": [{"s": 80200}]},
    ),
    Cas(
        "limit=0 : rien",
        "§5",
        _GRAND,
        params({"select": "sum(id) as s", "limit": 0}),
        json={"total_count": 400, "results": []},
    ),
    Cas(
        "champ et agrégat global",
        "§5",
        f"{RACINE}/types/records",
        params({"select": "id, max(entier) as m", "limit": 3}),
        json={
            "total_count": 8,
            "results": [{"id": 1, "m": 10}, {"id": 2, "m": 10}, {"id": 3, "m": 10}],
        },
    ),
    Cas(
        "l'agrégat suit le where, pas la page",
        "§5",
        _GRAND,
        params({"select": "count(*) as n", "where": "id > 390", "limit": 1, "offset": 2}),
        json={"total_count": 10, "results": [{"n": 10}]},
    ),
    Cas(
        "aucune ligne : aucun résultat",
        "§5",
        _GRAND,
        params({"select": "count(*) as n", "where": "id > 999"}),
        json={"total_count": 0, "results": []},
    ),
    erreur("sum d'un texte", "§2", "types", "ODSQLError", select="sum(texte) as x"),
    erreur("avg d'un booléen", "§9", "types", "ODSQLError", select="avg(actif) as x"),
    Cas(
        "agrégat dans where",
        "§9",
        f"{RACINE}/types/records",
        params({"where": "sum(entier) > 3"}),
        statut=400,
        parties={"?/error_code": True, "?/message": True},
    ),
    erreur("agrégat d'un agrégat", "§9", "types", "ODSQLError", select="sum(max(entier)) as x"),
]
