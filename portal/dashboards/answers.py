"""Answers of the dashboards: pages under a strict policy, files, errors in French; kept ones."""

import base64
import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from orchestration.html import hold_punctuation, portal_entries, template_environment
from orchestration.metadata.version_card import Site, read_site
from portal.dashboards import french
from portal.dashboards.drawing.bars import shared_patterns
from portal.dashboards.facts import UNKNOWN
from portal.dashboards.sentences import value_text
from portal.errors import ApiError

Handler = Callable[[Request], Awaitable[Response]]
_CSS_SPACE = re.compile(r"\s*([{};,])\s*")
_TEMPLATES = Path(__file__).parent / "templates"
_CACHE = "public, max-age=60, must-revalidate"
_PINNED = "public, max-age=86400"
# Bytes of the answers that are kept: pages of the versions shown last.
_MAX_KEPT = 33_554_432
_BUSY = "Le serveur est occupé ou prépare ces données : réessayer dans quelques secondes."
_GONE, _UNAVAILABLE = 410, 503
# A page is compressed once, in 4 ms: more would be 1 % less bytes, in 8.
_GZIP_LEVEL = 6


@lru_cache(maxsize=1)
def site() -> Site:
    """Who publishes."""
    return read_site()


@lru_cache(maxsize=1)
def environment() -> Environment:
    """What renders the pages."""
    made = template_environment(_TEMPLATES)
    made.filters |= {
        "evolution": french.format_evolution,
        "periode": french.format_period,
        "mesure": french.format_measure,
        "valeur": french.format_value,
        "dans_la_phrase": french.in_sentence,
    }
    made.globals |= {"value_text": value_text, "site": site(), "patterns": shared_patterns(),
                     "unknown": UNKNOWN}  # fmt: skip
    return made


@lru_cache(maxsize=1)
def stylesheet() -> tuple[str, str]:
    """Return the styles of the pages, and what the policy must say to let them in."""
    css = _CSS_SPACE.sub(r"\1", environment().get_template("_tableaux.css.j2").render().strip())
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return css, f"'sha256-{digest}'"


def policy(*, framed: bool) -> str:
    """Return the policy of a page: nothing from elsewhere, in anybody's frame if ``framed``."""
    ancestors = "*" if framed else "'self'"
    return (
        f"default-src 'none'; style-src {stylesheet()[1]}; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {ancestors}"
    )


def root(request: Request) -> str:
    """Address of this server, without final slash, as the reader reaches it."""
    return str(request.base_url).rstrip("/")


def render(
    name: str,
    *,
    framed: bool = False,
    status: int = 200,
    pages: Environment | None = None,
    **context: Any,
) -> Response:
    """Render a page of ``pages``, ours if none; ``notice``: what must be read before it, if any."""
    html = (
        (pages or environment())
        .get_template(name)
        .render(css=stylesheet()[0], entries=portal_entries(), **{"notice": "", **context})
    )
    return HTMLResponse(
        hold_punctuation(html),
        status,
        {"Content-Security-Policy": policy(framed=framed), "Cache-Control": _CACHE},
    )


def file(content: bytes, media_type: str, *, pinned: bool) -> Response:
    """Return a file; one of a pinned version may be kept."""
    headers = {"Cache-Control": _PINNED if pinned else _CACHE}
    headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if media_type.startswith("image/svg"):
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(content, 200, headers, media_type)


def in_french(handler: Handler) -> Handler:
    """Tell errors in French, as a page, as JSON or as text, after what was asked."""

    async def wrapped(request: Request) -> Response:
        try:
            return await handler(request)
        except ApiError as error:
            return refusal(request, error)

    return wrapped


def refusal(request: Request, error: ApiError) -> Response:
    """Tell an error."""
    message = _BUSY if error.status >= _UNAVAILABLE else error.message
    kind = request.url.path.rpartition("/")[2].rpartition(".")[2]
    if kind == "json" or request.url.path.endswith("/oembed"):
        body = orjson.dumps({"erreur": message, "statut": error.status})
        return Response(body, error.status, error.headers, "application/json; charset=utf-8")
    if kind in ("csv", "svg", "png", "md"):
        return Response(message, error.status, error.headers, "text/plain; charset=utf-8")
    framed = request.url.path.startswith("/integrer/")
    latest = str(request.url.remove_query_params("version")) if error.status == _GONE else ""
    answer = render(
        "erreur.html.j2", framed=framed, status=error.status, message=message, here="tableaux",
        header_wanted=not framed, latest=latest, detail="", notice=site().avis,
    )  # fmt: skip
    answer.headers.update(error.headers)
    return answer


class AnswerKeeper:
    """Keeps answers, by what they show: versions never change, so neither do they.

    Pages are kept compressed, as they are sent to who accepts it.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], Response] = OrderedDict()
        self._size = 0

    def read(self, key: tuple[str, ...], *, compressed: bool) -> Response | None:
        """Return a kept answer, ``compressed`` if the client accepts it."""
        answer = self._kept.get(key)
        if answer is None:
            return None
        self._kept.move_to_end(key)
        return _copy(answer) if compressed else _unpacked(answer)

    def store(self, key: tuple[str, ...], answer: Response) -> None:
        """Keep an answer; those used least recently leave."""
        if key in self._kept or len(answer.body) > _MAX_KEPT // 8:
            return
        answer = _packed(answer)
        self._kept[key] = answer
        self._size += len(answer.body)
        while self._size > _MAX_KEPT:
            self._size -= len(self._kept.popitem(last=False)[1].body)


def _packed(answer: Response) -> Response:
    if answer.media_type != "text/html":
        return _copy(answer)
    packed = _copy(answer, gzip.compress(bytes(answer.body), _GZIP_LEVEL, mtime=0))
    packed.headers["Content-Encoding"] = "gzip"
    packed.headers.add_vary_header("Accept-Encoding")
    return packed


def _unpacked(answer: Response) -> Response:
    if "Content-Encoding" not in answer.headers:
        return _copy(answer)
    unpacked = _copy(answer, gzip.decompress(bytes(answer.body)))
    del unpacked.headers["Content-Encoding"]
    return unpacked


def _copy(answer: Response, body: bytes | None = None) -> Response:
    """What is sent is changed on its way: each gets headers of its own."""
    content = bytes(answer.body) if body is None else body
    copied = Response(content, answer.status_code)
    copied.raw_headers = list(answer.raw_headers)
    copied.headers["Content-Length"] = str(len(content))
    return copied
