"""What an expression is compiled in: the dataset, the reader's zone and language, what is allowed.

Belongs here: looking names up. Does not: functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from portal.catalogue.champ import Champ, Type
from portal.catalogue.identifiant import identifiant_de_ligne
from portal.catalogue.jeu import Jeu
from portal.odsql import erreurs
from portal.odsql.arbre import Nom
from portal.odsql.fragment import (
    GENRES,
    Expression,
    Fragment,
    Genre,
    identifiant,
    joindre,
    sql,
    valeur,
)


class Agregation(Enum):
    """Whether aggregates may stand, and over what: a group, or all the rows of the answer."""

    AUCUNE = ""
    GROUPE = "groupe"
    ENSEMBLE = "ensemble"


@dataclass(frozen=True)
class Contexte:
    """``alias`` are the expressions that may be called by a name of the request."""

    jeu: Jeu
    clause: str = "select"
    fuseau: str = "UTC"
    langue: str = "fr"
    agregation: Agregation = Agregation.AUCUNE
    alias: Mapping[str, Expression] = field(default_factory=dict)

    def dans(self, clause: str, agregation: Agregation = Agregation.AUCUNE) -> "Contexte":
        """Return the context of another clause."""
        return replace(self, clause=clause, agregation=agregation)

    def nom(self, noeud: Nom) -> Expression:
        """Return the expression that a name stands for. Raises ``ApiError``."""
        found = self.jeu.champ(noeud.nom)
        if found:
            return colonne(found)
        if noeud.nom in self.alias:
            return self.alias[noeud.nom]
        if noeud.nom.lower() in _TECHNIQUES:
            return self._technique(_TECHNIQUES[noeud.nom.lower()])
        raise erreurs.champ_inconnu(noeud.nom, noeud.position, self.noms_connus(), self.clause)

    def noms_connus(self) -> list[str]:
        """Return what may be named."""
        return [*self.jeu.par_nom, *self.jeu.alias, *self.alias]

    def _technique(self, nom: str) -> Expression:
        if nom == "recordid":
            return Expression(Genre.TEXTE, Fragment(identifiant_de_ligne(self.jeu)))
        if nom == "record_size":
            return Expression(Genre.NOMBRE, _octets(self.jeu), entier=True)
        text = self.jeu.id if nom == "datasetid" else self.jeu.modifie.isoformat("T", "seconds")
        return Expression(Genre.TEXTE, sql("cast({} as varchar)", valeur(text)))


def _octets(jeu: Jeu) -> Fragment:
    """Return the bytes of the values of a row, as texts."""
    sizes = [sql("coalesce(strlen({}), 0)", colonne(champ).varchar()) for champ in jeu.champs]
    return sql("({})", joindre(" + ", sizes))


def colonne(champ: Champ) -> Expression:
    """Return the column of a field."""
    genre = Genre.LISTE if champ.multivalue else GENRES[champ.type]
    return Expression(
        genre,
        Fragment(f"d.{identifiant(champ.nom)}"),
        champ,
        entier=champ.type is Type.INT,
        precision=champ.precision,
    )


_TECHNIQUES = {
    "datasetid": "datasetid",
    "dataset_id": "datasetid",
    "recordid": "recordid",
    "_id": "recordid",
    "record_timestamp": "record_timestamp",
    "_timestamp": "record_timestamp",
    "record_size": "record_size",
    "_size": "record_size",
}
