"""A folder of public files: which one is of which source, by what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.landing.inspection import inspect
from orchestration.landing.intake.archive import ZIP, members_of
from orchestration.landing.intake.blocks import raw_blocks
from orchestration.landing.intake.hints import Hints, read_hints
from orchestration.landing.intake.names import plain_name
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.intake.typed_files import typed_file
from orchestration.landing.sources.exports.recognition import SOURCES

_BESIDE = frozenset({".json", ".toml"})
MAPPING = "correspondance.toml"
# What the two registers begin with, whatever their files are called.
_REGISTER_MEMBERS, _REGISTER_ROOT = "export_fiches", b"<FICHES"
_LIST_OF_BODIES = "numerodeclarationactivite"


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
        if path.is_file() and not path.name.startswith((".", "~")) and not _speaks_of_others(path):
            yield _delivery(path, common)


def _register(path: Path) -> str | None:
    """Return the register that a file is: of certifications, of training bodies, or none."""
    try:
        with path.open("rb") as file:
            zipped = file.read(len(ZIP)) == ZIP
        members = members_of(path) if zipped else []
        if members and all(plain_name(x).startswith(_REGISTER_MEMBERS) for x in members):
            return "certifications"
        head = next(raw_blocks(path), b"")[:4096]
    except (LandingError, OSError):
        return None
    if _REGISTER_ROOT in head:
        return "certifications"
    first = plain_name(str(head.split(b"\n")[0], "utf-8", errors="replace")).replace("_", "")
    return "organismes" if _LIST_OF_BODIES in first else None


def _speaks_of_others(path: Path) -> bool:
    return path.suffix in _BESIDE and typed_file(path) is None


def _delivery(path: Path, common: Hints) -> Delivery:
    register = _register(path)
    if register:
        return Delivery(path, register, Hints())
    stem = path.name.partition(".")[0]
    description, mapping = (path.with_name(f"{stem}{suffix}") for suffix in (".json", ".toml"))
    hints = read_hints(
        description if description.is_file() and description != path else None,
        mapping if mapping.is_file() else None,
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
