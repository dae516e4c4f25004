"""The SQL of the models, rendered in milliseconds from their own files and macros, without dbt.

So a test may publish by a method that leaks: with a macro, a model or a variable changed.
``tests/diffusion/test_compiled_levels.py`` holds the unchanged ones to what dbt compiles.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template

from orchestration import settings

PROJECT_FILE = "dbt_project.yml"
_MACRO = re.compile(r"{%-? macro (\w+)\(.*?endmacro -?%}", re.DOTALL)
_JINJA = Environment(
    extensions=["jinja2.ext.do"],
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701
)


@dataclass(frozen=True)
class Edit:
    """What is changed of a file of the project: ``old``, which stands in it, becomes ``new``."""

    file: str
    old: str
    new: str

    def apply(self, text: str) -> str:
        """Return the text with the change."""
        assert self.old in text, f"{self.file} no longer holds: {self.old}"
        return text.replace(self.old, self.new)


class _ReturnError(Exception):
    """What dbt's ``return`` of a macro carries."""


class _Relation(str):
    """A table of the vault, and the parts of its name."""

    __slots__ = ()
    database = property(lambda self: self.split(".")[0])
    schema = property(lambda self: self.split(".")[1])
    identifier = property(lambda self: self.split(".")[2])


class Models:
    """The models, with some ``edits`` of the files that make them."""

    def __init__(self, *edits: Edit) -> None:
        self._edits = edits
        self._queries: dict[tuple[str, frozenset[str]], str] = {}
        self._variables = _variables(self._read(PROJECT_FILE))
        self._macros = {
            match[1]: _compiled(match[0])
            for path in _files("macros")
            for match in _MACRO.finditer(self._read(path))
        }

    def sql(self, model: str, registries: Collection[str] = ()) -> str:
        """Return the query of a model, when the vault shows these tables of registries."""
        key = model, frozenset(registries)
        if key not in self._queries:
            self._queries[key] = self._render(model, frozenset(registries))
        return self._queries[key]

    def _render(self, model: str, registries: frozenset[str]) -> str:
        path = next(path for path in _files("models") if path.endswith(f"/{model}.sql"))
        names: dict[str, Any] = {
            **_JINJA.globals,
            "return": _return,
            "var": self._variables.get,
            "ref": _reference,
            "source": lambda schema, table: _Relation(f"coffre.{schema}.{table}"),
            "config": lambda **_: "",
            "execute": True,
            "model": {"name": model},
            "adapter": {"get_relation": lambda _database, _schema, name: name in registries},
        }
        names |= {name: _callable(name, code, names) for name, code in self._macros.items()}
        return Template.from_code(_JINJA, _compiled(self._read(path)), names).render().strip()

    def _read(self, path: str) -> str:
        text = _text(path)
        for edit in self._edits:
            text = edit.apply(text) if edit.file == path else text
        return text


def _callable(name: str, code: CodeType, names: dict[str, Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        macro = getattr(Template.from_code(_JINJA, code, names).module, name)
        try:
            return macro(*arguments, **named)
        except _ReturnError as returned:
            return returned.args[0]

    return call


def _return(value: Any) -> None:
    raise _ReturnError(value)


def _reference(model: str) -> str:
    if any(path.endswith(f"/{model}.sql") for path in _files("models/marts")):
        return f"coffre.marts.{model}"
    layer = {"stg": "staging", "int": "intermediate"}.get(
        model.split("_", maxsplit=1)[0], "nomenclatures"
    )
    return f"coffre.{layer}.{model}"


@cache
def _variables(text: str) -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(text)["vars"]
    return declared


@cache
def _compiled(text: str) -> CodeType:
    return _JINJA.compile(text)


@cache
def _files(folder: str) -> tuple[str, ...]:
    paths = sorted((settings.PROJECT / folder).rglob("*.sql"))
    return tuple(path.relative_to(settings.PROJECT).as_posix() for path in paths)


@cache
def _text(path: str) -> str:
    return (settings.PROJECT / path).read_text(encoding="utf-8")
