"""The candidate: a mart exported into ``candidats/<jeu>/``, the same bytes for the same rows."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration import settings, warehouse
from orchestration.candidates.formats import write_other_formats, write_parquet
from orchestration.datasets import Dataset
from orchestration.files import PRIVATE, File, describe, indented_json, private_folder, write

CANDIDATE_FILE = "candidat.json"
_DRAFT = ".en_cours-"


class MissingCandidateError(RuntimeError):
    """The mart or the candidate does not exist; the message says what to run."""


@dataclass(frozen=True)
class Candidate:
    """Exported files of a dataset, all holding the same ``lignes`` rows."""

    jeu: str
    lignes: int
    fichiers: tuple[File, ...]

    @property
    def folder(self) -> Path:
        """Folder of the files."""
        return settings.candidates(self.jeu)

    def path(self, extension: str) -> Path:
        """Path of the file of one format (``parquet``, ``csv``, ``jsonl``, ``xlsx``)."""
        return self.folder / f"{self.jeu}.{extension}"


def prepare(dataset: Dataset) -> Candidate:
    """Export the mart of ``dataset``. Raises :class:`MissingCandidateError` when there is no mart.

    Built beside then renamed: a file that a publication shares by a hard link is never rewritten.
    Its owner's alone: no gate has judged it.
    """
    target = settings.candidates(dataset.nom)
    private_folder(target.parent)
    for left in target.parent.glob(f"{_DRAFT}{dataset.nom}-*"):
        shutil.rmtree(left)
    draft = target.parent / f"{_DRAFT}{dataset.nom}-{os.getpid()}"
    private_folder(draft)
    rows, paths = _export(dataset, draft)
    for path in paths:
        path.chmod(PRIVATE)
    with ThreadPoolExecutor() as hashing:
        files = tuple(hashing.map(describe, paths))
    candidate = Candidate(dataset.nom, rows, files)
    write(draft / CANDIDATE_FILE, indented_json(asdict(candidate)))
    if target.exists():
        shutil.rmtree(target)
    draft.rename(target)
    return candidate


def load(dataset: Dataset) -> Candidate:
    """Return the candidate that :func:`prepare` left. Raises :class:`MissingCandidateError`."""
    path = settings.candidates(dataset.nom) / CANDIDATE_FILE
    if not path.exists():
        raise MissingCandidateError(f"pas de candidat pour {dataset.nom} : lancer « cpf run ».")
    content = json.loads(path.read_text(encoding="utf-8"))
    files = tuple(File(**file) for file in content["fichiers"])
    return Candidate(content["jeu"], content["lignes"], files)


def _export(dataset: Dataset, folder: Path) -> tuple[int, list[Path]]:
    if not settings.vault_path().exists():
        raise MissingCandidateError("rien n'est encore construit : lancer « cpf run ».")
    with warehouse.vault(read_only=True) as connection:
        known = connection.execute(
            "select count(*) from duckdb_tables() where database_name = 'coffre' "
            "and schema_name || '.' || table_name = ?",
            [dataset.model],
        ).fetchone()
        if known == (0,):
            raise MissingCandidateError(f"{dataset.nom} n'est pas construit : lancer « cpf run ».")
        # The same rows always leave in the same order: else threads would shuffle them and the same
        # data would make other bytes, hence a new version. The hash orders what the key cannot
        # (rows that the portal's export gives without a number).
        connection.execute("set preserve_insertion_order = true")
        parquet = folder / f"{dataset.nom}.parquet"
        order = ", ".join([*dataset.key, f"hash({dataset.model.partition('.')[2]})"])
        mart = f"from coffre.{dataset.model} order by {order}"
        rows = write_parquet(connection, dataset, mart, parquet)
        return rows, [parquet, *write_other_formats(connection, dataset, parquet, rows)]
