"""Requests to be judged: right clauses, spoilt ones, and any text at all."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.clients.packages import TYPES
from tests.fuzz import clauses
from tests.fuzz.clauses import choice, concat
from tests.fuzz.poisons import POISONS
from tests.fuzz.workshop import API, HttpRequest

_MAX_DEPTH = 200
_ODD_TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=40) | st.text(
    "()[]{}'\"`\\,;:.*/+-=<>!%$#?@ \n\x00aeé019", max_size=60
)
_deep_clauses = st.integers(1, _MAX_DEPTH).flatmap(
    lambda n: choice(
        "(" * n + "id" + ")" * n, "not " * n + "actif", "-" * n + "1",
        "lower(" * n + "texte" + ")" * n,
        " and ".join(["actif"] * n), "+".join(["id"] * n), "[" * n, "ifnull(1," * n + "1" + ")" * n,
        "id in (" + ",".join(map(str, range(n))) + ")", "'" + "mot " * n + "'",
        "search('" + "ab " * n + "')", "search('" + " ".join(f"m{i}" for i in range(n)) + "')",
        "(actif or " * n + "actif" + ")" * n, "\\" * n, ",".join(["id"] * n),
    )
)  # fmt: skip
_poisons = st.sampled_from(POISONS)


@st.composite
def _spoil(draw: st.DrawFn, clause: SearchStrategy[str]) -> str:
    """Cut, swap, repeat or poison a right clause."""
    text = draw(clause)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        added = draw(st.one_of(_poisons, st.just(""), st.just(text[start:end] * 2), _ODD_TEXTS))
        text = text[:start] + added + text[end:]
    return text


def _likely_wrong(valid_clause: SearchStrategy[str]) -> SearchStrategy[str]:
    """Draw a clause that is likely wrong."""
    added = concat(valid_clause, choice(" and ", ", ", " as ", " = ", "(", ":"), _poisons)
    return st.one_of(
        _spoil(valid_clause), _spoil(valid_clause), _poisons, added, _deep_clauses, _ODD_TEXTS
    )


_TIMEZONES = choice("UTC", "Europe/Paris", "Asia/Kathmandu", "America/St_Johns")
_LIMITS = choice("0", "5", "100", "-1")
_COUNTS = clauses.sequence(concat(clauses.aggregates, choice("", " as n")), 2)
_FILTERS = {
    "where": clauses.conditions,
    "refine": clauses.refinements,
    "exclude": clauses.refinements,
}
_RECORDS_PARAMS = {
    **_FILTERS,
    "select": clauses.selections,
    "order_by": clauses.sorts,
    "timezone": _TIMEZONES,
    "limit": _LIMITS,
}
_GROUPS = {"group_by": clauses.groups, "select": _COUNTS, "where": clauses.conditions}
_BOOLEANS = choice("true", "false", "True", "1", "oui")
_FILES: dict[str, dict[str, SearchStrategy[str]]] = {
    "geojson": {"compressed": _BOOLEANS},
    "jsonl": {"compressed": _BOOLEANS},
    "parquet": {"parquet_compression": choice("snappy", "zstd", "gzip")},
    "xlsx": {"use_labels": _BOOLEANS},
}
_V1_PARAMS: dict[str, SearchStrategy[str]] = {
    "q": clauses.v1_queries,
    "sort": choice("", "-").flatmap(lambda sign: clauses.FIELDS.map(lambda name: sign + name)),
    "fields": clauses.sequence(clauses.FIELDS, separator=","),
    "facet": clauses.FIELDS,
    "refine.categorie": choice("Été", "hiver"),
    "exclude.jour": choice("2020", "2020/01", "été"),
    "geofilter.distance": choice("48,2,100000", "48,2", "91,181,1", "48,2,-1", "0,0,1e9"),
    "geofilter.polygon": choice(
        "(42,-5),(42,8),(51,8)", "(1,1),(1,1)", "((", "(0,0),(91,181),(1,1)"
    ),
    "rows": _LIMITS,
    "start": _LIMITS,
    "timezone": _TIMEZONES,
}  # fmt: skip
_ANALYSIS: dict[str, SearchStrategy[str]] = {
    "y.s.func": choice("COUNT", "SUM", "AVG", "MIN", "MAX", "STDDEV", "QUANTILES", "CONSTANT"),
    "y.s.expr": clauses.v1_expressions,
    "y.s.subset": choice("50", "0", "100", "-1"),
    "y.s.cumulative": _BOOLEANS,
    "precision": choice("year", "month", "day", "week", "hour", "minute"),
    "periodic": choice("year", "month", "weekday", "hour"),
    "sort": choice("x", "-x", "s", "-s", "x.jour"),
    "maxpoints": _LIMITS,
    "format": choice("json", "csv"),
}
_DATASET_PATH = f"{API}/{TYPES}"
# Path, parameters, those that are always there.
_ENDPOINTS: tuple[tuple[str, dict[str, SearchStrategy[str]], dict[str, str]], ...] = (
    (f"{_DATASET_PATH}/records", _RECORDS_PARAMS, {}),
    (f"{_DATASET_PATH}/records", {"where": clauses.conditions}, {}),
    (f"{_DATASET_PATH}/records", {"select": clauses.selections, "order_by": clauses.sorts}, {}),
    (f"{_DATASET_PATH}/records", {**_GROUPS, "order_by": choice("n", "-n", "count(*) desc")}, {}),
    (f"{_DATASET_PATH}/records", {"group_by": clauses.groups}, {}),
    (f"{_DATASET_PATH}/facets", {**_FILTERS, "facet": clauses.facets, "timezone": _TIMEZONES}, {}),
    (f"{_DATASET_PATH}/exports/json", {**_RECORDS_PARAMS, **_GROUPS}, {}),
    (f"{_DATASET_PATH}/exports/csv", {**_RECORDS_PARAMS, **_GROUPS}, {}),
    *(
        (f"{_DATASET_PATH}/exports/{form}", {**_RECORDS_PARAMS, "offset": _LIMITS, **options}, {})
        for form, options in _FILES.items()
    ),
    (
        f"{_DATASET_PATH}/records",
        {"order_by": clauses.sorts, "after": clauses.CURSORS, "include_links": _BOOLEANS,
         "lang": clauses.LANGUAGES, "offset": _LIMITS},
        {},
    ),
    (API, {"where": clauses.conditions, "refine": clauses.refinements}, {}),
    ("/api/explore/v2.1/catalog/facets", {**_FILTERS, "facet": clauses.facets}, {}),
    ("/api/explore/v2.1/catalog/exports/csv", {**_FILTERS, "limit": _LIMITS}, {}),
    ("/api/records/1.0/search/", _V1_PARAMS, {"dataset": TYPES}),
    (
        "/api/records/1.0/download/",
        {**_V1_PARAMS, "format": choice("csv", "json", "geojson", "xls", "shp"),
         "csv_separator": choice(",", ";", "ab")},
        {"dataset": TYPES},
    ),
    (
        "/api/records/1.0/analyze/",
        {**_ANALYSIS, "q": clauses.v1_queries, "timezone": _TIMEZONES},
        {"dataset": TYPES, "x": "jour"},
    ),
    ("/api/records/1.0/analyze/", {"x": clauses.FIELDS, **_ANALYSIS}, {"dataset": TYPES}),
    (f"/explore/dataset/{TYPES}/download/", _V1_PARAMS, {"format": "json"}),
    (f"/api/v2/catalog/datasets/{TYPES}/records", {**_FILTERS, "qv1": clauses.v1_queries}, {}),
    (
        f"/api/v2/catalog/datasets/{TYPES}/records",
        {"group_by": clauses.groups, "select": _COUNTS, "rows": _LIMITS, "start": _LIMITS,
         "sort": clauses.sorts},
        {},
    ),
    (f"/api/v2/catalog/datasets/{TYPES}/exports/json", {**_RECORDS_PARAMS, "rows": _LIMITS}, {}),
)  # fmt: skip


@st.composite
def _request(draw: st.DrawFn) -> HttpRequest:
    """Draw a request whose clauses are right, save one of them in two requests of five."""
    path, known, fixed_params = draw(st.sampled_from(_ENDPOINTS))
    names = draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=3, unique=True))
    spoilt = names[0] if draw(st.integers(0, 4)) < 2 else None
    drawn = [
        (name, draw(_likely_wrong(known[name]) if name == spoilt else known[name]))
        for name in names
    ]
    return HttpRequest(path, (*drawn, *fixed_params.items()))


requests = _request()
