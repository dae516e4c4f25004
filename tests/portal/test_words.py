"""Words of texts: Python and SQL cut them alike."""

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.images.words import split_words, wildcard_words, words_sql

_CONNECTION = duckdb.connect()
# Letters that one of the two may not know yet are not assigned in the other.
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\0"))
_TRICKY_TEXTS = st.text(st.sampled_from("aZé.,_1٣ œßÆ'İΣς’-½ǅ가"), max_size=30)


# A hundred queries of twenty texts: a query a text took twenty seconds.
@given(st.lists(st.one_of(_TEXTS, _TRICKY_TEXTS), min_size=20, max_size=20))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_sql_and_python_cut_the_same_words(texts: list[str]) -> None:
    rows = _CONNECTION.execute(
        f"select v, {words_sql('v')} from (select unnest(?::varchar[]) as v)", [texts]
    ).fetchall()
    assert sorted(text for text, _ in rows) == sorted(texts)
    assert rows == [(text, f" {' '.join(split_words(text))} ") for text, _ in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CR.MOD", ["cr.mod"]),
        ("LR.AG15.", ["lr.ag15"]),
        ("l'Œuvre d’été", ["l", "oeuvre", "d", "ete"]),
        ("1.5 et 1,5, soit a.1", ["1.5", "et", "1,5", "soit", "a", "1"]),
        ("a.b.c snake_case -- Straße", ["a.b.c", "snake_case", "strasse"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert split_words(text) == expected


def test_wildcards_stay_in_the_words_of_a_pattern() -> None:
    assert wildcard_words("Form* d?té CR.MOD.% CR.*") == ["form*", "d?te", "cr.mod", "cr.*"]
