"""A folder of public exports: which file is of which source, by what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.landing.inspection import inspect
from orchestration.landing.intake.hints import Hints, read_hints
from orchestration.landing.sources.exports.recognition import SOURCES

_BESIDE = frozenset({".json", ".toml"})
MAPPING = "correspondance.toml"


@dataclass(frozen=True)
class Delivery:
    """A file and the source that it is of; None where ``problem`` says in French what is wrong."""

    path: Path
    source: str | None
    hints: Hints
    problem: str = ""


def deliveries(folder: Path) -> Iterator[Delivery]:
    """Yield the files of a folder by name, hidden ones and those that speak of others left out.

    ``achats.csv`` may have its description ``achats.json`` and its mapping ``achats.toml`` beside
    it; ``correspondance.toml`` is for the export that its ``jeu`` names. Raises ``LandingError``
    when one of these cannot be read.
    """
    shared = folder / MAPPING
    common = read_hints(None, shared) if shared.is_file() else Hints()
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith((".", "~")) and path.suffix not in _BESIDE:
            yield _delivery(path, common)


def _delivery(path: Path, common: Hints) -> Delivery:
    stem = path.name.partition(".")[0]
    description, mapping = (path.with_name(f"{stem}{suffix}") for suffix in (".json", ".toml"))
    hints = read_hints(
        description if description.is_file() else None, mapping if mapping.is_file() else None
    )
    found = inspect(path, hints, hints.export if hints.export in SOURCES else None)
    if found.export is None and common.export in SOURCES and not hints.pairs:
        found, hints = inspect(path, common, common.export), common
    elif found.export == common.export and not hints.pairs:
        hints = Hints(
            hints.technical_names, common.pairs, hints.dataset_id, hints.modified, common.export
        )
    if found.problem or found.export is None:
        reason = found.problem or f"{path.name} : {' ; '.join(found.remarks)}"
        return Delivery(path, None, hints, reason)
    return Delivery(path, SOURCES[found.export], hints)
