"""Every case, gathered from the modules ``cas_*`` of this folder.

Belongs here: gathering. Does not: any case.
"""

import importlib
from pathlib import Path

from tests.conformite.modele import Cas


def tous() -> list[Cas]:
    """Return the cases in the order of the modules' names; their own names start with it."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("cas_*.py"))
    return [
        case for name in modules for case in importlib.import_module(f"tests.conformite.{name}").CAS
    ]
