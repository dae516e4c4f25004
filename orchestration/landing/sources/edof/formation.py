"""One formation as rows, with the checks that an XSD cannot make (calendar, price, blank texts).

It has passed ``validity``: positions and required children are relied on. Contact persons are never
read. A formation is about 130 elements of which 40 are read, hence the care for each access: this
module is half of the landing's time.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree

from orchestration.landing.sources.edof.stream import NAMESPACE
from orchestration.landing.sources.edof.validity import ViolationError

Row = tuple[object, ...]

_EPOCH = dt.date(1970, 1, 1).toordinal()
# What LHEO writes for an unknown beginning and an unknown end.
_UNKNOWN_DATES = {None, "00000000", "99999999"}
_AMOUNT = re.compile(r"\d{1,10}(\.\d{1,2})?", re.ASCII)
# What is published is bounded: beyond, a price is a slip of the keyboard.
_PRICE = re.compile(r"\d{1,5}(\.\d{1,2})?|100000(\.00?)?", re.ASCII)
_MOST_HOURS = 10_000
_RATE = re.compile(r"\d{1,3}(\.\d{1,2})?", re.ASCII)


def _qualified(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


_ACTION, _SESSION, _TRAINING_PLACE, _ADDRESS = (
    _qualified(name) for name in ("action", "session", "lieu-de-formation", "adresse")
)
_PERIOD, _START, _END = (_qualified(name) for name in ("periode", "debut", "fin"))
_EXTRAS = _qualified("extras")
_PLACE = _POSTCODE, _TOWN = _qualified("codepostal"), _qualified("ville")
_OF_ACTION = _TEACHING_MODE, _ACCESS, _LANGUAGE, _CENTRE_HOURS, _COMPANY_HOURS = tuple(
    _qualified(name)
    for name in (
        "modalites-enseignement",
        "acces-handicapes",
        "langue-formation",
        "nombre-heures-centre",
        "nombre-heures-entreprise",
    )
)


@dataclass(frozen=True, slots=True)
class Formation:
    """Rows of one formation, in the column order of ``schemas``; dates are days since 1970."""

    key: str
    formation: Row
    actions: list[Row]
    sessions: list[Row]


def read_formation(element: etree._Element, num: int) -> Formation:
    """Read a valid formation, the ``num``-th of its file. Raises :class:`ViolationError`."""
    *presentation, pathway, objective, certification = islice(element, 7)
    organisme, extras = element[-2], element[-1]
    code = _text(certification[0].text) or ""
    siret = _text(organisme[0][0].text)
    number = _text(element.get("numero"))
    row = (
        num,
        number,
        _date(element, "datemaj"),
        _date(element, "datecrea"),
        *[_required(child) for child in presentation],
        _extra(extras, "resume-contenu"),
        _text(pathway.text),
        _text(objective.text),
        code.rstrip("0123456789"),
        code,
        siret,
    )
    actions: list[Row] = []
    sessions: list[Row] = []
    for rank, action in enumerate(element.iterchildren(_ACTION), start=1):
        actions.append(_action(action, num, rank))
        for place, session in enumerate(action.iterchildren(_SESSION), start=1):
            sessions.append((num, rank, place, *_session(session)))
    return Formation(f"{siret}_{number}", row, actions, sessions)


def _action(action: etree._Element, num: int, rank: int) -> Row:
    values = {child.tag: _text(child.text) for child in action.iterchildren(*_OF_ACTION)}
    place = _training_place(action)
    hours = _integer(values.get(_CENTRE_HOURS)), _integer(values.get(_COMPANY_HOURS))
    if (hours[0] or 0) + (hours[1] or 0) > _MOST_HOURS:
        raise ViolationError(action, "nombre-heures-centre", "heures_hors_bornes")
    return (
        num,
        rank,
        _text(action.get("numero")),
        _date(action, "datemaj"),
        values[_TEACHING_MODE],
        place.get(_POSTCODE),
        place.get(_TOWN),
        *hours,
        *_fees(action[-1]),
        values[_LANGUAGE],
        values[_ACCESS],
    )


def _training_place(action: etree._Element) -> dict[str, str | None]:
    """Return postcode and town of the place of training, and nothing of the contact beside it."""
    place = next(action.iterchildren(_TRAINING_PLACE))
    address = next(place[0].iterchildren(_ADDRESS), None)
    if address is None:
        return {}
    return {child.tag: _text(child.text) for child in address.iterchildren(*_PLACE)}


def _session(session: etree._Element) -> Row:
    first, state, extras = session[0], session[-2], session[-1]
    dates: dict[str, int | None] = {}
    if first.tag == _PERIOD:
        dates = {child.tag: _optional_date(child) for child in first}
    return (
        _text(session.get("numero")),
        dates.get(_START),
        dates.get(_END),
        _text(state.text),
        _extra(extras, "garantie"),
    )


def _fees(extras: etree._Element) -> tuple[str | None, str | None, str]:
    """Return VAT rate, price without and with tax, as decimal texts ready for Arrow."""
    fees: dict[str | None, str | None] = {}
    for group in extras.iterchildren(_EXTRAS):
        if group.get("info") == "frais-pedagogiques":
            fees = {extra.get("info"): _text(extra.text) for extra in group}
    rate, net, gross = fees.get("taux-tva"), fees.get("frais-ht"), fees.get("frais-ttc")
    if gross is None:
        raise ViolationError(extras, "frais-ttc", "prix_absent")
    if not _PRICE.fullmatch(gross):
        raise ViolationError(extras, "frais-ttc", "prix_invalide")
    if net is not None and not _AMOUNT.fullmatch(net):
        raise ViolationError(extras, "frais-ht", "prix_invalide")
    if rate is not None and not _RATE.fullmatch(rate):
        raise ViolationError(extras, "taux-tva", "nombre_invalide")
    return rate, net, gross


def _extra(extras: etree._Element, key: str) -> str | None:
    for extra in extras:
        if extra.get("info") == key:
            return _text(extra.text)
    return None


def _text(text: str | None) -> str | None:
    return text.strip() or None if text else None


def _required(element: etree._Element) -> str:
    text = _text(element.text)
    if text is None:
        raise ViolationError(element, etree.QName(element).localname, "valeur_absente")
    return text


def _integer(text: str | None) -> int | None:
    return None if text is None else int(text)


def _date(element: etree._Element, name: str) -> int:
    days = _days(element.get(name))
    if days is None:
        raise ViolationError(element, name, "date_invalide")
    return days


def _optional_date(element: etree._Element) -> int | None:
    text = _text(element.text)
    if text in _UNKNOWN_DATES:
        return None
    days = _days(text)
    if days is None:
        raise ViolationError(element, etree.QName(element).localname, "date_invalide")
    return days


# A catalogue has a few thousand distinct dates, read again and again.
@lru_cache(maxsize=65_536)
def _days(text: str | None) -> int | None:
    digits = (text or "").strip()
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).toordinal() - _EPOCH
    except ValueError:
        return None
