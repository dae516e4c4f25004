"""The registry: of each dataset of persons, what its current version shows, and of whom.

Belongs here: keeping it beside the versions (encrypted, for it is personal) and showing that of the
current version to the models, which build the next one from it. Does not: what may change from a
version to the next (``macros/sortants.sql``). See docs/decisions/0006.
"""

import calendar
import datetime as dt
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration import settings, warehouse
from orchestration.jeux import Jeu, lire_jeux, variables
from orchestration.landing.rejets import quoted
from orchestration.publication.fichiers import ecrire, json_lisible, synchroniser
from orchestration.publication.versions import courante, lire_pointeur, lire_version

REGLES = "regles.json"
REBASE = "CPF_REBASE"
ENCRYPTED = warehouse.ENCRYPTED_PARQUET.replace(" ", " = ", 1)
# Tables of the registry, and the end of the name of the model that each is.
TABLES: Mapping[str, str] = {
    "lignes": "diffusion",
    "lots": "lots",
    "ouverts": "ouverts",
    "clos": "clos",
}


def modeles(jeu: Jeu) -> list[str]:
    """Names of the intermediate models that the registry of ``jeu`` keeps."""
    return [f"{jeu.registre}__{suffix}" for suffix in TABLES.values()] if jeu.registre else []


def exposer() -> None:
    """Show the registry of each dataset's current version in the vault, where the models look.

    A dataset that has none, or whose rules are no longer those of its version, is built anew:
    whether that may be published is for :func:`refus` to say.
    """
    with warehouse.vault() as connection:
        connection.execute("begin")
        connection.execute("create schema if not exists coffre.registre")
        for jeu in lire_jeux().values():
            folder = _courant(jeu)
            for table in TABLES if jeu.registre else ():
                name = f"coffre.registre.{jeu.nom}__{table}"
                if folder and not _ecart(jeu, folder):
                    path = quoted(folder / f"{table}.parquet")
                    connection.execute(
                        f"create or replace view {name} as select * from "
                        f"read_parquet('{path}', {ENCRYPTED})"
                    )
                else:
                    connection.execute(f"drop view if exists {name}")
        connection.execute("commit")


def refus(jeu: Jeu) -> str | None:
    """Say in French why a candidate built anew may not follow the current version; None if it may.

    Two different divisions of the same persons, compared, may single out fewer than k of them.
    """
    if not jeu.registre or courante(settings.publications(jeu.nom)) is None or _rebase(jeu):
        return None
    folder = _courant(jeu)
    changed = _ecart(jeu, folder) if folder else "le registre de cette version a disparu"
    return changed and (
        f"{jeu.nom} n'est pas publié, car il ne peut pas suivre la version courante : {changed}. "
        "Deux découpages des mêmes personnes, comparés, peuvent en désigner moins que le seuil. "
        f"Remettre les règles ou le registre, ou l'assumer : « cpf run --rebase {jeu.nom} »."
    )


def deposer(jeu: Jeu, version: str) -> None:
    """Keep what ``version``, about to be current, shows: written beside, then renamed."""
    if not jeu.registre:
        return
    folder = settings.registre(jeu.nom)
    folder.mkdir(parents=True, exist_ok=True)
    target, draft = folder / version, folder / f".en_cours-{os.getpid()}"
    for left in (*folder.glob(".en_cours-*"), target):
        shutil.rmtree(left, ignore_errors=True)
    draft.mkdir(mode=0o700)
    with warehouse.vault(read_only=True) as connection:
        for table, model in TABLES.items():
            _ecrire(connection, f"coffre.intermediate.{jeu.registre}__{model}", draft, table)
    ecrire(draft / REGLES, json_lisible(_regles(jeu)))
    draft.rename(target)
    synchroniser(folder)


def completer(jeu: Jeu, version: str) -> None:
    """Keep what the current version shows, published before there was a registry, as it is."""
    if jeu.registre and not (settings.registre(jeu.nom) / version / REGLES).exists():
        deposer(jeu, version)


def definitif_jusqu_au(jeu: Jeu, livraison: str | None) -> str | None:
    """Return the day (ISO) until which periods had to end to be published for good.

    ``livraison``: ISO date of the last delivery of dossiers. None for a dataset without persons.
    """
    if not jeu.registre or livraison is None:
        return None
    day = dt.date.fromisoformat(livraison)
    months = day.year * 12 + day.month - 1 - variables()["secret"]["mois_avant_definitif"]
    year, month = months // 12, months % 12 + 1
    return str(dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1])))


def elaguer(jeu: Jeu) -> None:
    """Forget the registries that nothing reads: the vault still shows the one before the last."""
    folder = settings.registre(jeu.nom)
    known = sorted(
        (version, path) for path in folder.glob("*") if (version := lire_version(path.name))
    )
    for _, path in known[:-2]:
        shutil.rmtree(path)


def _ecrire(connection: duckdb.DuckDBPyConnection, model: str, folder: Path, table: str) -> None:
    # Sorted ids are a fifth of the bytes.
    order = "order by id_dossier" if table == "clos" else ""
    path = folder / f"{table}.parquet"
    connection.execute(
        f"copy (from {model} {order}) to '{quoted(path)}' "
        f"(format parquet, compression zstd, {warehouse.ENCRYPTED_PARQUET})"
    )
    path.chmod(0o600)
    synchroniser(path)


def _courant(jeu: Jeu) -> Path | None:
    """Folder of the registry of the current version; None when there is none."""
    pointeur = lire_pointeur(settings.publications(jeu.nom))
    folder = settings.registre(jeu.nom) / pointeur.version if pointeur else None
    return folder if folder and (folder / REGLES).exists() else None


def _ecart(jeu: Jeu, folder: Path) -> str | None:
    """Say which rules are no longer those of a registry; None when all are."""
    if _rebase(jeu):
        return "les lignes sont refaites à la demande"
    kept = json.loads((folder / REGLES).read_text(encoding="utf-8"))
    changed = [name for name, rule in _regles(jeu).items() if kept.get(name) != rule]
    return f"ses règles ont changé ({', '.join(changed)})" if changed else None


def _regles(jeu: Jeu) -> dict[str, Any]:
    """Return what decides how persons are grouped."""
    return {
        "seuil": jeu.seuil,
        "plan": [list(step) for step in jeu.plan],
        "ventilation": [list(step) for step in jeu.ventilation],
        "secret": variables()["secret"],
    }


def _rebase(jeu: Jeu) -> bool:
    return jeu.nom in os.environ.get(REBASE, "").split(",")
