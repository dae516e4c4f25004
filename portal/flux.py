"""A statement read batch by batch, as fast as its reader goes and no faster.

Belongs here: one stream. Does not: which statement, nor what becomes of the batches.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from portal.execution import Execution, memoire, trop_longue

if TYPE_CHECKING:
    from portal.moteur import Moteur

_R = TypeVar("_R")
# A reader that is so late leaves the slow slot; DuckDB computes nothing in the meantime.
_PAUSE = 1.0


class Flux:
    """One stream; ``lots`` is read once."""

    def __init__(
        self,
        moteur: "Moteur",
        texte: str,
        parametres: tuple[Any, ...],
        client: str,
        lignes: int,
    ) -> None:
        self._moteur = moteur
        self._texte = texte
        self._parametres = parametres
        self._client = client
        self._lignes = lignes
        self._curseur = moteur.connexion.cursor()
        self._tient = False
        self._en_cours: Execution[Any] | None = None

    async def lots(self) -> AsyncIterator[pa.RecordBatch]:
        """Yield the batches. Raises ``ApiError`` (429, 503) and ``duckdb.Error``."""
        try:
            reader = await self._pas(self._ouvrir)
            while True:
                batch = await self._pas(lambda: next(reader, None))
                if batch is None:
                    return
                pause = asyncio.get_running_loop().call_later(_PAUSE, self._lacher)
                try:
                    yield batch
                finally:
                    pause.cancel()
        finally:
            self._ranger()

    def _ouvrir(self) -> pa.RecordBatchReader:
        found = self._curseur.execute(self._texte, self._parametres)
        return found.to_arrow_reader(self._lignes)

    async def _pas(self, travail: Callable[[], _R]) -> _R:
        if not self._tient:
            await self._moteur.lentes.prendre(self._client)
            self._tient = True
        step = self._moteur.lancer(self._curseur, travail, _SANS_PLACE)
        self._en_cours = step
        limit = self._moteur.reglages.limite_lente
        if not await step.finie(limit):
            raise trop_longue(limit)
        try:
            return step.resultat()
        except OSError as error:  # Arrow's name for what DuckDB raises between two batches
            if "Out of Memory" in str(error):
                raise memoire() from None
            raise

    def _lacher(self) -> None:
        if self._tient:
            self._tient = False
            self._moteur.lentes.rendre()

    def _ranger(self) -> None:
        """Stop what still runs; the slot is held until it has ended."""
        if self._en_cours is None:
            self._curseur.close()
            return
        self._moteur.lancer_arret(self._en_cours).add_done_callback(self._fermer)

    def _fermer(self, _: "asyncio.Task[None]") -> None:
        self._lacher()
        self._curseur.close()


class _SansPlace:
    """The stream holds its slot by itself: between two batches, it is not given back."""

    def rendre(self) -> None:
        """Give nothing back."""


_SANS_PLACE = _SansPlace()
