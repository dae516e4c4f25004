"""``range()``: static bounds, histograms, steps of time (reference §9)."""

from tests.conformity.case import ROOT, Case, groups, params

_N = "count(*) as n"
_LARGE_RECORDS = f"{ROOT}/grand/records"


def _counts(
    name: str, expression: str, expected: list[int], dataset: str = "grand", **rest: str
) -> Case:
    parameters = params({"select": _N, "group_by": expression, "limit": 100} | rest)
    path = f"{ROOT}/{dataset}/records"
    return Case(
        name,
        "§9",
        path,
        parameters,
        parts={"total_count": len(expected)},
        unordered={"results/*/n": expected},
    )


CASES = [
    groups(
        "bornes ouvertes",
        "§9",
        "grand",
        [{"r": "[*, 10[", "n": 100}, {"r": "[10, 20[", "n": 100}, {"r": "[20, *[", "n": 200}],
        select=_N,
        group_by="range(nombre, *, 10, 20, *) as r",
    ),
    groups(
        "la borne haute est exclue",
        "§9",
        "grand",
        [{"r": "[0, 39[", "n": 390}],
        select=_N,
        group_by="range(nombre, 0, 39) as r",
        where="nombre < 39",
    ),
    groups(
        "la borne basse est incluse",
        "§9",
        "grand",
        [{"r": "[39, 50[", "n": 10}],
        select=_N,
        group_by="range(nombre, 39, 50) as r",
        where="nombre >= 39",
    ),
    groups(
        "sans alias, le texte tapé",
        "§5",
        "grand",
        [
            {"range(nombre, *, 20, *)": "[*, 20[", "n": 200},
            {"range(nombre, *, 20, *)": "[20, *[", "n": 200},
        ],
        select=_N,
        group_by="range(nombre, *, 20, *)",
    ),
    groups(
        "histogramme",
        "§9",
        "grand",
        [{"r": f"[{low}, {low + 10}[", "n": 100} for low in (0, 10, 20, 30)],
        select=_N,
        group_by="range(nombre, 10) as r",
    ),
    groups(
        "histogramme, texte tapé",
        "§5",
        "grand",
        [{"range(nombre, 20)": "[0, 20[", "n": 200}, {"range(nombre, 20)": "[20, 40[", "n": 200}],
        select=_N,
        group_by="range(nombre, 20)",
    ),
    _counts(
        "histogramme : les tranches vides manquent",
        "range(nombre, 10)",
        [10, 10],
        where="nombre = 5 or nombre = 35",
    ),
    _counts(
        "histogramme de négatifs",
        "range(entier, 10)",
        [1, 1, 2, 3],
        "types",
        where="entier is not null",
    ),
    _counts(
        "histogramme de décimaux",
        "range(nombre, 50)",
        [1, 4, 1],
        "types",
        where="nombre is not null",
    ),
    _counts("pas d'un an", "range(jour, 1 year)", [366, 34]),
    _counts("pas d'un an, lettre", "range(jour, 1y)", [366, 34]),
    _counts("pas d'un mois : M", "range(jour, 1M)", [31, 3], where="year(jour) = 2021"),
    _counts(
        "pas d'un mois, en toutes lettres",
        "range(jour, 1 month)",
        [31, 3],
        where="year(jour) = 2021",
    ),
    _counts(
        "pas d'un trimestre", "range(jour, 1 quarter)", [91, 91, 92, 92], where="year(jour) = 2020"
    ),
    _counts("pas d'un jour", "range(jour, 1 day)", [1] * 5, where="id <= 5"),
    _counts("pas d'une heure", "range(instant, 1 hour)", [1, 1], "types", where="id in (4, 6)"),
    _counts("m est la minute", "range(instant, 30m)", [1, 1], "types", where="id in (4, 6)"),
    groups(
        "bornes de dates",
        "§9",
        "grand",
        [
            {"r": "[*, 2021-01-01T00:00:00.000Z[", "n": 366},
            {"r": "[2021-01-01T00:00:00.000Z, *[", "n": 34},
        ],
        select=_N,
        group_by="range(jour, *, date'2021-01-01', *) as r",
    ),
    Case(
        "somme par tranche",
        "§9",
        _LARGE_RECORDS,
        params(
            {"select": "sum(nombre) as s", "group_by": "range(nombre, *, 20, *)", "order_by": "s"}
        ),
        parts={"results/*/s": [1900, 5900]},
    ),
    groups(
        "tranche et champ",
        "§9",
        "grand",
        [{"groupe": "a", "r": "[*, 20[", "n": 50}, {"groupe": "a", "r": "[20, *[", "n": 50}],
        select=_N,
        group_by="groupe, range(nombre, *, 20, *) as r",
        where='groupe = "a"',
    ),
]
