"""Publishes one version after another until somebody kills it: ``python -m`` with ``CPF_DATA`` set.

Run by ``test_killed`` as a process of its own. The data files are a few bytes, of which
publishing reads the Parquet alone, and the kills then fall on its writes.
"""

import os
import sys
from dataclasses import replace
from itertools import count

import duckdb

from orchestration import settings
from orchestration.candidates.candidate import Candidate, load
from orchestration.datasets import read_datasets
from orchestration.files import describe
from orchestration.quality.report import read_report
from orchestration.release.publish import publish
from tests.factories.small_datasets import OFFER


def main() -> None:
    """Publish for ever, saying when it begins."""
    dataset = read_datasets()[OFFER]
    first, report = load(dataset), read_report(dataset)
    sys.stdout.write("prêt\n")
    sys.stdout.flush()
    for number in count():
        for file in first.fichiers:
            path = settings.candidates(OFFER) / file.nom
            # Killed right here, the one before has left nothing to remove.
            path.unlink(missing_ok=True)
            if path.suffix == ".parquet":
                duckdb.execute(
                    f"copy (select {os.getpid()} as processus, {number} as numero) to '{path}'"
                )
            else:
                path.write_text(f"{os.getpid()} {number}")
        files = tuple(describe(first.folder / file.nom) for file in first.fichiers)
        candidate = Candidate(OFFER, first.lignes, files)
        publish(dataset, candidate, replace(report, fichiers=files))


if __name__ == "__main__":
    main()
