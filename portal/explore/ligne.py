"""A row as one text, made in SQL: a line of CSV, a JSON object, a GeoJSON feature.

Belongs here: that text. Does not: files, streams (``ecriture``).
"""

from collections.abc import Sequence

import orjson

from portal.odsql.fragment import Fragment, Genre, joindre, sql, valeur
from portal.odsql.plan import Colonne
from portal.odsql.sortie import Presentation, Rendu, rendre


def cellules(cells: Sequence[Fragment], separateur: str, *, tout: bool) -> Fragment:
    """Return a line of CSV; ``tout`` quotes every cell that has something."""
    quoted = [_cellule(item, separateur, tout=tout) for item in cells]
    return joindre(f" || '{separateur}' || ", quoted) if quoted else Fragment("''")


def _cellule(texte: Fragment, separateur: str, *, tout: bool) -> Fragment:
    quoted = sql("'\"' || replace({}, '\"', '\"\"') || '\"'", texte)
    if tout:
        return sql("coalesce({}, '')", quoted)
    special = valeur(f'["\n\r{separateur}]')
    return sql(
        "coalesce(case when regexp_matches({}, {}) then {} else {} end, '')",
        texte,
        special,
        quoted,
        texte,
    )


def entite(colonnes: Sequence[tuple[str, Colonne]], fuseau: str) -> Fragment:
    """Return a GeoJSON feature; its geometry is the first shape, else the first point."""
    kinds = (Genre.FORME, Genre.POINT)
    places = [item for kind in kinds for _, item in colonnes if item.expression.genre is kind]
    shape = places[0] if places else None
    others = [(name, item) for name, item in colonnes if item is not shape]
    return sql(
        '(\'{{"type":"Feature","geometry":\' || coalesce({}, \'null\')'
        " || ',\"properties\":' || {} || '}}')",
        _geometrie(shape),
        objet(others, fuseau),
    )


def objet(colonnes: Sequence[tuple[str, Colonne]], fuseau: str) -> Fragment:
    """Return a row as the text of a JSON object."""
    look = Presentation(Rendu.JSON, fuseau)
    pairs = []
    for name, item in colonnes:
        key = _texte(name) + ":"
        inner = rendre(item.expression, look)
        pairs.append(sql("{} || {}", valeur(key), _valeur_json(item, inner)))
    return sql("('{{' || {} || '}}')", joindre(" || ',' || ", pairs) if pairs else valeur(""))


def _valeur_json(colonne: Colonne, rendu: Fragment) -> Fragment:
    genre = colonne.expression.genre
    if genre is Genre.FORME:
        rendu = sql('\'{{"type":"Feature","geometry":\' || {} || \',"properties":{{}}}}\'', rendu)
    elif genre is not Genre.JSON:
        rendu = sql("cast(to_json({}) as varchar)", rendu)
    return sql("coalesce({}, 'null')", rendu)


def _geometrie(colonne: Colonne | None) -> Fragment:
    if colonne is None:
        return Fragment("null")
    place = colonne.expression.fragment
    if colonne.expression.genre is Genre.FORME:
        return place
    return sql(
        "('{{\"type\":\"Point\",\"coordinates\":[' || {}.lon || ',' || {}.lat || ']}}')",
        place,
        place,
    )


def _texte(texte: str) -> str:
    """Return a text as JSON writes it."""
    return orjson.dumps(texte).decode()
