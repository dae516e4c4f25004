"""The engine: the one DuckDB instance of the process, its images, and who runs when.

Belongs here: running SQL within limits of time and in a fair order. Does not: any SQL.

A query starts in a quick slot. One that lasts leaves it: it goes on in a slow slot if one is free,
else it is stopped and waits for one, in turn with the other clients. A statement known as heavy
waits there from the start, and one known as cheap never waits behind one that nobody knows.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

import duckdb
import pyarrow as pa

from portal import base, mesures
from portal.execution import Execution, Place, trop_longue
from portal.flux import Flux
from portal.reglages import Reglages, lire_reglages
from portal.voies import Bornes, Couts, Places

_R = TypeVar("_R")
_INSISTER = 0.02
_ATTENTE_RAPIDE = 400  # more than that, at 10 ms each, would wait for seconds


class Voie(Enum):
    """How a query is expected to weigh; one that lasts leaves the quick lane by itself."""

    RAPIDE = "rapide"
    LENTE = "lente"


@dataclass(frozen=True)
class Sql:
    """A statement and its positional parameters (``?``)."""

    texte: str
    parametres: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows of an answer, with the names of their columns."""

    colonnes: tuple[str, ...]
    lignes: list[tuple[Any, ...]]


class Moteur:
    """Runs statements, each on its own cursor, outside of the event loop."""

    def __init__(self, reglages: Reglages | None = None) -> None:
        self.reglages = reglages = reglages or lire_reglages()
        self.connexion = base.ouvrir(
            (reglages.images,), reglages.temporaire, reglages.memoire, reglages.fils
        )
        quick = Bornes(reglages.rapides, _ATTENTE_RAPIDE, _ATTENTE_RAPIDE, reglages.limite_rapide)
        self.connues = Places("connues", quick)
        self.nouvelles = Places("nouvelles", replace(quick, recents=True))
        self.lentes = Places(
            "lentes",
            Bornes(
                reglages.lentes,
                reglages.attente_lente,
                reglages.attente_par_client,
                reglages.patience,
            ),
        )
        self._couts = Couts(reglages.tranche)
        self._exports = Places("exports", Bornes(reglages.exports, 0, 0, reglages.patience))
        self._vives: WeakSet[Execution[Any]] = WeakSet()
        self._arrets: set[asyncio.Task[None]] = set()
        self._fils = ThreadPoolExecutor(
            2 * reglages.rapides + reglages.lentes + reglages.exports, "moteur"
        )

    @property
    def dossier_images(self) -> Path:
        """The folder whose files can be attached."""
        return self.reglages.images

    def fermer(self) -> None:
        """Stop everything; nothing can be asked any more."""
        self._fils.shutdown(wait=False, cancel_futures=True)
        while left := [item for item in self._vives if item.en_cours]:
            for item in left:
                item.interrompre()
            time.sleep(_INSISTER)
        self.connexion.close()

    async def lire(self, requete: Sql, *, client: str = "", voie: Voie = Voie.RAPIDE) -> Table:
        """Return the rows of a statement. Raises ``ApiError`` (429, 503) and ``duckdb.Error``."""
        if voie is Voie.RAPIDE:
            found = await self._vite(requete, client)
            if found is not None:
                return found
            limit = self.reglages.limite_rapide
        else:
            limit = self.reglages.limite_lente
        await self.lentes.prendre(client)
        return await self._terminer(self._lancer(requete, self.lentes), requete, limit)

    async def flux(
        self, requete: Sql, *, client: str = "", lignes: int = 20_000
    ) -> AsyncIterator[pa.RecordBatch]:
        """Read a statement as Arrow batches, in the slow lane, no faster than they are taken.

        A client that takes nothing leaves its slow slot to others until it goes on.
        """
        await self._exports.prendre(client)
        stream = Flux(self, requete.texte, requete.parametres, client, lignes)
        try:
            async for batch in stream.lots():
                yield batch
        finally:
            self._exports.rendre()

    def lancer(
        self, curseur: duckdb.DuckDBPyConnection, travail: Callable[[], _R], place: Place
    ) -> Execution[_R]:
        """Run something in a thread."""
        execution = Execution(curseur, travail, self._fils, place)
        self._vives.add(execution)
        return execution

    def lancer_arret(self, execution: Execution[Any]) -> "asyncio.Task[None]":
        """Stop an execution that nobody waits for any more."""
        task = asyncio.get_running_loop().create_task(execution.arreter())
        self._arrets.add(task)
        task.add_done_callback(self._arrets.discard)
        return task

    async def _vite(self, requete: Sql, client: str) -> Table | None:
        """Try in a quick slot; None when the query must wait for a slow one."""
        text = requete.texte
        if self._couts.lourd(text):
            return None
        known = self._couts.connu(text)
        slots = self.connues if known else self.nouvelles
        await slots.prendre(client)
        if self._couts.lourd(text):  # learnt while it waited
            slots.rendre()
            return None
        execution = self._lancer(requete, slots)
        try:
            # A statement known as cheap is given time: what slows it is likely the others.
            if await execution.finie(self.reglages.tranche * (4 if known else 1)):
                return self._conclure(execution, requete)
            self._couts.noter(text, execution.duree)
            if not self.lentes.essayer():
                mesures.DEPASSEMENTS.labels("remise en file").inc()
                await execution.arreter()
                return None
            execution.deplacer(self.lentes)
        except asyncio.CancelledError:
            self.lancer_arret(execution)
            raise
        mesures.DEPASSEMENTS.labels("voie lente").inc()
        return await self._terminer(execution, requete, self.reglages.limite_rapide)

    def _lancer(self, requete: Sql, place: Places) -> Execution[Table]:
        cursor = self.connexion.cursor()

        def work() -> Table:
            with cursor:
                found = cursor.execute(requete.texte, requete.parametres)
                names = tuple(column[0] for column in found.description or ())
                return Table(names, found.fetchall())

        return self.lancer(cursor, work, place)

    async def _terminer(self, execution: Execution[Table], requete: Sql, limite: float) -> Table:
        try:
            if await execution.finie(limite - execution.duree):
                return self._conclure(execution, requete)
        except asyncio.CancelledError:
            self.lancer_arret(execution)
            raise
        self._couts.noter(requete.texte, execution.duree)
        mesures.DEPASSEMENTS.labels("arret").inc()
        self.lancer_arret(execution)
        raise trop_longue(limite)

    def _conclure(self, execution: Execution[Table], requete: Sql) -> Table:
        self._couts.noter(requete.texte, execution.duree)
        return execution.resultat()
