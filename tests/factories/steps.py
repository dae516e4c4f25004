"""The steps of diffusion in their order, in SQL or in Python, and how one is made in a vault."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import duckdb
import pandas as pd

from orchestration import settings
from orchestration.disclosure.totals import companion_model, muted_model, secret_model

VAULT = "coffre.intermediate"
ROWS = (
    *(
        "evenements",
        "dossiers",
        "editions",
        "cellules",
        "references",
        "partition",
        "suivies",
        "contenus",
        "compagnons",
    ),
    *("reculs", "unites", "groupes", "places", "suites", "familles", "etats", "situes"),
    *("detail", "divisions", "lignes", "comptes", "totaux_periodes"),
    *("totaux_premiers", "totaux_cubes", "totaux_repetees", "totaux_cellules"),
    *("totaux_exposes", "silences", "diffusion", "suivis"),
)
TOTALS = (
    *(
        "comptes_dits",
        "totaux_changements",
        "totaux_secrets",
        "totaux_ecarts",
        "totaux_financements",
    ),
    *("totaux_muets", "totaux", "totaux_publics"),
)
VIEWS = {"evenements", "dossiers", "etats", "suivis", "comptes_dits"}
# Those in Python, and what each reads.
IN_PYTHON: Mapping[str, tuple[Callable[..., pd.DataFrame], tuple[str, ...]]] = {
    "compagnons": (companion_model, ("contenus",)),
    "totaux_secrets": (
        secret_model,
        ("totaux_cellules", "totaux_exposes", "totaux_changements", "silences"),
    ),
    "totaux_muets": (
        muted_model,
        (
            *("totaux_cellules", "totaux_exposes", "totaux_changements", "silences"),
            *("totaux_secrets", "totaux_financements"),
        ),
    ),
}


def model(dataset: str, step: str) -> str:
    """Return the name of the model of a step."""
    return f"int_{dataset.removeprefix('moncompteformation_')}__{step}"


def steps_of(dataset: str, steps: tuple[str, ...]) -> list[str]:
    """Return those of ``steps`` that a dataset has."""
    return [step for step in steps if model(dataset, step) in _models()]


def make(
    connection: duckdb.DuckDBPyConnection, dataset: str, step: str, sql: Callable[[str], Any]
) -> None:
    """Make a step in the vault of ``connection``; ``sql`` gives the query of a model."""
    table = f"{VAULT}.{model(dataset, step)}"
    if step in IN_PYTHON:
        function, read = IN_PYTHON[step]
        relations = (connection.sql(f"from {VAULT}.{model(dataset, name)}") for name in read)
        connection.register("_rows", function(*relations, dataset))
        connection.execute(f"create or replace table {table} as from _rows")
        connection.unregister("_rows")
    else:
        kind = "view" if step in VIEWS else "table"
        connection.execute(f"create or replace {kind} {table} as {sql(model(dataset, step))}")


@cache
def _models() -> frozenset[str]:
    folder = settings.PROJECT / "models" / "intermediate" / "consommation"
    return frozenset(path.stem for path in folder.rglob("int_*.*"))
