"""The candidate: the very files that will be published if the gate opens.

Belongs here: exporting a mart into ``candidats/<jeu>/``, the same bytes for the same rows. Does
not: how each format is written (``formats``), judging (``quality``), publishing (``publier``).
"""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration import settings, warehouse
from orchestration.jeux import Jeu
from orchestration.publication.fichiers import Fichier, decrire, ecrire, json_lisible
from orchestration.publication.formats import decliner, ecrire_parquet

FICHE = "candidat.json"
_DRAFT = ".en_cours-"


class CandidatAbsentError(RuntimeError):
    """The mart or the candidate does not exist; the message says what to run."""


@dataclass(frozen=True)
class Candidat:
    """Exported files of a dataset, all holding the same ``lignes`` rows."""

    jeu: str
    lignes: int
    fichiers: tuple[Fichier, ...]

    @property
    def dossier(self) -> Path:
        """Folder of the files."""
        return settings.candidats(self.jeu)

    def chemin(self, extension: str) -> Path:
        """Path of the file of one format (``parquet``, ``csv``, ``jsonl``, ``xlsx``)."""
        return self.dossier / f"{self.jeu}.{extension}"


def preparer(jeu: Jeu) -> Candidat:
    """Export the mart of ``jeu``. Raises :class:`CandidatAbsentError` when there is no mart.

    Built beside then renamed: a file that a publication shares by a hard link is never rewritten.
    """
    target = settings.candidats(jeu.nom)
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{_DRAFT}{jeu.nom}-*"):
        shutil.rmtree(left)
    draft = target.parent / f"{_DRAFT}{jeu.nom}-{os.getpid()}"
    draft.mkdir()
    rows, paths = _export(jeu, draft)
    with ThreadPoolExecutor() as hashing:
        files = tuple(hashing.map(decrire, paths))
    candidat = Candidat(jeu.nom, rows, files)
    ecrire(draft / FICHE, json_lisible(asdict(candidat)))
    if target.exists():
        shutil.rmtree(target)
    draft.rename(target)
    return candidat


def charger(jeu: Jeu) -> Candidat:
    """Return the candidate that :func:`preparer` left. Raises :class:`CandidatAbsentError`."""
    path = settings.candidats(jeu.nom) / FICHE
    if not path.exists():
        raise CandidatAbsentError(f"pas de candidat pour {jeu.nom} : lancer « cpf run ».")
    content = json.loads(path.read_text(encoding="utf-8"))
    files = tuple(Fichier(**file) for file in content["fichiers"])
    return Candidat(content["jeu"], content["lignes"], files)


def _export(jeu: Jeu, folder: Path) -> tuple[int, list[Path]]:
    if not settings.entrepot().exists():
        raise CandidatAbsentError("l'entrepôt n'existe pas encore : lancer « cpf run ».")
    with warehouse.connect(str(settings.entrepot()), read_only=True) as connection:
        known = connection.execute(
            "select count(*) from duckdb_tables() where table_name = ?", [jeu.nom]
        ).fetchone()
        if known == (0,):
            raise CandidatAbsentError(f"la table {jeu.nom} n'est pas dans l'entrepôt.")
        # The same rows always leave in the same order: else threads would shuffle them and the same
        # data would make other bytes, hence a new version. The hash orders what the key cannot
        # (rows that the portal's export gives without a number).
        connection.execute("set preserve_insertion_order = true")
        parquet = folder / f"{jeu.nom}.parquet"
        order = ", ".join([*jeu.cle, f"hash({jeu.nom})"])
        rows = ecrire_parquet(connection, jeu, f"from {jeu.nom} order by {order}", parquet)
        return rows, [parquet, *decliner(connection, jeu, parquet, rows)]
