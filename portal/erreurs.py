"""The errors that clients receive: one exception, told in the words of each interface.

Belongs here: codes, statuses, bodies. Does not: deciding that something is wrong.
"""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A request that gets no answer. ``code`` is the API's (``ODSQLError``)."""

    def __init__(
        self, statut: int, code: str, message: str, entetes: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.statut = statut
        self.code = code
        self.message = message
        self.entetes = dict(entetes or {})

    def corps(self) -> dict[str, Any]:
        """Body of the Explore API."""
        return {"error_code": self.code, "message": self.message}

    def corps_v1(self) -> dict[str, Any]:
        """Body of the API v1."""
        return {"errorcode": self.statut, "error": self.message}

    def probleme(self) -> dict[str, Any]:
        """Body of RFC 9457, for clients that ask for it."""
        return {
            "type": "about:blank",
            "title": self.code,
            "status": self.statut,
            "detail": self.message,
            **self.corps(),
        }


def jeu_inconnu(nom: str) -> ApiError:
    """The dataset does not exist."""
    return ApiError(404, "NotFoundResource", f"The requested dataset {nom} does not exist.")


def parametre_invalide(message: str) -> ApiError:
    """A parameter that is not of the query language cannot be taken."""
    return ApiError(400, "InvalidRESTParameterError", message)
