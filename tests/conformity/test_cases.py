"""The conformance suite itself: cases well formed, and a comparison that sees what differs."""

import json
import re
from pathlib import Path

import pytest

from tests.conformity import data
from tests.conformity.case import MISSING, ROOT, Case
from tests.conformity.client import Answer
from tests.conformity.compare import deviations, equal, follow
from tests.conformity.suite import all_cases

CASES = all_cases()
DATASETS = {package.name for package in data.PACKAGES}


def _response(body: object, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(body).encode())


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 300
    pitfalls = {
        paragraph for case in CASES for paragraph in re.findall(r"^§10\.(\d+)$", case.section)
    }
    assert pitfalls == {str(rank) for rank in range(1, 19)}


def _is_well_formed(case: Case) -> bool:
    dataset = re.match(rf"{ROOT}/([\w-]+)", case.path)
    return (
        re.fullmatch(r"§\d+(\.\d+)?|issue 5", case.section) is not None
        and case.path.startswith("/")
        and (case.expectation_count() > 0 or case.path in ("/health", "/ready"))
        and all(isinstance(text, str) for pair in case.params for text in pair)
        and (dataset is None or case.status != 200 or dataset[1] in DATASETS)
    )


def test_cases_are_well_formed() -> None:
    assert [case for case in CASES if not _is_well_formed(case)] == []


@pytest.mark.parametrize(
    "case",
    [
        Case("x", "chapitre 5", "/health"),
        Case("x", "§5", "health"),
        Case("x", "§5", "/metrics"),
        Case("x", "§5", "/metrics", params=(("limit", 1),), text="1"),  # type: ignore[arg-type]
        Case("x", "§5", f"{ROOT}/inconnu/records", text="1"),
    ],
)
def test_a_bad_case_is_seen(case: Case) -> None:
    assert not _is_well_formed(case)


def test_no_case_is_asked_twice() -> None:
    seen: dict[tuple[object, ...], str] = {}
    for case in CASES:
        request_key = (
            case.method,
            case.path,
            case.params,
            str(case.request_headers),
            case.body_format,
        )
        expected = (str(case.json), case.text, str(case.parts), str(case.unordered))
        more = (str(case.headers), str(case.contains), str(case.excluded))
        assert seen.setdefault((*request_key, *expected, *more), case.name) == case.name, case.name


def test_names_tell_cases_apart() -> None:
    names = [(case.section, case.name, case.path) for case in CASES]
    assert len(set(names)) == len(names)


def test_the_packages_are_written(tmp_path: Path) -> None:
    data.write(tmp_path)
    for package in data.PACKAGES:
        assert (tmp_path / package.name / "datapackage.json").is_file()
        assert all(len(row) == len(package.fields) for row in package.rows)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (10, 10.0, True),
        (1, True, False),
        (0, False, False),
        (0.1 + 0.2, 0.3, True),
        ("1", 1, False),
        (None, 0, False),
        (None, "", False),
        ([1, 2], [2, 1], False),
        ({"a": 1, "b": None}, {"a": 1}, False),
        (MISSING, None, False),
    ],
)
def test_equality(a: object, b: object, expected: bool) -> None:
    assert equal(a, b) is expected


def test_paths() -> None:
    body = {"r": [{"a": 1}, {"a": 2}], "2024": {"x": None}}
    assert follow(body, "r/*/a") == [1, 2]
    assert follow(body, "r/#") == 2
    assert follow(body, "2024/x") is None
    assert follow(body, "?/zz") is False
    assert follow(body, "2024/?/x") is True
    assert follow(body, "r/5/a") is MISSING


@pytest.mark.parametrize(
    "expectation",
    [
        {"status": 404},
        {"json": {"n": 2}},
        {"parts": {"n": 2}},
        {"parts": {"absent": None}},
        {"unordered": {"l": [1, 3]}},
        {"unordered": {"l": [1, 2, 2]}},
        {"headers": {"Content-Type": "text/csv"}},
        {"headers": {"Content-Type": None}},
        {"headers": {"ETag": ".+"}},
        {"contains": ["zz"]},
        {"excluded": ['"n"']},
        {"text": "autre"},
    ],
)
def test_a_difference_is_seen(expectation: dict[str, object]) -> None:
    answer = _response({"n": 1, "l": [2, 1]})
    assert deviations(Case("x", "§5", "/", **expectation), answer)  # type: ignore[arg-type]


def test_what_conforms_passes() -> None:
    case = Case(
        "x", "§5", "/", parts={"n": 1}, unordered={"l": [1, 2]}, contains=["n"], excluded=["zz"],
        headers={"content-TYPE": "APPLICATION/json", "ETag": None},
    )  # fmt: skip
    assert not deviations(case, _response({"n": 1, "l": [2, 1]}))
