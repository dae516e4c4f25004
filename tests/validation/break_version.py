"""Deliberate damage to a copy of what is published: what a validator must refuse."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from orchestration.diff.outputs import DETAIL

Descriptor = dict[str, Any]


def number_as_word(folder: Path) -> None:
    """Write a word into the CSV, in the last row and the last column of numbers."""
    numbers = [
        place
        for place, field in enumerate(_fields(folder))
        if field["type"] in ("integer", "number")
    ]
    _set_in_last_row(folder, numbers[-1], "beaucoup")


def value_off_list(folder: Path) -> None:
    """Write into the CSV a value that its column's list does not have."""
    listed = [
        place
        for place, field in enumerate(_fields(folder))
        if "enum" in field.get("constraints", {})
    ]
    _set_in_last_row(folder, listed[-1], "jamais vu")


def different_parquet(folder: Path) -> None:
    """Change the bytes of the Parquet without changing its rows: its hash alone can tell."""
    _parquet(folder, "*", "compression snappy")


def empty_column(folder: Path) -> None:
    """Empty a column that may not be empty, in the Parquet."""
    required = [
        field["name"]
        for field in _fields(folder)
        if field["type"] == "string" and field.get("constraints", {}).get("required")
    ]
    _parquet(folder, f"* replace (null::varchar as {required[0]})", "compression zstd")


def unknown_column(folder: Path) -> None:
    """Rename a column in the Croissant description alone."""

    def rename(document: Descriptor) -> None:
        source = document["recordSet"][0]["field"][0]["source"]
        source["extract"]["column"] = "colonne_qui_n_existe_pas"

    edit_json(folder / "croissant.json", rename)


def contract_without_version(folder: Path) -> None:
    """Take the version of the standard off the contract."""
    path = folder / "contrat.odcs.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("apiVersion:")]
    path.write_text("".join(kept), encoding="utf-8")


def edit_json(path: Path, edit: Callable[[Descriptor], None]) -> None:
    """Apply ``modifier`` to a JSON document."""
    document = json.loads(path.read_text(encoding="utf-8"))
    edit(document)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _fields(folder: Path) -> list[Descriptor]:
    """Return the columns as the Table Schema tells them."""
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    fields: list[Descriptor] = schema["fields"]
    return fields


def _set_in_last_row(folder: Path, place: int, value: str) -> None:
    (path,) = folder.glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    rows[-1][place] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows(rows)


def _parquet(folder: Path, columns: str, options: str) -> None:
    (path,) = (
        path_in_folder
        for path_in_folder in folder.glob("*.parquet")
        if path_in_folder.name != DETAIL
    )
    draft = path.with_suffix(".autre")
    duckdb.sql(f"copy (select {columns} from '{path}') to '{draft}' (format parquet, {options})")
    draft.replace(path)
