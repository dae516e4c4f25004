"""Each recipe of ``docs/requetes.md`` runs on a published world and answers something."""

import csv
import io
import re

import pytest

from orchestration import settings
from tests.integration.conftest import World

RECIPE = re.compile(r"^## (?P<title>.+?)$.*?```sql\n(?P<sql>.+?)```", re.M | re.S)
TEXT = (settings.PROJECT / "docs" / "requetes.md").read_text(encoding="utf-8")
RECIPES = [(match["title"], match["sql"]) for match in RECIPE.finditer(TEXT)]


def test_there_are_recipes() -> None:
    assert len(RECIPES) >= 10


@pytest.mark.xdist_group("world")
@pytest.mark.parametrize(("title", "sql"), RECIPES, ids=[title for title, _ in RECIPES])
def test_recipe(published: World, title: str, sql: str) -> None:
    answer = published.cpf("sql", "--csv", sql).stdout
    rows = list(csv.DictReader(io.StringIO(answer), delimiter=";"))
    assert rows, title
    assert any(value for row in rows for value in row.values())
