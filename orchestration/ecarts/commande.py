"""``cpf diff``: two published versions of a dataset, from a publications' folder alone.

Belongs here: finding the versions, and the JSON that the command writes. Does not: tables.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ecarts.calcul import comparer
from orchestration.ecarts.resume import Resume, resumer
from orchestration.ecarts.schemas import Cote, cote
from orchestration.jeux import Jeu, lire_jeux
from orchestration.publication.retraits import lire_retrait
from orchestration.publication.versions import versions

_BATCH = 10_000


class InconnuError(LookupError):
    """The dataset or the version is not there; the message says which there are."""


class IllisibleError(RuntimeError):
    """The version is there and its data cannot be compared; the message says why."""


@dataclass(frozen=True)
class Comparaison:
    """A difference and its changes, read one after the other."""

    resume: Resume
    noms: tuple[str, ...]
    changements: Iterator[tuple[Any, ...]]

    def json(self) -> Iterator[str]:
        """Return ``ecarts.json`` and all the changes as one JSON document, piece by piece."""
        head = json.dumps(self.resume.contenu(), ensure_ascii=False, indent=2)
        yield head.removesuffix("\n}") + ',\n  "changements": ['
        for number, change in enumerate(self.changements):
            row = dict(zip(self.noms, change, strict=True))
            yield (",\n    " if number else "\n    ") + json.dumps(
                row, ensure_ascii=False, default=str
            )
        yield "\n  ]\n}\n"


def connu(nom: str, racine: Path) -> Jeu:
    """Return a dataset that has a folder under ``racine``. Raises :class:`InconnuError`."""
    jeux = lire_jeux()
    if nom not in jeux:
        raise InconnuError(f"jeu inconnu : {nom}. Jeux : {', '.join(jeux)}.")
    if not versions(racine / nom):
        raise InconnuError(f"{nom} n'a aucune version publiée dans {racine}.")
    return jeux[nom]


def connue(jeu: str, version: str, racine: Path) -> Path:
    """Return the folder of a published version. Raises :class:`InconnuError`."""
    known = [str(item) for item in versions(racine / jeu)]
    if version not in known:
        raise InconnuError(f"version inconnue : {version}. Versions : {', '.join(known)}.")
    return racine / jeu / version


@contextmanager
def comparer_versions(nom: str, avant: str, apres: str, racine: Path) -> Iterator[Comparaison]:
    """Compare two versions. Raises :class:`InconnuError` or :class:`IllisibleError`."""
    jeu = connu(nom, racine)
    sides = [_cote(jeu, version, racine) for version in (avant, apres)]
    try:
        with comparer(*sides) as ecarts:
            resume = resumer(ecarts, nom, jeu.totaux)
            found = ecarts.connection.execute(ecarts.ordonnes)
            names = tuple(column[0] for column in found.description or ())
            yield Comparaison(resume, names, _lignes(found))
    except duckdb.Error as error:
        raise IllisibleError(f"ces fichiers ne se comparent pas : {error}") from None


def _cote(jeu: Jeu, version: str, racine: Path) -> Cote:
    folder = connue(jeu.nom, version, racine)
    withdrawn = lire_retrait(folder)
    if withdrawn:
        raise IllisibleError(
            f"la version {version} a été retirée le {withdrawn.retire_le[:10]} "
            f"({withdrawn.raison}) : ses données ne sont plus là."
        )
    found = cote(folder, jeu)
    if not found.parquet.is_file():
        raise IllisibleError(f"{found.parquet} manque.")
    return found


def _lignes(found: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := found.fetchmany(_BATCH):
        yield from batch
