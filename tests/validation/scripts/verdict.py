"""How a script tells its verdict: exit codes.

Read by the environments of the tools: the standard library alone.
"""

import sys
from typing import NoReturn

# The same number as ``tests.validation.tools.EXIT_REFUSED``.
EXIT_REFUSED = 3


def exit_with(reasons: list[str]) -> NoReturn:
    """Exit: accepted without ``reasons``, refused for them otherwise."""
    for reason in reasons:
        print(reason)
    sys.exit(EXIT_REFUSED if reasons else 0)
