"""The processes that answer SQL: one ready ahead, one query each, killed when late.

Belongs here: their lives. Does not: what they do (``ouvrier``), nor reading requests (``routes``).
"""

import asyncio
import sys
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from portal.erreurs import ApiError
from portal.execution import memoire, trop_longue
from portal.reglages import Reglages
from portal.voies import Bornes, Places

# Name of each dataset and path of its image.
Images = tuple[tuple[str, str], ...]
_LIGNE = 2**20
_DEMARRAGE = 30.0


@dataclass(frozen=True)
class Reponse:
    """The bytes of an answer, and whether rows were left out."""

    corps: bytes
    tronque: bool


class Processus:
    """A pool: ``sql_processus`` queries at a time, in turn by client."""

    def __init__(self, reglages: Reglages) -> None:
        self._reglages = reglages
        self.places = Places(
            "sql",
            Bornes(
                reglages.sql_processus,
                reglages.attente_lente,
                reglages.attente_par_client,
                reglages.patience,
            ),
        )
        self._avance: tuple[Images, asyncio.Task[asyncio.subprocess.Process]] | None = None

    async def demander(self, images: Images, demande: Mapping[str, Any], client: str) -> Reponse:
        """Answer a query. Raises ``ApiError`` (400, 429, 503)."""
        await self.places.prendre(client)
        try:
            process = await self._prendre(images)
            self._preparer(images)
            try:
                return await self._echanger(process, demande)
            finally:
                await _finir(process)
        finally:
            self.places.rendre()

    async def fermer(self) -> None:
        """End the process that waits."""
        await self._jeter()

    async def _echanger(
        self, process: asyncio.subprocess.Process, demande: Mapping[str, Any]
    ) -> Reponse:
        assert process.stdin is not None  # noqa: S101 (opened as pipes)
        assert process.stdout is not None  # noqa: S101 (likewise)
        limit = self._reglages.sql_limite
        try:
            async with asyncio.timeout(limit):
                process.stdin.write(orjson.dumps(demande) + b"\n")
                await process.stdin.drain()
                header = orjson.loads(await process.stdout.readline() or b'{"erreur": "memoire"}')
                body = await process.stdout.read()
        except TimeoutError:
            raise trop_longue(limit) from None
        except ConnectionError:
            raise memoire() from None
        if header.get("erreur") == "requete":
            raise ApiError(400, "SQLError", header["message"])
        if "erreur" in header:
            raise memoire()
        return Reponse(body, header["tronque"])

    async def _prendre(self, images: Images) -> asyncio.subprocess.Process:
        ready, self._avance = self._avance, None
        if ready is not None and ready[0] == images:
            with suppress(ApiError):
                process = await _abriter(ready[1])
                if process.returncode is None:
                    return process
        elif ready is not None:
            self._avance = ready
            await self._jeter()
        return await self._demarrer(images)

    def _preparer(self, images: Images) -> None:
        if self._avance is None:
            self._avance = images, asyncio.create_task(self._demarrer(images))

    async def _jeter(self) -> None:
        ready, self._avance = self._avance, None
        if ready is not None:
            with suppress(ApiError):
                await _finir(await ready[1])

    async def _demarrer(self, images: Images) -> asyncio.subprocess.Process:
        """Start a process, without our environment, and wait until it is ready."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "portal.sql.ouvrier"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"},
            cwd="/",
            limit=_LIGNE,
        )
        assert process.stdin is not None  # noqa: S101 (opened as pipes)
        assert process.stdout is not None  # noqa: S101 (likewise)
        setup = {"jeux": images, "memoire": self._reglages.sql_memoire}
        try:
            async with asyncio.timeout(_DEMARRAGE):
                process.stdin.write(orjson.dumps(setup) + b"\n")
                await process.stdin.drain()
                ready = await process.stdout.readline()
        except (TimeoutError, ConnectionError):
            ready = b""
        except BaseException:
            await _finir(process)
            raise
        if ready:
            return process
        await _finir(process)
        raise ApiError(
            503, "ServiceUnavailable", "SQL cannot be answered now.", {"Retry-After": "5"}
        )


async def _abriter(
    attendu: Awaitable[asyncio.subprocess.Process],
) -> asyncio.subprocess.Process:
    """Wait for a process; if the client leaves first, the process is ended all the same."""
    task = asyncio.ensure_future(attendu)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.cancel()
        raise


async def _finir(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await process.wait()
