"""Clauses that are mostly right: a strategy for each kind of value, over the fields of ``types``.

Belongs here: drawing clauses by the grammar of ODSQL. Does not: spoiling them (``brouiller``).
"""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Texte = SearchStrategy[str]
_BIZARRE = "`Été {0} 'x\"`"


def un(*valeurs: str) -> Texte:
    """Draw one of them."""
    return st.sampled_from(valeurs)


def colle(*parties: "Texte | str") -> Texte:
    """Draw each part and put them together."""
    drawn = [st.just(part) if isinstance(part, str) else part for part in parties]
    return st.tuples(*drawn).map("".join)


def suite(partie: Texte, maximum: int = 3, entre: str = ", ") -> Texte:
    """Draw several, with something between them."""
    return st.lists(partie, min_size=1, max_size=maximum).map(entre.join)


CHAMPS = un(
    "id", "texte", "categorie", "nombre", "entier", "actif", "jour", "mois", "annee", "instant",
    "lieu", "forme", "liste", "chemin", "objet", "tableau", "`select`", _BIZARRE,
)  # fmt: skip
NOMBRES_ECRITS = un("0", "1", "-1", "2.5", "1e3", "10", "100", "9223372036854775807", "1e308")
TEXTES_ECRITS = un(
    "'Été'", "'hiver'", '"Hiver"', "'a'", "'France/Bretagne'", "'eleve ecole'", "'l\\'école'",
    "'%'", "'*'", "'12'", "'2020-01'", "''", "'true'",
)  # fmt: skip
DATES_ECRITES = un(
    "date'2020'", "date'2020-01'", "date'2020/1/5'", "date'2020-01-05T10:00'", "'2020-01-02'",
    "date'2020-01-05T10:00:00Z'", "date'2020-01-05T10:00+02:00'", "date'0001'", "date'9999'",
)  # fmt: skip
_MAINTENANT = un(
    "now()", "now(day=31,month=2)", "now(years=-1)", "now(mondays=1)", "now(weekday=3)",
    "now(hour=0,minute=0)", "now(year=9999)", "now(days=-100000)",
)  # fmt: skip
FORMES_ECRITES = un(
    "geom'POINT(2.3 48.8)'", "geom'POLYGON((-5 42,8 42,8 51,-5 51,-5 42))'",
    'geom\'{"type":"Point","coordinates":[2,48]}\'', "geom'LINESTRING(0 0,1 1)'",
)  # fmt: skip

_formats = un(
    "'yyyy'", "'yyyy-MM-dd'", "'EEEE d MMMM'", "'ww xxxx'", "'D HH:mm:ss'", "'''o''clock'"
)
textes = st.recursive(
    un("texte", "categorie", "chemin", _BIZARRE) | TEXTES_ECRITS,
    lambda inner: (
        colle(un("lower", "upper"), "(", inner, ")")
        | colle("ifnull(", inner, ", ", inner, ")")
        | colle("date_format(", un("jour", "instant", "mois"), ", ", _formats, ")")
    ),
    max_leaves=3,
)
dates = un("jour", "mois", "annee", "instant") | _MAINTENANT | DATES_ECRITES
_PARTIES = un("year", "month", "day", "hour", "minute", "second", "quarter", "dayofweek")
nombres = st.recursive(
    un("id", "nombre", "entier", "`select`") | NOMBRES_ECRITS,
    lambda inner: (
        colle("(", inner, un(" + ", " - ", " * ", " / "), inner, ")")
        | colle("-", inner)
        | colle(_PARTIES, "(", un("jour", "instant", "mois", "annee"), ")")
        | colle("length(", textes, ")")
        | st.just("distance(lieu, geom'POINT(2.3 48.8)')")
        | colle("ifnull(", inner, ", ", inner, ")")
    ),
    max_leaves=4,
)
_valeurs = nombres | textes | dates | CHAMPS
_COMPARE = un(" = ", ":", " != ", " <> ", " < ", " <= ", " > ", " >= ")
_OUVRE, _FERME = un("[", "]"), un("[", "]")
_ENTRE = un(" to ", " .. ", " TO ")
conditions = st.recursive(
    st.one_of(
        colle(nombres, _COMPARE, nombres),
        colle(textes, _COMPARE, textes),
        colle(dates, _COMPARE, dates),
        colle(CHAMPS, _COMPARE, NOMBRES_ECRITS | TEXTES_ECRITS | DATES_ECRITES),
        colle(CHAMPS, un(" is null", " is not null", " is true", " is not false")),
        colle(un("texte", "categorie", "liste", "entier"), un(" like ", " not like "),
              TEXTES_ECRITS),
        colle(un("categorie", "entier", "liste", "jour"), un(" in (", " not in ("),
              suite(NOMBRES_ECRITS | TEXTES_ECRITS), ")"),
        colle(un("nombre", "entier"), un(" in ", ":"), _OUVRE, NOMBRES_ECRITS, _ENTRE,
              NOMBRES_ECRITS, _FERME),
        colle(un("jour", "instant", "mois"), un(" in ", ":"), _OUVRE, DATES_ECRITES, _ENTRE,
              DATES_ECRITES, _FERME),
        colle(TEXTES_ECRITS, " in liste"),
        colle(un("search", "suggest"), "(", un("", "texte, ", "*, ", "categorie, texte, "),
              TEXTES_ECRITS, ")"),
        colle("startswith(", un("texte", "liste", "categorie"), ", ", TEXTES_ECRITS, ")"),
        colle(un("within_distance", "distance"), "(lieu, geom'POINT(2 48)', ",
              un("100km", "5 mi", "1000", "3.5m"), ")"),
        colle(un("in_bbox", "bbox"), "(", un("lieu", "forme"), ", 42, -5, 51, 8)"),
        colle(un("intersects", "disjoint", "within", "polygon", "geometry"), "(",
              un("lieu", "forme"), ", ", FORMES_ECRITES, ")"),
        TEXTES_ECRITS,
        un("actif", "not actif"),
    ),
    lambda inner: (
        colle(inner, un(" and ", " or ", " AND ", " Or "), inner)
        | colle("not ", inner)
        | colle("(", inner, ")")
    ),
    max_leaves=4,
)  # fmt: skip
_UN_AGREGAT = st.one_of(
    colle(
        "count(", un("*", "id", "liste", "distinct categorie", "distinct ifnull(entier, 0)"), ")"
    ),
    colle(un("sum", "avg", "min", "max", "median", "stddev", "variance"), "(", nombres, ")"),
    colle(un("min", "max"), "(", un("jour", "instant", "texte", "categorie"), ")"),
    colle("percentile(nombre, ", un("50", "0", "100", "99.9"), ")"),
    un("envelope(lieu)", "bbox(lieu)"),
)
agregats = _UN_AGREGAT | colle(_UN_AGREGAT, un(" + ", " / ", " * "), _UN_AGREGAT)
_ALIAS = un("", "", " as a", " as b", " AS `é o`", " as count")
_cles = st.one_of(
    CHAMPS,
    colle(_PARTIES, "(", un("jour", "instant", "mois"), ")"),
    colle("date_format(jour, ", _formats, ")"),
    colle("lower(", un("texte", "categorie"), ")"),
    st.just("ifnull(categorie, 'rien')"),
    colle("range(nombre, ", un("10", "0.5", "*, 0, 50, *", "1, 2, 3", "1e300", "1e-9"), ")"),
    colle("range(", un("jour", "instant"), ", ",
          un("1 day", "1M", "2 weeks", "1y", "6h", "*, date'2020', *", "1q", "500ms"), ")"),
    colle("geo_cluster(lieu, ", un("0", "3", "12, 80", "25", "4, radius=10"), ")"),
)  # fmt: skip
selections = suite(
    st.one_of(
        colle(CHAMPS | _valeurs, _ALIAS),
        colle(agregats, _ALIAS),
        un("*", "include(no*)", "exclude(i*)", "exclude(lieu, forme)", "include(id, texte)"),
        colle("json_format(", un("objet", "texte"), ")", _ALIAS),
    )
)
groupes = suite(colle(_cles, _ALIAS), 2)
tris = suite(
    colle(
        st.one_of(CHAMPS, nombres, agregats, un("a", "b", "random(3)", "lower(texte)")),
        un("", " asc", " desc", " DESC"),
    )
)
_TICKS = un("categorie", "entier", "actif", "jour", "mois", "instant", "liste", "chemin",
            "texte", "nombre", "annee", _BIZARRE, "`select`")  # fmt: skip
_COCHES_TYPEES = un(
    "categorie:Été", 'categorie:"hiver"', "entier:1", "actif:true", "jour:2020", "jour:2020/01",
    "mois:2020-1", "instant:2020/01/02", "liste:a", "chemin:France", "chemin:France/Corse",
    "texte:a:b,c", "nombre:1.5", "annee:2020", "`select`:1", "categorie:", "select:2",
)  # fmt: skip
coches = _COCHES_TYPEES | _COCHES_TYPEES | colle(
    _TICKS, ":", un("Été", '"hiver"', "1", "true", "2020", "2020-1-2", "", "1.5", "null")
)  # fmt: skip
facettes = _TICKS | colle(
    "facet(name=", un('"categorie"', '"chemin"', '"jour"', '"entier"', '"liste"'),
    un("", ", disjunctive=true", ', sort="-num"', ", limit=2", ', hierarchical=true, separator="/"',
       ', sort="alphanum"', ", limit=1000000"),
    ")",
)  # fmt: skip
_MOTS = un("école", "été*", '"le printemps"', "hiver", "2020", "*")
questions_v1 = st.recursive(
    st.one_of(
        _MOTS,
        colle(un("categorie", "texte", "entier", "jour", "actif", "liste"), ":", _MOTS),
        colle(un("entier", "nombre"), un(">", ">=", "<", "==", "="), un("1", "-2.5")),
        colle(un("jour", "entier"), ":[", un("1", "2020", "*", "#now(years=-5)"), " TO ",
              un("3", "2030-01-01", "*", "#now()"), "]"),
        un("#null(texte)", '#exact(categorie, "Été")', '#search(texte, "ecole")',
           '#startswith(texte, "Él")', '#distance(lieu, "48,2", 100000)',
           '#polygon(lieu, "(42,-5),(42,8),(51,8)")'),
    ),
    lambda inner: colle(inner, un(" AND ", " OR ", " ", " NOT "), inner) | colle("(", inner, ")"),
    max_leaves=3,
)  # fmt: skip
