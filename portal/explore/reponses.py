"""JSON answers, with what every answer of the API says in its headers.

Belongs here: encoding and headers. Does not: content, errors (``portal.erreurs``).
"""

from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from portal.explore.parametres import Parametres

JSON = "application/json; charset=utf-8"
_BITS = 64


def json(contenu: Any, parametres: Parametres | None = None, **entetes: str) -> Response:
    """Encode an answer, naming the parameters that had no effect."""
    headers = entetes | (entete_des_ignores(parametres) if parametres else {})
    return Response(_octets(contenu), media_type=JSON, headers=headers)


def _octets(contenu: Any) -> bytes:
    try:
        return orjson.dumps(contenu, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        # A sum may have more digits than a JSON integer is read with: it is told as others tell it.
        return orjson.dumps(_sans_geants(contenu), option=orjson.OPT_NON_STR_KEYS)


def _sans_geants(valeur: Any) -> Any:
    if isinstance(valeur, dict):
        return {key: _sans_geants(item) for key, item in valeur.items()}
    if isinstance(valeur, list):
        return [_sans_geants(item) for item in valeur]
    if isinstance(valeur, int) and valeur.bit_length() >= _BITS:
        return float(valeur)
    return valeur


def entete_des_ignores(parametres: Parametres) -> dict[str, str]:
    """Name the parameters that had no effect; what a header cannot hold is left out."""
    names = [name for name in parametres.ignores() if name.isascii() and name.isprintable()]
    return {"X-Ignored-Parameters": ", ".join(names)[:1000]} if names else {}


def adresse(request: Request, chemin: str) -> str:
    """Return the address of a path of this server, as the client reaches it."""
    return str(request.base_url).rstrip("/") + chemin


def avec_parametres(request: Request, **changes: Any) -> str:
    """Return the address of this request with some parameters changed; ``None`` takes one away."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in changes]
    added = [(key, value) for key, value in changes.items() if value is not None]
    query = urlencode([*kept, *added])
    return adresse(request, request.url.path) + (f"?{query}" if query else "")
