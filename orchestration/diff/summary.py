"""The summary of a difference: counts, schema, columns, totals, and the files that tell it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.diff.common_schema import SchemaChange, columns_of
from orchestration.diff.compute import ADDED, REMOVED, REVISED, Diff, UniformChange
from orchestration.published_rows import published_rows
from orchestration.sql import identifier, literal

_NUMERIC_TYPE = re.compile("DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT|DOUBLE|FLOAT")


@dataclass(frozen=True)
class Total:
    """Sum of an additive column in each version, exact, as text; None where it is no number."""

    colonne: str
    avant: str | None
    apres: str | None


@dataclass(frozen=True)
class DiffSummary:
    """What changed from a version to another. ``colonnes``: revised rows by changed column.

    ``unkeyed_rows``: rows added or removed that their key does not tell from others.
    """

    dataset: str
    avant: str
    apres: str
    key: tuple[str, ...]
    rows_before: int
    rows_after: int
    added: int
    removed: int
    revised: int
    unkeyed_rows: int
    schema: tuple[SchemaChange, ...]
    colonnes: Mapping[str, int]
    uniform_changes: tuple[UniformChange, ...]
    totaux: tuple[Total, ...]

    @property
    def unchanged(self) -> int:
        """Rows that are the same in both versions."""
        return self.rows_after - self.added - self.revised

    def content(self) -> dict[str, Any]:
        """Return the content of ``ecarts.json``."""
        return {
            "jeu": self.dataset,
            "avant": {"version": self.avant, "lignes": self.rows_before},
            "apres": {"version": self.apres, "lignes": self.rows_after},
            "cle": list(self.key),
            "lignes": {
                "ajoutees": self.added,
                "retirees": self.removed,
                "revisees": self.revised,
                "identiques": self.unchanged,
                "sans_cle": self.unkeyed_rows,
            },
            "schema": [asdict(item) for item in self.schema],
            "colonnes": dict(self.colonnes),
            "colonnes_uniformes": [
                asdict(uniform_change) for uniform_change in self.uniform_changes
            ],
            "totaux": [asdict(total) for total in self.totaux],
        }


def summarize(diff: Diff, dataset: str, totaux: tuple[str, ...]) -> DiffSummary:
    """Count the difference; ``totaux`` are the columns that may be added up."""
    counts = _counts(diff, "select nature, count(*) from lignes group by 1")
    rows = _counts(
        diff,
        "select 'avant', count(*) from avant union all select 'apres', count(*) from apres",
    )
    columns = _counts(
        diff,
        f"select colonne, count(*) from changements where nature = '{REVISED}' "
        "group by 1 order by 2 desc, 1",
    )
    unkeyed = _counts(
        diff,
        "select 'n', count(*) from changements where colonne is null and "
        "coalesce(avant, apres) is not null",
    )["n"]
    return DiffSummary(
        dataset=dataset,
        avant=diff.avant.version,
        apres=diff.apres.version,
        key=diff.common_schema.key,
        rows_before=rows["avant"],
        rows_after=rows["apres"],
        added=counts.get(ADDED, 0),
        removed=counts.get(REMOVED, 0),
        revised=counts.get(REVISED, 0),
        unkeyed_rows=unkeyed,
        schema=diff.common_schema.changes,
        colonnes=columns,
        uniform_changes=diff.uniform_changes,
        totaux=tuple(Total(name, *_totals(diff, name)) for name in totaux),
    )


def write_changes(diff: Diff, path: Path) -> None:
    """Write every change as Parquet, in a stable order: the same versions, the same bytes."""
    diff.connection.execute(
        f"copy ({diff.ordered}) to {literal(path)} (format parquet, compression zstd)"
    )


def _totals(diff: Diff, name: str) -> tuple[str | None, str | None]:
    def total(path: Path) -> str | None:
        if not _NUMERIC_TYPE.match(columns_of(diff.connection, path).get(name, "")):
            return None
        row = diff.connection.execute(
            f"select coalesce(sum({identifier(name)}), 0)::varchar "
            f"from {published_rows(diff.connection, path)}"
        ).fetchone()
        return str(row[0]) if row else None

    return total(diff.avant.parquet), total(diff.apres.parquet)


def _counts(diff: Diff, query: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in diff.connection.execute(query).fetchall()}
