"""``range()``: static bounds, histograms, steps of time (reference §9)."""

from tests.conformite.modele import RACINE, Cas, groupes, params

_N = "count(*) as n"
_GRAND = f"{RACINE}/grand/records"


def _comptes(
    nom: str, expression: str, attendus: list[int], jeu: str = "grand", **reste: str
) -> Cas:
    asked = params({"select": _N, "group_by": expression, "limit": 100} | reste)
    path = f"{RACINE}/{jeu}/records"
    return Cas(
        nom,
        "§9",
        path,
        asked,
        parties={"total_count": len(attendus)},
        ensembles={"results/*/n": attendus},
    )


CAS = [
    groupes(
        "bornes ouvertes",
        "§9",
        "grand",
        [{"r": "[*, 10[", "n": 100}, {"r": "[10, 20[", "n": 100}, {"r": "[20, *[", "n": 200}],
        select=_N,
        group_by="range(nombre, *, 10, 20, *) as r",
    ),
    groupes(
        "la borne haute est exclue",
        "§9",
        "grand",
        [{"r": "[0, 39[", "n": 390}],
        select=_N,
        group_by="range(nombre, 0, 39) as r",
        where="nombre < 39",
    ),
    groupes(
        "la borne basse est incluse",
        "§9",
        "grand",
        [{"r": "[39, 50[", "n": 10}],
        select=_N,
        group_by="range(nombre, 39, 50) as r",
        where="nombre >= 39",
    ),
    groupes(
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
    groupes(
        "histogramme",
        "§9",
        "grand",
        [{"r": f"[{low}, {low + 10}[", "n": 100} for low in (0, 10, 20, 30)],
        select=_N,
        group_by="range(nombre, 10) as r",
    ),
    groupes(
        "histogramme, texte tapé",
        "§5",
        "grand",
        [{"range(nombre, 20)": "[0, 20[", "n": 200}, {"range(nombre, 20)": "[20, 40[", "n": 200}],
        select=_N,
        group_by="range(nombre, 20)",
    ),
    _comptes(
        "histogramme : les tranches vides manquent",
        "range(nombre, 10)",
        [10, 10],
        where="nombre = 5 or nombre = 35",
    ),
    _comptes(
        "histogramme de négatifs",
        "range(entier, 10)",
        [1, 1, 2, 3],
        "types",
        where="entier is not null",
    ),
    _comptes(
        "histogramme de décimaux",
        "range(nombre, 50)",
        [1, 4, 1],
        "types",
        where="nombre is not null",
    ),
    _comptes("pas d'un an", "range(jour, 1 year)", [366, 34]),
    _comptes("pas d'un an, lettre", "range(jour, 1y)", [366, 34]),
    _comptes("pas d'un mois : M", "range(jour, 1M)", [31, 3], where="year(jour) = 2021"),
    _comptes(
        "pas d'un mois, en toutes lettres",
        "range(jour, 1 month)",
        [31, 3],
        where="year(jour) = 2021",
    ),
    _comptes(
        "pas d'un trimestre", "range(jour, 1 quarter)", [91, 91, 92, 92], where="year(jour) = 2020"
    ),
    _comptes("pas d'un jour", "range(jour, 1 day)", [1] * 5, where="id <= 5"),
    _comptes("pas d'une heure", "range(instant, 1 hour)", [1, 1], "types", where="id in (4, 6)"),
    _comptes("m est la minute", "range(instant, 30m)", [1, 1], "types", where="id in (4, 6)"),
    groupes(
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
    Cas(
        "somme par tranche",
        "§9",
        _GRAND,
        params(
            {"select": "sum(nombre) as s", "group_by": "range(nombre, *, 20, *)", "order_by": "s"}
        ),
        parties={"results/*/s": [1900, 5900]},
    ),
    groupes(
        "tranche et champ",
        "§9",
        "grand",
        [{"groupe": "a", "r": "[*, 20[", "n": 50}, {"groupe": "a", "r": "[20, *[", "n": 50}],
        select=_N,
        group_by="groupe, range(nombre, *, 20, *) as r",
        where='groupe = "a"',
    ),
]
