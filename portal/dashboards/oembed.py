"""oEmbed: what other sites ask to show the address of a dashboard or of a chart as a frame."""

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import orjson
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from portal.dashboards.answers import file, root, site
from portal.dashboards.cards import EMBED, PATH
from portal.dashboards.chart_files import FORMATS
from portal.dashboards.selection import bad_request, missing, read_selection
from portal.dashboards.targets import target

_EMBED_SIZE = (720, 560)


async def oembed(request: Request) -> Response:
    """Answer what oEmbed consumers ask of the address of a dashboard or of a chart."""
    if request.query_params.get("format", "json") != "json":
        raise missing("oEmbed ne répond ici qu'en JSON (format=json).")
    address = urlsplit(request.query_params.get("url", ""))
    parts = address.path.split("/")
    if f"{address.scheme}://{address.netloc}" != root(request) or parts[1:2] != [PATH[1:]]:
        raise missing(f"« url » doit être l'adresse d'un tableau de bord : {root(request)}{PATH}/…")
    names = [unquote(part) for part in parts[2:]]
    if names[:1] == ["construire"]:
        names = ["/".join(names[:2]), *names[2:]]
    name, *others = [*names, ""] if len(names) < 2 else names  # noqa: PLR2004
    dashboard, chart = target(request, name, _without_extension(others[0]))
    selection = read_selection(dashboard, parse_qsl(address.query))
    width, height = (
        _size(request, name, usual)
        for name, usual in zip(("maxwidth", "maxheight"), _EMBED_SIZE, strict=True)
    )
    path = quote(f"{dashboard.name}/{chart.name}" if chart else dashboard.name)
    name = f"{dashboard.title} – {chart.title}" if chart else dashboard.title
    source = f"{root(request)}{EMBED}/{path}{selection.query()}"
    html = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" '
        'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"></iframe>'
    ).format(source, name, width, height)
    content = {
        "version": "1.0", "type": "rich", "title": name, "html": str(html),
        "width": width, "height": height, "cache_age": 3600,
        "provider_name": site().titre, "provider_url": f"{root(request)}/",
        "thumbnail_url": f"{root(request)}{PATH}/{quote(dashboard.name)}/"
        f"{quote(chart.name if chart else next(iter(dashboard.charts)))}.png{selection.query()}",
        "thumbnail_width": _EMBED_SIZE[0], "thumbnail_height": _EMBED_SIZE[1],
    }  # fmt: skip
    return file(orjson.dumps(content), "application/json; charset=utf-8", pinned=False)


def _without_extension(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    return stem if kind in FORMATS else name


def _size(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not int(text[:6]) > 0:
        raise bad_request(f"« {name} » est un nombre de pixels.")
    return min(usual, int(text[:6]))


def oembed_link(request: Request, path: str) -> str:
    """Return the address where oEmbed tells a page of this site."""
    return f"{root(request)}/oembed?{urlencode({'url': root(request) + path, 'format': 'json'})}"
