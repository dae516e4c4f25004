"""Published files and the pages of the site, at the addresses that the metadata promise.

Belongs here: finding a file under its address, conditions, ranges. Does not: filtered exports, nor
what the files say. ``<jeu>/derniere/<file>``, ``<jeu>/<version>/<file>``, the site at the root.
"""

import os
import re
import stat
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from orchestration.description.fiche import MEDIA_TYPES
from orchestration.description.site import DERNIERE
from orchestration.publication import versions
from orchestration.publication.fichiers import sha256 as calculer
from orchestration.publication.retraits import lire_retraits
from portal.application import portail
from portal.erreurs import ApiError
from portal.reglages import Reglages

_IMMUABLE = "public, max-age=31536000, immutable"
_BREF = "public, max-age=60, must-revalidate"
_AUTRES = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "xml": "application/xml",
    "atom": "application/atom+xml",
    "yaml": "application/yaml",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "png": "image/png",
    "txt": "text/plain",
}
_TYPES = {**_AUTRES, **MEDIA_TYPES}
_NOM = re.compile(r"[\w-][\w.-]*", re.ASCII)


class _Fichier(FileResponse):
    """Larger blocks: each costs a trip to a thread (64 kB: 200 MB/s less)."""

    chunk_size = 1024 * 1024


def routes() -> list[Route]:
    """Return the routes; they take what no other one does, so they come last."""
    return [
        Route("/{jeu}/{version}/{fichier}", _publie),
        Route("/{chemin:path}", _du_site),
    ]


async def fichier_reponse(
    request: Request,
    chemin: Path,
    sha256: str,
    modifie: float,
    media_type: str,
    nom_attache: str | None = None,
    cache: str = "no-cache",
) -> Response:
    """Answer with a file: conditions, ranges, HEAD. ``modifie`` is seconds since 1970."""
    headers = {
        "ETag": f'"{sha256}"',
        "Last-Modified": formatdate(modifie, usegmt=True),
        "Cache-Control": cache,
        "Accept-Ranges": "bytes",
    }
    if _inchange(request, sha256, modifie):
        return Response(status_code=304, headers=headers)
    return _Fichier(
        chemin,
        headers=headers,
        media_type=media_type,
        filename=nom_attache,
        stat_result=await anyio.to_thread.run_sync(os.stat, chemin),
    )


def _inchange(request: Request, sha256: str, modifie: float) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:  # it alone counts then (RFC 9110, 13.2.2)
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return "*" in tags or f'"{sha256}"' in tags
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return int(modifie) <= since.timestamp()
    except (ValueError, TypeError, OverflowError):
        return False


async def _publie(request: Request) -> Response:
    reglages = portail(request).reglages
    found = await anyio.to_thread.run_sync(_chercher, reglages, dict(request.path_params))
    if found is None:
        return await _du_site(request)
    path, immutable = found
    return await _servir(request, path, _IMMUABLE if immutable else _BREF)


def _chercher(reglages: Reglages, noms: dict[str, str]) -> tuple[Path, bool] | None:
    """Return the file, and whether it never changes. Raises ``ApiError`` (410)."""
    if not all(_NOM.fullmatch(name) for name in noms.values()):
        return None
    folder = reglages.publications / noms["jeu"]
    try:
        pointer = versions.lire_pointeur(folder)
    except versions.HistoriqueError:
        pointer = None
    asked = noms["version"]
    version = pointer.version if pointer and asked == DERNIERE else asked
    # Public once the pointer has named it: a later one is being published.
    current = versions.lire_version(pointer.version) if pointer else None
    named = versions.lire_version(version)
    if named is None or current is None or named > current:
        return None
    path = _regulier(reglages.publications, folder / version / noms["fichier"])
    if path is None:
        _retire(folder / version, noms["fichier"])
        return None
    return path, asked != DERNIERE


def _retire(dossier: Path, nom: str) -> None:
    for tomb in lire_retraits(dossier).values():
        if nom in tomb.noms:
            instead = f" Use version {tomb.remplacee_par}." if tomb.remplacee_par else ""
            raise ApiError(
                410,
                "Gone",
                f"{tomb.jeu} {tomb.version}: {nom} was withdrawn on {tomb.retire_le}:"
                f" {tomb.raison}.{instead}",
            )


async def _du_site(request: Request) -> Response:
    asked = str(request.scope["path"])
    site = portail(request).reglages.site
    found = await anyio.to_thread.run_sync(_page, site, asked)
    if found is None:
        raise HTTPException(404)
    if found.is_dir():
        return RedirectResponse(f"{request.scope.get('root_path', '')}{asked}/", 308)
    return await _servir(request, found, _BREF)


def _page(site: Path, asked: str) -> Path | None:
    """Return a file of the site; its folder when a final slash is missing to it."""
    parts = [part for part in asked.split("/") if part]
    if not all(_NOM.fullmatch(part) for part in parts):
        return None
    path = site.joinpath(*parts)
    if _regulier(site, path):
        return path if not asked.endswith("/") else None
    index = _regulier(site, path / "index.html")
    if index is None:
        return None
    return index if asked.endswith("/") or not parts else path


def _regulier(racine: Path, path: Path) -> Path | None:
    """Return the path if it is a file that is really there, under ``racine``."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    inside = real.is_relative_to(racine.resolve())
    return path if inside and stat.S_ISREG(real.stat().st_mode) else None


async def _servir(request: Request, path: Path, cache: str) -> Response:
    status = await anyio.to_thread.run_sync(os.stat, path)
    digest = await anyio.to_thread.run_sync(_empreinte, path, status.st_mtime_ns, status.st_size)
    return await fichier_reponse(request, path, digest, status.st_mtime, _type(path), cache=cache)


@lru_cache(maxsize=8192)
def _empreinte(path: Path, _mtime: int, _size: int) -> str:
    """Hash a content once: its time and size tell one from the next."""
    return calculer(path)


def _type(path: Path) -> str:
    kind = _TYPES.get(path.suffix.removeprefix("."), "application/octet-stream")
    if path.name == "SHA256SUMS":
        kind = "text/plain"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
