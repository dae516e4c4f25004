"""``cpf diff``: two published versions of a dataset, from a publications' folder alone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.datasets import Dataset, read_datasets
from orchestration.diff.common_schema import ComparedVersion, compared_version
from orchestration.diff.compute import compare
from orchestration.diff.summary import DiffSummary, summarize
from orchestration.store.versions import read_withdrawal, versions

_BATCH = 10_000


class NotFoundError(LookupError):
    """The dataset or the version is not there; the message says which there are."""


class NotComparableError(RuntimeError):
    """The version is there and its data cannot be compared; the message says why."""


@dataclass(frozen=True)
class Comparison:
    """A difference and its changes, read one after the other."""

    summary: DiffSummary
    names: tuple[str, ...]
    changes: Iterator[tuple[Any, ...]]

    def json(self) -> Iterator[str]:
        """Return ``ecarts.json`` and all the changes as one JSON document, piece by piece."""
        head = json.dumps(self.summary.content(), ensure_ascii=False, indent=2)
        yield head.removesuffix("\n}") + ',\n  "changements": ['
        for number, change in enumerate(self.changes):
            row = dict(zip(self.names, change, strict=True))
            yield (",\n    " if number else "\n    ") + json.dumps(
                row, ensure_ascii=False, default=str
            )
        yield "\n  ]\n}\n"


def known_dataset(nom: str, root: Path) -> Dataset:
    """Return a dataset that has a folder under ``root``. Raises :class:`NotFoundError`."""
    datasets = read_datasets()
    if nom not in datasets:
        raise NotFoundError(f"jeu inconnu : {nom}. Jeux : {', '.join(datasets)}.")
    if not versions(root / nom):
        raise NotFoundError(f"{nom} n'a aucune version publiée dans {root}.")
    return datasets[nom]


def known_version(dataset: str, version: str, root: Path) -> Path:
    """Return the folder of a published version. Raises :class:`NotFoundError`."""
    known = [str(name) for name in versions(root / dataset)]
    if version not in known:
        raise NotFoundError(f"version inconnue : {version}. Versions : {', '.join(known)}.")
    return root / dataset / version


@contextmanager
def compare_versions(nom: str, before: str, after: str, root: Path) -> Iterator[Comparison]:
    """Compare two versions. Raises :class:`NotFoundError` or :class:`NotComparableError`."""
    dataset = known_dataset(nom, root)
    sides = [_compared_version(dataset, version, root) for version in (before, after)]
    try:
        with compare(*sides) as diff:
            summary = summarize(diff, nom, dataset.totaux)
            cursor = diff.connection.execute(diff.ordered)
            names = tuple(column[0] for column in cursor.description or ())
            yield Comparison(summary, names, _batches(cursor))
    except duckdb.Error as error:
        raise NotComparableError(f"ces fichiers ne se comparent pas : {error}") from None


def _compared_version(dataset: Dataset, version: str, root: Path) -> ComparedVersion:
    folder = known_version(dataset.nom, version, root)
    withdrawn = read_withdrawal(folder)
    if withdrawn:
        raise NotComparableError(
            f"la version {version} a été retirée le {withdrawn.retire_le[:10]} "
            f"({withdrawn.raison}) : ses données ne sont plus là."
        )
    side = compared_version(folder, dataset)
    if not side.parquet.is_file():
        raise NotComparableError(f"{side.parquet} manque.")
    return side


def _batches(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(_BATCH):
        yield from batch
