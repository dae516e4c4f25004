"""Who may run now: slots, waited for in turn by each client, and what statements cost before.

Belongs here: counting and waiting. Does not: running anything (``execution``, ``moteur``).
"""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass

from portal import mesures
from portal.erreurs import ApiError

_MEMOIRE = 4096


@dataclass(frozen=True)
class Bornes:
    """Slots, how many may wait for one (in all, and by client), and for how long.

    ``recents``: of one client, who came last goes first. Under a flood of heavy queries, the first
    come are late anyway; in their order, a cheap one would wait for all of them (measured: 7 s).
    """

    places: int
    attente: int
    par_client: int
    patience: float
    recents: bool = False


class Places:
    """Slots. Clients are served in turn, so that who asks much delays himself first."""

    def __init__(self, nom: str, bornes: Bornes) -> None:
        self.nom = nom
        self.bornes = bornes
        self.libres = bornes.places
        self._files: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._en_cours = mesures.EN_COURS.labels(nom)
        self._en_attente = mesures.EN_ATTENTE.labels(nom)

    @property
    def en_attente(self) -> int:
        """Number of those who wait."""
        return sum(len(line) for line in self._files.values())

    def essayer(self) -> bool:
        """Take a slot if one is free and nobody waits for it."""
        if self.libres <= 0 or self._files:
            return False
        self.libres -= 1
        self._en_cours.inc()
        return True

    async def prendre(self, client: str) -> None:
        """Take a slot, waiting for one if needed. Raises ``ApiError`` (429, 503)."""
        if self.essayer():
            return
        self._admettre(client)
        turn = asyncio.get_running_loop().create_future()
        self._files.setdefault(client, deque()).append(turn)
        self._en_attente.inc()
        try:
            async with asyncio.timeout(self.bornes.patience):
                await turn
        except BaseException as error:
            self._quitter(client, turn)
            if isinstance(error, TimeoutError):
                raise self._refus(503, "attente", "The server is busy; try again later.") from None
            raise
        finally:
            self._en_attente.dec()

    def rendre(self) -> None:
        """Give a slot back: to the next client in turn, if any waits."""
        self._en_cours.dec()
        self.libres += 1
        while self._files:
            client, line = self._files.popitem(last=False)
            turn = line.pop() if self.bornes.recents else line.popleft()
            if line:
                self._files[client] = line
            if not turn.done():
                self.libres -= 1
                self._en_cours.inc()
                turn.set_result(None)
                return

    def _quitter(self, client: str, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():  # the slot came at the same moment
            self.rendre()
            return
        line = self._files.get(client)
        if line and turn in line:
            line.remove(turn)
            if not line:
                del self._files[client]

    def _admettre(self, client: str) -> None:
        if len(self._files.get(client, ())) >= self.bornes.par_client:
            raise self._refus(429, "client", "Too many heavy queries at once from this client.")
        if self.en_attente >= self.bornes.attente:
            raise self._refus(429, "file", "Too many heavy queries at once on the server.")

    def _refus(self, statut: int, raison: str, message: str) -> ApiError:
        mesures.REFUS.labels(self.nom, raison).inc()
        code = "TooManyRequests" if statut == 429 else "ServiceUnavailable"  # noqa: PLR2004
        return ApiError(statut, code, message, {"Retry-After": "5"})


class Couts:
    """What the statements seen last cost, by their text: values are parameters, never in it."""

    def __init__(self, lourd: float) -> None:
        self._lourd = lourd
        self._connus: OrderedDict[str, float] = OrderedDict()

    def connu(self, texte: str) -> bool:
        """Tell whether the statement was seen."""
        return texte in self._connus

    def lourd(self, texte: str) -> bool:
        """Tell whether the statement is known as heavy."""
        return self._connus.get(texte, 0.0) >= self._lourd

    def noter(self, texte: str, duree: float) -> None:
        """Remember a duration: half of what is known each time, for one case is not the rule."""
        known = self._connus.pop(texte, duree)
        self._connus[texte] = (known + duree) / 2
        if len(self._connus) > _MEMOIRE:
            self._connus.popitem(last=False)
