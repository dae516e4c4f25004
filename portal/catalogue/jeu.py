"""A version of a dataset, ready to be asked.

Belongs here: what every interface of the portal needs to know of it. Does not: reading it
(``paquet``), holding its rows (``image``), choosing the current one (``veille``).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from portal.catalogue.champ import Champ


@dataclass(frozen=True)
class FichierServi:
    """A published file; ``format`` is its extension, ``donnees`` tells if it holds all rows."""

    nom: str
    chemin: Path
    octets: int
    sha256: str
    format: str
    media_type: str
    donnees: bool
    titre: str


@dataclass(frozen=True)
class Jeu:
    """A version: ``version`` is empty for a package that has none; ``modifie`` is UTC.

    ``cle`` names the fields of the primary key, if any; ``alias`` gives the field that an old name
    stands for; ``metas`` are the default metadata of the Explore API, under its names; ``base`` is
    the quoted name under which the engine has attached the image.
    """

    id: str
    version: str
    champs: tuple[Champ, ...]
    alias: Mapping[str, str]
    cle: tuple[str, ...]
    nombre: int
    modifie: dt.datetime
    metas: Mapping[str, Any]
    fichiers: tuple[FichierServi, ...]
    base: str

    @cached_property
    def par_nom(self) -> Mapping[str, Champ]:
        """The fields by name."""
        return {item.nom: item for item in self.champs}

    def champ(self, nom: str) -> Champ | None:
        """Return the field of that name, or the one that an old name stands for."""
        return self.par_nom.get(self.alias.get(nom, nom))

    def donnees(self, extension: str) -> FichierServi | None:
        """Return the prepared file of one format, if there is one."""
        return next((f for f in self.fichiers if f.donnees and f.format == extension), None)
