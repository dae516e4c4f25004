"""A conformance case as data, and the short ways of writing one.

A path of ``parts`` goes through the JSON by ``/``: ``results/0/id``; ``*`` takes every element,
``#`` the length, ``?`` whether the rest is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ROOT = "/api/explore/v2.1/catalog/datasets"
OFFER = "moncompteformation_catalogueformation"
Params = tuple[tuple[str, str], ...]


class _Missing:
    def __repr__(self) -> str:
        return "RIEN"


MISSING = _Missing()


@dataclass(frozen=True)
class Case:
    """One request and what must come back.

    ``json`` is the whole body; ``parts`` some values in it; ``unordered`` lists in any order;
    ``headers`` patterns that whole headers must match, or None for one that must be absent;
    ``contains`` pieces of the text, ``excluded`` what is not in it. ``body_format`` tells how the
    body is read before ``json``.
    """

    name: str
    section: str
    path: str
    params: Params = ()
    status: int = 200
    method: str = "GET"
    request_headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = MISSING
    parts: Mapping[str, Any] = field(default_factory=dict)
    unordered: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    text: str | None = None
    contains: Sequence[str] = ()
    excluded: Sequence[str] = ()
    body_format: str = "json"

    def expectation_count(self) -> int:
        """Return how many things are checked besides the status."""
        bodies = (self.json is not MISSING, self.text is not None)
        more = (self.parts, self.unordered, self.headers, self.contains, self.excluded)
        return sum(bodies) + sum(map(len, more))


def params(values: Mapping[str, str | int | Sequence[str]]) -> Params:
    """Return parameters as pairs; a list repeats its name."""
    return tuple(
        (name, str(element))
        for name, value in values.items()
        for element in ([value] if isinstance(value, (str, int)) else value)
    )


def ids(name: str, section: str, dataset: str, expected: Sequence[int], **query: Any) -> Case:
    """Return a case about which rows answer, in their order: by ``id`` unless asked otherwise."""
    parameters = {"select": "id", "order_by": "id", "limit": 100} | query
    parameters = {name: value for name, value in parameters.items() if value is not None}
    rows = [{"id": element} for element in expected]
    body = {"total_count": len(rows), "results": rows}
    return Case(name, section, f"{ROOT}/{dataset}/records", params(parameters), json=body)


def first_row(
    name: str, section: str, dataset: str, expected: Mapping[str, Any], **query: Any
) -> Case:
    """Return a case about the first row of an answer, whole."""
    parameters = params({"limit": 1} | query)
    path = f"{ROOT}/{dataset}/records"
    return Case(name, section, path, parameters, parts={"results/0": dict(expected)})


def all_rows(
    name: str, section: str, dataset: str, expected: Sequence[Mapping[str, Any]], **query: Any
) -> Case:
    """Return a case about all results, in their order."""
    path = f"{ROOT}/{dataset}/records"
    return Case(name, section, path, params(query), parts={"results": list(expected)})


def groups(
    name: str, section: str, dataset: str, expected: Sequence[Mapping[str, Any]], **query: Any
) -> Case:
    """Return a case about all groups, in any order, and about their exact number."""
    return Case(
        name,
        section,
        f"{ROOT}/{dataset}/records",
        params({"limit": 100} | query),
        parts={"total_count": len(expected)},
        unordered={"results": list(expected)},
    )


def error_case(
    name: str,
    section: str,
    dataset: str,
    code: str,
    contains: Sequence[str] = (),
    *,
    status: int = 400,
    **query: Any,
) -> Case:
    """Return a case about a refusal of ``records``."""
    return Case(
        name,
        section,
        f"{ROOT}/{dataset}/records",
        params(query),
        status=status,
        parts={"error_code": code},
        contains=contains,
    )
