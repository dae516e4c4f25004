"""The dbt data tests that block between two versions, rendered from their own files and macros."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import duckdb
from jinja2 import Environment, StrictUndefined

from orchestration import settings
from orchestration.datasets import Dataset

_MACRO = re.compile(r"{% macro .*?endmacro %}", re.DOTALL)


class _ReturnError(Exception):
    """What dbt's ``return`` of a macro carries."""


def failing_rows(connection: duckdb.DuckDBPyConnection, test: str, dataset: Dataset) -> int:
    """Count the rows that a test of ``tests/data/generic`` returns on the vault of a connection."""
    macro = _environment(dataset, test).globals[test]
    query = str(macro(model=_model("diffusion", dataset.nom), jeu=dataset.nom))
    row = connection.execute(f"select count(*) from ({query})").fetchone()
    return int(row[0]) if row else 0


def _model(step: str, dataset: str) -> str:
    return f"coffre.intermediate.int_{dataset.removeprefix('moncompteformation_')}__{step}"


def _environment(dataset: Dataset, test: str) -> Environment:
    environment = Environment(
        extensions=["jinja2.ext.do"],
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
    )
    environment.globals |= {
        "return": _return,
        "var": {"diffusion": {dataset.nom: {"seuil": dataset.seuil}}}.get,
        "modele": _model,
        "registre": lambda table, jeu: f"coffre.registre.{jeu}__{table}",
    }
    _load(environment, _text("macros/montants.sql"))
    text = _text(f"tests/data/generic/{test}.sql")
    _load(environment, text.replace("{% test ", "{% macro ").replace("endtest", "endmacro"))
    return environment


def _load(environment: Environment, text: str) -> None:
    """Add the macros of a file to what templates may call; each alone, so that those that it calls
    are, as with dbt, those which ``return``.
    """
    for macro_text in _MACRO.findall(text):
        module = environment.from_string(macro_text).module
        environment.globals |= {
            name: _returning(macro) for name, macro in vars(module).items() if callable(macro)
        }


def _returning(macro: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return macro(*arguments, **named)
        except _ReturnError as returned:
            return returned.args[0]

    return call


def _return(value: Any) -> None:
    raise _ReturnError(value)


@cache
def _text(path: str) -> str:
    return (settings.PROJECT / path).read_text(encoding="utf-8")
