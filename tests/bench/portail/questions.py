"""The same questions, asked to the portal, to datasette and to roapi.

Belongs here: their wording for each. Does not: timing. Values are drawn anew for each request, so
that no answer is one that the server has kept.
"""

import random
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from tests.bench.portail.charge import Demande
from tests.bench.portail.donnees import FACETTES, JEU

_API = f"/api/explore/v2.1/catalog/datasets/{JEU}"
Questions = Callable[[random.Random], Iterator[Demande]]


def _valeur(hasard: random.Random, champ: str) -> str:
    return f"{champ} {hasard.randrange(FACETTES[champ]):03}"


def _filtre(hasard: random.Random) -> tuple[str, str, int]:
    return _valeur(hasard, "region"), _valeur(hasard, "statut"), hasard.randrange(5, 55)


# --- the portal


def portail_lignes(hasard: random.Random) -> Iterator[Demande]:
    """Filtered records: ten rows and their total."""
    while True:
        region, status, least = _filtre(hasard)
        where = f'region="{region}" and statut="{status}" and nb_dossiers>={least}'
        yield Demande(f"{_API}/records?{urlencode({'where': where, 'limit': 10})}")


def portail_groupes(hasard: random.Random) -> Iterator[Demande]:
    """Groups by one field, then by two, of the rows above a number that changes."""
    while True:
        for keys in ("region", "region,statut"):
            query = {
                "select": "count(*) as n, sum(montant_engage) as total",
                "where": f"montant_engage>={hasard.randrange(1, 9000)}",
                "group_by": keys,
                "order_by": "total desc",
                "limit": 200,
            }
            yield Demande(f"{_API}/records?{urlencode(query)}")


def portail_facettes(hasard: random.Random) -> Iterator[Demande]:
    """All facets, of the rows above a number that changes."""
    while True:
        yield Demande(
            f"{_API}/facets?{urlencode({'where': f'montant_engage>={_montant(hasard)}'})}"
        )


def portail_recherche(hasard: random.Random) -> Iterator[Demande]:
    """Words in the names of certifications."""
    while True:
        level = hasard.randrange(3400)
        where = f'certification like "niveau {level}"'
        yield Demande(f"{_API}/records?{urlencode({'where': where, 'limit': 10})}")


def _montant(hasard: random.Random) -> float:
    return hasard.randrange(100, 800_000) / 100


def portail_melange(hasard: random.Random) -> Iterator[Demande]:
    """What a dashboard and scripts ask together: mostly records, some groups, few facets."""
    kinds = [portail_lignes, portail_recherche, portail_groupes, portail_facettes]
    streams = [kind(hasard) for kind in kinds]
    while True:
        yield next(hasard.choices(streams, weights=(60, 20, 15, 5))[0])


# --- datasette


def _sql_datasette(requete: str, **valeurs: object) -> Demande:
    query = {"sql": requete, "_shape": "arrays", **valeurs}
    return Demande(f"/{JEU}.json?{urlencode(query)}")


def datasette_lignes(hasard: random.Random) -> Iterator[Demande]:
    """The same, by the filters of a table."""
    while True:
        region, status, least = _filtre(hasard)
        query = {
            "region__exact": region,
            "statut__exact": status,
            "nb_dossiers__gte": least,
            "_size": 10,
        }
        yield Demande(f"/{JEU}/{JEU}.json?{urlencode(query)}")


def datasette_groupes(hasard: random.Random) -> Iterator[Demande]:
    """The same, in SQL."""
    while True:
        for keys in ("region", "region, statut"):
            yield _sql_datasette(
                f"select {keys}, count(*) n, sum(montant_engage) total from {JEU}"
                f" where montant_engage >= :m group by {keys} order by total desc limit 200",
                m=hasard.randrange(1, 9000),
            )


def datasette_facettes(hasard: random.Random) -> Iterator[Demande]:
    """The same, by the facets of a table."""
    while True:
        query = [("montant_engage__gte", _montant(hasard)), ("_size", 1)]
        query += [("_facet", name) for name in FACETTES]
        yield Demande(f"/{JEU}/{JEU}.json?{urlencode(query)}")


# --- roapi


def _sql_roapi(requete: str) -> Demande:
    return Demande("/api/sql", requete)


def roapi_lignes(hasard: random.Random) -> Iterator[Demande]:
    """The same, in SQL, with the total that the others give."""
    while True:
        region, status, least = _filtre(hasard)
        yield _sql_roapi(
            f"select *, count(*) over () as n from {JEU} where region = '{region}'"
            f" and statut = '{status}' and nb_dossiers >= {least} limit 10"
        )


def roapi_groupes(hasard: random.Random) -> Iterator[Demande]:
    """The same, in SQL."""
    while True:
        for keys in ("region", "region, statut"):
            yield _sql_roapi(
                f"select {keys}, count(*) as n, sum(montant_engage) as total from {JEU}"
                f" where montant_engage >= {hasard.randrange(1, 9000)}"
                f" group by {keys} order by total desc limit 200"
            )


def roapi_facettes(hasard: random.Random) -> Iterator[Demande]:
    """The same, in one SQL statement, since it has no facets."""
    while True:
        least = _montant(hasard)
        yield _sql_roapi(
            " union all ".join(
                f"(select '{name}' as f, {name} as v, count(*) as n from {JEU}"
                f" where montant_engage >= {least} group by {name})"
                for name in FACETTES
            )
        )


MELANGES: dict[str, Questions] = {"portail": portail_melange}
QUESTIONS: dict[str, dict[str, Questions]] = {
    "portail": {
        "filtered records": portail_lignes,
        "group_by, 1 and 2 fields": portail_groupes,
        "facets, all": portail_facettes,
        "words": portail_recherche,
    },
    "datasette": {
        "filtered records": datasette_lignes,
        "group_by, 1 and 2 fields": datasette_groupes,
        "facets, all": datasette_facettes,
    },
    "roapi": {
        "filtered records": roapi_lignes,
        "group_by, 1 and 2 fields": roapi_groupes,
        "facets, all": roapi_facettes,
    },
}
