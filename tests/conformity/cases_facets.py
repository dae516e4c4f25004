"""Facets: counts, states, levels, order, options (reference §4, §5, §8, §14)."""

from collections.abc import Sequence
from typing import Any

from tests.conformity.case import ROOT, Case, params


def _case(
    name: str, dataset: str, expected: dict[str, Any], section: str = "§8", **query: Any
) -> Case:
    return Case(name, section, f"{ROOT}/{dataset}/facets", params(query), parts=expected)


def _values(*counts: tuple[str, int]) -> Sequence[dict[str, Any]]:
    return [
        {"name": name, "value": name, "count": count, "state": "displayed"}
        for name, count in counts
    ]


CASES = [
    _case(
        "une facette, en entier",
        "multi",
        {"facets": [{"name": "couleur", "facets": _values(("x", 2), ("y", 2), ("z", 1))}]},
        "§5",
        facet="couleur",
    ),
    _case(
        "toutes les facettes déclarées",
        "multi",
        {"facets/*/name": ["tags", "themes", "couleur", "statut"]},
        "§4",
    ),
    _case(
        "les liens y sont toujours",
        "multi",
        {"links/0/rel": "self", "?/links": True},
        "§5",
        facet="couleur",
    ),
    _case(
        "deux facettes",
        "multi",
        {"facets/*/name": ["statut", "couleur"]},
        "§4",
        facet=["statut", "couleur"],
    ),
    _case(
        "le null n'est pas une valeur",
        "multi",
        {"facets/0/facets/*/value": ["clos", "ouvert"]},
        facet='facet(name="statut", sort="alphanum")',
    ),
    _case("par compte décroissant par défaut", "mots", {"facets/0/facets/#": 9}, facet="code"),
    _case(
        "liste éclatée",
        "multi",
        {"facets/0/facets/0/count": 2, "facets/0/facets/#": 5},
        facet="tags",
    ),
    _case(
        "compte décroissant",
        "types",
        {"facets/0/facets/0/count": 3, "facets/0/facets/1/count": 3},
        facet="actif",
    ),
    _case(
        "suit le where",
        "multi",
        {"facets/0/facets": _values(("x", 1), ("y", 1))},
        facet="couleur",
        where='tags = "vert"',
    ),
    _case(
        "suit le refine d'un autre champ",
        "multi",
        {"facets/0/facets": _values(("x", 1), ("y", 1))},
        facet="couleur",
        refine="statut:ouvert",
    ),
    _case(
        "état d'une valeur choisie",
        "multi",
        {"facets/0/facets/0": {"name": "x", "value": "x", "count": 2, "state": "refined"}},
        facet="couleur",
        refine="couleur:x",
    ),
    _case(
        "conjonctif : les autres valeurs disparaissent",
        "multi",
        {"facets/0/facets/#": 1},
        facet="couleur",
        refine="couleur:x",
    ),
    _case(
        "disjonctif : ses propres choix ne le resserrent pas",
        "multi",
        {
            "facets/0/facets/*/value": ["clos", "ouvert"],
            "facets/0/facets/*/count": [2, 2],
            "facets/0/facets/*/state": ["displayed", "refined"],
        },
        facet='facet(name="statut", sort="alphanum")',
        refine="statut:ouvert",
    ),
    _case(
        "disjonctif : mais il resserre les autres",
        "multi",
        {"facets/1/facets": _values(("x", 1), ("y", 1))},
        facet=["statut", "couleur"],
        refine="statut:ouvert",
    ),
    _case(
        "disjonction demandée",
        "multi",
        {
            "facets/0/facets/*/count": [2, 2, 1],
            "facets/0/facets/*/state": ["refined", "displayed", "displayed"],
        },
        "§4",
        facet='facet(name="couleur", disjunctive=true, sort="alphanum")',
        refine="couleur:x",
    ),
    _case(
        "suit l'exclude",
        "multi",
        {"facets/0/facets/*/value": ["clos", "ouvert"], "facets/0/facets/*/count": [1, 1]},
        facet='facet(name="statut", sort="alphanum")',
        exclude="couleur:x",
    ),
    _case(
        "tri alphabétique",
        "grand",
        {"facets/0/facets": _values(*((letter, 100) for letter in "abcd"))},
        "§4",
        facet='facet(name="groupe", sort="alphanum")',
    ),
    _case(
        "tri alphabétique inverse",
        "grand",
        {"facets/0/facets/*/value": ["d", "c", "b", "a"]},
        "§4",
        facet='facet(name="groupe", sort="-alphanum")',
    ),
    _case(
        "tri par compte croissant",
        "multi",
        {"facets/0/facets/0/value": "z"},
        "§4",
        facet='facet(name="couleur", sort="count")',
    ),
    _case(
        "tri par compte décroissant",
        "multi",
        {"facets/0/facets/2/value": "z"},
        "§4",
        facet='facet(name="couleur", sort="-count")',
    ),
    _case(
        "facetsort de l'annotation",
        "multi",
        {"facets/0/facets/*/value": ["x", "y", "z"]},
        facet="couleur",
    ),
    _case(
        "limite",
        "grand",
        {"facets/0/facets/#": 5, "facets/0/facets/*/count": [3] * 5},
        "§4",
        facet='facet(name="code", limit=5)',
    ),
    _case(
        "limite au-delà de 100 honorée",
        "grand",
        {"facets/0/facets/#": 150},
        "§14",
        facet='facet(name="code", limit=200)',
    ),
    _case(
        "guillemets simples dans facet()",
        "grand",
        {"facets/0/facets/#": 2},
        "§4",
        facet="facet(name='groupe', limit=2)",
    ),
    _case(
        "niveaux du haut seuls",
        "hierarchie",
        {"facets/0/facets": _values(("France", 4), ("Belgique", 1))},
        facet="lieu",
    ),
    _case(
        "niveaux sous un choix",
        "hierarchie",
        {
            "facets/0/facets/0/name": "France",
            "facets/0/facets/0/state": "refined",
            "facets/0/facets/0/count": 4,
            "facets/0/facets/0/facets/*/name": ["Bretagne", "Corse"],
            "facets/0/facets/0/facets/*/value": ["France/Bretagne", "France/Corse"],
            "facets/0/facets/0/facets/*/count": [2, 1],
        },
        "§5",
        facet="lieu",
        refine="lieu:France",
    ),
    _case(
        "dates : les années, la plus récente d'abord",
        "grand",
        {"facets/0/facets/*/value": ["2021", "2020"], "facets/0/facets/*/count": [34, 366]},
        facet="jour",
    ),
    _case(
        "dates : les mois d'une année choisie",
        "grand",
        {
            "facets/0/facets/0/value": "2021",
            "facets/0/facets/0/state": "refined",
            "facets/0/facets/0/facets/*/value": ["2021/02", "2021/01"],
            "facets/0/facets/0/facets/*/name": ["02", "01"],
            "facets/0/facets/0/facets/*/count": [3, 31],
        },
        "§5",
        facet="jour",
        refine="jour:2021",
    ),
    _case(
        "instants : l'année dépend du fuseau",
        "types",
        {"facets/0/facets/0/value": "2025", "facets/0/facets/0/count": 1},
        "§4",
        facet="instant",
        timezone="Europe/Paris",
    ),
    _case(
        "jeu vide",
        "vide",
        {"facets/#": 1, "facets/0/name": "nom", "facets/0/facets": []},
        facet="nom",
    ),
    Case(
        "facette d'un champ inconnu",
        "§2",
        f"{ROOT}/multi/facets",
        params({"facet": "xyz"}),
        status=400,
        parts={"error_code": "ODSQLError"},
        contains=["xyz"],
    ),
    Case(
        "facettes d'un jeu inconnu",
        "§2",
        f"{ROOT}/inconnu/facets",
        status=404,
        parts={"error_code": "NotFoundResource"},
    ),
]
