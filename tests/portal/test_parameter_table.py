"""No parameter without effect: each that is documented changes the answer, or is refused with 400.

The table of v2.1 is its own OpenAPI document: what is added there must be added here. Those of v2.0
and v1 are written below, for nothing else documents them here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.factories.small_places import NAME
from tests.portal.conftest import Ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lieux")]

_V21, _V20, _V1 = "/api/explore/v2.1", "/api/v2", "/api/records/1.0"
_DATASET = f"/catalog/datasets/{NAME}"
_NO_CLAUSE, _NO_NUMBER, _NO_BOOLEAN = "sel((ect", "x1", "peut-être"


@dataclass(frozen=True)
class Parameter:
    """A parameter: a value that changes the answer, beside ``others``; one that is refused.

    ``wrong`` None: any text is a value; ``good`` None: it has no effect that can be seen here.
    """

    good: str | None
    wrong: str | None = None
    others: dict[str, str] = field(default_factory=dict)


_READ = {
    "select": Parameter("id", _NO_CLAUSE),
    "where": Parameter("id = 2", _NO_CLAUSE),
    "group_by": Parameter("nom", _NO_CLAUSE),
    "order_by": Parameter("id desc", _NO_CLAUSE),
    "limit": Parameter("1", _NO_NUMBER),
    "offset": Parameter("1", _NO_NUMBER),
    "refine": Parameter("nom:Manor", "nom"),
    "exclude": Parameter("nom:Manor", "nom"),
    "facet": Parameter('facet(name="nom", disjunctive=true)', "inconnu",
                       {"refine": "nom:Manor&refine=nom:Rathaus"}),
    "lang": Parameter("en", None, {"select": "date_format(jour, 'MMMM') as m", "where": "id = 2"}),
    "timezone": Parameter("Europe/Paris", "Mars/Olympus"),
    "after": Parameter("", "bnVsbA==", {"order_by": "id", "limit": "1"}),
    "include_links": Parameter("true", _NO_BOOLEAN),
    "include_app_metas": Parameter(None, _NO_BOOLEAN),
}  # fmt: skip
_FILE = {
    "use_labels": Parameter("true", _NO_BOOLEAN),
    "compressed": Parameter("true", _NO_BOOLEAN),
    "epsg": Parameter(None, "2154"),
    "delimiter": Parameter(",", "ab"),
    "list_separator": Parameter("|"),
    "quote_all": Parameter("true", _NO_BOOLEAN),
    "with_bom": Parameter("false", _NO_BOOLEAN),
    "parquet_compression": Parameter("zstd", "rar"),
}
_CATALOGUE = {
    "select": Parameter("dataset_id", _NO_CLAUSE),
    "where": Parameter('dataset_id = "autre"', _NO_CLAUSE),
    "group_by": Parameter("publisher", _NO_CLAUSE, {"select": "count(*) as n"}),
    "order_by": Parameter(None, _NO_CLAUSE),  # one dataset has no order
    "limit": Parameter("0", _NO_NUMBER),
    "offset": Parameter("1", _NO_NUMBER),
    "refine": Parameter("license:autre", "license"),
    "exclude": Parameter("license:CC0-1.0", "license"),
    "facet": Parameter(None, "inconnu"),
    "lang": Parameter(None),
    "timezone": Parameter(None, "Mars/Olympus"),
    "include_exports": Parameter("csv"),
    "use_labels_in_exports": Parameter("false", _NO_BOOLEAN),
    "include_links": _READ["include_links"],
    "include_app_metas": _READ["include_app_metas"],
}
# Where the effect of a parameter differs.
_ELSEWHERE: dict[tuple[str, str], Parameter] = {
    (f"{_DATASET}/facets", "facet"): Parameter("nom", "inconnu"),
    (f"{_DATASET}/facets", "limit"): Parameter("1", _NO_NUMBER, {"facet": "nom"}),
    (f"{_DATASET}/facets", "timezone"): Parameter(None, "Mars/Olympus"),
    (f"{_DATASET}/facets", "lang"): Parameter(None),
    ("/catalog/facets", "facet"): Parameter("license", "inconnu"),
    (_DATASET, "select"): Parameter("dataset_id", _NO_CLAUSE),
    (_DATASET, "lang"): Parameter(None),
    (_DATASET, "timezone"): Parameter(None, "Mars/Olympus"),
}
# No mark of bytes begins a file of v2.0, unless it is asked for; its links are always there.
_IN_V20 = {
    "with_bom": Parameter("true", _NO_BOOLEAN),
    "include_links": Parameter(None, _NO_BOOLEAN),
}
_FORMATS = {"/catalog/exports/{format}": "csv", f"{_DATASET}/exports/{{format}}": "csv"}
_FORMAT_OF = {
    "parquet_compression": "parquet", "include_exports": "dcat", "use_labels_in_exports": "dcat"
}  # fmt: skip
_PATH_PARAMETERS = {"id", "format", "record_id", "piece"}


def documented(ask: Ask) -> Iterator[tuple[str, str]]:
    """Every path of the OpenAPI document, of this dataset, with each of its parameters."""
    for path, operations in ask(f"{_V21}/swagger.json").json()["paths"].items():
        for told in operations["get"]["parameters"]:
            if told["name"] not in _PATH_PARAMETERS:
                yield path.replace("{id}", NAME), told["name"]


def expected(path: str, name: str) -> Parameter:
    """What a parameter does there."""
    if (path, name) in _ELSEWHERE:
        return _ELSEWHERE[path, name]
    table = _READ | _FILE if path.startswith(f"{_DATASET}/") else _CATALOGUE
    return table[name]


def said(ask: Ask, address: str, params: dict[str, str]) -> tuple[int, Any]:
    """Status and content of an answer; links repeat what was asked."""
    query = "&".join(f"{name}={_quoted(value)}" for name, value in params.items())
    answer = ask(f"{address}{'&' if '?' in address else '?'}{query}")
    return answer.status_code, answer.content


def _quoted(value: str) -> str:
    from urllib.parse import quote

    return quote(value, safe="&=")


def check(ask: Ask, address: str, name: str, parameter: Parameter) -> None:
    """A good value changes the answer, a wrong one is refused."""
    told = parameter.others
    status, before = said(ask, address, told)
    assert status == 200, (address, name, before[:300])
    if parameter.good is not None:
        status, after = said(ask, address, {**told, name: parameter.good})
        assert status == 200, (address, name, after[:300])
        if name != "after":  # at the beginning, it changes the link alone
            assert after != before, (address, name, parameter.good)
    if parameter.wrong is not None:
        status, text = said(ask, address, {**told, name: parameter.wrong})
        assert status == 400, (address, name, parameter.wrong, text[:300])


def test_every_documented_parameter_of_the_v21(ask: Ask) -> None:
    record = ask(f"{_V21}{_DATASET}/records", {"select": "recordid"}).json()["results"][1]
    walked = 0
    for path, name in documented(ask):
        address = _V21 + path.replace("{record_id}", record["recordid"])
        address = address.replace("{format}", _FORMATS.get(path, ""))
        parameter = expected(path, name)
        if name in _FORMAT_OF:
            address = address.replace("csv", _FORMAT_OF[name])
        check(ask, address, name, parameter)
        walked += 1
    assert walked > 60


def test_the_v20_has_all_that_the_v21_documents(ask: Ask) -> None:
    """Under both of its addresses; what came with v2.1 alone has no effect that v2.0 hides."""
    record = ask(f"{_V21}{_DATASET}/records", {"select": "recordid"}).json()["results"][1]
    walked = 0
    for base in (_V20, "/api/explore/v2.0"):
        for path, name in documented(ask):
            if base != _V20 and not path.startswith(f"{_DATASET}/records"):
                continue  # one handler, two addresses: one endpoint tells it
            address = base + path.replace("{record_id}", record["recordid"])
            address = address.replace("{format}", _FORMATS.get(path, ""))
            if name in _FORMAT_OF:
                address = address.replace("csv", _FORMAT_OF[name])
            check(ask, address, name, _IN_V20.get(name, expected(path, name)))
            walked += 1
    assert walked > 60


_OLD: dict[str, Parameter] = {
    **{name: _READ[name] for name in ("select", "where", "group_by", "order_by", "limit",
                                      "offset", "refine", "exclude", "lang", "timezone")},
    "rows": Parameter("1", _NO_NUMBER),
    "start": Parameter("1", _NO_NUMBER),
    "sort": Parameter("-id", _NO_CLAUSE),
}  # fmt: skip


@pytest.mark.parametrize("name", _OLD)
@pytest.mark.parametrize("end", ["records", "query", "exports/csv", "exports/json"])
def test_every_parameter_of_the_v20(ask: Ask, end: str, name: str) -> None:
    check(ask, f"{_V20}{_DATASET}/{end}", name, _OLD[name])


@pytest.mark.parametrize(("name", "value"), [("rows", "0"), ("start", "1"), ("sort", "(")])
@pytest.mark.parametrize("end", ["datasets", "exports/csv", "exports/json", "exports/ttl"])
def test_old_names_count_for_the_catalogue_too(ask: Ask, end: str, name: str, value: str) -> None:
    status, before = said(ask, f"{_V20}/catalog/{end}", {})
    changed, after = said(ask, f"{_V20}/catalog/{end}", {name: value})
    assert (status, before) != (changed, after)


_SEARCHED = {
    "q": Parameter("Manor"),
    "query": Parameter("Manor"),
    "rows": Parameter("1", _NO_NUMBER),
    "start": Parameter("1", _NO_NUMBER),
    "sort": Parameter("id", "inconnu"),
    "facet": Parameter("nom", "inconnu"),
    "fields": Parameter("id", "inconnu"),
    "refine.nom": Parameter("Manor"),
    "refine.inconnu": Parameter(None, "x"),
    "exclude.nom": Parameter("Manor"),
    "disjunctive.nom": Parameter("true", None, {"refine.nom": "Manor&refine.nom=Rathaus"}),
    "geofilter.distance": Parameter("48.85,2.35,5000", "ici"),
    "geofilter.polygon": Parameter("(48,2),(48,3),(49,3)", "là"),
    "timezone": Parameter("Europe/Paris", "Mars/Olympus"),
    "lang": Parameter(None),
}
_TABLES: dict[str, dict[str, Parameter]] = {
    f"{_V1}/search/?dataset={NAME}": _SEARCHED
    | {
        "format": Parameter("geojson", "docx"),
        "pretty_print": Parameter("true", _NO_BOOLEAN),
        "callback": Parameter("f", "a-b", {"format": "jsonp"}),
    },
    f"{_V1}/download/?dataset={NAME}": {
        **{name: told for name, told in _SEARCHED.items() if name != "facet"},
        "format": Parameter("json", "docx"),
        "csv_separator": Parameter(",", "ab"),
        "csv_bom": Parameter("true", _NO_BOOLEAN),
        "use_labels_for_header": Parameter("true", _NO_BOOLEAN),
        "epsg": Parameter(None, "2154"),
    },
    f"/explore/dataset/{NAME}/download/?": {
        "format": Parameter("json", "docx"),
        "rows": Parameter("1", _NO_NUMBER),
        "q": Parameter("Manor"),
        "epsg": Parameter(None, "2154"),
    },
    f"{_V1}/analyze/?dataset={NAME}&x=jour": {
        "x": Parameter("nom", "inconnu"),
        "x.1": Parameter("nom", "inconnu"),
        "precision": Parameter("year", "siècle"),
        "periodic": Parameter("month", "jamais"),
        "x.jour.precision": Parameter("year", "siècle"),
        "x.jour.periodic": Parameter("month", "jamais"),
        "y.s.func": Parameter("SUM", "PRODUIT", {"y.s.expr": "n"}),
        "y.s.expr": Parameter("id", "inconnu", {"y.s.func": "SUM&y.s.expr=n"}),
        "y.s.subset": Parameter("10", "dix", {"y.s.func": "QUANTILES&y.s.expr=id&periodic=month"}),
        "y.s.cumulative": Parameter("true", _NO_BOOLEAN, {"y.s.func": "COUNT"}),
        "sort": Parameter("x", "inconnu"),
        "maxpoints": Parameter("1", _NO_NUMBER),
        "format": Parameter("csv", "docx"),
        "csv_separator": Parameter(",", "ab", {"format": "csv"}),
        "q": Parameter("Manor"),
        "refine.nom": Parameter("Manor"),
        "exclude.nom": Parameter("Manor"),
        "geofilter.distance": Parameter("48.85,2.35,5000", "ici"),
        "timezone": Parameter(None, "Mars/Olympus"),
    },
    "/api/datasets/1.0/search/?": {
        "q": Parameter("autre"),
        "rows": Parameter("0", _NO_NUMBER),
        "start": Parameter("1", _NO_NUMBER),
        "sort": Parameter(None, "inconnu"),
        "facet": Parameter("license", "inconnu"),
        "refine.license": Parameter("autre"),
        "exclude.license": Parameter("CC0-1.0"),
    },
}


@pytest.mark.parametrize(
    ("address", "name"), [(address, name) for address, told in _TABLES.items() for name in told]
)
def test_every_parameter_of_the_v1(ask: Ask, address: str, name: str) -> None:
    check(ask, address, name, _TABLES[address][name])


def test_what_nobody_knows_is_named(ask: Ask) -> None:
    for address in (f"{_V21}{_DATASET}/records", f"{_V20}{_DATASET}/records", f"{_V1}/search/"):
        answer = ask(address, {"dataset": NAME, "inconnu": "1"})
        assert "inconnu" in answer.headers["x-ignored-parameters"]
