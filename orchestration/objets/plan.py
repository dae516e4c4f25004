"""What a version still lacks in the bucket, decided before anything is sent.

Belongs here: comparing lists. Does not: disk or network (``pousser`` gives both sides). A version
holds what its SHA256SUMS lists. Files of its manifest that this list has no more were withdrawn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from orchestration.objets.erreurs import IntegriteError
from orchestration.publication.versions import MANIFESTE, SOMMES

_HEXA = 64


@dataclass(frozen=True)
class Plan:
    """Files to send, in this order; files that must be the same; files to delete.

    The version's SHA256SUMS comes after all of them.
    """

    a_deposer: tuple[str, ...]
    a_comparer: tuple[str, ...]
    a_retirer: tuple[str, ...]


def lire_sommes(contenu: bytes, lieu: str) -> dict[str, str]:
    """Read a SHA256SUMS: hash by name. Raises ``IntegriteError``; names are those of plain files.

    A list that comes from a bucket must not make anybody write elsewhere.
    """
    try:
        lines = [line.split("  ", 1) for line in contenu.decode().splitlines()]
        found = {name: digest for digest, name in lines}
    except ValueError:
        found = {"": ""}
    if not all(_est_simple(name) and len(digest) == _HEXA for name, digest in found.items()):
        raise IntegriteError(f"{lieu} est illisible.")
    return found


def _est_simple(name: str) -> bool:
    return PurePosixPath(name).name == name and name[:1] not in ("", ".")


def planifier(
    sommes: Mapping[str, str], manifeste: Iterable[str], tailles: Mapping[str, int]
) -> Plan:
    """Compare what a version holds with the sizes that the bucket lists for it.

    Its manifest comes last: whoever finds it finds all that it names.
    """
    order = sorted(sommes, key=lambda name: (name == MANIFESTE, name))
    withdrawn = retires(sommes, manifeste)
    return Plan(
        a_deposer=tuple(name for name in order if name not in tailles),
        a_comparer=tuple(name for name in order if name in tailles),
        a_retirer=tuple(sorted(withdrawn & set(tailles))),
    )


def retires(sommes: Iterable[str], manifeste: Iterable[str]) -> set[str]:
    """Files that the manifest binds and that the list of the version has no more."""
    return set(manifeste) - set(sommes) - {SOMMES}
