"""Asking for a workbook: what it says of its rows, and the process that writes it."""

import asyncio
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestration.datasets import read_datasets
from orchestration.metadata.version_card import read_site
from portal.api import workbook
from portal.api.workbook import ReadMe
from portal.engine.execution import query_timeout
from portal.odsql.plan import Column
from portal.packages.dataset import Dataset

_TIMEOUT = 600.0


def describe(dataset: Dataset, shown: Sequence[Column], timezone: str) -> ReadMe:
    """Return what a workbook says of its rows."""
    metas = dataset.metas
    notice = read_site().avis if dataset.id in read_datasets() else ""
    told = {
        "Jeu de données": metas.get("title") or dataset.id,
        "À lire d'abord": notice,
        "Ce que c'est": metas.get("description"),
        "Source": metas.get("publisher"),
        "Version": dataset.version,
        "Mise à jour": dataset.modified.date().isoformat(),
        "Licence": metas.get("license"),
        "Fuseau des heures": timezone,
        "Lecture": "Une cellule vide : la valeur n'est pas connue, ou n'est pas publiée. "
        "Les dates d'avant 1900 et les nombres de plus de 15 chiffres sont des textes.",
    }
    lines = [(label, _plain(text)) for label, text in told.items() if text]
    fields = {field.nom: field for field in dataset.fields}
    columns = [("Colonne", "Nom pour les programmes", "Définition")]
    for item in shown:
        field = fields.get(item.name)
        label = field.label if field else item.name
        columns.append((label, item.name, _plain(field.description or "") if field else ""))
    return ReadMe(lines, columns)


def _plain(text: object) -> str:
    return " ".join(re.sub(r"<[^>]{0,200}>", " ", str(text)).split())


async def write_workbook(rows: Path, path: Path, readme: ReadMe) -> None:
    """Write the workbook of the rows of an Arrow file. Raises ``ApiError`` (503): it is late."""
    asked = workbook.payload(rows, path, readme)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", workbook.__name__),
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_TIMEOUT):
            await process.communicate(asked)
    except TimeoutError:
        raise query_timeout(_TIMEOUT) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"workbook: code {process.returncode}")
