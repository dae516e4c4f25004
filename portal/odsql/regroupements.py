"""What rows are grouped by: fields, parts of dates, ranges, clusters of places.

Belongs here: from an item of ``group_by`` to a key. Does not: aggregates, nor the whole statement.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeGuard

from portal.odsql import arbre, erreurs, expressions
from portal.odsql.contexte import Contexte
from portal.odsql.dates import DateError, lire_periode
from portal.odsql.fonctions import moment_local
from portal.odsql.fragment import Expression, Fragment, Genre, sql, valeur
from portal.odsql.vocabulaire import unite_de_temps

# Pixels of a tile of a web map: the radius of a cluster is told in them.
_TUILE, _RAYON = 256, 40
_ZOOM_MAXIMAL = 25
_SANS_CLE = (Genre.POINT, Genre.FORME)
# What a multivalued field is grouped by: each of its values, or none when it has none.
_VALEURS = "unnest(case when coalesce(len({}), 0) = 0 then [null] else {} end)"


class _Nombre(arbre.Litteral):
    valeur: int | float


@dataclass(frozen=True)
class Cle:
    """A key of groups. ``groupe`` is what rows share; ``sortie`` makes the answer from the column
    that holds it (``{0}``); rows that do not satisfy ``condition`` are in no group; ``jointure``
    makes several rows of one; ``avec`` are aggregates of the group that ``sortie`` needs, ``{1}``,
    ``{2}``… in it."""

    nom: str
    texte: str
    groupe: Fragment
    sortie: Expression
    condition: Fragment | None = None
    jointure: Fragment | None = None
    avec: tuple[Fragment, ...] = ()


def cle(item: arbre.Selection, rang: int, contexte: Contexte) -> Cle:
    """Compile an item of ``group_by``. Raises ``ApiError``."""
    node = item.expression
    if isinstance(node, arbre.Appel) and node.fonction == "range":
        return _plage(item, node, contexte)
    if isinstance(node, arbre.Appel) and node.fonction == "geo_cluster":
        return _grappe(item, node, contexte)
    found = expressions.compiler(node, contexte)
    if found.genre in _SANS_CLE:
        raise erreurs.malformee(
            "Aggregation on geo point field is not possible. Use the geo_cluster(point_geo,"
            " int_precision) aggregation function instead",
            contexte.clause,
        )
    if found.genre is Genre.LISTE:
        name = f"valeurs_{rang}"
        unnest = sql(", " + _VALEURS + f" as {name}(v)", found.fragment, found.fragment)
        out = Expression(Genre.TEXTE, Fragment("{0}"))
        return Cle(item.nom, _norme(node), Fragment(f"{name}.v"), out, jointure=unnest)
    out = Expression(
        found.genre, Fragment("{0}"), champ=found.champ, entier=found.entier, precision="instant"
    )
    return Cle(item.nom, _norme(node), found.fragment, out)


def _norme(noeud: arbre.Noeud) -> str:
    return norme(noeud.nom if isinstance(noeud, arbre.Nom) else noeud.texte)


def norme(texte: str) -> str:
    """Return an expression as it is compared with another one: spaces and case do not matter."""
    return "".join(texte.split()).lower()


def _plage(item: arbre.Selection, noeud: arbre.Appel, contexte: Contexte) -> Cle:
    if len(noeud.arguments) < 2:  # noqa: PLR2004
        raise erreurs.malformee(f"{noeud.texte}: range takes a field and bounds", contexte.clause)
    field, *bounds = noeud.arguments
    found = expressions.compiler(field, contexte)
    if found.genre not in (Genre.NOMBRE, Genre.DATE, Genre.INSTANT):
        raise erreurs.malformee(f"{noeud.texte}: range takes a number or a date", contexte.clause)
    if len(bounds) > 1:
        return _bornes(item, found, bounds, contexte)
    if found.genre is Genre.NOMBRE:
        return _histogramme(item, found, bounds[0], contexte)
    return _calendrier(item, field, bounds[0], contexte)


def _bornes(
    item: arbre.Selection, found: Expression, bounds: list[arbre.Noeud], contexte: Contexte
) -> Cle:
    """``range(f, *, 10, 50, *)``: each bound opens an interval, and closes the one before."""
    values = [_borne(bound, found, contexte) for bound in bounds]
    cases, labels = [], []
    for (low, low_text), (high, high_text) in pairwise(values):
        labels.append(f"[{low_text}, {high_text}[")
        sides = [sql("{} >= {}", found.fragment, low)] if low else []
        sides += [sql("{} < {}", found.fragment, high)] if high else []
        sides = sides or [sql("{} is not null", found.fragment)]
        cases.append(
            sql(
                f"when {' and '.join(['{}'] * len(sides))} then {len(labels)}",
                *sides,
            )
        )
    key = sql("case " + " ".join(["{}"] * len(cases)) + " end", *cases)
    out = Expression(Genre.TEXTE, sql("list_extract({}, {{0}})", valeur(labels)))
    return Cle(
        item.nom, norme(item.expression.texte), key, out, condition=sql("{} is not null", key)
    )


def _borne(
    noeud: arbre.Noeud, found: Expression, contexte: Contexte
) -> tuple[Fragment | None, str]:
    if isinstance(noeud, arbre.Etoile):
        return None, "*"
    value = noeud.valeur if isinstance(noeud, (arbre.Litteral, arbre.DateLitterale)) else None
    if found.genre is Genre.NOMBRE and _est_nombre(noeud):
        return valeur(noeud.valeur), _nombre(float(noeud.valeur))
    if found.genre is not Genre.NOMBRE and value is not None:
        try:
            start, _ = lire_periode(str(value)).utc(contexte.fuseau)
        except DateError as error:
            raise erreurs.malformee(str(error), contexte.clause) from None
        kind = "timestamp"
        return sql(f"cast({{}} as {kind})", valeur(start)), start.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    raise erreurs.malformee(
        f"{noeud.texte} (position {noeud.position}) is not a bound of {found.genre.value}",
        contexte.clause,
    )


def _nombre(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _histogramme(
    item: arbre.Selection, found: Expression, step: arbre.Noeud, contexte: Contexte
) -> Cle:
    """``range(f, 10)``: intervals of equal width, from 0."""
    width = float(step.valeur) if _est_nombre(step) else 0.0
    if not 0 < width < math.inf:
        raise erreurs.malformee(f"{step.texte}: the width of a range is above 0", contexte.clause)
    kind = "bigint" if width.is_integer() and width < 2**53 else "double"
    number = _nombre(width)
    key = sql(f"cast(floor(cast({{}} as double) / {number}) as bigint)", found.fragment)
    label = (
        f"'[' || cast(cast({{0}} * {number} as {kind}) as varchar) || ', ' ||"
        f" cast(cast(({{0}} + 1) * {number} as {kind}) as varchar) || '['"
    )
    out = Expression(Genre.TEXTE, Fragment(label))
    return Cle(
        item.nom,
        norme(item.expression.texte),
        key,
        out,
        condition=sql("{} is not null", found.fragment),
    )


def _est_nombre(noeud: arbre.Noeud) -> TypeGuard[_Nombre]:
    return (
        isinstance(noeud, arbre.Litteral)
        and isinstance(noeud.valeur, (int, float))
        and not isinstance(noeud.valeur, bool)
    )


def _calendrier(
    item: arbre.Selection, field: arbre.Noeud, step: arbre.Noeud, contexte: Contexte
) -> Cle:
    """``range(d, 1 day)``: intervals of the reader's calendar."""
    unit = unite_de_temps(step.unite) if isinstance(step, arbre.Duree) else None
    if unit is None or not isinstance(step, arbre.Duree) or not step.valeur.is_integer():
        raise erreurs.malformee(
            f"{step.texte} (position {step.position}) is not an interval: 1 day, 1M, 1 year",
            contexte.clause,
        )
    number = int(step.valeur)
    if not 1 <= number <= 1_000_000:  # noqa: PLR2004
        raise erreurs.malformee(f"{step.texte}: from 1 to 1000000", contexte.clause)
    found, local = moment_local(field, contexte)
    if number == 1:
        key = sql(f"date_trunc('{unit}', {{}})", local)
    else:
        origin = "1970-01-05" if unit == "week" else "1970-01-01"
        key = sql(f"time_bucket(interval '{number} {unit}', {{}}, timestamp '{origin}')", local)
    end = f"({{0}} + interval '{number} {unit}')"
    zone = "UTC" if found.genre is Genre.DATE else contexte.fuseau
    start_text, end_text = (_zoulou(moment, zone) for moment in ("{0}", end))
    out = Expression(Genre.TEXTE, sql("'[' || {} || ', ' || {} || '['", start_text, end_text))
    return Cle(
        item.nom,
        norme(item.expression.texte),
        key,
        out,
        condition=sql("{} is not null", found.fragment),
    )


def _zoulou(local: str, fuseau: str) -> Fragment:
    form = "'%Y-%m-%dT%H:%M:%S.%gZ'"
    if fuseau == "UTC":
        return Fragment(f"strftime({local}, {form})")
    return Fragment(f"strftime(timezone('UTC', timezone(?, {local})), {form})", (fuseau,))


def _grappe(item: arbre.Selection, noeud: arbre.Appel, contexte: Contexte) -> Cle:
    """``geo_cluster(f, zoom)``: places that a map would show on one another."""
    field, zoom, radius = _reglages_de_grappe(noeud, contexte)
    found = expressions.compiler(field, contexte)
    if found.genre is not Genre.POINT:
        raise erreurs.malformee(f"{noeud.texte}: takes a geo point", contexte.clause)
    size = 360 / 2**zoom * radius / _TUILE
    point = found.fragment
    key = sql(
        f"(floor(({{}}.lon + 180) / {size!r}), floor(({{}}.lat + 90) / {size!r}))", point, point
    )
    shape = "st_asgeojson(st_envelope(st_collect(list(st_point({}.lon, {}.lat)))))"
    parts = (
        sql("cast(" + shape + " as varchar)", point, point),
        sql("avg({}.lat)", point),
        sql("avg({}.lon)", point),
    )
    out = Fragment(
        "cast(to_json({{'cluster': json({1}), 'cluster_centroid':"
        " {{'lat': {2}, 'lon': {3}}}}}) as varchar)"
    )
    return Cle(
        item.nom,
        norme(item.expression.texte),
        key,
        Expression(Genre.JSON, out),
        condition=sql("{} is not null", point),
        avec=parts,
    )


def _reglages_de_grappe(noeud: arbre.Appel, contexte: Contexte) -> tuple[arbre.Noeud, float, float]:
    numbers = []
    for item in noeud.arguments[1:]:
        node = item.droite if isinstance(item, arbre.Comparaison) else item
        if not _est_nombre(node):
            raise erreurs.malformee(f"{item.texte}: a number is expected", contexte.clause)
        numbers.append(float(node.valeur))
    if not 1 <= len(numbers) <= 2:  # noqa: PLR2004
        raise erreurs.malformee(f"{noeud.texte}: takes a field, a zoom, a radius", contexte.clause)
    zoom, radius = numbers[0], numbers[1] if len(numbers) > 1 else _RAYON
    if not 0 <= zoom <= _ZOOM_MAXIMAL or not 0 < radius <= _TUILE:
        raise erreurs.malformee(
            f"{noeud.texte}: the zoom is 0 to {_ZOOM_MAXIMAL}, the radius up to {_TUILE}",
            contexte.clause,
        )
    return noeud.arguments[0], zoom, radius
