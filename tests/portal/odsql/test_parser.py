"""Reading ODSQL: trees, positions of errors, limits."""

import pytest

from portal.errors import ApiError
from portal.odsql import tree
from portal.odsql.parser import (
    MAX_LENGTH,
    parse_group_by,
    parse_order_by,
    parse_select,
    parse_where,
)


def test_operators_bind_as_in_sql() -> None:
    parsed = parse_where("a = 1 or not b = 2 and c = 3")
    assert isinstance(parsed, tree.Or)
    first, second = parsed.conditions
    assert isinstance(first, tree.Comparison)
    assert isinstance(second, tree.And)
    assert isinstance(second.conditions[0], tree.Not)


@pytest.mark.parametrize(
    ("text", "operator"),
    [("a = 1", "="), ("a:1", "="), ("a <> 1", "!="), ("a != 1", "!="), ("a>=1", ">=")],
)
def test_operators_have_one_name(text: str, operator: str) -> None:
    parsed = parse_where(text)
    assert isinstance(parsed, tree.Comparison)
    assert parsed.operator == operator


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("a in [1..5]", (True, True)),
        ("a in ]1..5[", (False, False)),
        ("a:[1 TO 5[", (True, False)),
        ("a in ]1 to 5]", (False, True)),
    ],
)
def test_brackets_tell_which_bounds_are_included(text: str, bounds: tuple[bool, bool]) -> None:
    parsed = parse_where(text)
    assert isinstance(parsed, tree.InRange)
    assert (parsed.low_included, parsed.high_included) == bounds


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        (r"'l\'eau'", "l'eau"),
        (r'"dit \"oui\""', 'dit "oui"'),
        ('"deux\nlignes"', "deux\nlignes"),
        (r'"C:\\x"', r"C:\x"),
    ],
)
def test_backslashes_escape(text: str, constant: str) -> None:
    parsed = parse_where(text)
    assert isinstance(parsed, tree.Literal)
    assert parsed.constant == constant


def test_any_name_can_be_quoted_and_reserved_words_are_names_where_they_can_be() -> None:
    first, second, third = parse_select(r"`9 d\`x`, date, count(*) as `group`")
    assert isinstance(first, tree.Selection)
    assert (first.name, second.name, third.name) == ("9 d`x", "date", "group")  # type: ignore[union-attr]


def test_a_column_bears_the_text_of_its_expression() -> None:
    (only,) = parse_group_by("range( nb,  10 )")
    assert only.name == "range( nb,  10 )"


def test_a_minus_sorts_downwards() -> None:
    first, second, third = parse_order_by("-nb, a desc, -nb asc")
    assert [item.descending for item in (first, second, third)] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BADSYNTAX((", "unexpected ( at position 9 in BADSYNTAX(("),
        ("a = ", "unexpected end of clause at position 4 in a = "),
        ("a = 1 = 2", "unexpected = at position 6"),
        ("a = 'x", "unexpected ' at position 4"),
        ("a and and b", "unexpected and at position 6"),
        ("é = = 1", "unexpected = at position 4"),
    ],
)
def test_errors_say_what_and_where(text: str, expected: str) -> None:
    with pytest.raises(ApiError) as exc_info:
        parse_where(text)
    assert exc_info.value.code == "ODSQLSyntaxError"
    assert expected in exc_info.value.message
    assert exc_info.value.message.endswith("Clause(s) containing the error(s): where.")


@pytest.mark.parametrize(
    "text",
    ["(" * 5000 + "a", "not " * 3000 + "a", "-" * 9000 + "1", "a" * (MAX_LENGTH + 1)],
)
def test_what_would_exhaust_the_stack_is_refused(text: str) -> None:
    with pytest.raises(ApiError):
        parse_where(text)


def test_a_long_flat_clause_is_read() -> None:
    parsed = parse_where(" or ".join(f"a = {rank}" for rank in range(1000)))
    assert isinstance(parsed, tree.Or)
    assert len(parsed.conditions) == 1000
