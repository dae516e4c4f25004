"""Values that a parser believes, answers and errors without a bound: refused, and quickly told."""

import time
from typing import Any

import pytest

from tests.factories.small_places import NAME
from tests.portal.conftest import Ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lieux")]

_ROOT = f"/api/explore/v2.1/catalog/datasets/{NAME}"
_NUMBERS = ("9" * 64, "9" * 5000, "٣", "1_0", "１", "²", "1e3", "0x10", "- 1")


@pytest.mark.parametrize("number", _NUMBERS, ids=range(len(_NUMBERS)))
@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{_ROOT}/records", "limit"),
        (f"{_ROOT}/records", "offset"),
        (f"{_ROOT}/exports/json", "limit"),
        (f"{_ROOT}/exports/json", "offset"),
        (f"/api/v2/catalog/datasets/{NAME}/records", "rows"),
        (f"/api/v2/catalog/datasets/{NAME}/records", "start"),
        (f"/api/records/1.0/search/?dataset={NAME}", "rows"),
        (f"/api/records/1.0/search/?dataset={NAME}", "start"),
        (f"/api/records/1.0/download/?dataset={NAME}", "rows"),
        ("/api/explore/v2.1/catalog/datasets", "limit"),
        ("/api/sql?q=select+1", "limit"),
    ],
)
def test_what_is_no_number_is_refused(ask: Ask, path: str, name: str, number: str) -> None:
    answer = ask(path, {name: number})
    assert answer.status_code == 400, answer.text[:200]
    assert len(answer.content) < 1000


@pytest.mark.parametrize(
    "params",
    [{"p01": "1"}, {"p١": "1"}, {"p" + "1" * 46: "1"}, {"p0": "1"}, {"p1": "1", "p02": "2"}],
)
def test_a_parameter_that_is_nearly_named_is_refused(ask: Ask, params: dict[str, str]) -> None:
    answer = ask("/api/sql", {"q": "select ?", **params})
    assert answer.status_code == 400
    assert "without a gap" in answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"q": "select 1", "format": {"a": 1}},
        {"q": "select 1", "format": [1]},
        {"q": "select 1", "limit": [1]},
        {"q": "select 1", "limit": {"a": 1}},
        {"q": "select 1", "limit": True},
        {"q": "select 1", "limit": 1.5},
        {"q": "select 1", "params": "a"},
        {"q": ["a"]},
        {"q": None},
        None,
        [],
        1,
    ],
)
def test_a_body_of_other_types_is_refused(ask: Ask, body: Any) -> None:
    assert ask("/api/sql", method="POST", json=body if body else None).status_code == 400


@pytest.mark.parametrize(
    "after", ["bnVsbA==", "MQ==", "e30=", "W10=", "W1tdXQ==", "ImEi", "dHJ1ZQ==", "W251bGxd", "é"]
)
def test_a_cursor_that_nobody_gave_is_refused(ask: Ask, after: str) -> None:
    assert ask(f"{_ROOT}/records", {"after": after}).status_code == 400


def test_a_number_of_many_digits_is_a_number(ask: Ask) -> None:
    for digits in (64, 400):
        answer = ask(f"{_ROOT}/records", {"select": "9" * digits, "limit": 1})
        assert answer.status_code in (200, 400), answer.text[:200]
        answer = ask(f"{_ROOT}/records", {"where": f"n = {'9' * digits}"})
        assert answer.status_code in (200, 400), answer.text[:200]


@pytest.mark.parametrize(
    "query",
    [
        "select error(repeat('x', 2000000))",
        "select cast(repeat('x', 3000000) as int)",
        "select '" + "x" * 50_000 + "'::int",
    ],
)
def test_what_an_error_quotes_is_short(ask: Ask, query: str) -> None:
    answer = ask("/api/sql", {"q": query})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "SQLError")
    assert len(answer.content) < 5000


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "parquet", "arrow"])
def test_an_answer_has_a_bound_in_bytes(ask: Ask, form: str) -> None:
    query = "select repeat('x', 2000) || range as t from range(50000)"
    answer = ask("/api/sql", {"q": query, "format": form})
    assert answer.status_code == 400
    assert "ask for less at once" in answer.json()["message"]
    fewer = ask("/api/sql", {"q": query, "format": form, "limit": 5000})
    assert fewer.status_code == 200
    assert form == "parquet" or len(fewer.content) > 10_000_000


@pytest.mark.parametrize(
    "query",
    [
        "select repeat('x', 100000) from range(3000)",
        "select printf('%1000000000d', 1)",
        "select format('{:>1000000000}', 1)",
        "select strftime(date '2024-01-01', repeat('%A', 100000000))",
        "select repeat('x', 1000000000)",
        "select list(range) from range(100000000)",
    ],
)
def test_a_value_that_takes_all_memory_is_stopped(ask: Ask, query: str) -> None:
    start = time.monotonic()
    assert ask("/api/sql", {"q": query}).status_code in (400, 503)
    assert time.monotonic() - start < 20
    assert ask("/api/sql", {"q": "select 1 as n"}).json()["results"] == [{"n": 1}]
