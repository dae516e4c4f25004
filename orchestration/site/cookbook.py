"""The cookbook, ``docs/requetes.md``, read as chapters: for the page of the site and its test."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestration import settings

_PAGE = settings.PROJECT / "docs" / "requetes.md"
_RECIPE = re.compile(r"(?P<number>\d+)\. (?P<title>.+)")


@dataclass(frozen=True)
class Recipe:
    """A question: what is said above its query, and the query."""

    number: int
    title: str
    why: str
    sql: str


@dataclass
class Chapter:
    """Questions of one kind, and what is said before them."""

    title: str
    texts: list[str] = field(default_factory=list)
    recipes: list[Recipe] = field(default_factory=list)


def read_chapters() -> list[Chapter]:
    """Read the page; its tables are for who reads the file itself."""
    chapters: list[Chapter] = []
    title, texts = "", list[str]()
    for kind, text in _blocks(_PAGE.read_text(encoding="utf-8")):
        if kind == "#":
            chapters.append(Chapter(text))
            title, texts = "", chapters[-1].texts
        elif kind == "##":
            title, texts = text, []
            if not _RECIPE.fullmatch(text):
                texts = chapters[-1].texts
        elif kind == "```" and (found := _RECIPE.fullmatch(title)):
            recipe = Recipe(int(found["number"]), found["title"], " ".join(texts), text)
            chapters[-1].recipes.append(recipe)
        elif kind == "":
            texts.append(text)
    return chapters


def read_recipes() -> dict[int, Recipe]:
    """Read every recipe, by number."""
    return {recipe.number: recipe for chapter in read_chapters() for recipe in chapter.recipes}


def _blocks(page: str) -> Iterator[tuple[str, str]]:
    """Yield headings (``#``, ``##``), queries (three backticks), tables (``|``), paragraphs."""
    pieces = re.split(r"^```sql\n(.*?)^```\n", page, flags=re.MULTILINE | re.DOTALL)
    for rank, piece in enumerate(pieces):
        if rank % 2:
            yield "```", piece.rstrip()
            continue
        for block in re.split(r"\n{2,}", piece.strip()):
            kind, _, heading = block.partition(" ")
            if kind in ("#", "##"):
                yield kind, heading
            elif block:
                yield "|" if block.startswith("|") else "", " ".join(block.split())
