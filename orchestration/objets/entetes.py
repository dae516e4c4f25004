"""HTTP headers with which a bucket serves each file.

Belongs here: type and caching of a file by its name. Does not: sending it.
"""

from pathlib import PurePosixPath

from orchestration.description.fiche import MEDIA_TYPES
from orchestration.publication.versions import SOMMES, lire_version

IMMUABLE = "public, max-age=31536000, immutable"
A_REVALIDER = "no-cache"
# Beside those of a version's files; the machine's own list would depend on what is installed there.
_AUTRES = {
    "atom": "application/atom+xml",
    "css": "text/css",
    "jsonld": "application/ld+json",
    "md": "text/markdown",
    "rdf": "application/rdf+xml",
    "svg": "image/svg+xml",
    "ttl": "text/turtle",
    "txt": "text/plain",
    "xml": "application/xml",
    "yaml": "application/yaml",
}


def entetes(nom: str) -> dict[str, str]:
    """Content-Type and Cache-Control of an object by its name below the address."""
    return {"Content-Type": _type(PurePosixPath(nom)), "Cache-Control": _cache(nom)}


def _type(path: PurePosixPath) -> str:
    form = path.suffix.removeprefix(".").lower()
    known = MEDIA_TYPES.get(form) or _AUTRES.get(form)
    found = known or ("text/plain" if path.name == SOMMES else "application/octet-stream")
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def _cache(nom: str) -> str:
    """Files of a version never change, but for the list of them: a withdrawal shortens it."""
    path = PurePosixPath(nom)
    of_version = lire_version(path.parent.name) is not None
    return IMMUABLE if of_version and path.name != SOMMES else A_REVALIDER
