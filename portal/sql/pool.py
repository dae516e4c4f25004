"""The processes that answer SQL: one ready ahead, one query each, killed when late."""

import asyncio
import sys
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from portal.engine.execution import out_of_memory, query_timeout
from portal.engine.slots import Limits, Slots
from portal.errors import ApiError
from portal.settings import Settings

# Name of each dataset and path of its image.
Images = tuple[tuple[str, str], ...]
_LINE_LIMIT = 2**20
_STARTUP_TIMEOUT = 30.0


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, and whether rows were left out."""

    body: bytes
    truncated: bool


class ProcessPool:
    """A pool: ``sql_processus`` queries at a time, in turn by client."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.slots = Slots(
            "sql",
            Limits(
                settings.sql_processus,
                settings.attente_lente,
                settings.attente_par_client,
                settings.patience,
            ),
        )
        self._spare: tuple[Images, asyncio.Task[asyncio.subprocess.Process]] | None = None

    async def answer(self, images: Images, query: Mapping[str, Any], client: str) -> Answer:
        """Answer a query. Raises ``ApiError`` (400, 429, 503)."""
        await self.slots.acquire(client)
        try:
            process = await self._take(images)
            self._prepare(images)
            try:
                return await self._exchange(process, query)
            finally:
                await _end_process(process)
        finally:
            self.slots.release()

    async def close(self) -> None:
        """End the process that waits."""
        await self._discard()

    async def _exchange(
        self, process: asyncio.subprocess.Process, query: Mapping[str, Any]
    ) -> Answer:
        assert process.stdin is not None  # noqa: S101 (opened as pipes)
        assert process.stdout is not None  # noqa: S101 (likewise)
        limit = self._settings.sql_limite
        try:
            async with asyncio.timeout(limit):
                process.stdin.write(orjson.dumps(query) + b"\n")
                await process.stdin.drain()
                header = orjson.loads(await process.stdout.readline() or b'{"erreur": "memoire"}')
                body = await process.stdout.read()
        except TimeoutError:
            raise query_timeout(limit) from None
        except ConnectionError:
            raise out_of_memory() from None
        if header.get("erreur") == "requete":
            raise ApiError(400, "SQLError", header["message"])
        if header.get("erreur") == "octets":
            raise ApiError(
                400,
                "SQLError",
                f"The answer has more than {query['octets']} bytes; ask for less at once.",
            )
        if "erreur" in header:
            raise out_of_memory()
        return Answer(body, header["tronque"])

    async def _take(self, images: Images) -> asyncio.subprocess.Process:
        ready, self._spare = self._spare, None
        if ready is not None and ready[0] == images:
            with suppress(ApiError):
                process = await _shield(ready[1])
                if process.returncode is None:
                    return process
        elif ready is not None:
            self._spare = ready
            await self._discard()
        return await self._start(images)

    def _prepare(self, images: Images) -> None:
        if self._spare is None:
            self._spare = images, asyncio.create_task(self._start(images))

    async def _discard(self) -> None:
        ready, self._spare = self._spare, None
        if ready is not None:
            with suppress(ApiError):
                await _end_process(await ready[1])

    async def _start(self, images: Images) -> asyncio.subprocess.Process:
        """Start a process, without our environment, and wait until it is ready."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "portal.sql.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"},
            cwd="/",
            limit=_LINE_LIMIT,
        )
        assert process.stdin is not None  # noqa: S101 (opened as pipes)
        assert process.stdout is not None  # noqa: S101 (likewise)
        setup = {"jeux": images, "memoire": self._settings.sql_memoire}
        try:
            async with asyncio.timeout(_STARTUP_TIMEOUT):
                process.stdin.write(orjson.dumps(setup) + b"\n")
                await process.stdin.drain()
                ready = await process.stdout.readline()
        except (TimeoutError, ConnectionError):
            ready = b""
        except BaseException:
            await _end_process(process)
            raise
        if ready:
            return process
        await _end_process(process)
        raise ApiError(
            503, "ServiceUnavailable", "SQL cannot be answered now.", {"Retry-After": "5"}
        )


async def _shield(
    pending: Awaitable[asyncio.subprocess.Process],
) -> asyncio.subprocess.Process:
    """Wait for a process; if the client leaves first, the process is ended all the same."""
    task = asyncio.ensure_future(pending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.cancel()
        raise


async def _end_process(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await process.wait()
