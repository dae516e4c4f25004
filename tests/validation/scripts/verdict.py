"""How a script tells its verdict. Belongs here: exit codes. Does not: any tool.

Read by the environments of the tools: the standard library alone.
"""

import sys
from typing import NoReturn

# The same number as ``tests.validation.outils.REFUS``.
REFUS = 3


def rendre(motifs: list[str]) -> NoReturn:
    """Exit: accepted without ``motifs``, refused for them otherwise."""
    for motif in motifs:
        print(motif)
    sys.exit(REFUS if motifs else 0)
