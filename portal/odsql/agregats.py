"""The aggregates of ODSQL, over a group or over all the rows of the answer.

Belongs here: one aggregate each. Does not: how groups are made (``regroupements``).
"""

from portal.odsql import arbre, erreurs, expressions
from portal.odsql.appels import arguments
from portal.odsql.contexte import Agregation, Contexte
from portal.odsql.fragment import Expression, Fragment, Genre, sql

_NUMERIQUES = {
    "sum": "sum({})",
    "avg": "avg({})",
    "stddev": "stddev_samp(cast({} as double))",
    "variance": "var_samp(cast({} as double))",
}
_CENT = 100


def compiler(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    """Compile an aggregate. Raises ``ApiError``."""
    inner = contexte.dans(contexte.clause)
    if noeud.fonction == "count":
        return _agregat(Genre.NOMBRE, _compte(noeud, inner), contexte, entier=True)
    if noeud.fonction in ("percentile", "median"):
        return _agregat(Genre.NOMBRE, _centile(noeud, inner), contexte)
    (argument,) = arguments(noeud, inner, 1)
    found = expressions.compiler(argument, inner)
    if noeud.fonction in ("envelope", "bbox"):
        return _enveloppe(noeud, found, contexte)
    if found.genre is Genre.POINT:
        raise erreurs.malformee(
            "Aggregation on geo point field is not possible. Use the geo_cluster(point_geo,"
            " int_precision) aggregation function instead",
            contexte.clause,
        )
    if noeud.fonction in ("min", "max"):
        if found.genre not in (Genre.NOMBRE, Genre.DATE, Genre.INSTANT):
            raise _ni_nombre_ni_date(contexte)
        fragment = sql(f"{noeud.fonction}({{}})", found.fragment)
        return _agregat(found.genre, fragment, contexte, found.entier, found.precision)
    if found.genre is not Genre.NOMBRE:
        raise _ni_nombre_ni_date(contexte)
    whole = found.entier and noeud.fonction == "sum"
    fragment = sql(_NUMERIQUES[noeud.fonction], found.fragment)
    return _agregat(Genre.NOMBRE, fragment, contexte, whole)


def _agregat(
    genre: Genre,
    fragment: Fragment,
    contexte: Contexte,
    entier: bool = False,
    precision: str = "day",
) -> Expression:
    if contexte.agregation is Agregation.ENSEMBLE:
        fragment = sql("{} over ()", fragment)
    return Expression(genre, fragment, agregat=True, entier=entier, precision=precision)


def _ni_nombre_ni_date(contexte: Contexte) -> Exception:
    return erreurs.malformee(
        "StatAggregation only supports numeric or date expression", contexte.clause
    )


def _compte(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    (argument,) = arguments(noeud, contexte, 1)
    if isinstance(argument, arbre.Etoile):
        return Fragment("count(*)")
    if isinstance(argument, arbre.Distinct):
        found = expressions.compiler(argument.expression, contexte)
        return sql("count(distinct {})", found.fragment)
    found = expressions.compiler(argument, contexte)
    if found.genre is Genre.LISTE:
        return sql("count(nullif(len({}), 0))", found.fragment)
    return sql("count({})", found.fragment)


def _centile(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    share = 0.5
    if noeud.fonction == "percentile":
        argument, rank = arguments(noeud, contexte, 2)
        number = rank.valeur if isinstance(rank, arbre.Litteral) else None
        if not isinstance(number, (int, float)) or not 0 <= number <= _CENT:
            raise erreurs.malformee(
                f"{noeud.texte}: the percentile is a number from 0 to 100", contexte.clause
            )
        share = number / _CENT
    else:
        (argument,) = arguments(noeud, contexte, 1)
    found = expressions.compiler(argument, contexte)
    if found.genre is not Genre.NOMBRE:
        raise _ni_nombre_ni_date(contexte)
    # DuckDB wants a constant here: a number that we have made, not a text that somebody sent.
    return sql(f"quantile_cont(cast({{}} as double), {share!r})", found.fragment)


def _enveloppe(noeud: arbre.Appel, point: Expression, contexte: Contexte) -> Expression:
    if point.genre is not Genre.POINT or contexte.agregation is Agregation.ENSEMBLE:
        raise erreurs.malformee(
            f"{noeud.texte}: takes a geo point, without other fields", contexte.clause
        )
    points = sql(
        "list(st_point({}.lon, {}.lat)) filter (where {} is not null)",
        point.fragment,
        point.fragment,
        point.fragment,
    )
    shape = "st_envelope" if noeud.fonction == "bbox" else "st_convexhull"
    return Expression(
        Genre.FORME,
        sql(f"cast(st_asgeojson({shape}(st_collect({{}}))) as varchar)", points),
        agregat=True,
    )
