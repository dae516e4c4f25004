"""Dates of requests: a partial date covers its period, ``now`` moves about."""

import datetime as dt

import pytest

from portal.odsql.dates import DateError, now_in, parse_period

_FROM_ISO = dt.datetime.fromisoformat


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", "2024-01-01", "2025-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2024/2/9", "2024-02-09", "2024-02-10"),
        ("20240309", "2024-03-09", "2024-03-10"),
        ("2024-02-29T10", "2024-02-29T10:00", "2024-02-29T11:00"),
        ("2024-02-29 10:05", "2024-02-29T10:05", "2024-02-29T10:06"),
        ("2024-02-29T10:05:07", "2024-02-29T10:05:07", "2024-02-29T10:05:08"),
        ("2024-02-29T10:05:07.250Z", "2024-02-29T10:05:07.250", "2024-02-29T10:05:07.251"),
        ("2024-03-05T00:30+02:00", "2024-03-04T22:30", "2024-03-04T22:31"),
    ],
)
def test_a_date_covers_its_period(text: str, start: str, end: str) -> None:
    period = parse_period(text)
    assert (period.start, period.end) == (_FROM_ISO(start), _FROM_ISO(end))


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2024-02-30", "2024-1/2", "demain", "0000"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(DateError):
        parse_period(text)


def test_a_day_is_that_of_the_reader() -> None:
    start, end = parse_period("2024-03-31").utc("Europe/Paris")
    # The night when clocks go forward has an hour less.
    assert (start, end) == (_FROM_ISO("2024-03-30T23:00"), _FROM_ISO("2024-03-31T22:00"))


_BASE = dt.datetime(2024, 2, 28, 12, 30, tzinfo=dt.UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("adjustments", "expected"),
    [
        ({}, "2024-02-28T12:30"),
        ({"year": 2001}, "2001-02-28T12:30"),
        ({"day": 31, "month": 2}, "2024-02-29T12:30"),
        ({"years": -1, "hours": 2}, "2023-02-28T14:30"),
        ({"year": -20}, "2004-02-28T12:30"),
        ({"weekday": 0}, "2024-03-04T12:30"),
        ({"mondays": 1}, "2024-03-04T12:30"),
        ({"mondays": -1}, "2024-02-26T12:30"),
    ],
)
def test_now_sets_and_moves(adjustments: dict[str, int], expected: str) -> None:
    assert now_in("UTC", adjustments, _BASE) == _FROM_ISO(expected)


@pytest.mark.parametrize(
    "adjustments", [{"weekday": 7}, {"siecle": 1}, {"years": 99999}, {"hour": 30}]
)
def test_now_refuses_what_means_nothing(adjustments: dict[str, int]) -> None:
    with pytest.raises(DateError):
        now_in("UTC", adjustments, _BASE)
