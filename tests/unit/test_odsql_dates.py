"""Dates of requests: a partial date covers its period, ``now`` moves about."""

import datetime as dt

import pytest

from portal.odsql.dates import DateError, lire_periode, maintenant

_LE = dt.datetime.fromisoformat


@pytest.mark.parametrize(
    ("texte", "debut", "fin"),
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
def test_a_date_covers_its_period(texte: str, debut: str, fin: str) -> None:
    found = lire_periode(texte)
    assert (found.debut, found.fin) == (_LE(debut), _LE(fin))


@pytest.mark.parametrize("texte", ["", "24", "2024-13", "2024-02-30", "2024-1/2", "demain", "0000"])
def test_what_is_no_date_is_refused(texte: str) -> None:
    with pytest.raises(DateError):
        lire_periode(texte)


def test_a_day_is_that_of_the_reader() -> None:
    start, end = lire_periode("2024-03-31").utc("Europe/Paris")
    # The night when clocks go forward has an hour less.
    assert (start, end) == (_LE("2024-03-30T23:00"), _LE("2024-03-31T22:00"))


_BASE = dt.datetime(2024, 2, 28, 12, 30, tzinfo=dt.UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("reglages", "attendu"),
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
def test_now_sets_and_moves(reglages: dict[str, int], attendu: str) -> None:
    assert maintenant("UTC", reglages, _BASE) == _LE(attendu)


@pytest.mark.parametrize(
    "reglages", [{"weekday": 7}, {"siecle": 1}, {"years": 99999}, {"hour": 30}]
)
def test_now_refuses_what_means_nothing(reglages: dict[str, int]) -> None:
    with pytest.raises(DateError):
        maintenant("UTC", reglages, _BASE)
