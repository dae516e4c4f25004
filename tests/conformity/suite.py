"""Every case, gathered from the modules ``cases_*`` of this folder."""

import importlib
from pathlib import Path

from tests.conformity.case import Case


def all_cases() -> list[Case]:
    """Return the cases in the order of the modules' names; their own names start with it."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
    return [
        case
        for name in modules
        for case in importlib.import_module(f"tests.conformity.{name}").CASES
    ]
