"""Facets: the values of fields and how many rows hold each.

Belongs here: nesting, sorting and telling values. Does not: counting them (``denombrement``), what
ticking one means (``odsql.raffinements``).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.application import jeu_demande
from portal.catalogue.champ import TEMPORELS, Champ, Type
from portal.catalogue.jeu import Jeu
from portal.erreurs import parametre_invalide
from portal.explore.denombrement import JOUR, Compte, denombrer
from portal.explore.enregistrements import chemin_du_jeu
from portal.explore.parametres import Parametres, lire_demande
from portal.explore.reponses import json
from portal.odsql import raffinements
from portal.odsql.contexte import Contexte
from portal.odsql.plan import Demande
from portal.odsql.raffinements import Facette
from portal.odsql.requete import condition
from portal.odsql.requete import facettes as facettes_demandees

LIMITE = 100


@dataclass
class Valeur:
    """A value of a facet: ``chemin`` are its levels from the root."""

    chemin: tuple[str, ...]
    separateur: str
    nombre: int = 0
    etat: str = "displayed"
    dessous: dict[str, "Valeur"] = field(default_factory=dict)

    def objet(self, ranger: "_Rangement", limite: int | None) -> dict[str, Any]:
        """Return it as the answer tells it."""
        name, path = self.chemin[-1], self.separateur.join(self.chemin)
        found: dict[str, Any] = {"name": name, "value": path, "state": self.etat}
        if self.etat != "excluded":
            found = {"name": name, "value": path, "count": self.nombre, "state": self.etat}
        if self.dessous and self.etat == "refined":
            below = ranger.ranger(self.dessous.values())
            found["facets"] = [item.objet(ranger, limite) for item in below[:limite]]
        return found


@dataclass(frozen=True)
class _Rangement:
    """The order of values: by ``count``, ``alphanum`` or ``num``, with a minus for the reverse."""

    tri: str

    def ranger(self, valeurs: Iterable[Valeur]) -> list[Valeur]:
        """Sort values; those of the same count in alphabetic order."""
        found = sorted(valeurs, key=lambda item: item.chemin)
        down = self.tri.startswith("-")
        kind = self.tri.removeprefix("-")
        if kind == "count":
            return sorted(found, key=lambda item: item.nombre, reverse=down)
        if kind == "num":
            return sorted(found, key=lambda item: _nombre(item.chemin[-1]), reverse=down)
        return found[::-1] if down else found


def _nombre(texte: str) -> float:
    try:
        return float(texte)
    except ValueError:
        return float("inf")


async def facettes(request: Request) -> Response:
    """Answer ``/facets`` of a dataset."""
    parameters = Parametres.de(request)
    async with jeu_demande(request) as jeu:
        found = await compter(request, jeu, lire_demande(parameters, jeu), lire_limite(parameters))
        content = {
            "links": [
                {"rel": "self", "href": str(request.url)},
                {"rel": "source", "href": f"{chemin_du_jeu(request, jeu)}/records"},
            ],
            "facets": found,
        }
    return json(content, parameters)


def lire_limite(parametres: Parametres) -> int:
    """Return how many values a facet may show. Raises ``ApiError``."""
    limit = parametres.entier("limit", LIMITE)
    if limit < -1:
        raise parametre_invalide(
            f"Invalid value for limit API parameter: {limit} was found but -1 <= limit is expected."
        )
    return limit


async def compter(
    request: Request, jeu: Jeu, demande: Demande, limite: int = LIMITE
) -> list[dict[str, Any]]:
    """Count the values of the facets asked for, or of all those declared.

    ``limite``: how many values a facet shows when it does not say so itself; -1 for all.
    """
    context = Contexte(jeu, "where", demande.fuseau, demande.langue)
    known = facettes_demandees(demande, context.dans("facet"))
    asked = raffinements.lire_facettes(demande.facettes, context.dans("facet"))
    names = list(asked) or [item.nom for item in jeu.champs if item.facette]
    shown = [known.get(name, Facette(name)) for name in names]
    asked_for = [_demandee(jeu, demande, item, known, limite) for item in shown]
    counted = await denombrer(request, jeu, [item.compte for item in asked_for], demande.fuseau)
    return [item.objet(counted[item.champ.nom]) for item in asked_for]


@dataclass(frozen=True)
class _Demandee:
    """A facet as it is asked for: ``cochees`` and ``exclues`` are paths of values."""

    champ: Champ
    facette: Facette
    compte: Compte
    cochees: list[tuple[str, ...]]
    exclues: list[tuple[str, ...]]
    separateur: str
    limite: int

    def objet(self, lignes: Iterable[tuple[Any, int]]) -> dict[str, Any]:
        """Return the facet as the answer tells it, from its counted values."""
        values = _arbre(lignes, self.champ, self.separateur, self.cochees)
        for path in self.exclues:
            values.setdefault(path[0], Valeur(path[:1], self.separateur)).etat = "excluded"
        sort = self.facette.tri or self.champ.annotations.get("facetsort") or _tri(self.champ)
        order = _Rangement(str(sort))
        limit = self.facette.limite if self.facette.limite is not None else self.limite
        most = None if limit == -1 else limit
        shown = order.ranger(values.values())[:most]
        return {"name": self.champ.nom, "facets": [item.objet(order, most) for item in shown]}


def _demandee(
    jeu: Jeu,
    demande: Demande,
    facette: Facette,
    toutes: Mapping[str, Facette],
    limite: int,
) -> _Demandee:
    contexte = Contexte(jeu, "where", demande.fuseau, demande.langue)
    champ = jeu.par_nom[facette.nom]
    alternatives = raffinements.est_disjonctif(champ, toutes)
    where = condition(demande, contexte, sauf=champ.nom if alternatives else None)
    levels = _niveaux(champ, facette)
    refined = _cochees(demande.refine, champ, contexte, levels)
    excluded = _cochees(demande.exclude, champ, contexte, levels)
    depth = 1 + max((len(path) for path in refined), default=0)
    count = Compte(champ, where, depth)
    return _Demandee(champ, facette, count, refined, excluded, levels, limite)


def _tri(champ: Champ) -> str:
    return "-alphanum" if champ.type in TEMPORELS else "-count"


def _niveaux(champ: Champ, facette: Facette) -> str:
    """Return what separates the levels of the values of a field; nothing when it has none."""
    if champ.type in TEMPORELS:
        return "/"
    return facette.hierarchie or champ.hierarchie or ""


def _cochees(
    textes: Sequence[str], champ: Champ, contexte: Contexte, separateur: str
) -> list[tuple[str, ...]]:
    """Return the values of a field that are ticked, as paths."""
    for item in raffinements.lire_raffinements(textes, contexte):
        if item.champ.nom == champ.nom:
            if champ.type in TEMPORELS:
                return [_date(value) for value in item.valeurs]
            return [tuple(v.split(separateur)) if separateur else (v,) for v in item.valeurs]
    return []


def _date(texte: str) -> tuple[str, ...]:
    """Return the levels of a ticked date: ``2024/3`` is 2024, then 03."""
    return tuple(part.zfill(2) for part in texte.replace("-", "/").split("/"))


def _arbre(
    lignes: Iterable[tuple[Any, ...]],
    champ: Champ,
    separateur: str,
    refined: Sequence[tuple[str, ...]],
) -> dict[str, Valeur]:
    """Nest counted values, each level having what is below it."""
    root: dict[str, Valeur] = {}
    for raw, count in lignes:
        path = _chemin(raw, champ, separateur, len(max(refined, key=len, default=())))
        level = root
        for depth in range(1, len(path) + 1):
            here = path[:depth]
            node = level.setdefault(here[-1], Valeur(here, separateur or "/"))
            node.nombre += count
            if any(item[:depth] == here for item in refined):
                node.etat = "refined"
            level = node.dessous
    return root


def _chemin(brut: Any, champ: Champ, separateur: str, profondeur: int) -> tuple[str, ...]:
    if isinstance(brut, (dt.date, dt.datetime)):
        parts = (f"{brut.year:04}", f"{brut.month:02}", f"{brut.day:02}")
        return parts[: min(JOUR, profondeur + 1)]
    if champ.type is Type.BOOLEAN:
        return (str(brut).lower(),)
    return tuple(str(brut).split(separateur)) if separateur else (str(brut),)
