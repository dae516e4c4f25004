"""A conformance case as data, and the short ways of writing one.

Belongs here: what a case may say. Does not: sending it (``envoi``), comparing (``comparer``), the
cases (``cas_*``). A path of ``parties`` goes through the JSON by ``/``: ``results/0/id``; ``*`` takes
every element, ``#`` the length, ``?`` whether the rest is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

RACINE = "/api/explore/v2.1/catalog/datasets"
OFFRE = "moncompteformation_catalogueformation"
Params = tuple[tuple[str, str], ...]


class _Rien:
    def __repr__(self) -> str:
        return "RIEN"


RIEN = _Rien()


@dataclass(frozen=True)
class Cas:
    """One request and what must come back.

    ``json`` is the whole body; ``parties`` some values in it; ``ensembles`` lists in any order;
    ``entetes`` patterns that whole headers must match, or None for one that must be absent;
    ``contient`` pieces of the text. ``lecture`` tells how the body is read before ``json``.
    """

    nom: str
    paragraphe: str
    chemin: str
    params: Params = ()
    statut: int = 200
    methode: str = "GET"
    envoi: Mapping[str, str] = field(default_factory=dict)
    json: Any = RIEN
    parties: Mapping[str, Any] = field(default_factory=dict)
    ensembles: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    entetes: Mapping[str, str | None] = field(default_factory=dict)
    texte: str | None = None
    contient: Sequence[str] = ()
    sans: Sequence[str] = ()
    lecture: str = "json"

    def attentes(self) -> int:
        """Return how many things are checked besides the status."""
        told = (self.json is not RIEN, self.texte is not None)
        more = (self.parties, self.ensembles, self.entetes, self.contient, self.sans)
        return sum(told) + sum(map(len, more))


def params(valeurs: Mapping[str, str | int | Sequence[str]]) -> Params:
    """Return parameters as pairs; a list repeats its name."""
    return tuple(
        (name, str(one))
        for name, value in valeurs.items()
        for one in ([value] if isinstance(value, (str, int)) else value)
    )


def ids(nom: str, paragraphe: str, jeu: str, attendus: Sequence[int], **demande: Any) -> Cas:
    """Return a case about which rows answer, in their order: by ``id`` unless asked otherwise."""
    asked = {"select": "id", "order_by": "id", "limit": 100} | demande
    asked = {name: value for name, value in asked.items() if value is not None}
    rows = [{"id": one} for one in attendus]
    body = {"total_count": len(rows), "results": rows}
    return Cas(nom, paragraphe, f"{RACINE}/{jeu}/records", params(asked), json=body)


def premier(nom: str, paragraphe: str, jeu: str, attendu: Mapping[str, Any], **demande: Any) -> Cas:
    """Return a case about the first row of an answer, whole."""
    asked = params({"limit": 1} | demande)
    path = f"{RACINE}/{jeu}/records"
    return Cas(nom, paragraphe, path, asked, parties={"results/0": dict(attendu)})


def lignes(
    nom: str, paragraphe: str, jeu: str, attendues: Sequence[Mapping[str, Any]], **demande: Any
) -> Cas:
    """Return a case about all results, in their order."""
    path = f"{RACINE}/{jeu}/records"
    return Cas(nom, paragraphe, path, params(demande), parties={"results": list(attendues)})


def groupes(
    nom: str, paragraphe: str, jeu: str, attendus: Sequence[Mapping[str, Any]], **demande: Any
) -> Cas:
    """Return a case about all groups, in any order, and about their exact number."""
    return Cas(
        nom,
        paragraphe,
        f"{RACINE}/{jeu}/records",
        params({"limit": 100} | demande),
        parties={"total_count": len(attendus)},
        ensembles={"results": list(attendus)},
    )


def erreur(
    nom: str,
    paragraphe: str,
    jeu: str,
    code: str,
    contient: Sequence[str] = (),
    *,
    statut: int = 400,
    **demande: Any,
) -> Cas:
    """Return a case about a refusal of ``records``."""
    return Cas(
        nom,
        paragraphe,
        f"{RACINE}/{jeu}/records",
        params(demande),
        statut=statut,
        parties={"error_code": code},
        contient=contient,
    )
