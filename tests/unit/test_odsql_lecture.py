"""Reading ODSQL: trees, positions of errors, limits."""

import pytest

from portal.erreurs import ApiError
from portal.odsql import arbre
from portal.odsql.lecture import (
    LONGUEUR_MAXIMALE,
    lire_group_by,
    lire_order_by,
    lire_select,
    lire_where,
)


def test_operators_bind_as_in_sql() -> None:
    tree = lire_where("a = 1 or not b = 2 and c = 3")
    assert isinstance(tree, arbre.Ou)
    first, second = tree.conditions
    assert isinstance(first, arbre.Comparaison)
    assert isinstance(second, arbre.Et)
    assert isinstance(second.conditions[0], arbre.Non)


@pytest.mark.parametrize(
    ("texte", "operateur"),
    [("a = 1", "="), ("a:1", "="), ("a <> 1", "!="), ("a != 1", "!="), ("a>=1", ">=")],
)
def test_operators_have_one_name(texte: str, operateur: str) -> None:
    tree = lire_where(texte)
    assert isinstance(tree, arbre.Comparaison)
    assert tree.operateur == operateur


@pytest.mark.parametrize(
    ("texte", "bornes"),
    [
        ("a in [1..5]", (True, True)),
        ("a in ]1..5[", (False, False)),
        ("a:[1 TO 5[", (True, False)),
        ("a in ]1 to 5]", (False, True)),
    ],
)
def test_brackets_tell_which_bounds_are_included(texte: str, bornes: tuple[bool, bool]) -> None:
    tree = lire_where(texte)
    assert isinstance(tree, arbre.DansPlage)
    assert (tree.bas_compris, tree.haut_compris) == bornes


@pytest.mark.parametrize(
    ("texte", "valeur"),
    [
        (r"'l\'eau'", "l'eau"),
        (r'"dit \"oui\""', 'dit "oui"'),
        ('"deux\nlignes"', "deux\nlignes"),
        (r'"C:\\x"', r"C:\x"),
    ],
)
def test_backslashes_escape(texte: str, valeur: str) -> None:
    tree = lire_where(texte)
    assert isinstance(tree, arbre.Litteral)
    assert tree.valeur == valeur


def test_any_name_can_be_quoted_and_reserved_words_are_names_where_they_can_be() -> None:
    first, second, third = lire_select(r"`9 d\`x`, date, count(*) as `group`")
    assert isinstance(first, arbre.Selection)
    assert (first.nom, second.nom, third.nom) == ("9 d`x", "date", "group")  # type: ignore[union-attr]


def test_a_column_bears_the_text_of_its_expression() -> None:
    (only,) = lire_group_by("range( nb,  10 )")
    assert only.nom == "range( nb,  10 )"


def test_a_minus_sorts_downwards() -> None:
    first, second, third = lire_order_by("-nb, a desc, -nb asc")
    assert [item.descendant for item in (first, second, third)] == [True, True, False]


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("BADSYNTAX((", "unexpected ( at position 9 in BADSYNTAX(("),
        ("a = ", "unexpected end of clause at position 4 in a = "),
        ("a = 1 = 2", "unexpected = at position 6"),
        ("a = 'x", "unexpected ' at position 4"),
        ("a and and b", "unexpected and at position 6"),
        ("é = = 1", "unexpected = at position 4"),
    ],
)
def test_errors_say_what_and_where(texte: str, attendu: str) -> None:
    with pytest.raises(ApiError) as caught:
        lire_where(texte)
    assert caught.value.code == "ODSQLSyntaxError"
    assert attendu in caught.value.message
    assert caught.value.message.endswith("Clause(s) containing the error(s): where.")


@pytest.mark.parametrize(
    "texte",
    ["(" * 5000 + "a", "not " * 3000 + "a", "-" * 9000 + "1", "a" * (LONGUEUR_MAXIMALE + 1)],
)
def test_what_would_exhaust_the_stack_is_refused(texte: str) -> None:
    with pytest.raises(ApiError):
        lire_where(texte)


def test_a_long_flat_clause_is_read() -> None:
    tree = lire_where(" or ".join(f"a = {rank}" for rank in range(1000)))
    assert isinstance(tree, arbre.Ou)
    assert len(tree.conditions) == 1000
