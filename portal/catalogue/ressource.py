"""A tabular resource of a Data Package, read and checked, before any of its rows is.

Belongs here: what an image is built from. Does not: reading descriptors (``paquet``) or rows
(``lecture``).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.catalogue.champ import Champ
from portal.catalogue.jeu import FichierServi

MANQUANTES = ("",)
VRAIS = ("true", "True", "TRUE", "1")
FAUX = ("false", "False", "FALSE", "0")


@dataclass(frozen=True)
class Colonne:
    """A field and how its cells are written. ``nature`` is its Table Schema type.

    ``a_voir``: an array of which the descriptor does not say whether it holds texts; rows do.
    """

    champ: Champ
    nature: str
    format: str = "default"
    manquantes: tuple[str, ...] = MANQUANTES
    vrais: tuple[str, ...] = VRAIS
    faux: tuple[str, ...] = FAUX
    decimale: str = "."
    milliers: str = ""
    nombre_nu: bool = True
    separateur: str | None = None
    a_voir: bool = False


@dataclass(frozen=True)
class Ressource:
    """``parties`` are the files of the rows; ``en_ligne`` the rows themselves, without a file.

    ``empreintes`` are the declared hashes, by path (``sha256:…``); ``fichiers`` is all that is
    served as it is, hashed when the image is built.
    """

    id: str
    version: str
    descripteur: Path
    parties: tuple[Path, ...]
    en_ligne: Any
    format: str
    compression: str | None
    encodage: str
    dialecte: Mapping[str, Any]
    accord: str
    colonnes: tuple[Colonne, ...]
    cle: tuple[str, ...]
    alias: Mapping[str, str]
    modifie: dt.datetime
    metas: Mapping[str, Any]
    fichiers: tuple[FichierServi, ...]
    empreintes: Mapping[Path, str] = field(default_factory=dict)

    @property
    def nom_du_fichier(self) -> str:
        """How errors call what the rows come from."""
        return ", ".join(path.name for path in self.parties) or self.descripteur.name
