"""The figures of a candidate, as a report holds them: nothing here reads a file."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measures:
    """Figures of a candidate. ``totaux`` are exact decimals as text, ``nuls`` shares from 0 to 1.

    ``colonnes`` are those of the file, with their types; ``niveaux`` gives (level, rows, dossiers).
    Of the periods: the oldest, the newest, and the last day of the newest. ``masques`` counts what
    was masked in free texts, by kind; empty where nothing was.
    """

    lignes: int
    colonnes: tuple[tuple[str, str], ...]
    totaux: dict[str, str]
    nuls: dict[str, float]
    periode_min: str | None
    periode_max: str | None
    dernier_jour: str | None
    niveaux: tuple[tuple[int, int, int], ...]
    csv_fidele: bool
    jsonl_fidele: bool = True
    masques: dict[str, int] = field(default_factory=dict)
