"""Aggregates without ``group_by``: values, repeated rows, errors (reference §5, §9)."""

from tests.conformity.case import OFFER, ROOT, Case, error_case, first_row, params

_LARGE_RECORDS = f"{ROOT}/grand/records"


def _aggregate_case(
    name: str, expression: str, expected: object, dataset: str = "types", **rest: str
) -> Case:
    return first_row(name, "§9", dataset, {"x": expected}, select=f"{expression} as x", **rest)


CASES = [
    _aggregate_case("count(*) compte les lignes", "count(*)", 8),
    _aggregate_case("count(champ) compte les valeurs", "count(entier)", 7),
    _aggregate_case("count(texte)", "count(titre)", 9, "mots"),
    _aggregate_case("count(distinct)", "count(distinct entier)", 5),
    _aggregate_case("count(distinct) tient à la casse", "count(distinct code)", 9, "mots"),
    _aggregate_case("sum", "sum(entier)", 16),
    _aggregate_case("sum de décimaux", "sum(nombre)", 106),
    _aggregate_case("avg", "avg(entier)", 16 / 7),
    _aggregate_case("min", "min(entier)", -20),
    _aggregate_case("max", "max(nombre)", 100.75),
    _aggregate_case("median d'un nombre pair de valeurs", "median(nombre)", 2),
    _aggregate_case("percentile 50", "percentile(nombre, 50)", 2),
    _aggregate_case("percentile 0", "percentile(nombre, 0)", -2.25),
    _aggregate_case("percentile 100", "percentile(nombre, 100)", 100.75),
    _aggregate_case("sum d'une expression", "sum(entier * 2)", 32),
    _aggregate_case(
        "sum d'un produit de champs", "sum(entier * nombre)", 15 + 2.25 - 2015 + 35 + 25
    ),
    _aggregate_case("arithmétique d'agrégats", "sum(entier) / count(entier) * 7", 16),
    _aggregate_case("agrégats et constante", "max(entier) - min(entier) + 1", 31),
    _aggregate_case("agrégat divisé par zéro", "sum(entier) / (count(*) - 8)", None),
    _aggregate_case("count(*) filtré", "count(*)", 3, where="entier = 10"),
    _aggregate_case("agrégat en majuscules", "COUNT(*)", 8),
    _aggregate_case("sum avec where", "sum(entier)", -21, where="entier < 0"),
    _aggregate_case("min de dates", "min(jour)", "2020-01-01"),
    _aggregate_case("max de dates", "max(jour)", "2024-12-31"),
    _aggregate_case("max d'instants", "max(instant)", "2024-12-31T23:30:00+00:00"),
    _aggregate_case(
        "max d'instants dans le fuseau",
        "max(instant)",
        "2025-01-01T00:30:00+01:00",
        timezone="Europe/Paris",
    ),
    _aggregate_case("somme de 400 lignes", "sum(id)", 80200, "grand"),
    _aggregate_case("moyenne de l'offre", "avg(frais_ttc_tot_mean)", 1950, OFFER),
    _aggregate_case("moyenne de nulls : null", "avg(entier)", None, where="id=5"),
    first_row("sans alias, le texte tapé", "§5", "types", {"count(*)": 8}, select="count(*)"),
    first_row(
        "texte tapé, casse et espaces", "§5", "types", {"SUM( entier )": 16}, select="SUM( entier )"
    ),
    first_row(
        "plusieurs agrégats",
        "§5",
        "types",
        {"n": 8, "s": 16, "m": 10},
        select="count(*) as n, sum(entier) as s, max(entier) as m",
    ),
    Case(
        "l'agrégat est répété sur chaque ligne",
        "§5",
        _LARGE_RECORDS,
        params({"select": "count(*) as n"}),
        json={"total_count": 400, "results": [{"n": 400}] * 10},
    ),
    Case(
        "répété sur min(limite, total)",
        "§5",
        f"{ROOT}/types/records",
        params({"select": "count(*) as n", "limit": 50}),
        json={"total_count": 8, "results": [{"n": 8}] * 8},
    ),
    Case(
        "limit=1 : une ligne",
        "§5",
        _LARGE_RECORDS,
        params({"select": "sum(id) as s", "limit": 1}),
        json={"total_count": 400, "results": [{"s": 80200}]},
    ),
    Case(
        "limit=0 : rien",
        "§5",
        _LARGE_RECORDS,
        params({"select": "sum(id) as s", "limit": 0}),
        json={"total_count": 400, "results": []},
    ),
    Case(
        "champ et agrégat global",
        "§5",
        f"{ROOT}/types/records",
        params({"select": "id, max(entier) as m", "limit": 3}),
        json={
            "total_count": 8,
            "results": [{"id": 1, "m": 10}, {"id": 2, "m": 10}, {"id": 3, "m": 10}],
        },
    ),
    Case(
        "l'agrégat suit le where, pas la page",
        "§5",
        _LARGE_RECORDS,
        params({"select": "count(*) as n", "where": "id > 390", "limit": 1, "offset": 2}),
        json={"total_count": 10, "results": [{"n": 10}]},
    ),
    Case(
        "aucune ligne : aucun résultat",
        "§5",
        _LARGE_RECORDS,
        params({"select": "count(*) as n", "where": "id > 999"}),
        json={"total_count": 0, "results": []},
    ),
    error_case("sum d'un texte", "§2", "types", "ODSQLError", select="sum(texte) as x"),
    error_case("avg d'un booléen", "§9", "types", "ODSQLError", select="avg(actif) as x"),
    Case(
        "agrégat dans where",
        "§9",
        f"{ROOT}/types/records",
        params({"where": "sum(entier) > 3"}),
        status=400,
        parts={"?/error_code": True, "?/message": True},
    ),
    error_case("agrégat d'un agrégat", "§9", "types", "ODSQLError", select="sum(max(entier)) as x"),
]
