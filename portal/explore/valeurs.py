"""From rows to the objects of an answer.

Belongs here: what SQL cannot say (GeoJSON features, raw JSON). Does not: choosing columns.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from portal.odsql.fragment import Genre
from portal.odsql.plan import Colonne

_Convertir = Callable[[Any], Any]


def _forme(valeur: Any) -> Any:
    if valeur is None:
        return None
    return {"type": "Feature", "geometry": orjson.Fragment(valeur), "properties": {}}


def _brut(valeur: Any) -> Any:
    return None if valeur is None else orjson.Fragment(valeur)


_CONVERSIONS: dict[Genre, _Convertir] = {Genre.FORME: _forme, Genre.JSON: _brut}


def objets(
    colonnes: Sequence[Colonne], lignes: Iterable[tuple[Any, ...]]
) -> Iterable[dict[str, Any]]:
    """Yield each row as an object, in the order of the columns; extra values are left out."""
    names = [item.nom for item in colonnes]
    special = [
        (item.nom, _CONVERSIONS[item.expression.genre])
        for item in colonnes
        if item.expression.genre in _CONVERSIONS
    ]
    for row in lignes:
        found = dict(zip(names, row, strict=False))
        for name, convert in special:
            found[name] = convert(found[name])
        yield found
