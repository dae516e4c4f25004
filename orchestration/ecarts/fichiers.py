"""The files of a version that tell what it changed: its change log and, if any, the diff.

Belongs here: which files, and when there is nothing to compare with. Does not: what they say.
"""

from pathlib import Path

import duckdb

from orchestration.ecarts import journal
from orchestration.ecarts.calcul import comparer
from orchestration.ecarts.resume import Resume, deposer, resumer
from orchestration.ecarts.schemas import Cote, cote
from orchestration.jeux import Jeu
from orchestration.publication.fichiers import ecrire, json_lisible, sha256, synchroniser
from orchestration.publication.versions import HistoriqueError, lire_manifeste

JOURNAL = "changements.md"
RESUME = "ecarts.json"
DETAIL = "ecarts.parquet"


def ecrire_ecarts(
    draft: Path, jeu: Jeu, version: str, precedente: str | None, lignes: int
) -> tuple[str, ...]:
    """Compare the data in ``draft`` with the version before, beside it; return the files' names.

    A version that can no longer be read must not keep the next one from being published: the log
    then says so, and there is no diff.
    """
    parquet = draft / f"{jeu.nom}.parquet"
    if precedente is None:
        return _ecrire_journal(draft, journal.premiere(jeu, version, lignes))
    reason = _alteration(draft.parent, precedente, parquet.name)
    if reason:
        return _ecrire_journal(draft, journal.incomparable(jeu, version, precedente, reason))
    before = cote(draft.parent / precedente, jeu)
    resume = _comparer(draft, jeu, before, Cote(version, parquet, jeu.cle))
    ecrire(draft / RESUME, json_lisible(resume.contenu()))
    return (DETAIL, RESUME, *_ecrire_journal(draft, journal.journal(jeu, resume)))


def _comparer(draft: Path, jeu: Jeu, avant: Cote, apres: Cote) -> Resume:
    with comparer(avant, apres) as ecarts:
        deposer(ecarts, draft / DETAIL)
        synchroniser(draft / DETAIL)
        return resumer(ecarts, jeu.nom, jeu.totaux)


def _ecrire_journal(draft: Path, text: str) -> tuple[str, ...]:
    ecrire(draft / JOURNAL, text.encode())
    return (JOURNAL,)


def _alteration(folder: Path, version: str, name: str) -> str | None:
    """Say why a published Parquet may not be compared with; None when it is what was published."""
    path = folder / version / name
    try:
        manifest = lire_manifeste(folder, version)
        known = {item["nom"]: item["sha256"] for item in manifest["fichiers"]}
    except (HistoriqueError, KeyError, TypeError):
        return "son manifeste est illisible"
    if not path.is_file() or sha256(path) != known.get(name):
        return "son fichier Parquet n'est plus celui qui a été publié"
    try:
        with duckdb.connect() as connection:
            connection.execute("select 1 from read_parquet(?) limit 0", [str(path)])
    except duckdb.Error:
        return "son fichier Parquet est illisible"
    return None
