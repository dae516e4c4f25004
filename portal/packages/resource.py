"""A tabular resource of a Data Package, read and checked, before any of its rows is."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.packages.dataset import ServedFile
from portal.packages.field import PLACES, Field

_ROW_NUMBER = re.compile(r"\b(?:Line|line|record/value|row):? (\d+)")
_CAUSES = (
    ("Expected Number of Columns", "le nombre de cellules n'est pas celui de l'en-tête"),
    ("unterminated quote", "un guillemet n'est pas fermé"),
    ("Invalid unicode", "l'encodage n'est pas UTF-8 : déclarer « encoding » dans la ressource"),
    ("not utf-8", "l'encodage n'est pas UTF-8 : déclarer « encoding » dans la ressource"),
    ("Malformed JSON", "le JSON est mal formé"),
    ("Out of Memory", "la mémoire manque : CPF_PORTAIL_MEMOIRE_IMAGE en donne davantage"),
)


class PackageError(ValueError):
    """A dataset is refused. The message names the file, the row, the column; never a value."""

    def __init__(
        self, file_name: str, reason: str, *, line: int | None = None, column: str | None = None
    ) -> None:
        location = [file_name]
        if line is not None:
            location.append(f"ligne {line}")
        if column is not None:
            location.append(f"colonne « {column} »")
        super().__init__(f"{', '.join(location)} : {reason}")


def from_duckdb(file_name: str, error: Exception) -> PackageError:
    """Tell what DuckDB could not read, without the row that its message quotes."""
    text = str(error)
    match = _ROW_NUMBER.search(text)
    cause = next((words for mark, words in _CAUSES if mark in text), "le fichier est illisible")
    return PackageError(file_name, cause, line=int(match.group(1)) if match else None)


MISSING_VALUES = ("",)
TRUE_VALUES = ("true", "True", "TRUE", "1")
FALSE_VALUES = ("false", "False", "FALSE", "0")


@dataclass(frozen=True)
class Column:
    """A field and how its cells are written. ``nature`` is its Table Schema type.

    ``undecided``: an array of which the descriptor does not say whether it holds texts; rows do.
    """

    field: Field
    nature: str
    format: str = "default"
    missing_values: tuple[str, ...] = MISSING_VALUES
    true_values: tuple[str, ...] = TRUE_VALUES
    false_values: tuple[str, ...] = FALSE_VALUES
    decimal_char: str = "."
    group_char: str = ""
    bare_number: bool = True
    separator: str | None = None
    undecided: bool = False


@dataclass(frozen=True)
class Resource:
    """``parts`` are the files of the rows; ``inline_rows`` the rows themselves, without a file.

    ``digests`` are the declared hashes, by path (``sha256:…``); ``files`` is all that is
    served as it is, hashed when the image is built.
    """

    id: str
    version: str
    descriptor: Path
    parts: tuple[Path, ...]
    inline_rows: Any
    format: str
    compression: str | None
    encoding: str
    dialect: Mapping[str, Any]
    fields_match: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    alias: Mapping[str, str]
    modified: dt.datetime
    metas: Mapping[str, Any]
    files: tuple[ServedFile, ...]
    digests: Mapping[Path, str] = field(default_factory=dict)

    @property
    def has_places(self) -> bool:
        """Tell whether some field is geographic."""
        return any(column.field.type in PLACES for column in self.columns)

    @property
    def source_name(self) -> str:
        """How errors call what the rows come from."""
        return ", ".join(path.name for path in self.parts) or self.descriptor.name
