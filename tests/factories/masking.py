"""The masks of ``macros/``, rendered without dbt and run on texts."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import duckdb
import jinja2

from orchestration import settings

_FILES = ("masques.sql", "masques_personnes.sql", "prenoms.sql")


@cache
def macros() -> Any:
    """Return the macros that mask, as a module of functions that give SQL."""
    sources = [(settings.PROJECT / "macros" / name).read_text("utf-8") for name in _FILES]
    environment = jinja2.Environment(autoescape=False)  # noqa: S701 (it is SQL)
    return environment.from_string("".join(sources)).module


def masked(texts: Iterable[str], macro: str = "masquer", **options: bool) -> list[str]:
    """Return each text as ``macro`` leaves it."""
    sql = getattr(macros(), macro)("texte", **options)
    query = f"select list(x order by rang) from (select rang, {sql} as x from textes)"
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            "create table textes as select unnest($1) as texte, generate_subscripts($1, 1) as rang",
            [list(texts)],
        )
        [row] = connection.execute(query).fetchall()
    return list(row[0])
