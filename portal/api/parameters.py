"""The parameters of a request, read as clients really send them."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request

from portal.errors import invalid_parameter, read_integer, shortened
from portal.odsql.dates import timezones
from portal.odsql.plan import Query
from portal.odsql.v1_query import parse_q
from portal.packages.dataset import Dataset

LANGUAGES = ("en", "fr", "nl", "pt", "it", "ar", "de", "es", "ca", "eu", "sv")
DEFAULT_LANGUAGE = "fr"
MAX_LIMIT, MAX_GROUPED_LIMIT, MAX_CURSOR_LIMIT = 100, 20_000, 10_000
MAX_DEPTH = 10_000
DEFAULT_LIMIT = 10
_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no", ""}
# Sent by clients everywhere, and without effect on what they read.
_ALWAYS_IGNORED = frozenset({"apikey", "access_token", "callback"})
_V1_FILTERS = ("geofilter.", "refine.", "exclude.")


@dataclass(frozen=True)
class Page:
    """Which rows of an answer: ``after`` is the cursor of the last row that the client has."""

    limit: int | None
    offset: int = 0
    after: str | None = None


class Parameters:
    """Reads parameters and remembers which were looked at: the others are named in a header."""

    def __init__(self, query: QueryParams) -> None:
        self._query = query
        self._read_names: set[str] = set(_ALWAYS_IGNORED)

    @classmethod
    def from_request(cls, request: Request) -> "Parameters":
        """Return the parameters of a request."""
        return cls(request.query_params)

    def text(self, name: str, default: str = "") -> str:
        """Return the last value of a parameter."""
        self._read_names.add(name)
        return self._query.get(name, default)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all the values of a parameter that may be repeated."""
        self._read_names.add(name)
        return tuple(self._query.getlist(name))

    def names(self) -> list[str]:
        """Return the names that were given."""
        return list(dict.fromkeys(self._query.keys()))

    def boolean(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean, in whatever case it is written. Raises ``ApiError``."""
        text = self.text(name, str(default)).strip().lower()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        raise invalid_parameter(
            f"Invalid value for {name} API parameter: {shortened(text)} was found but true or false"
            " is expected."
        )

    def integer(self, name: str, default: int) -> int:
        """Return a whole number. Raises ``ApiError``."""
        text = self.text(name).strip()
        if not text:
            return default
        number = read_integer(text)
        if number is None:
            raise invalid_parameter(
                f"Invalid value for {name} API parameter: {shortened(text)} was found but an"
                " integer is expected."
            )
        return number

    def check_known(self, names: Iterable[str]) -> None:
        """Take note of parameters that may be given here without being read."""
        self._read_names.update(names)

    def ignored(self) -> list[str]:
        """Return the names that nobody looked at, in order."""
        return sorted(set(self._query.keys()) - self._read_names)


def read_query(parameters: Parameters, dataset: Dataset) -> Query:
    """Read the clauses and the reader's zone and language. Raises ``ApiError``."""
    _refuse_filters_of_v1(parameters)
    legacy_query = parameters.text("qv1").strip()
    legacy = parse_q(legacy_query, dataset) if legacy_query else None
    return Query(
        conditions=(legacy,) if legacy else (),
        select=parameters.text("select"),
        where=parameters.texts("where"),
        group_by=parameters.text("group_by"),
        order_by=",".join(text for text in parameters.texts("order_by") if text.strip()),
        refine=parameters.texts("refine"),
        exclude=parameters.texts("exclude"),
        facets=parameters.texts("facet"),
        timezone=read_timezone(parameters),
        language=read_language(parameters),
    )


def _refuse_filters_of_v1(parameters: Parameters) -> None:
    """Refuse what would choose rows in v1: let go, it would give others than those asked for."""
    for name in parameters.names():
        if name.startswith(_V1_FILTERS):
            raise invalid_parameter(
                f"{shortened(name)} is a parameter of API v1. Here: where=within_distance(field, "
                "geom'POINT(2.35 48.85)', 5km) or where=within(field, geom'POLYGON(…)')."
            )


def read_timezone(parameters: Parameters) -> str:
    """Return a time zone, UTC by default. Raises ``ApiError``."""
    name = parameters.text("timezone").strip() or "UTC"
    if name.lower() in ("utc", "z", "gmt"):
        return "UTC"
    if name not in timezones():
        raise invalid_parameter(
            f"Invalid value for timezone API parameter: {shortened(name)} was found but an"
            " identifier such as Europe/Paris is expected."
        )
    return name


def read_language(parameters: Parameters) -> str:
    """Return a language, the portal's when the one asked is not known."""
    language = parameters.text("lang").strip().lower()[:2]
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def read_page(parameters: Parameters, *, grouped: bool) -> Page:
    """Read limit, offset and after. Raises ``ApiError``."""
    after = next(iter(parameters.texts("after")), None)
    most = MAX_GROUPED_LIMIT if grouped else MAX_LIMIT if after is None else MAX_CURSOR_LIMIT
    limit = parameters.integer("limit", parameters.integer("rows", DEFAULT_LIMIT))
    if not -1 <= limit <= most:
        raise invalid_parameter(
            f"Invalid value for limit API parameter: {limit} was found but -1 <= limit <= {most}"
            " is expected."
        )
    limit = most if limit == -1 else limit
    offset = parameters.integer("offset", 0)
    if offset < 0:
        raise invalid_parameter(
            f"Invalid value for offset API parameter: {offset} was found but >= 0 is expected."
        )
    if not grouped and after is None and offset + limit > MAX_DEPTH:
        raise invalid_parameter(
            f"Invalid value for sum of offset + limit API parameter: {offset + limit} was found"
            f" but <= {MAX_DEPTH} is expected."
        )
    return Page(limit, offset, after)
