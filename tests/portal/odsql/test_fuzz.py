"""Requests of every kind: each is answered or refused with 400, soon, and no secret comes out."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.fuzz.mangle import requests
from tests.fuzz.workshop import API, CANARY, Answer, Harness, HttpRequest, open_harness

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fuzz")]


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    with open_harness(tmp_path_factory.mktemp("fuzz")) as harness:
        yield harness


@seed(20)
# ``make fuzz`` sends a hundred times more.
@settings(max_examples=1000, database=None, deadline=None, suppress_health_check=tuple(HealthCheck))
@given(request=requests)
def test_everything_is_answered_or_refused(harness: Harness, request: HttpRequest) -> None:
    assert harness.request(request).defect is None


def test_the_secrets_are_planted(harness: Harness) -> None:
    run = harness.engine.connection.execute
    assert run("select mot from coffre.secrets").fetchall() == [(CANARY,)]
    essay = harness.request(HttpRequest(f"{API}/prive/records", ()))
    assert essay.defect == "le secret est sorti"


@pytest.mark.parametrize(
    "response",
    [
        Answer(500, b"{}", 0.1),
        Answer(503, b"{}", 0.1),
        Answer(200, CANARY.encode(), 0.1),
        Answer(200, b"{}", 1.5),
        Answer(400, b"{}", 0.1),
    ],
)
def test_what_is_wrong_is_seen(response: Answer) -> None:
    assert response.defect


@pytest.mark.parametrize(
    "clause",
    [
        "search('" + " ".join(f"mot{rank}" for rank in range(200)) + "')",
        " and ".join(f"'mot{rank}'" for rank in range(200)),
    ],
)
def test_too_many_words_in_too_many_fields_are_refused(harness: Harness, clause: str) -> None:
    answer = harness.request(HttpRequest(f"{API}/types/records", (("where", clause),)))
    assert answer.status == 400
    assert b"too many words" in answer.body


def test_a_repeated_word_counts_once(harness: Harness) -> None:
    clause = f"search('{'école ' * 200}')"
    answer = harness.request(HttpRequest(f"{API}/types/records", (("where", clause),)))
    assert (answer.status, answer.defect) == (200, None)


def test_sorting_by_nothing_is_allowed(harness: Harness) -> None:
    answer = harness.request(HttpRequest(f"{API}/types/records", (("order_by", "null, id desc"),)))
    assert (answer.status, answer.defect) == (200, None)
