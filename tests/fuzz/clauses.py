"""Clauses that are mostly right: a strategy for each kind of value, over fields of ``types``."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

TextStrategy = SearchStrategy[str]
_ODD_NAME = "`Été {0} 'x\"`"


def choice(*values: str) -> TextStrategy:
    """Draw one of them."""
    return st.sampled_from(values)


def concat(*parts: "TextStrategy | str") -> TextStrategy:
    """Draw each part and put them together."""
    drawn = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*drawn).map("".join)


def sequence(element: TextStrategy, maximum: int = 3, separator: str = ", ") -> TextStrategy:
    """Draw several, with something between them."""
    return st.lists(element, min_size=1, max_size=maximum).map(separator.join)


FIELDS = choice(
    "id", "texte", "categorie", "nombre", "entier", "actif", "jour", "mois", "annee", "instant",
    "lieu", "forme", "liste", "chemin", "objet", "tableau", "`select`", _ODD_NAME,
)  # fmt: skip
NUMBER_LITERALS = choice("0", "1", "-1", "2.5", "1e3", "10", "100", "9223372036854775807", "1e308")
TEXT_LITERALS = choice(
    "'Été'", "'hiver'", '"Hiver"', "'a'", "'France/Bretagne'", "'eleve ecole'", "'l\\'école'",
    "'%'", "'*'", "'12'", "'2020-01'", "''", "'true'",
)  # fmt: skip
DATE_LITERALS = choice(
    "date'2020'", "date'2020-01'", "date'2020/1/5'", "date'2020-01-05T10:00'", "'2020-01-02'",
    "date'2020-01-05T10:00:00Z'", "date'2020-01-05T10:00+02:00'", "date'0001'", "date'9999'",
)  # fmt: skip
_NOW_CALLS = choice(
    "now()", "now(day=31,month=2)", "now(years=-1)", "now(mondays=1)", "now(weekday=3)",
    "now(hour=0,minute=0)", "now(year=9999)", "now(days=-100000)",
)  # fmt: skip
SHAPE_LITERALS = choice(
    "geom'POINT(2.3 48.8)'", "geom'POLYGON((-5 42,8 42,8 51,-5 51,-5 42))'",
    'geom\'{"type":"Point","coordinates":[2,48]}\'', "geom'LINESTRING(0 0,1 1)'",
)  # fmt: skip

_date_formats = choice(
    "'yyyy'", "'yyyy-MM-dd'", "'EEEE d MMMM'", "'ww xxxx'", "'D HH:mm:ss'", "'''o''clock'"
)
texts = st.recursive(
    choice("texte", "categorie", "chemin", _ODD_NAME) | TEXT_LITERALS,
    lambda inner: (
        concat(choice("lower", "upper"), "(", inner, ")")
        | concat("ifnull(", inner, ", ", inner, ")")
        | concat("date_format(", choice("jour", "instant", "mois"), ", ", _date_formats, ")")
    ),
    max_leaves=3,
)
dates = choice("jour", "mois", "annee", "instant") | _NOW_CALLS | DATE_LITERALS
_DATE_PARTS = choice("year", "month", "day", "hour", "minute", "second", "quarter", "dayofweek")
numbers = st.recursive(
    choice("id", "nombre", "entier", "`select`") | NUMBER_LITERALS,
    lambda inner: (
        concat("(", inner, choice(" + ", " - ", " * ", " / "), inner, ")")
        | concat("-", inner)
        | concat(_DATE_PARTS, "(", choice("jour", "instant", "mois", "annee"), ")")
        | concat("length(", texts, ")")
        | st.just("distance(lieu, geom'POINT(2.3 48.8)')")
        | concat("ifnull(", inner, ", ", inner, ")")
    ),
    max_leaves=4,
)
_values = numbers | texts | dates | FIELDS
_COMPARE = choice(" = ", ":", " != ", " <> ", " < ", " <= ", " > ", " >= ")
_OPENING, _CLOSING = choice("[", "]"), choice("[", "]")
_RANGE_SEPARATORS = choice(" to ", " .. ", " TO ")
conditions = st.recursive(
    st.one_of(
        concat(numbers, _COMPARE, numbers),
        concat(texts, _COMPARE, texts),
        concat(dates, _COMPARE, dates),
        concat(FIELDS, _COMPARE, NUMBER_LITERALS | TEXT_LITERALS | DATE_LITERALS),
        concat(FIELDS, choice(" is null", " is not null", " is true", " is not false")),
        concat(choice("texte", "categorie", "liste", "entier"), choice(" like ", " not like "),
              TEXT_LITERALS),
        concat(choice("categorie", "entier", "liste", "jour"), choice(" in (", " not in ("),
              sequence(NUMBER_LITERALS | TEXT_LITERALS), ")"),
        concat(choice("nombre", "entier"), choice(" in ", ":"), _OPENING, NUMBER_LITERALS,
              _RANGE_SEPARATORS, NUMBER_LITERALS, _CLOSING),
        concat(choice("jour", "instant", "mois"), choice(" in ", ":"), _OPENING, DATE_LITERALS,
              _RANGE_SEPARATORS, DATE_LITERALS, _CLOSING),
        concat(TEXT_LITERALS, " in liste"),
        concat(choice("search", "suggest"), "(", choice("", "texte, ", "*, ", "categorie, texte, "),
              TEXT_LITERALS, ")"),
        concat("startswith(", choice("texte", "liste", "categorie"), ", ", TEXT_LITERALS, ")"),
        concat(choice("within_distance", "distance"), "(lieu, geom'POINT(2 48)', ",
              choice("100km", "5 mi", "1000", "3.5m"), ")"),
        concat(choice("in_bbox", "bbox"), "(", choice("lieu", "forme"), ", 42, -5, 51, 8)"),
        concat(choice("intersects", "disjoint", "within", "polygon", "geometry"), "(",
              choice("lieu", "forme"), ", ", SHAPE_LITERALS, ")"),
        TEXT_LITERALS,
        choice("actif", "not actif"),
    ),
    lambda inner: (
        concat(inner, choice(" and ", " or ", " AND ", " Or "), inner)
        | concat("not ", inner)
        | concat("(", inner, ")")
    ),
    max_leaves=4,
)  # fmt: skip
_ONE_AGGREGATE = st.one_of(
    concat(
        "count(",
        choice("*", "id", "liste", "distinct categorie", "distinct ifnull(entier, 0)"),
        ")",
    ),
    concat(choice("sum", "avg", "min", "max", "median", "stddev", "variance"), "(", numbers, ")"),
    concat(choice("min", "max"), "(", choice("jour", "instant", "texte", "categorie"), ")"),
    concat("percentile(nombre, ", choice("50", "0", "100", "99.9"), ")"),
    choice("envelope(lieu)", "bbox(lieu)"),
)
aggregates = _ONE_AGGREGATE | concat(_ONE_AGGREGATE, choice(" + ", " / ", " * "), _ONE_AGGREGATE)
_ALIAS = choice("", "", " as a", " as b", " AS `é o`", " as count")
_keys = st.one_of(
    FIELDS,
    concat(_DATE_PARTS, "(", choice("jour", "instant", "mois"), ")"),
    concat("date_format(jour, ", _date_formats, ")"),
    concat("lower(", choice("texte", "categorie"), ")"),
    st.just("ifnull(categorie, 'rien')"),
    concat("range(nombre, ", choice("10", "0.5", "*, 0, 50, *", "1, 2, 3", "1e300", "1e-9"), ")"),
    concat("range(", choice("jour", "instant"), ", ",
          choice("1 day", "1M", "2 weeks", "1y", "6h", "*, date'2020', *", "1q", "500ms"), ")"),
    concat("geo_cluster(lieu, ", choice("0", "3", "12, 80", "25", "4, radius=10"), ")"),
)  # fmt: skip
selections = sequence(
    st.one_of(
        concat(FIELDS | _values, _ALIAS),
        concat(aggregates, _ALIAS),
        choice("*", "include(no*)", "exclude(i*)", "exclude(lieu, forme)", "include(id, texte)"),
        concat("json_format(", choice("objet", "texte"), ")", _ALIAS),
    )
)
groups = sequence(concat(_keys, _ALIAS), 2)
sorts = sequence(
    concat(
        st.one_of(FIELDS, numbers, aggregates, choice("a", "b", "random(3)", "lower(texte)")),
        choice("", " asc", " desc", " DESC"),
    )
)
_REFINABLE_FIELDS = choice(
    "categorie", "entier", "actif", "jour", "mois", "instant", "liste", "chemin", "texte", "nombre",
    "annee", _ODD_NAME, "`select`",
)  # fmt: skip
_TYPED_REFINEMENTS = choice(
    "categorie:Été", 'categorie:"hiver"', "entier:1", "actif:true", "jour:2020", "jour:2020/01",
    "mois:2020-1", "instant:2020/01/02", "liste:a", "chemin:France", "chemin:France/Corse",
    "texte:a:b,c", "nombre:1.5", "annee:2020", "`select`:1", "categorie:", "select:2",
)  # fmt: skip
refinements = _TYPED_REFINEMENTS | _TYPED_REFINEMENTS | concat(
    _REFINABLE_FIELDS, ":",
    choice("Été", '"hiver"', "1", "true", "2020", "2020-1-2", "", "1.5", "null"),
)  # fmt: skip
facets = _REFINABLE_FIELDS | concat(
    "facet(name=", choice('"categorie"', '"chemin"', '"jour"', '"entier"', '"liste"'),
    choice("", ", disjunctive=true", ', sort="-num"', ", limit=2",
       ', hierarchical=true, separator="/"', ', sort="alphanum"', ", limit=1000000"),
    ")",
)  # fmt: skip
_WORDS = choice("école", "été*", '"le printemps"', "hiver", "2020", "*")
v1_queries = st.recursive(
    st.one_of(
        _WORDS,
        concat(choice("categorie", "texte", "entier", "jour", "actif", "liste"), ":", _WORDS),
        concat(choice("entier", "nombre"), choice(">", ">=", "<", "==", "="), choice("1", "-2.5")),
        concat(choice("jour", "entier"), ":[", choice("1", "2020", "*", "#now(years=-5)"), " TO ",
              choice("3", "2030-01-01", "*", "#now()"), "]"),
        choice("#null(texte)", '#exact(categorie, "Été")', '#search(texte, "ecole")',
           '#startswith(texte, "Él")', '#distance(lieu, "48,2", 100000)',
           '#polygon(lieu, "(42,-5),(42,8),(51,8)")'),
    ),
    lambda inner: (
        concat(inner, choice(" AND ", " OR ", " ", " NOT "), inner) | concat("(", inner, ")")
    ),
    max_leaves=3,
)  # fmt: skip
v1_expressions = st.recursive(
    FIELDS | NUMBER_LITERALS,
    lambda inner: (
        concat(inner, choice("+", "-", "*", "/"), inner)
        | concat(choice("sin", "abs", "round", "log", "sqrt", "-", "floor"), "(", inner, ")")
    ),
    max_leaves=4,
)
CURSORS = choice("", "WzFd", "W251bGxd", "WzEsMl0=", "bnVsbA==", "é", "WyJhIl0=")
LANGUAGES = choice("fr", "en", "de", "xx")
