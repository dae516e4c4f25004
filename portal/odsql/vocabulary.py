"""The words of ODSQL: functions, units."""

DATE_PARTS = {
    "year": "year",
    "month": "month",
    "day": "day",
    "hour": "hour",
    "minute": "minute",
    "second": "second",
    "quarter": "quarter",
    "dayofweek": "isodow",
}
# Functions that the API v1 alone has, under names that nobody else writes: SQL, how many arguments.
V1_PREFIX = "v1_"
MATHEMATICAL = {
    V1_PREFIX + name: (template, arguments)
    for name, template, arguments in (
        *((name, f"{name}({{}})", 1) for name in (
            "abs", "acos", "asin", "atan", "ceil", "cos", "exp", "floor", "ln", "sin", "sqrt",
            "tan", "trunc")),
        ("log", "ln({})", 1),
        ("log10", "log10({})", 1),
        ("round", "round({})", 1),
        ("pow", "pow({}, {})", 2),
    )
}  # fmt: skip
V1_WEEK = {f"{V1_PREFIX}week": "week", f"{V1_PREFIX}isoyear": "isoyear"}
DATE_PARTS |= V1_WEEK
AGGREGATES = frozenset(
    {
        "count",
        "sum",
        "avg",
        "min",
        "max",
        "median",
        "percentile",
        "stddev",
        "variance",
        "envelope",
        "bbox",
    }
)
SCALARS = frozenset(
    {
        *DATE_PARTS,
        *MATHEMATICAL,
        "length",
        "now",
        "date_format",
        "json_format",
        "ifnull",
        "lower",
        "upper",
        "random",
        "distance",
    }
)
PREDICATES = frozenset(
    {
        "search",
        "suggest",
        "startswith",
        "within_distance",
        "in_bbox",
        "intersects",
        "disjoint",
        "within",
        "distance",
        "geometry",
        "polygon",
        "bbox",
        "vector_similarity_threshold",
    }
)
GROUPINGS = frozenset({"range", "geo_cluster"})
PROJECTIONS = frozenset({"include", "exclude"})
FUNCTIONS = AGGREGATES | SCALARS | PREDICATES | GROUPINGS | PROJECTIONS | {"facet"}

# Metres in a unit of distance.
DISTANCES = {
    "mi": 1609.344,
    "yd": 0.9144,
    "ft": 0.3048,
    "m": 1.0,
    "cm": 0.01,
    "km": 1000.0,
    "mm": 0.001,
}
# Units of an interval of time; single letters tell minute (m) from month (M) by their case.
_DURATIONS = {
    "ms": "millisecond",
    "s": "second",
    "m": "minute",
    "h": "hour",
    "d": "day",
    "w": "week",
    "M": "month",
    "q": "quarter",
    "y": "year",
}


def time_unit(unit: str) -> str | None:
    """Return the SQL name of a unit (``M``, ``months``), or nothing when there is none."""
    if unit in _DURATIONS:
        return _DURATIONS[unit]
    long = unit.lower().removesuffix("s")
    return long if long in _DURATIONS.values() else None
