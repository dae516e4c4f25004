"""Entry point of ``cpf``: how it ends is settled before anything that takes time is imported."""

import signal
import sys

from orchestration.cli.supervised import supervise

# What works for long, and has children: it ends whole, at once.
_SUPERVISED = frozenset({"run", "land", "oublier", "generate"})


def main() -> None:
    """Run the command that is asked for."""
    if len(sys.argv) > 1 and sys.argv[1] in _SUPERVISED and "--help" not in sys.argv:
        supervise()
    else:
        signal.signal(signal.SIGINT, lambda *_: sys.exit(130))

    from orchestration.cli.app import run_app

    run_app()
