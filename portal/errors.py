"""The errors that clients receive: one exception, told in the words of each interface."""

import re
from collections.abc import Mapping
from typing import Any

# What is quoted of a value that a client typed.
_SHOWN = 80
# Whole numbers as clients type them: ASCII, and within 64 bits.
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


class ApiError(Exception):
    """A request that gets no answer. ``code`` is the API's (``ODSQLError``)."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def payload(self) -> dict[str, Any]:
        """Body of the Explore API."""
        return {"error_code": self.code, "message": self.message}

    def payload_v1(self) -> dict[str, Any]:
        """Body of the API v1."""
        return {"errorcode": self.status, "error": self.message}

    def problem(self) -> dict[str, Any]:
        """Body of RFC 9457, for clients that ask for it."""
        return {
            "type": "about:blank",
            "title": self.code,
            "status": self.status,
            "detail": self.message,
            **self.payload(),
        }


def unknown_dataset(name: str) -> ApiError:
    """The dataset does not exist."""
    return ApiError(404, "NotFoundResource", f"The requested dataset {name} does not exist.")


def invalid_parameter(message: str) -> ApiError:
    """A parameter that is not of the query language cannot be taken."""
    return ApiError(400, "InvalidRESTParameterError", message)


def read_integer(text: str) -> int | None:
    """Return the whole number that a text is, of at most 18 digits; nothing if it is none."""
    return int(text) if _INTEGER.fullmatch(text) else None


def shortened(text: str) -> str:
    """Return what can be quoted of a text that a client typed."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
