"""``analyze`` of the API v1: series of aggregates along one or several fields.

Belongs here: its parameters and shape. Does not: grouping, which is ODSQL's.
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.anciennes.parametres import (
    citer,
    lire_parametres,
    lire_recherche,
    nom_du_jeu,
    prendre,
)
from portal.catalogue.champ import TEMPORELS
from portal.catalogue.jeu import Jeu
from portal.erreurs import ApiError
from portal.explore.enregistrements import repondre
from portal.explore.parametres import LIMITE_GROUPES, Page, Parametres
from portal.explore.reponses import json
from portal.odsql.plan import Demande

_SERIE = re.compile(r"y\.(?P<serie>.+)\.(?P<quoi>func|expr)")
_FONCTIONS = {
    "COUNT": "count({})",
    "AVG": "avg({})",
    "SUM": "sum({})",
    "MIN": "min({})",
    "MAX": "max({})",
    "STDDEV": "stddev({})",
    "SUMSQUARES": "sum({0} * {0})",
}
# Parts of a date that a precision tells, and those of a periodic one.
_PRECISIONS = {
    "year": ("year",),
    "month": ("year", "month"),
    "day": ("year", "month", "day"),
    "hour": ("year", "month", "day", "hour"),
    "minute": ("year", "month", "day", "hour", "minute"),
}
_PERIODES = {"month": ("month",), "weekday": ("dayofweek",), "hour": ("hour",)}


async def analyse(request: Request) -> Response:
    """Answer ``/api/records/1.0/analyze/``."""
    parameters = await lire_parametres(request)
    name = nom_du_jeu(parameters)
    async with prendre(request, name) as jeu:
        keys = _cles(parameters, jeu)
        series = _series(parameters, jeu)
        page = Page(max(0, min(parameters.entier("maxpoints", LIMITE_GROUPES), LIMITE_GROUPES)))
        answer = await repondre(request, jeu, _demande(parameters, jeu, keys, series), page)
    cut = {"ODS-Analyze-Truncated": "true"} if answer.nombre > len(answer.lignes) else {}
    return json([_point(item, keys, series) for item in answer.objets], parameters, **cut)


def _cles(parametres: Parametres, jeu: Jeu) -> dict[str, dict[str, str]]:
    """Return, for each x, the expressions that it is grouped by, named for the answer."""
    found: dict[str, dict[str, str]] = {}
    precision = parametres.texte("precision").lower()
    periodic = parametres.texte("periodic").lower()
    for name in parametres.textes("x"):
        champ = _champ(name, jeu)
        parts: tuple[str, ...] = ()
        if champ in TEMPORELS:
            parts = _PERIODES.get(periodic, ()) or _PRECISIONS.get(precision, ())
        expressions = {part: f"{part}({citer(name)})" for part in parts}
        found[name] = expressions or {"": citer(name)}
    if not found:
        raise ApiError(400, "InvalidParameter", "The x parameter is missing.")
    return found


def _champ(nom: str, jeu: Jeu) -> Any:
    champ = jeu.champ(nom)
    if champ is None:
        raise ApiError(400, "InvalidParameter", f"Unknown field: {nom}.")
    return champ.type


def _series(parametres: Parametres, jeu: Jeu) -> dict[str, str]:
    """Return the expression of each series."""
    asked: dict[str, dict[str, str]] = {}
    for name in parametres.noms():
        if found := _SERIE.fullmatch(name):
            asked.setdefault(found["serie"], {})[found["quoi"]] = parametres.texte(name)
    series = {}
    for name, parts in asked.items():
        function = _FONCTIONS.get(parts.get("func", "COUNT").upper())
        field = parts.get("expr", "")
        if function is None or (not field and "count" not in function):
            raise ApiError(
                400, "InvalidParameter", f"y.{name}: func is one of {', '.join(_FONCTIONS)}."
            )
        if field:
            _champ(field, jeu)
        series[name] = function.format(citer(field) if field else "*")
    return series or {"count": "count(*)"}


def _demande(
    parametres: Parametres, jeu: Jeu, cles: dict[str, dict[str, str]], series: dict[str, str]
) -> Demande:
    base = lire_recherche(parametres, jeu).demande
    groups = [
        f"{expression} as {citer(f'x.{name}.{part}')}"
        for name, parts in cles.items()
        for part, expression in parts.items()
    ]
    values = [f"{expression} as {citer(f'y.{name}')}" for name, expression in series.items()]
    order = []
    for item in parametres.textes("sort"):
        text = item.removeprefix("-")
        name = text.removeprefix("y.")
        if name in series:
            order.append(f"{citer(f'y.{name}')} {'asc' if item.startswith('-') else 'desc'}")
    changes = {
        "select": ", ".join(values),
        "group_by": ", ".join(groups),
        "order_by": ", ".join(order),
    }
    return Demande(**(base.__dict__ | changes))


def _point(
    item: dict[str, Any], cles: dict[str, dict[str, str]], series: dict[str, str]
) -> dict[str, Any]:
    """Return a point: its x, an object when it has several parts, and its series."""
    axes = {}
    for name, parts in cles.items():
        values = {part: item[f"x.{name}.{part}"] for part in parts}
        axes[name] = values.get("", values)
    x = next(iter(axes.values())) if len(axes) == 1 else axes
    return {"x": x, **{name: item[f"y.{name}"] for name in series}}
