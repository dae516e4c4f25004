"""What is imported is declared: a library that another one brings may leave with it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_OWN = {"orchestration", "portal", "tests"}
# Programs of others run these, each in an environment of its own.
_ELSEWHERE = ("tests/validation/scripts", "tests/clients/scripts", "tests/bench/peers.py")


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~;\[ ]", requirement)[0]).lower()


def _declared(*, dev: bool) -> set[str]:
    content = tomllib.loads((_ROOT / "pyproject.toml").read_text())
    listed = [*content["project"]["dependencies"]]
    return {_name(item) for item in listed + content["dependency-groups"]["dev"] * dev}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("folder", sorted(_OWN))
def test_what_is_imported_is_declared(folder: str) -> None:
    declared, owners = _declared(dev=folder == "tests"), packages_distributions()
    undeclared = {
        f"{module} ({path.relative_to(_ROOT)})"
        for path in (_ROOT / folder).rglob("*.py")
        if not str(path.relative_to(_ROOT)).startswith(_ELSEWHERE)
        for module in _imported(path)
        if module not in sys.stdlib_module_names and module not in _OWN
        if not declared & {_name(owner) for owner in owners.get(module, ())}
    }
    assert not undeclared


def test_an_undeclared_one_would_be_seen() -> None:
    assert "numpy" in set(
        _imported(_ROOT / "orchestration" / "disclosure" / "tabular" / "exact.py")
    )
    assert "click" not in _declared(dev=True)
