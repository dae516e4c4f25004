"""A file as an answer: conditions, ranges, HEAD."""

import gzip
import os
import shutil
import tempfile
from collections.abc import Callable
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

_GZIP_LEVEL = 6


class _LargeBlockResponse(FileResponse):
    """Larger blocks: each costs a trip to a thread (64 kB: 200 MB/s less)."""

    chunk_size = 1024 * 1024
    missing: Callable[[], None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer. Nothing is sent before the file is open: it may have been withdrawn meanwhile."""
        waiting: list[Message] = []

        async def late(message: Message) -> None:
            if message["type"] == "http.response.start":
                waiting.append(message)
                return
            while waiting:
                await send(waiting.pop())
            await send(message)

        try:
            await super().__call__(scope, receive, late)
        except FileNotFoundError:
            if not waiting:
                raise
            if self.missing:
                self.missing()
            raise HTTPException(404) from None


async def file_response(
    request: Request,
    path: Path,
    sha256: str,
    modified: float,
    media_type: str,
    attachment_name: str | None = None,
    cache: str = "no-cache",
    *,
    compressible: bool = False,
    missing: Callable[[], None] | None = None,
) -> Response:
    """Answer with a file. ``modified`` is seconds since 1970.

    ``compressible``: who accepts it gets it compressed, from a file beside it that is made once;
    who asks for a piece gets one of the file itself. ``missing`` raises what a file answers that
    was there a moment ago (404 without).
    """
    headers = {}
    if compressible:
        headers["Vary"] = "Accept-Encoding"
        accepted = "gzip" in request.headers.get("accept-encoding", "")
        if accepted and "range" not in request.headers:
            path = await anyio.to_thread.run_sync(_compressed, path)
            sha256 = f"{sha256}-gzip"
            headers["Content-Encoding"] = "gzip"
    headers |= {
        "ETag": f'"{sha256}"',
        "Last-Modified": formatdate(modified, usegmt=True),
        "Cache-Control": cache,
        "Accept-Ranges": "bytes",
    }
    if _is_not_modified(request, sha256, modified):
        return Response(status_code=304, headers=headers)
    response = _LargeBlockResponse(
        path,
        headers=headers,
        media_type=media_type,
        filename=attachment_name,
        stat_result=await anyio.to_thread.run_sync(os.stat, path),
    )
    response.missing = missing
    return response


def _compressed(path: Path) -> Path:
    """Return the compressed file, made first if it is not there."""
    packed = path.with_name(f"{path.name}.gz")
    if not packed.exists():
        with (
            tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft,
            path.open("rb") as file,
            gzip.open(draft, "wb", _GZIP_LEVEL) as out,
        ):
            shutil.copyfileobj(file, out, 1 << 20)
        Path(draft.name).replace(packed)
    return packed


def _is_not_modified(request: Request, sha256: str, modified: float) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:  # it alone counts then (RFC 9110, 13.2.2)
        tags = {etag.strip().removeprefix("W/") for etag in known.split(",")}
        return "*" in tags or f'"{sha256}"' in tags
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return int(modified) <= since.timestamp()
    except (ValueError, TypeError, OverflowError):
        return False
