"""The recipes of ``docs/requetes.md``: number, title, what is said above the query, query."""

import re
from dataclasses import dataclass

from orchestration import settings

PAGE = settings.PROJECT / "docs" / "requetes.md"
_RECIPE = re.compile(
    r"^## (?P<number>\d+)\. (?P<title>[^\n]+)\n(?P<why>(?:(?!#|```)[^\n]*\n)*)"
    r"```sql\n(?P<sql>.+?)```",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Recipe:
    """A recipe, as the page gives it."""

    number: int
    title: str
    why: str
    sql: str


def read_recipes() -> dict[int, Recipe]:
    """Read every recipe of the page, by number."""
    text = PAGE.read_text(encoding="utf-8")
    return {
        int(found["number"]): Recipe(
            int(found["number"]), found["title"], found["why"].strip(), found["sql"]
        )
        for found in _RECIPE.finditer(text)
    }
