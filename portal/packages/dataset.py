"""A version of a dataset, ready to be asked: what every interface of the portal knows of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from portal.packages.field import Field


@dataclass(frozen=True)
class ServedFile:
    """A published file; ``format`` is its extension, ``is_data`` tells if it holds all rows."""

    nom: str
    path: Path
    octets: int
    sha256: str
    format: str
    media_type: str
    is_data: bool
    title: str


@dataclass(frozen=True)
class Dataset:
    """A version: ``version`` is empty for a package that has none; ``modified`` is UTC.

    ``key`` names the fields of the primary key, if any; ``alias`` gives the field that an old name
    stands for; ``metas`` are the default metadata of the Explore API, under its names; ``base`` is
    the quoted name under which the engine has attached the image.
    """

    id: str
    version: str
    fields: tuple[Field, ...]
    alias: Mapping[str, str]
    key: tuple[str, ...]
    nombre: int
    modified: dt.datetime
    metas: Mapping[str, Any]
    files: tuple[ServedFile, ...]
    base: str

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by name."""
        return {field.nom: field for field in self.fields}

    def field(self, nom: str) -> Field | None:
        """Return the field of that name, or the one that an old name stands for."""
        return self.by_name.get(self.alias.get(nom, nom))

    def data_file(self, extension: str) -> ServedFile | None:
        """Return the prepared file of one format, if there is one."""
        return next((f for f in self.files if f.is_data and f.format == extension), None)
