"""Tombstones: what says, in the folder of a version, that files of it were withdrawn, and why.

Belongs here: reading them. Does not: withdrawing (``withdraw``), nor checking (``verify``).

``withdrawal.json`` stands for the whole version; ``retrait_ecarts.json`` for its diff alone, which
quotes rows of the version before and goes when that one is withdrawn. See docs/decisions/0008.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from orchestration.files import File
from orchestration.store.versions import HistoryError

WITHDRAWAL = "retrait.json"
DIFF_WITHDRAWAL = "retrait_ecarts.json"


class WithdrawalError(HistoryError):
    """A tombstone is unreadable."""


@dataclass(frozen=True)
class Withdrawal:
    """Files withdrawn from a version. ``cause`` is the version that was withdrawn.

    ``remplacee_par``: the version to use instead, when somebody said which.
    """

    jeu: str
    version: str
    cause: str
    retire_le: str
    raison: str
    fichiers: tuple[File, ...]
    remplacee_par: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """Names of the files withdrawn."""
        return frozenset(item.nom for item in self.fichiers)


def read_withdrawal(folder: Path, nom: str = WITHDRAWAL) -> Withdrawal | None:
    """Read a tombstone in the folder of a version. Raises :class:`WithdrawalError`."""
    path = folder / nom
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(File(**item) for item in content.pop("fichiers"))
        return Withdrawal(fichiers=files, **content)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise WithdrawalError(f"{path} est illisible : le restaurer d'une sauvegarde.") from None


def read_withdrawals(folder: Path) -> dict[str, Withdrawal]:
    """Read every tombstone of a version, by file name. Raises :class:`WithdrawalError`."""
    withdrawals = {name: read_withdrawal(folder, name) for name in (WITHDRAWAL, DIFF_WITHDRAWAL)}
    return {name: item for name, item in withdrawals.items() if item}
