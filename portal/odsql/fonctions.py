"""The scalar functions of ODSQL.

Belongs here: one function each, from its arguments to SQL. Does not: aggregates (``agregats``),
predicates (``conditions``).
"""

from collections.abc import Callable
from dataclasses import replace

import orjson

from portal.odsql import arbre, erreurs, expressions
from portal.odsql.appels import arguments, heure_locale
from portal.odsql.contexte import Contexte
from portal.odsql.dates import DateError, maintenant
from portal.odsql.format_de_date import formater
from portal.odsql.fragment import Expression, Fragment, Genre, sql, valeur
from portal.odsql.geographie import distance_en_metres, point
from portal.odsql.vocabulaire import PARTIES_DE_DATE

_TEXTES = (Genre.TEXTE, Genre.NUL)
_Fonction = Callable[[arbre.Appel, Contexte], Expression]


def compiler(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    """Compile a call. Raises ``ApiError``."""
    if noeud.fonction in PARTIES_DE_DATE:
        return _partie_de_date(noeud, contexte)
    return _FONCTIONS[noeud.fonction](noeud, contexte)


def moment_local(noeud: arbre.Noeud, contexte: Contexte) -> tuple[Expression, Fragment]:
    """Compile a date, and return it as the reader's clock tells it (TIMESTAMP)."""
    found = expressions.compiler(noeud, contexte)
    if found.genre is Genre.DATE:
        return found, sql("cast({} as timestamp)", found.fragment)
    if found.genre is Genre.INSTANT:
        return found, heure_locale(found.fragment, contexte.fuseau)
    raise erreurs.malformee(
        f"{noeud.texte} (position {noeud.position}) is a {found.genre.value}, not a date",
        contexte.clause,
    )


def _partie_de_date(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    (argument,) = arguments(noeud, contexte, 1)
    _, local = moment_local(argument, contexte)
    part = PARTIES_DE_DATE[noeud.fonction]
    return Expression(
        Genre.NOMBRE, sql(f"cast(date_part('{part}', {{}}) as bigint)", local), entier=True
    )


def _texte(noeud: arbre.Noeud, contexte: Contexte) -> Expression:
    found = expressions.compiler(noeud, contexte)
    if found.genre is Genre.LISTE:
        return replace(
            found, genre=Genre.TEXTE, fragment=sql("array_to_string({}, ',')", found.fragment)
        )
    if found.genre in _TEXTES:
        return replace(found, fragment=found.varchar())
    raise erreurs.malformee(
        f"{noeud.texte} (position {noeud.position}) is a {found.genre.value}, not a text",
        contexte.clause,
    )


def _de_texte(modele: str, genre: Genre = Genre.TEXTE) -> _Fonction:
    def call(noeud: arbre.Appel, contexte: Contexte) -> Expression:
        (argument,) = arguments(noeud, contexte, 1)
        inner = _texte(argument, contexte)
        return Expression(genre, sql(modele, inner.fragment), agregat=inner.agregat, entier=True)

    return call


def _now(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    settings: dict[str, int] = {}
    for item in noeud.arguments:
        if not (
            isinstance(item, arbre.Comparaison)
            and item.operateur == "="
            and isinstance(item.gauche, arbre.Nom)
            and isinstance(item.droite, arbre.Litteral)
            and type(item.droite.valeur) is int
        ):
            raise erreurs.malformee(
                f"{item.texte} (position {item.position}): now() takes name=integer",
                contexte.clause,
            )
        settings.pop(item.gauche.nom.lower(), None)
        settings[item.gauche.nom.lower()] = item.droite.valeur
    try:
        moment = maintenant(contexte.fuseau, settings)
    except DateError as error:
        raise erreurs.malformee(f"{error} (position {noeud.position})", contexte.clause) from None
    return Expression(Genre.INSTANT, sql("cast({} as timestamp)", valeur(moment)))


def _date_format(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    date, pattern = arguments(noeud, contexte, 2)
    if not (isinstance(pattern, arbre.Litteral) and isinstance(pattern.valeur, str)):
        raise erreurs.malformee(f"{noeud.texte}: the format is a text", contexte.clause)
    _, local = moment_local(date, contexte)
    return Expression(Genre.TEXTE, formater(local, pattern.valeur, contexte))


def _json_format(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    first, *rest = arguments(noeud, contexte, 1, 2)
    found = expressions.compiler(first, contexte)
    fallback = Fragment("null")
    if rest:
        other = expressions.compiler(rest[0], contexte)
        fallback = sql("cast(to_json({}) as varchar)", other.fragment)
    return Expression(
        Genre.JSON,
        sql(
            "case when json_valid({}) then {} else {} end",
            found.varchar(),
            found.varchar(),
            fallback,
        ),
    )


def _ifnull(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    first, second = (expressions.compiler(item, contexte) for item in arguments(noeud, contexte, 2))
    together = first.agregat or second.agregat
    if first.genre is second.genre or Genre.NUL in (first.genre, second.genre):
        genre = second.genre if first.genre is Genre.NUL else first.genre
        parts = (
            (first.varchar(), second.varchar())
            if genre is Genre.TEXTE
            else (first.fragment, second.fragment)
        )
        return Expression(
            genre,
            sql("coalesce({}, {})", *parts),
            agregat=together,
            entier=first.entier and second.entier,
        )
    # Another kind of value for what is missing ("inconnu"): then all are texts.
    return Expression(
        Genre.TEXTE, sql("coalesce({}, {})", first.varchar(), second.varchar()), agregat=together
    )


def _random(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    (seed,) = arguments(noeud, contexte, 1)
    if not (isinstance(seed, arbre.Litteral) and isinstance(seed.valeur, (int, float))):
        raise erreurs.malformee(f"{noeud.texte}: the seed is a number", contexte.clause)
    text = orjson.dumps(seed.valeur).decode()
    return Expression(Genre.NOMBRE, sql("hash(d.rowid, {})", valeur(text)), entier=True)


def _distance(noeud: arbre.Appel, contexte: Contexte) -> Expression:
    field, place = arguments(noeud, contexte, 2)
    found = expressions.compiler(field, contexte)
    if found.genre is not Genre.POINT or not isinstance(place, arbre.GeometrieLitterale):
        raise erreurs.malformee(
            f"{noeud.texte}: distance takes a geo point and geom'POINT(lon lat)'", contexte.clause
        )
    return Expression(Genre.NOMBRE, distance_en_metres(found.fragment, point(place, contexte)))


_FONCTIONS: dict[str, _Fonction] = {
    "length": _de_texte("length({})", Genre.NOMBRE),
    "lower": _de_texte("lower({})"),
    "upper": _de_texte("upper({})"),
    "now": _now,
    "date_format": _date_format,
    "json_format": _json_format,
    "ifnull": _ifnull,
    "random": _random,
    "distance": _distance,
}
