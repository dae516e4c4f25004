"""Published files and the pages of the site, at the addresses that the metadata promise.

``<jeu>/derniere/<file>``, ``<jeu>/<version>/<file>``, the site at the root.
"""

import os
import re
import stat
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from orchestration.files import sha256
from orchestration.metadata.version_card import LATEST, MEDIA_TYPES
from orchestration.store import versions
from orchestration.store.versions import read_withdrawals
from portal.context import app_context
from portal.errors import ApiError
from portal.http.file_response import file_response
from portal.mirror import bring
from portal.settings import Settings

_IMMUTABLE_CACHE = "public, max-age=31536000, immutable"
_SHORT_CACHE = "public, max-age=60, must-revalidate"
_OTHER_TYPES = {
    "ttl": "text/turtle",
    "pem": "application/x-pem-file",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "jws": "application/jose",
    "xml": "application/xml",
    "atom": "application/atom+xml",
    "yaml": "application/yaml",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "png": "image/png",
    "txt": "text/plain",
}
_TYPES = {**_OTHER_TYPES, **MEDIA_TYPES}
_NAME = re.compile(r"[\w-][\w.-]*", re.ASCII)


def routes() -> list[Route]:
    """Return the routes; they take what no other one does, so they come last."""
    return [
        Route("/{jeu}/{version}/{fichier}", _published_file),
        Route("/{chemin:path}", site_file),
    ]


async def _published_file(request: Request) -> Response:
    settings = app_context(request).settings
    await bring(settings, request.path_params["jeu"], request.path_params["version"])
    served = await anyio.to_thread.run_sync(_find, settings, dict(request.path_params))
    if served is None:
        return await site_file(request)
    path, immutable = served
    cache = _IMMUTABLE_CACHE if immutable else _SHORT_CACHE
    return await _serve_file(
        request, path, cache, partial(_raise_if_withdrawn, path.parent, path.name)
    )


def _find(settings: Settings, names: dict[str, str]) -> tuple[Path, bool] | None:
    """Return the file, and whether it never changes. Raises ``ApiError`` (410)."""
    if not all(_NAME.fullmatch(name) for name in names.values()):
        return None
    folder = settings.publications / names["jeu"]
    try:
        pointer = versions.read_pointer(folder)
    except versions.HistoryError:
        pointer = None
    version_name = names["version"]
    version = pointer.version if pointer and version_name == LATEST else version_name
    # Public once the pointer has named it: a later one is being published.
    current = versions.parse_version(pointer.version) if pointer else None
    requested = versions.parse_version(version)
    if requested is None or current is None or requested > current:
        return None
    path = _regular_file(settings.publications, folder / version / names["fichier"])
    if path is None:
        _raise_if_withdrawn(folder / version, names["fichier"])
        return None
    return path, version_name != LATEST


def _raise_if_withdrawn(folder: Path, name: str) -> None:
    for withdrawal in read_withdrawals(folder).values():
        if name in withdrawal.names:
            instead = (
                f" Use version {withdrawal.remplacee_par}." if withdrawal.remplacee_par else ""
            )
            raise ApiError(
                410,
                "Gone",
                f"{withdrawal.jeu} {withdrawal.version}: {name} was withdrawn on"
                f" {withdrawal.retire_le}: {withdrawal.raison}.{instead}",
            )


async def site_file(request: Request) -> Response:
    """Answer with a file of the site. Raises ``HTTPException`` (404)."""
    url_path = str(request.scope["path"])
    site = app_context(request).settings.site
    served = await anyio.to_thread.run_sync(_page, site, url_path)
    if served is None:
        raise HTTPException(404)
    if served.is_dir():
        return RedirectResponse(f"{request.scope.get('root_path', '')}{url_path}/", 308)
    return await _serve_file(request, served, _SHORT_CACHE)


def _page(site: Path, url_path: str) -> Path | None:
    """Return a file of the site; its folder when a final slash is missing to it."""
    parts = [part for part in url_path.split("/") if part]
    if not all(_NAME.fullmatch(part) for part in parts):
        return None
    path = site.joinpath(*parts)
    if _regular_file(site, path):
        return path if not url_path.endswith("/") else None
    index = _regular_file(site, path / "index.html")
    if index is None:
        return None
    return index if url_path.endswith("/") or not parts else path


def _regular_file(root: Path, path: Path) -> Path | None:
    """Return the path if it is a file that is really there, under ``root``."""
    try:
        resolved = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    inside = resolved.is_relative_to(root.resolve())
    return path if inside and stat.S_ISREG(resolved.stat().st_mode) else None


async def _serve_file(
    request: Request, path: Path, cache: str, missing: Callable[[], None] | None = None
) -> Response:
    """Answer with a file that was there a moment ago; ``missing`` tells why it is not any more."""
    try:
        status = await anyio.to_thread.run_sync(os.stat, path)
        digest = await anyio.to_thread.run_sync(_digest, path, status.st_mtime_ns, status.st_size)
        return await file_response(
            request, path, digest, status.st_mtime, _media_type(path), cache=cache, missing=missing
        )
    except FileNotFoundError:
        if missing:
            missing()
        raise HTTPException(404) from None


@lru_cache(maxsize=8192)
def _digest(path: Path, _mtime: int, _size: int) -> str:
    """Hash a content once: its time and size tell one from the next."""
    return sha256(path)


def _media_type(path: Path) -> str:
    kind = _TYPES.get(path.suffix.removeprefix("."), "application/octet-stream")
    if path.name == "SHA256SUMS":
        kind = "text/plain"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
