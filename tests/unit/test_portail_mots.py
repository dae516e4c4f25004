"""Words of texts: Python and SQL cut them alike."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalogue.mots import mots, mots_avec_jokers, sql_des_mots

_CONNEXION = duckdb.connect()
# Letters that one of the two may not know yet are not assigned in the other.
_TEXTES = st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\0"))
_PROCHES = st.text(st.sampled_from("aZé.,_1٣ œßÆ'İΣς’-½ǅ가"), max_size=30)


@given(st.one_of(_TEXTES, _PROCHES))
@settings(max_examples=2000, deadline=None)
def test_sql_and_python_cut_the_same_words(texte: str) -> None:
    row = _CONNEXION.execute(f"select {sql_des_mots('v')} from (select ? as v)", [texte]).fetchone()
    assert row == (f" {' '.join(mots(texte))} ",)


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("CR.MOD", ["cr.mod"]),
        ("LR.AG15.", ["lr.ag15"]),
        ("l'Œuvre d’été", ["l", "oeuvre", "d", "ete"]),
        ("1.5 et 1,5, soit a.1", ["1.5", "et", "1,5", "soit", "a", "1"]),
        ("a.b.c snake_case -- Straße", ["a.b.c", "snake_case", "strasse"]),
        ("", []),
    ],
)
def test_words(texte: str, attendu: list[str]) -> None:
    assert mots(texte) == attendu


def test_wildcards_stay_in_the_words_of_a_pattern() -> None:
    assert mots_avec_jokers("Form* d?té CR.MOD.% CR.*") == ["form*", "d?te", "cr.mod", "cr.*"]
