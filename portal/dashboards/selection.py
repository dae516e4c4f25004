"""What a reader asks of a dashboard by its address: filters, year, measure, comparison, version."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from portal.dashboards.declarations import Dashboard, Dimension
from portal.errors import ApiError

# What stands for no code in an address: "À distance" has no département.
NONE = "aucun"
_YEAR, _MEASURE, _COMPARE, _VERSION, _VIEW = "annee", "mesure", "comparer", "version", "vue"
_VIEWS = ("", "tableau")
LATEST = "derniere"
RESERVED = frozenset({_YEAR, _MEASURE, _COMPARE, _VERSION, _VIEW})
_WHOLE = "FR"
_PLACES = {"REG": "region", "DEP": "departement"}
_PLACE = re.compile(r"(REG|DEP)-(\w{2,3})", re.ASCII)
# What others add to addresses that are shared.
_TRACKING = ("utm_", "fbclid", "gclid", "mtm_", "pk_")
_LONGEST = 200


def bad_request(message: str) -> ApiError:
    """A reader asks for what there is not; the message says what there is."""
    return ApiError(400, "InvalidRESTParameterError", message)


def missing(message: str) -> ApiError:
    """What an address names does not exist."""
    return ApiError(404, "NotFoundResource", message)


@dataclass(frozen=True)
class Selection:
    """What is asked. ``filters``: a code by dimension, in the order of the declaration.

    ``compare``: ``FR``, ``REG-84``, ``DEP-35`` or nothing; ``version``: empty for the latest.
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    measure: str = ""
    compare: str = ""
    version: str = ""
    view: str = ""

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the address, always in the same order."""
        given = {
            _YEAR: "" if self.year is None else str(self.year),
            **self.filters,
            _MEASURE: self.measure,
            _COMPARE: self.compare,
            _VERSION: self.version,
            _VIEW: self.view,
        }
        return {name: value for name, value in given.items() if value}

    def query(self) -> str:
        """Return the query of the address with its question mark, or nothing."""
        parameters = self.parameters()
        return f"?{urlencode(parameters)}" if parameters else ""

    def toggled(self, dimension: str, code: str) -> "Selection":
        """Filter by a value, or not any more if it does already."""
        others = {name: value for name, value in self.filters.items() if name != dimension}
        if self.filters.get(dimension) != code:
            others[dimension] = code
        return replace(self, filters=others)

    def with_year(self, year: int) -> "Selection":
        """Look at a year, or at the usual one if it does already."""
        return replace(self, year=None if self.year == year else year)

    def compared(self, dashboard: Dashboard) -> "Selection":
        """Return what it is compared with."""
        places = {name for name, item in dashboard.dimensions.items() if item.place}
        filters = {name: value for name, value in self.filters.items() if name not in places}
        place = _PLACE.fullmatch(self.compare)
        if place:
            filters[_place_dimension(dashboard, _PLACES[place[1]])] = place[2]
        return replace(self, filters=filters, compare="")


def _place_dimension(dashboard: Dashboard, place: str) -> str:
    return next(item.name for item in dashboard.dimensions.values() if item.place == place)


def read_selection(dashboard: Dashboard, items: Iterable[tuple[str, str]]) -> Selection:
    """Read the parameters of an address. Raises ``ApiError`` (400); values are not looked up."""
    given: dict[str, str] = {}
    known = (*dashboard.dimensions, _YEAR, _MEASURE, _COMPARE, _VERSION, _VIEW)
    for name, value in items:
        if name.startswith(_TRACKING) or not value:
            continue
        if name not in known:
            raise bad_request(
                f"Le filtre « {name[:40]} » n'existe pas ici. Il y a : {', '.join(known)}."
            )
        if given.setdefault(name, value) != value:
            raise bad_request(f"Le filtre « {name} » est donné deux fois, avec deux valeurs.")
        if len(value) > _LONGEST:
            raise bad_request(f"La valeur du filtre « {name} » est trop longue.")
    if given.get(_VERSION) == LATEST:
        del given[_VERSION]
    return Selection(
        filters={name: given[name] for name in dashboard.dimensions if name in given},
        year=_year(dashboard, given.get(_YEAR, "")),
        measure=_choice(given, _MEASURE, dashboard.main_measures),
        compare=_compare(dashboard, given.get(_COMPARE, "")),
        version=given.get(_VERSION, ""),
        view=_choice(given, _VIEW, _VIEWS),
    )


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = given.get(name, "")
    if value and value not in choices:
        told = ", ".join(choice for choice in choices if choice)
        raise bad_request(f"« {name} » ne peut être que : {told}.")
    return value


def _year(dashboard: Dashboard, text: str) -> int | None:
    if not text:
        return None
    if not dashboard.periods:
        raise bad_request("Ce tableau est l'image d'un jour : il ne se filtre pas par année.")
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        raise bad_request("« annee » s'écrit avec quatre chiffres : annee=2025.")
    return int(text)


def _compare(dashboard: Dashboard, text: str) -> str:
    if text in ("", _WHOLE):
        return text
    place = _PLACE.fullmatch(text)
    places = {item.place for item in dashboard.dimensions.values()}
    if place is None or _PLACES[place[1]] not in places:
        raise bad_request(
            "« comparer » s'écrit FR, REG-84 (une région) ou DEP-35 (un département)."
        )
    return text


def code_of(text: str) -> str | None:
    """Return the code that a filter's value stands for."""
    return None if text == NONE else text


def applies(
    chart_dimension: Dimension | None, name: str, dimensions: Mapping[str, Dimension]
) -> bool:
    """Tell whether a filter acts on a chart: not one of its own dimension, nor a finer one."""
    if chart_dimension is None:
        return True
    return name != chart_dimension.name and chart_dimension.name not in dimensions[name].implies
