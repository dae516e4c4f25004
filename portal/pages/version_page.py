"""The page of a version: its files, sizes and hashes, and whether there is a newer one."""

from typing import Any

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from orchestration.metadata.version_card import LATEST
from orchestration.store import versions
from portal.context import app_context
from portal.dashboards.answers import in_french, render, site
from portal.errors import ApiError
from portal.mirror import bring
from portal.pages.published_files import site_file
from portal.settings import Settings


def routes() -> list[Route]:
    """Return the routes: the citation of a version leads there."""
    return [
        Route("/{jeu}/{version}/", in_french(_version)),
        Route("/{jeu}/{version}", _without_slash),
    ]


async def _without_slash(request: Request) -> Response:
    if versions.parse_version(request.path_params["version"]) is None:
        return await site_file(request)
    return RedirectResponse(f"{request.url.path}/", 308)


async def _version(request: Request) -> Response:
    names = request.path_params
    if names["version"] == LATEST:
        return RedirectResponse(f"/{names['jeu']}/", 302)
    if versions.parse_version(names["version"]) is None:
        raise HTTPException(404)
    await bring(app_context(request).settings, names["jeu"], names["version"])
    told = await anyio.to_thread.run_sync(
        _read, app_context(request).settings, names["jeu"], names["version"]
    )
    return render("version.html.j2", here="jeux", notice=site().avis, **told)


def _read(settings: Settings, name: str, version: str) -> dict[str, Any]:
    """Return what the manifest says. Raises ``HTTPException`` (404) and ``ApiError`` (410)."""
    folder = settings.publications / name
    if name.startswith(".") or not (folder / versions.POINTER).is_file():
        raise HTTPException(404)
    try:
        pointer = versions.read_pointer(folder)
        withdrawal = versions.read_withdrawal(folder / version)
        manifest = versions.read_manifest(folder, version)
    except versions.HistoryError:
        raise HTTPException(404) from None
    current = versions.parse_version(pointer.version) if pointer else None
    asked = versions.parse_version(version)
    if current is None or asked is None or asked > current:
        raise HTTPException(404)
    if withdrawal is not None:
        instead = f" La version {withdrawal.remplacee_par} la remplace." * bool(
            withdrawal.remplacee_par
        )
        raise ApiError(410, "Gone", f"La version {version} de {name} a été retirée : "
                       f"{withdrawal.raison.rstrip('. ')}.{instead}")  # fmt: skip
    present = {path.name for path in (folder / version).iterdir()}
    return {
        "dataset": name,
        "version": version,
        "manifest": manifest,
        "files": [file for file in manifest["fichiers"] if file["nom"] in present],
        "newer": str(current) if current != asked else "",
    }
