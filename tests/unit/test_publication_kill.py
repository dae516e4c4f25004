"""Publications killed for real (SIGKILL) at random moments: the old one or the new one is left."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.candidat import preparer
from orchestration.publication.publier import nettoyer
from orchestration.publication.verifier import verifier
from orchestration.publication.versions import EN_COURS, lire_pointeur, lire_version, versions
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.petits_jeux import OFFRE

KILLS = 12


def test_killed_at_random_moments(etat: Path, jeux: dict[str, Jeu]) -> None:
    jeu, folder = jeux[OFFRE], settings.publications(OFFRE)
    petit_etat.construire_mart(jeu, petits_jeux.lignes(OFFRE))
    rapports.rapport(jeu, preparer(jeu))
    draw = random.Random(20260315)  # noqa: S311 (moments, not secrets)
    unfinished = 0
    for number in range(KILLS):
        _publish_then_kill(draw.uniform(0.02, 0.4))
        found = verifier(settings.publications(), OFFRE)
        assert all(item.ok for item in found), (number, found)
        unfinished += bool(nettoyer(OFFRE))
        pointeur = lire_pointeur(folder)
        last = versions(folder)[-1:]
        assert last == ([lire_version(pointeur.version)] if pointeur else [])
        assert not list(folder.glob(f"{EN_COURS}*"))
    names = [version.numero for version in versions(folder)]
    assert names, "no publication ever ended: the test would prove nothing"
    assert unfinished > 0, "no kill fell inside a publication: the test would prove nothing"
    assert names == list(range(1, len(names) + 1))


def _publish_then_kill(seconds: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.publier_sans_fin"],
        cwd=settings.PROJECT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    process.wait()
    process.stdout.close()
