"""The predicates of ``where`` that are written as functions.

Belongs here: one predicate each, from its arguments. Does not: what words or shapes mean
(``textes``, ``geographie``).
"""

from collections.abc import Callable

from portal.catalogue.champ import Champ
from portal.catalogue.mots import mots
from portal.odsql import arbre, erreurs, geographie, textes
from portal.odsql.appels import arguments
from portal.odsql.contexte import Contexte
from portal.odsql.expressions import compiler as compiler_expression
from portal.odsql.fragment import Expression, Fragment, Genre, joindre, sql, valeur
from portal.odsql.vocabulaire import DISTANCES

_RELATIONS = {"intersects": "st_intersects", "disjoint": "st_disjoint", "within": "st_within"}
_COTES = 4


def compiler(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    """Compile a predicate. Raises ``ApiError``."""
    return _PREDICATS[noeud.fonction](noeud, contexte)


def _texte(noeud: arbre.Noeud, appel: arbre.Appel, contexte: Contexte) -> str:
    if isinstance(noeud, arbre.Litteral) and isinstance(noeud.valeur, str):
        return noeud.valeur
    raise erreurs.malformee(f"{appel.texte}: {noeud.texte} is not a text", contexte.clause)


def _champs(noeuds: tuple[arbre.Noeud, ...], contexte: Contexte) -> tuple[Champ, ...]:
    """Return the fields named, or all of them when none or ``*`` is."""
    if not noeuds or any(isinstance(item, arbre.Etoile) for item in noeuds):
        return contexte.jeu.champs
    found = []
    for item in noeuds:
        if not isinstance(item, arbre.Nom):
            raise erreurs.malformee(f"{item.texte} is not a field", contexte.clause)
        if template := _du_gabarit(item.nom, contexte):
            found += template
            continue
        if (champ := contexte.nom(item).champ) is not None:
            found.append(champ)
    return tuple(found)


def _du_gabarit(nom: str, contexte: Contexte) -> list[Champ]:
    """Return the fields of a template of metadata, which the catalogue knows (``default``)."""
    jeu = contexte.jeu
    return [jeu.par_nom[name] for old, name in jeu.alias.items() if old.startswith(f"{nom}.")]


def _search(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    *names, text = arguments(noeud, contexte, 1, 100)
    return textes.chercher(_texte(text, noeud, contexte), _champs(tuple(names), contexte), contexte)


def pertinences(noeud: arbre.Noeud, contexte: Contexte) -> list[Fragment]:
    """Return how well rows satisfy each ``search`` of a condition that they must satisfy."""
    if isinstance(noeud, (arbre.Et, arbre.Ou)):
        return [item for part in noeud.conditions for item in pertinences(part, contexte)]
    if not (isinstance(noeud, arbre.Appel) and noeud.fonction == "search"):
        return []
    *names, text = arguments(noeud, contexte, 1, 100)
    words, fields = _texte(text, noeud, contexte), _champs(tuple(names), contexte)
    return [textes.pertinence(words, fields, contexte)] if mots(words) else []


def _suggest(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    *names, text = arguments(noeud, contexte, 1, 100)
    return textes.proposer(_texte(text, noeud, contexte), _champs(tuple(names), contexte), contexte)


def _startswith(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    field, text = arguments(noeud, contexte, 2)
    return textes.commencer(compiler_expression(field, contexte), _texte(text, noeud, contexte))


def _champ_geo(noeud: arbre.Noeud, contexte: Contexte) -> Expression:
    found = compiler_expression(noeud, contexte)
    if found.genre not in (Genre.POINT, Genre.FORME):
        raise erreurs.malformee(
            f"{noeud.texte} (position {noeud.position}) is a {found.genre.value}, not a place",
            contexte.clause,
        )
    return found


def _forme(noeud: arbre.Noeud, contexte: Contexte) -> Fragment:
    if isinstance(noeud, arbre.GeometrieLitterale):
        return geographie.forme(noeud)
    raise erreurs.malformee(
        f"{noeud.texte} (position {noeud.position}) is not a geometry: geom'…'", contexte.clause
    )


def _within_distance(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    field, place, distance = arguments(noeud, contexte, 3)
    found = _champ_geo(field, contexte)
    if found.genre is not Genre.POINT or not isinstance(place, arbre.GeometrieLitterale):
        raise erreurs.malformee(
            f"{noeud.texte}: takes a geo point and geom'POINT(lon lat)'", contexte.clause
        )
    metres = geographie.distance_en_metres(found.fragment, geographie.point(place, contexte))
    return sql("({} <= {})", metres, valeur(_metres(distance, contexte)))


def _metres(noeud: arbre.Noeud, contexte: Contexte) -> float:
    if isinstance(noeud, arbre.Duree) and noeud.unite.lower() in DISTANCES:
        return noeud.valeur * DISTANCES[noeud.unite.lower()]
    if isinstance(noeud, arbre.Litteral) and type(noeud.valeur) in (int, float):
        return float(noeud.texte)
    raise erreurs.malformee(
        f"{noeud.texte} (position {noeud.position}) is not a distance: {', '.join(DISTANCES)}",
        contexte.clause,
    )


def _nombres(noeuds: tuple[arbre.Noeud, ...], contexte: Contexte) -> list[float]:
    found = [
        float(item.valeur)
        for item in noeuds
        if isinstance(item, arbre.Litteral)
        and isinstance(item.valeur, (int, float))
        and not isinstance(item.valeur, bool)
    ]
    if len(found) != len(noeuds):
        raise erreurs.malformee("latitudes and longitudes are numbers", contexte.clause)
    return found


def _in_bbox(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    field, *corners = arguments(noeud, contexte, 1 + _COTES)
    found = _champ_geo(field, contexte)
    lat1, lon1, lat2, lon2 = _nombres(tuple(corners), contexte)
    sides = [valeur(value) for value in (*sorted((lat1, lat2)), *sorted((lon1, lon2)))]
    if found.genre is Genre.FORME:
        low_lat, high_lat, low_lon, high_lon = sides
        return sql(
            "st_intersects({}, st_makeenvelope({}, {}, {}, {}))",
            geographie.geometrie(found, contexte),
            low_lon,
            low_lat,
            high_lon,
            high_lat,
        )
    column = found.fragment
    return sql(
        "({}.lat between {} and {} and {}.lon between {} and {})",
        column,
        *sides[:2],
        column,
        *sides[2:],
    )


def _relation(nom: str) -> Callable[[arbre.Appel, Contexte], Fragment]:
    def call(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
        field, shape = arguments(noeud, contexte, 2)
        found = _champ_geo(field, contexte)
        return sql(
            f"({{}} is not null and {_RELATIONS[nom]}({{}}, {{}}))",
            found.fragment,
            geographie.geometrie(found, contexte),
            _forme(shape, contexte),
        )

    return call


def _geometry(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    """Compile the old name of the three relations."""
    field, shape, *mode = arguments(noeud, contexte, 2, 3)
    name = mode[0].nom.lower() if mode and isinstance(mode[0], arbre.Nom) else "intersects"
    if name not in _RELATIONS:
        raise erreurs.malformee(f"{noeud.texte}: {', '.join(_RELATIONS)}", contexte.clause)
    return _relation(name)(arbre.Appel(noeud.position, noeud.texte, name, (field, shape)), contexte)


def _ressemble(noeud: arbre.Appel, contexte: Contexte) -> Fragment:
    """Compile the catalogue's search by meaning as a search of any of the words."""
    text, *_ = arguments(noeud, contexte, 1, 2)
    words = _texte(text, noeud, contexte).split()
    conditions = [textes.chercher(word, contexte.jeu.champs, contexte) for word in words]
    return sql("({})", joindre(" or ", conditions or [Fragment("true")]))


_PREDICATS: dict[str, Callable[[arbre.Appel, Contexte], Fragment]] = {
    "search": _search,
    "suggest": _suggest,
    "startswith": _startswith,
    "within_distance": _within_distance,
    "distance": _within_distance,
    "in_bbox": _in_bbox,
    "bbox": _in_bbox,
    "intersects": _relation("intersects"),
    "disjoint": _relation("disjoint"),
    "within": _relation("within"),
    "geometry": _geometry,
    "polygon": _relation("within"),
    "vector_similarity_threshold": _ressemble,
}
