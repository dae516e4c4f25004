"""Raw files in ``$CPF_DATA/extraits``: closed to others, and kept or erased once they have landed.

A file delivered elsewhere (``cpf land dossiers /elsewhere/x.csv``) is left to who delivered it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from orchestration import settings
from orchestration.datasets import DeclarationError, variables
from orchestration.files import PRIVATE, fsync, restrict, sha256
from orchestration.landing.intake import history
from orchestration.landing.intake.deposit_record import is_whole

KEEP, ERASE = "garder", "effacer"
# The offer's catalogue names the contact persons of training bodies.
NAMING_PERSONS = settings.PERSONAL_SOURCES | {"edof"}


def fate() -> str:
    """What ``extraits_personnels`` of ``dbt_project.yml`` says. Raises ``DeclarationError``."""
    chosen = str(variables().get("extraits_personnels", KEEP))
    if chosen not in (KEEP, ERASE):
        raise DeclarationError(
            f"dbt_project.yml : extraits_personnels vaut « {KEEP} » ou « {ERASE} »."
        )
    return chosen


def close(source: str) -> Iterator[str]:
    """Close the folder of a source and its files to others; say in French what could not be."""
    folder = settings.extracts(source)
    if not folder.is_dir():
        return
    files = [path for path in folder.iterdir() if path.is_file() and is_delivered(source, path)]
    left = [path for path in (folder.parent, folder, *files) if not _closed(path)]
    if left:
        yield (
            f"extraits/{source} : {len(left)} fichier(s) ou dossier(s) d'un autre compte restent "
            "lisibles d'autres : y faire « chmod -R go= »."
        )


def _closed(path: Path) -> bool:
    try:
        restrict(path, 0o700 if path.is_dir() else PRIVATE)
    except PermissionError:
        return False
    return True


def settle(
    connection: duckdb.DuckDBPyConnection, source: str, landed: Sequence[Path]
) -> Iterator[str]:
    """Keep or erase delivered files that have landed, now or before; say in French which.

    One is erased only if all that its deposit holds can be read and adds up, and if it still has
    the content that landed there. ``connection``: one that reads encrypted files.
    """
    if source not in NAMING_PERSONS or not landed:
        return
    chosen = fate()
    erased = sum(chosen == ERASE and _erase(connection, source, path) for path in landed)
    if erased:
        yield f"{source} : {erased} extrait(s) effacé(s), leur dépôt relu."
    kept = len(landed) - erased
    if kept:
        why = f"extraits_personnels : {KEEP}" if chosen == KEEP else "leur dépôt ne se relit pas"
        yield (
            f"{source} : {kept} extrait(s) gardé(s) en clair, lisibles de leur seul propriétaire "
            f"({why})."
        )


def _erase(connection: duckdb.DuckDBPyConnection, source: str, path: Path) -> bool:
    deposit = history.deposit_of(source, sha256(path))
    if deposit is None or not is_whole(connection, deposit):
        return False
    path.unlink()
    fsync(path.parent)
    return True


def is_delivered(source: str, path: Path) -> bool:
    """Tell whether a file is itself where the files of its source are delivered."""
    return not path.is_symlink() and path.parent.resolve() == settings.extracts(source).resolve()
