"""The same questions, asked to the portal, to datasette and to roapi.

Values are drawn anew for each request, so
that no answer is one that the server has kept.
"""

import random
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from tests.bench.portal.data import DATASET, FACETS
from tests.bench.portal.load import HttpRequest

_API = f"/api/explore/v2.1/catalog/datasets/{DATASET}"
Questions = Callable[[random.Random], Iterator[HttpRequest]]


def _random_value(rng: random.Random, field: str) -> str:
    return f"{field} {rng.randrange(FACETS[field]):03}"


def _random_filter(rng: random.Random) -> tuple[str, str, int]:
    return _random_value(rng, "region"), _random_value(rng, "statut"), rng.randrange(5, 55)


# --- the portal


def portal_rows(rng: random.Random) -> Iterator[HttpRequest]:
    """Filtered records: ten rows and their total."""
    while True:
        region, status, least = _random_filter(rng)
        where = f'region="{region}" and statut="{status}" and nb_dossiers>={least}'
        yield HttpRequest(f"{_API}/records?{urlencode({'where': where, 'limit': 10})}")


def portal_groups(rng: random.Random) -> Iterator[HttpRequest]:
    """Groups by one field, then by two, of the rows above a number that changes."""
    while True:
        for keys in ("region", "region,statut"):
            query = {
                "select": "count(*) as n, sum(montant_engage) as total",
                "where": f"montant_engage>={rng.randrange(1, 9000)}",
                "group_by": keys,
                "order_by": "total desc",
                "limit": 200,
            }
            yield HttpRequest(f"{_API}/records?{urlencode(query)}")


def portal_facets(rng: random.Random) -> Iterator[HttpRequest]:
    """All facets, of the rows above a number that changes."""
    while True:
        yield HttpRequest(
            f"{_API}/facets?{urlencode({'where': f'montant_engage>={_random_amount(rng)}'})}"
        )


def portal_search(rng: random.Random) -> Iterator[HttpRequest]:
    """Words in the names of certifications."""
    while True:
        level = rng.randrange(3400)
        where = f'certification like "niveau {level}"'
        yield HttpRequest(f"{_API}/records?{urlencode({'where': where, 'limit': 10})}")


def _random_amount(rng: random.Random) -> float:
    return rng.randrange(100, 800_000) / 100


def portal_mix(rng: random.Random) -> Iterator[HttpRequest]:
    """What a dashboard and scripts ask together: mostly records, some groups, few facets."""
    kinds = [portal_rows, portal_search, portal_groups, portal_facets]
    streams = [kind(rng) for kind in kinds]
    while True:
        yield next(rng.choices(streams, weights=(60, 20, 15, 5))[0])


# --- datasette


def _datasette_sql(statement: str, **values: object) -> HttpRequest:
    query = {"sql": statement, "_shape": "arrays", **values}
    return HttpRequest(f"/{DATASET}.json?{urlencode(query)}")


def datasette_rows(rng: random.Random) -> Iterator[HttpRequest]:
    """The same, by the filters of a table."""
    while True:
        region, status, least = _random_filter(rng)
        query = {
            "region__exact": region,
            "statut__exact": status,
            "nb_dossiers__gte": least,
            "_size": 10,
        }
        yield HttpRequest(f"/{DATASET}/{DATASET}.json?{urlencode(query)}")


def datasette_groups(rng: random.Random) -> Iterator[HttpRequest]:
    """The same, in SQL."""
    while True:
        for keys in ("region", "region, statut"):
            yield _datasette_sql(
                f"select {keys}, count(*) n, sum(montant_engage) total from {DATASET}"
                f" where montant_engage >= :m group by {keys} order by total desc limit 200",
                m=rng.randrange(1, 9000),
            )


def datasette_facets(rng: random.Random) -> Iterator[HttpRequest]:
    """The same, by the facets of a table."""
    while True:
        query = [("montant_engage__gte", _random_amount(rng)), ("_size", 1)]
        query += [("_facet", name) for name in FACETS]
        yield HttpRequest(f"/{DATASET}/{DATASET}.json?{urlencode(query)}")


# --- roapi


def _roapi_sql(statement: str) -> HttpRequest:
    return HttpRequest("/api/sql", statement)


def roapi_rows(rng: random.Random) -> Iterator[HttpRequest]:
    """The same, in SQL, with the total that the others give."""
    while True:
        region, status, least = _random_filter(rng)
        yield _roapi_sql(
            f"select *, count(*) over () as n from {DATASET} where region = '{region}'"
            f" and statut = '{status}' and nb_dossiers >= {least} limit 10"
        )


def roapi_groups(rng: random.Random) -> Iterator[HttpRequest]:
    """The same, in SQL."""
    while True:
        for keys in ("region", "region, statut"):
            yield _roapi_sql(
                f"select {keys}, count(*) as n, sum(montant_engage) as total from {DATASET}"
                f" where montant_engage >= {rng.randrange(1, 9000)}"
                f" group by {keys} order by total desc limit 200"
            )


def roapi_facets(rng: random.Random) -> Iterator[HttpRequest]:
    """The same, in one SQL statement, since it has no facets."""
    while True:
        least = _random_amount(rng)
        yield _roapi_sql(
            " union all ".join(
                f"(select '{name}' as f, {name} as v, count(*) as n from {DATASET}"
                f" where montant_engage >= {least} group by {name})"
                for name in FACETS
            )
        )


MIXES: dict[str, Questions] = {"portail": portal_mix}
QUESTIONS: dict[str, dict[str, Questions]] = {
    "portail": {
        "filtered records": portal_rows,
        "group_by, 1 and 2 fields": portal_groups,
        "facets, all": portal_facets,
        "words": portal_search,
    },
    "datasette": {
        "filtered records": datasette_rows,
        "group_by, 1 and 2 fields": datasette_groups,
        "facets, all": datasette_facets,
    },
    "roapi": {
        "filtered records": roapi_rows,
        "group_by, 1 and 2 fields": roapi_groups,
        "facets, all": roapi_facets,
    },
}
