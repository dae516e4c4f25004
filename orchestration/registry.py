"""The registry: of each dataset of persons, what its current version shows, and of whom.

It is kept beside the versions (encrypted, for it is personal); that of the current version is shown
to the models, which build the next one from it. See docs/decisions/0014-editions.md.
"""

import calendar
import datetime as dt
import json
import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration import settings, warehouse
from orchestration.datasets import Dataset, read_datasets, variables
from orchestration.files import fsync, indented_json, write
from orchestration.sql import literal
from orchestration.store.versions import (
    parse_version,
    read_manifest,
    read_pointer,
    read_withdrawal,
    versions,
)

RULES_FILE = "regles.json"
ENCRYPTED = warehouse.ENCRYPTED_PARQUET.replace(" ", " = ", 1)
# Tables of the registry, and the end of the name of the model that each is.
TABLES: Mapping[str, str] = {
    "lignes": "diffusion",
    "suivis": "suivis",
    "comptes": "comptes_dits",
    "totaux": "totaux",
    "premiers": "totaux_premiers",
}
_OF_TOTALS = frozenset({"comptes", "totaux", "premiers"})


def tables(dataset: Dataset) -> Mapping[str, str]:
    """Return the tables of the registry of ``dataset``, and the intermediate model that each is."""
    return {
        table: f"{dataset.register}__{suffix}"
        for table, suffix in TABLES.items()
        if dataset.register and (dataset.tables or table not in _OF_TOTALS)
    }


def models(dataset: Dataset) -> list[str]:
    """Names of the intermediate models that the registry of ``dataset`` keeps."""
    return list(tables(dataset).values())


def expose(rebase: Collection[str] = ()) -> None:
    """Show the registry of each dataset's current version in the vault, where the models look.

    A dataset that has none, whose rules are no longer those of its version, or that ``rebase``
    names, is built anew: whether that may be published is for :func:`refusal` to say.
    """
    with warehouse.vault() as connection:
        connection.execute("begin")
        connection.execute("create schema if not exists coffre.registre")
        for dataset in read_datasets().values():
            folder = _current_registry(dataset)
            for table in tables(dataset):
                name = f"coffre.registre.{dataset.nom}__{table}"
                if folder and dataset.nom not in rebase and not _difference(dataset, folder):
                    path = literal(folder / f"{table}.parquet")
                    connection.execute(
                        f"create or replace view {name} as select * from "
                        f"read_parquet({path}, {ENCRYPTED})"
                    )
                else:
                    connection.execute(f"drop view if exists {name}")
        connection.execute("commit")


def is_shown(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> bool:
    """Say whether the vault shows the registry of ``dataset``: its rows follow a version."""
    row = connection.execute(
        "select count(*) from duckdb_views() where database_name = 'coffre' and "
        "schema_name = 'registre' and view_name = ?",
        [f"{dataset.nom}__lignes"],
    ).fetchone()
    return bool(row and row[0])


def refusal(dataset: Dataset, *, rebase: bool = False) -> str | None:
    """Say in French why a candidate built anew may not follow the current version; None if it may.

    Two different divisions of the same persons, compared, may single out fewer than k of them.
    """
    if not dataset.register or followed_version(dataset) is None or rebase:
        return None
    folder = _current_registry(dataset)
    changed = _difference(dataset, folder) if folder else "le registre de cette version a disparu"
    return changed and (
        f"{dataset.nom} n'est pas publié, car il ne peut pas suivre la version courante : "
        f"{changed}. Deux découpages des mêmes personnes, comparés, peuvent en désigner moins que "
        "le seuil. "
        f"Remettre les règles ou le registre, ou l'assumer : « cpf run --rebase {dataset.nom} »."
    )


def rebase_warning(dataset: Dataset) -> str | None:
    """Say in French what stays public beside a version built anew under other rules, if any.

    Comparing both is what following a version avoids: whoever asks for it decides about the others.
    """
    folder = settings.publications(dataset.nom)
    current = followed_version(dataset)
    if current is None:
        return None
    manifest = read_manifest(folder, current)
    changed = []
    if manifest.get("seuil") != dataset.seuil:
        changed.append(f"seuil {manifest.get('seuil')} au lieu de {dataset.seuil}")
    if manifest.get("plan") != [list(step) for step in dataset.plan]:
        changed.append("d'autres niveaux de diffusion")
    public = [str(item) for item in versions(folder) if not read_withdrawal(folder / str(item))]
    return (
        f"Attention : {dataset.nom} est refait sans suivre ce qui est déjà public "
        f"({', '.join(public)}{' ; ' if changed else ''}{', '.join(changed)}). Deux découpages des "
        "mêmes personnes, comparés, peuvent en désigner moins que le seuil. Une fois la nouvelle "
        "version publiée, retirer les autres : "
        f"cpf withdraw {dataset.nom} {current} --raison « … »."
    )


def followed_version(dataset: Dataset) -> str | None:
    """Return the version that a new one follows: the last one that was made of dossiers.

    What its publisher had published already says of nobody what we say.
    """
    folder = settings.publications(dataset.nom)
    pointer = read_pointer(folder)
    version = pointer.version if pointer else None
    while version:
        manifest = read_manifest(folder, version)
        if not manifest.get("origine"):
            break
        before = manifest["version_precedente"]
        version = str(before["version"]) if before else None
    return version


def record_version(dataset: Dataset, version: str) -> None:
    """Keep what ``version``, about to be current, shows: written beside, then renamed."""
    if not dataset.register:
        return
    folder = settings.register(dataset.nom)
    folder.mkdir(parents=True, exist_ok=True)
    target, draft = folder / version, folder / f".en_cours-{os.getpid()}"
    for left in (*folder.glob(".en_cours-*"), target):
        shutil.rmtree(left, ignore_errors=True)
    draft.mkdir(mode=0o700)
    with warehouse.vault(read_only=True) as connection:
        for table, model in tables(dataset).items():
            _write(connection, f"coffre.intermediate.{model}", draft, table)
    write(draft / RULES_FILE, indented_json(_rules(dataset)))
    draft.rename(target)
    fsync(folder)


def complete(dataset: Dataset, version: str) -> None:
    """Keep what the current version shows, published before there was a registry, as it is."""
    if dataset.register and not (settings.register(dataset.nom) / version / RULES_FILE).exists():
        record_version(dataset, version)


def final_until(dataset: Dataset, delivered_on: str | None) -> str | None:
    """Return the day (ISO) until which periods had to end to be published for good.

    ``delivered_on``: ISO date of the last delivery of dossiers. None for a dataset without persons.
    """
    if not dataset.register or delivered_on is None:
        return None
    day = dt.date.fromisoformat(delivered_on)
    months = day.year * 12 + day.month - 1 - variables()["secret"]["mois_avant_definitif"]
    year, month = months // 12, months % 12 + 1
    return str(dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1])))


def prune(dataset: Dataset) -> None:
    """Forget the registries that nothing reads: the vault still shows the one before the last."""
    folder = settings.register(dataset.nom)
    known = sorted(
        (version, path) for path in folder.glob("*") if (version := parse_version(path.name))
    )
    for _, path in known[:-2]:
        shutil.rmtree(path)


def _write(connection: duckdb.DuckDBPyConnection, model: str, folder: Path, table: str) -> None:
    path = folder / f"{table}.parquet"
    connection.execute(
        f"copy (from {model}) to {literal(path)} "
        f"(format parquet, compression zstd, {warehouse.ENCRYPTED_PARQUET})"
    )
    path.chmod(0o600)
    fsync(path)


def _current_registry(dataset: Dataset) -> Path | None:
    """Folder of the registry of the current version; None when there is none."""
    if settings.is_public():
        return None
    version = followed_version(dataset)
    folder = settings.register(dataset.nom) / version if version else None
    return folder if folder and (folder / RULES_FILE).exists() else None


def _difference(dataset: Dataset, folder: Path) -> str | None:
    """Say what keeps a registry from being followed: what it lacks, or rules that have changed."""
    if any(not (folder / f"{table}.parquet").exists() for table in tables(dataset)):
        return "elle ne dit pas tout ce que ses totaux montrent de ses dossiers : elle date d'avant"
    kept = json.loads((folder / RULES_FILE).read_text(encoding="utf-8"))
    changed = [name for name, rule in _rules(dataset).items() if kept.get(name) != rule]
    return f"ses règles ont changé ({', '.join(changed)})" if changed else None


def _rules(dataset: Dataset) -> dict[str, Any]:
    """Return what decides how persons are grouped."""
    return {
        "seuil": dataset.seuil,
        "periode": dataset.cohort_months,
        "colonnes": list(dataset.cell_columns),
        "plan": [list(step) for step in dataset.plan],
        "secret": variables()["secret"],
    }
