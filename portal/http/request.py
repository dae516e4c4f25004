"""What the layers of the server know of a request: its id, its client, its route."""

import re
import secrets

from starlette.datastructures import Headers
from starlette.types import Scope

REQUEST_ID = "cpf.identifiant"
CLIENT = "cpf.client"
_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def mark_request(scope: Scope, *, mandataire: bool) -> None:
    """Note the id (the caller's, if it is sane) and the client in the scope."""
    headers = Headers(scope=scope)
    request_id = headers.get("x-request-id", "")
    scope[REQUEST_ID] = (
        request_id if _VALID_REQUEST_ID.fullmatch(request_id) else secrets.token_hex(8)
    )
    peer = (scope.get("client") or ("",))[0]
    # The last address is the one that our proxy saw; those before it are what the client says.
    forwarded = headers.get("x-forwarded-for", "") if mandataire else ""
    scope[CLIENT] = forwarded.rpartition(",")[2].strip() or peer


def route_template(scope: Scope) -> str:
    """Return the template of the route, which holds no value."""
    return str(getattr(scope.get("route"), "path", "")) or "(inconnue)"
