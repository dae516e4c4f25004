"""Publishes one version after another until somebody kills it: ``python -m`` with ``CPF_DATA`` set.

Run by ``test_publication_kill`` as a process of its own. The data files are a few bytes, of which
publishing reads the Parquet alone, and the kills then fall on its writes.
"""

import os
import sys
from dataclasses import replace
from itertools import count

import duckdb

from orchestration import settings
from orchestration.jeux import lire_jeux
from orchestration.publication.candidat import Candidat, charger
from orchestration.publication.fichiers import decrire
from orchestration.publication.publier import publier
from orchestration.quality.rapport import relire
from tests.unit.petits_jeux import OFFRE


def main() -> None:
    """Publish for ever, saying when it begins."""
    jeu = lire_jeux()[OFFRE]
    first, rapport = charger(jeu), relire(jeu)
    sys.stdout.write("prêt\n")
    sys.stdout.flush()
    for number in count():
        for file in first.fichiers:
            path = settings.candidats(OFFRE) / file.nom
            path.unlink()
            if path.suffix == ".parquet":
                duckdb.execute(
                    f"copy (select {os.getpid()} as processus, {number} as numero) to '{path}'"
                )
            else:
                path.write_text(f"{os.getpid()} {number}")
        files = tuple(decrire(first.dossier / file.nom) for file in first.fichiers)
        candidat = Candidat(OFFRE, first.lignes, files)
        publier(jeu, candidat, replace(rapport, fichiers=files))


if __name__ == "__main__":
    main()
