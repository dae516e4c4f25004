"""What no SQL template may do: number the turns of a loop that leaves some out."""

from pathlib import Path

import pytest
from dbt_common.clients.jinja import get_environment
from jinja2 import nodes

from orchestration import settings

FOLDERS = ("macros", "models", "tests/data", "orchestration")
# These count the turns that are left, and say nothing of the place in the list.
COUNTS = {"index", "index0", "revindex", "revindex0", "length"}


def _templates() -> list[Path]:
    paths = [path for folder in FOLDERS for path in (settings.PROJECT / folder).rglob("*.sql")]
    assert len(paths) > 100
    return paths


def _numbered_turns(text: str) -> list[int]:
    """Lines of the filtered loops (``for … if``) that use a number of the turn."""
    loops = get_environment().parse(text).find_all(nodes.For)
    return [loop.lineno for loop in loops if loop.test and any(map(_counts, loop.body))]


def _counts(node: nodes.Node) -> bool:
    """Say whether a node reads the number of the turn of the loop that it is in."""
    if isinstance(node, nodes.For):
        # The loop inside has its own number; only its list is read in this one.
        return _counts(node.iter)
    if isinstance(node, nodes.Getattr) and node.attr in COUNTS:
        return isinstance(node.node, nodes.Name) and node.node.name == "loop"
    return any(map(_counts, node.iter_child_nodes()))


def test_no_filtered_loop_numbers_its_turns() -> None:
    numbered = {
        path.relative_to(settings.PROJECT).as_posix(): lines
        for path in _templates()
        if (lines := _numbered_turns(path.read_text(encoding="utf-8")))
    }
    assert numbered == {}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("{% for x in xs if x %}{{ loop.index }}{% endfor %}", [1]),
        ("{% for x in xs if x %}\n{% if a %}{{ loop.length - 1 }}{% endif %}{% endfor %}", [1]),
        ("{% for x in xs if x %}{% for y in ys[loop.index:] %}{% endfor %}{% endfor %}", [1]),
        ("{% for x in xs %}\n{% for y in ys if y %}{{ loop.index0 }}{% endfor %}{% endfor %}", [2]),
        ("{% for x in xs %}{{ loop.index }}{% endfor %}", []),
        ("{% for x in xs if x %}{{ ',' if not loop.last }}{% endfor %}", []),
        ("{% for x in xs if x %}{% for y in ys %}{{ loop.index }}{% endfor %}{% endfor %}", []),
    ],
)
def test_a_planted_one_is_found(text: str, lines: list[int]) -> None:
    assert _numbered_turns(text) == lines
