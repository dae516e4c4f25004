"""How a generated file appears: written beside its place, then renamed.

Belongs here: the atomic writing that every source shares. Does not: any content.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def remplace(chemin: Path) -> Iterator[Path]:
    """Give a temporary path in the folder of ``chemin``, renamed to it when the block succeeds.

    A reader (the landing sensor) never sees a half-written file; a failure leaves nothing.
    """
    chemin.parent.mkdir(parents=True, exist_ok=True)
    # A leading dot, and the real suffix hidden: no pattern of the sensor matches it.
    provisoire = chemin.with_name(f".{chemin.name}.partiel")
    try:
        yield provisoire
        provisoire.replace(chemin)
    finally:
        provisoire.unlink(missing_ok=True)
