"""Rows of a figure: what a value is worth, the first ones, the others together, the remainder."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from portal.dashboards.declarations import Measure
from portal.dashboards.figures import OTHERS, REMAINDER, Row, Status
from portal.dashboards.selection import NONE

# Share of the whole that rounding may leave: amounts are told to the cent.
_NOTHING = 1e-9


def status_of(value: Any, secrets: int, rows: int) -> Status:
    """Tell what a value is worth from the rows behind it."""
    if rows and secrets == rows:
        return Status.SECRET
    if value is None:
        return Status.ABSENT
    return Status.MINIMUM if secrets else Status.EXACT


def number_of(value: Any) -> float | int | None:
    """Return a number of the engine as JSON writes it."""
    if value is None:
        return None
    return int(value) if isinstance(value, int) else float(value)


def known(row: Row) -> float | int | None:
    """Return the value that others may be compared with: nothing of a minimum."""
    return row.value if row.status is Status.EXACT else None


def row_of(
    code: str | None,
    label: str,
    value: Any,
    secrets: int,
    rows: int,
    *,
    provisional: bool,
    dated: bool,
) -> Row:
    """Make a row of what the engine has told."""
    status = status_of(value, secrets, rows)
    edition = ("provisoire" if provisional else "definitive") if dated else ""
    number = None if status is Status.SECRET else number_of(value)
    return Row(NONE if code is None else code, label, number, status, None, edition)


def complete(
    measure: Measure, limit: int, rows: Sequence[Row], total: float | int | None
) -> tuple[tuple[Row, ...], float | None]:
    """Keep the first rows, put the others together, add what no row tells; then tell shares.

    Return the rows and the share that is not broken down.
    """
    told = sum(row.value or 0 for row in rows)
    if limit and len(rows) > limit:
        kept, left = list(rows[:limit]), rows[limit:]
        if measure.adds_up:
            kept.append(_together(left))
    else:
        kept = list(rows)
    undetailed = None
    if measure.adds_up and total:
        undetailed = max(0.0, float(total - told)) / float(total)
        if undetailed > _NOTHING:
            remainder = round(total - told, 2) if isinstance(total - told, float) else total - told
            kept.append(Row(REMAINDER, "Non ventilé", remainder, Status.EXACT))
    if measure.has_share and total:
        kept = [
            row if row.value is None else replace(row, share=float(row.value) / float(total))
            for row in kept
        ]
    return tuple(kept), undetailed


def _together(rows: Sequence[Row]) -> Row:
    values = [row.value for row in rows if row.value is not None]
    told = sum(values)
    hidden = any(row.status in (Status.SECRET, Status.MINIMUM) for row in rows)
    return Row(
        OTHERS,
        f"Autres ({len(rows)} valeurs)",
        round(told, 2) if isinstance(told, float) else told,
        Status.MINIMUM if hidden else Status.EXACT,
        edition=rows[0].edition,
    )


def worth_of(row: Row, measure: Measure, *, grouped: bool) -> Row:
    """In the detail, part of the dossiers of a value are ``grouped`` with others.

    What adds up is then a minimum; a mean is that of a part; neither is compared with another year.
    """
    if grouped and row.code != REMAINDER and row.status is Status.EXACT and row.value is not None:
        row = replace(row, status=Status.MINIMUM, previous=None)
    partial = row.status is Status.MINIMUM and not measure.adds_up
    return replace(row, status=Status.PARTIAL) if partial else row
