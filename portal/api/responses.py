"""JSON answers, with what every answer of the API says in its headers."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from portal.api.parameters import Parameters
from portal.odsql.fragment import Kind
from portal.odsql.plan import Column

_Converter = Callable[[Any], Any]


def _feature(value: Any) -> Any:
    if value is None:
        return None
    return {"type": "Feature", "geometry": orjson.Fragment(value), "properties": {}}


def _raw_json(value: Any) -> Any:
    return None if value is None else orjson.Fragment(value)


_CONVERTERS: dict[Kind, _Converter] = {Kind.SHAPE: _feature, Kind.JSON: _raw_json}


def objects(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]]) -> Iterable[dict[str, Any]]:
    """Yield each row as an object, in the order of the columns; extra values are left out."""
    names = [column.name for column in columns]
    special = [
        (column.name, _CONVERTERS[column.expression.kind])
        for column in columns
        if column.expression.kind in _CONVERTERS
    ]
    for row in rows:
        values_by_name = dict(zip(names, row, strict=False))
        for name, convert in special:
            values_by_name[name] = convert(values_by_name[name])
        yield values_by_name


NEWEST = "/api/explore/v2.1"
_VERSION = re.compile("/api/(?:explore/v2[.][01]|v2)(?=/|$)")
JSON = "application/json; charset=utf-8"
_BITS = 64


def json(content: Any, parameters: Parameters | None = None, **extra_headers: str) -> Response:
    """Encode an answer, naming the parameters that had no effect."""
    headers = extra_headers | (ignored_header(parameters) if parameters else {})
    return Response(_encode(content), media_type=JSON, headers=headers)


def _encode(content: Any) -> bytes:
    try:
        return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        # A sum may have more digits than a JSON integer is read with: it is told as others tell it.
        return orjson.dumps(_without_big_integers(content), option=orjson.OPT_NON_STR_KEYS)


def _without_big_integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_big_integers(element) for key, element in value.items()}
    if isinstance(value, list):
        return [_without_big_integers(element) for element in value]
    if isinstance(value, int) and value.bit_length() >= _BITS:
        return float(value)
    return value


def ignored_header(parameters: Parameters) -> dict[str, str]:
    """Name the parameters that had no effect; what a header cannot hold is left out."""
    names = [name for name in parameters.ignored() if name.isascii() and name.isprintable()]
    return {"X-Ignored-Parameters": ", ".join(names)[:1000]} if names else {}


def address(request: Request, path: str) -> str:
    """Return the address of a path of this server, as the client reaches it."""
    return str(request.base_url).rstrip("/") + path


def api_base(request: Request) -> str:
    """Return the address of the version of the API that is called, v2.1 for what is none."""
    version = _VERSION.match(request.url.path)
    return address(request, version[0] if version else NEWEST)


def with_parameters(request: Request, **changes: Any) -> str:
    """Return the address of this request with some parameters changed; ``None`` takes one away."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in changes]
    added = [(key, value) for key, value in changes.items() if value is not None]
    query = urlencode([*kept, *added])
    return address(request, request.url.path) + (f"?{query}" if query else "")
