"""Words inside texts: ``like``, a bare text, ``search``, ``suggest``, ``startswith``.

Each text column has, in the image, a table of its distinct values with their words between spaces
(``portal.images.words``): a condition reads those, then keeps the rows that hold a value found.
"""

import re
from dataclasses import replace

from orchestration.sql import identifier
from portal.images.words import split_words, wildcard_words
from portal.odsql import query_errors, tree
from portal.odsql.fragment import (
    Expression,
    Fragment,
    Kind,
    constant,
    join_fragments,
    sql,
)
from portal.odsql.scope import Context
from portal.packages.field import Field, Type

# How often a condition may look for a word in a field: nothing interrupts DuckDB's planning. By
# unions of rows, 216 times took 0.3 s and 450 times 0.6 s; by ``or``, whose planning grows with its
# square, 216 times took 1.9 s (2 M rows, 2026-11).
_MAX_READS = 400
# Fields from which rows are united.
_UNION_THRESHOLD = 3
# More digits than any whole number has.
_MAX_DIGITS = 18
# Edit distance that a word may be at, by its length (the reference, §10.4).
_LONG_WORD, _MEDIUM_WORD = 5, 2
_FALSE = Fragment("false")


def like(expression: Expression, node: tree.Like, context: Context) -> Fragment:
    """Compile ``f like 'words'``: all of them, in any order, ``*`` and ``?`` inside a word."""
    words = wildcard_words(node.pattern)
    field = expression.field
    if field and _is_text(field):
        return _field_matches(field, _all_of([_has_word(word) for word in words]), context)
    if expression.kind is Kind.TEXT:
        raise query_errors.malformed(f"{node.text}: like takes a field", context.clause)
    return sql(
        "({})", join_fragments(" and ", [_exact(expression, word) for word in words] or [_FALSE])
    )


def everywhere(text: str, context: Context) -> Fragment:
    """Compile a bare text: each of its words is in one of the fields."""
    words = dict.fromkeys(wildcard_words(text))
    conditions = [
        _anywhere(_has_word(word), word, context, context.dataset.fields) for word in words
    ]
    return sql("({})", join_fragments(" and ", conditions)) if conditions else _FALSE


def search(text: str, fields: tuple[Field, ...], context: Context) -> Fragment:
    """Compile ``search``: words nearly so written, the last one being perhaps unfinished."""
    words = split_words(text)
    if not words:
        return Fragment("true")
    *whole, last = words
    conditions = [
        _anywhere(_has_similar_word(word, is_last=is_last), word, context, fields)
        for word, is_last in dict.fromkeys([*((word, False) for word in whole), (last, True)])
    ]
    return sql("({})", join_fragments(" and ", conditions))


def relevance(text: str, fields: tuple[Field, ...], context: Context) -> Fragment:
    """Return how many words of a search a row has exactly as they are written."""
    words = dict.fromkeys(split_words(text))
    exact = [_anywhere(_has_word(word), word, context, fields) for word in words]
    return sql("({})", join_fragments(" + ", [sql("cast({} as integer)", item) for item in exact]))


def suggest(text: str, fields: tuple[Field, ...], context: Context) -> Fragment:
    """Compile ``suggest``: words that begin so."""
    words = dict.fromkeys(split_words(text))
    conditions = [_anywhere(_has_word_prefix(word), word, context, fields) for word in words]
    return sql("({})", join_fragments(" and ", conditions)) if conditions else _FALSE


def starts_with(expression: Expression, text: str) -> Fragment:
    """Compile ``startswith``: the beginning of the value itself, case and accents included."""
    if expression.kind is Kind.LIST:
        return sql(
            "(len(list_filter({}, lambda x: starts_with(x, {}))) > 0)",
            expression.fragment,
            constant(text),
        )
    return sql("starts_with({}, {})", expression.varchar(), constant(text))


def is_short(score: Fragment) -> bool:
    """Tell whether a score looks for few words enough to be added to its condition."""
    return score.reads <= _MAX_READS // 4


def check(condition: Fragment, context: Context) -> None:
    """Refuse a condition that looks for too many words in too many fields."""
    if condition.reads > _MAX_READS:
        raise query_errors.malformed(
            f"too many words are looked for in too many fields: {condition.reads} where"
            f" {_MAX_READS} are the most. Look for fewer, or name the fields:"
            ' search(field, "words")',
            context.clause,
        )


def _is_text(field: Field) -> bool:
    return field.type is Type.TEXT


def _anywhere(
    word: Fragment, written: str, context: Context, fields: tuple[Field, ...]
) -> Fragment:
    """Return the condition that one of the fields has a word; a number may be written as it."""
    texts = [field for field in fields if _is_text(field)]
    number = written.isascii() and written.isdecimal() and len(written) <= _MAX_DIGITS
    integers = [field for field in fields if field.type is Type.INT] if number else []
    united = len(texts) >= _UNION_THRESHOLD
    alias = "e" if united else "d"
    conditions = [_field_matches(text, word, context, alias) for text in texts]
    conditions += [
        sql(f"({alias}.{identifier(integer.nom)} = cast({{}} as bigint))", constant(int(written)))
        for integer in integers
    ]
    if not conditions:
        return _FALSE
    if not united:
        return sql("({})", join_fragments(" or ", conditions))
    rows = f"select e.rowid from {context.dataset.base}.donnees as e where {{}}"
    united_rows = join_fragments(" union all ", [sql(rows, condition) for condition in conditions])
    return replace(sql("(d.rowid in ({}))", united_rows), by_words=True)


def _exact(expression: Expression, word: str) -> Fragment:
    return sql("({} = {})", expression.varchar(), constant(word))


def _field_matches(
    field: Field, condition: Fragment, context: Context, alias: str = "d"
) -> Fragment:
    """Return the condition that a field has a value whose words (``mots``) satisfy another."""
    table = f"{context.dataset.base}.{identifier(field.dictionary_table)}"
    column = Fragment(f"{alias}.{identifier(field.nom)}")
    values = replace(sql(f"(select valeur from {table} where {{}})", condition), reads=1)
    if field.multivalued:
        return sql(
            "coalesce(list_has_any({}, (select list(v) from {} as s(v))), false)", column, values
        )
    return replace(sql("({} in {})", column, values), by_words=True)


def _all_of(conditions: list[Fragment]) -> Fragment:
    return sql("({})", join_fragments(" and ", conditions)) if conditions else _FALSE


def _has_word(word: str) -> Fragment:
    """The word is there, with its wildcards."""
    if "*" not in word and "?" not in word:
        return sql("contains(mots, {})", constant(f" {word} "))
    if word.endswith("*") and not set(word[:-1]) & {"*", "?"}:
        return _has_word_prefix(word[:-1])
    pattern = re.escape(word).replace(r"\*", "[^ ]*").replace(r"\?", "[^ ]")
    return sql("regexp_matches(mots, {})", constant(f" {pattern} "))


def _has_word_prefix(word: str) -> Fragment:
    return sql("contains(mots, {})", constant(f" {word}"))


def _has_similar_word(word: str, *, is_last: bool) -> Fragment:
    here = [_has_word_prefix(word)] if is_last else [_has_word(word)]
    distance = 2 if len(word) > _LONG_WORD else 1 if len(word) > _MEDIUM_WORD else 0
    if distance:
        near = sql(
            "(len(list_filter(string_split(trim(mots), ' '),"
            f" lambda m: abs(length(m) - {{}}) <= {distance}"
            f" and damerau_levenshtein(m, {{}}) <= {distance})) > 0)",
            constant(len(word)),
            constant(word),
        )
        here.append(near)
    return sql("({})", join_fragments(" or ", here))
