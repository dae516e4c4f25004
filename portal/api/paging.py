"""Statements for the pages of a compiled query: limit, offset, cursors."""

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from portal.api.parameters import Page
from portal.engine.engine import Sql
from portal.errors import ApiError, invalid_parameter
from portal.odsql.fragment import Fragment, constant, join_fragments, sql
from portal.odsql.plan import Plan, SortKey
from portal.odsql.rendering import Presentation, render

_EMPTY = Fragment("")
_FILE_ORDER = (SortKey(Fragment("d.rowid")),)
_MAX_FIRST_ROWS = 20


@dataclass(frozen=True)
class Cursor:
    """Where a client is: the version that it reads, and the sort keys of its last row."""

    version: str
    keys: tuple[Any, ...]

    def encode(self) -> str:
        """Return it as opaque text."""
        content = orjson.dumps([self.version, *self.keys], default=str)
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """Read one; the empty text is the beginning. Raises ``ApiError``."""
        if not text:
            return None
        try:
            content = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except ValueError:
            raise _invalid_cursor() from None
        if not isinstance(content, list) or not content:
            raise _invalid_cursor()
        version, *keys = content
        return cls(str(version), tuple(keys))


def _invalid_cursor() -> ApiError:
    return invalid_parameter(
        "Invalid value for after API parameter: the value of the next link is expected."
    )


def page_statement(
    plan: Plan,
    presentation: Presentation,
    page: Page,
    *,
    count: bool = False,
    keys: bool = False,
) -> Sql:
    """Return the statement of one page.

    With ``count``, groups come with their number in a last column. With ``keys`` or a cursor, rows
    come with their sort keys in the last columns.
    """
    columns = [render(column.expression, presentation) for column in plan.columns]
    listed = [sql(f"{{}} as c{rank}", column) for rank, column in enumerate(columns)]
    if count and plan.grouping:
        listed.append(Fragment("count(*) over () as total"))
    where = _EMPTY
    if keys or page.after is not None:
        listed += [sql(f"{{}} as o{rank}", key.fragment) for rank, key in enumerate(plan.order)]
    if page.after is not None:
        cursor = Cursor.read(page.after)
        if cursor:
            where = sql(
                " and {}" if plan.has_where else " where {}",
                _after_condition(plan.order, cursor),
            )
    statement = sql(
        "{} select {} {}{}{}{}",
        plan.auxiliary or _EMPTY,
        join_fragments(", ", listed) if listed else Fragment("null"),
        plan.source_sql,
        where,
        _repetition(plan, page),
        _order_clause(plan.order),
    )
    return Sql(statement.sql + _limit_clause(plan, page), statement.parameters)


def is_word_search(plan: Plan, page: Page) -> bool:
    """Tell whether a short page is better read in two steps (:func:`first_rows`).

    DuckDB would join whole rows with the words found, for ten of them: 22 ms on 2 M rows where the
    two steps take 8 (2026-11).
    """
    return (
        plan.source_sql.by_words
        and plan.order == _FILE_ORDER
        and page.after is None
        and page.limit is not None
        and page.limit > 0
        and page.limit + page.offset <= _MAX_FIRST_ROWS
    )


def first_rows(plan: Plan, page: Page) -> Sql:
    """Return the statement that counts all rows and tells which are the first ones."""
    most = (page.limit or 0) + page.offset
    statement = sql(f"select count(*), min(d.rowid, {most}) {{}}", plan.source_sql)
    return Sql(statement.sql, statement.parameters)


def rows_by_number(
    plan: Plan, presentation: Presentation, base: str, numbers: Sequence[int]
) -> Sql:
    """Return the statement of the rows that bear these numbers."""
    listed = Fragment("unnest(cast(? as bigint[]))", (list(numbers),))
    rows = sql(f"from {base}.donnees as d where d.rowid in (select {{}})", listed)
    numbered = replace(plan, source_sql=rows, has_where=True)
    statement = page_statement(numbered, presentation, Page(None), keys=True)
    return Sql(f"{statement.text} order by d.rowid", statement.parameters)


def total(plan: Plan) -> Sql:
    """Return the statement that counts the rows of all pages."""
    return Sql(plan.total.sql, plan.total.parameters)


def _repetition(plan: Plan, page: Page) -> Fragment:
    """Aggregates of all rows come once per row of the page; an export has them once."""
    if not plan.repeated or page.limit is None:
        return _EMPTY
    return Fragment(
        f", range(cast(greatest(0, least({page.limit}, lignes - {page.offset})) as bigint))"
    )


def _limit_clause(plan: Plan, page: Page) -> str:
    if plan.repeated:
        return ""
    limit = "" if page.limit is None else f" limit {page.limit}"
    return limit + (f" offset {page.offset}" if page.offset else "")


def _order_clause(order: tuple[SortKey, ...]) -> Fragment:
    if not order or order == _FILE_ORDER:
        # The rows of a table come in its order: sorting them would read them all.
        return _EMPTY
    keys = [
        sql(
            f"{{}} {'desc' if key.descending else 'asc'}"
            f" nulls {'first' if key.nulls_first else 'last'}",
            key.fragment,
        )
        for key in order
    ]
    return sql(" order by {}", join_fragments(", ", keys))


def _after_condition(order: tuple[SortKey, ...], cursor: Cursor) -> Fragment:
    """Return the condition that a row comes after the cursor's, key by key."""
    if len(cursor.keys) != len(order):
        raise _invalid_cursor()
    alternatives = []
    for rank, (key, value) in enumerate(zip(order, cursor.keys, strict=True)):
        same = [
            sql("{} is not distinct from {}", before.fragment, _typed_key(before, known))
            for before, known in zip(order[:rank], cursor.keys[:rank], strict=True)
        ]
        further = _beyond(key, value)
        if further:
            alternatives.append(sql("({})", join_fragments(" and ", [*same, further])))
    return sql("({})", join_fragments(" or ", alternatives)) if alternatives else Fragment("false")


def _beyond(key: SortKey, known_value: Any) -> Fragment | None:
    if known_value is None:
        return sql("{} is not null", key.fragment) if key.nulls_first else None
    comparison = sql(
        f"{{}} {'<' if key.descending else '>'} {{}}", key.fragment, _typed_key(key, known_value)
    )
    if key.nulls_first:
        return comparison
    return sql("({} or {} is null)", comparison, key.fragment)


def _typed_key(key: SortKey, known: Any) -> Fragment:
    """Return a known key with the type of its column: dates and ENUMs travel as texts."""
    if isinstance(known, (list, dict)):
        raise _invalid_cursor()
    if isinstance(known, str):
        return sql("cast_to_type({}, {})", constant(known), key.fragment)
    return constant(known)


def row_keys(row: tuple[Any, ...], plan: Plan) -> tuple[Any, ...]:
    """Return the sort keys that a statement with a cursor has put at the end of a row."""
    keys = row[len(row) - len(plan.order) :]
    return tuple(
        key.isoformat() if isinstance(key, (dt.date, dt.datetime)) else key for key in keys
    )
