"""The command of ``cpf`` on persons: erasing them. What it prints never holds an identifier."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration import keys, settings
from orchestration.cli import tables
from orchestration.cli.publications import stop
from orchestration.html import format_number

STANDARD_INPUT = "-"


def forget(
    identifiers: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Un ou plusieurs id_titulaire.")
    ] = None,
    depuis_fichier: Annotated[
        str,
        typer.Option(help="Fichier d'un id par ligne ; « - » : l'entrée standard."),
    ] = "",
) -> None:
    """Effacer des personnes du coffre et des fichiers livrés ; ce qui est publié reste."""
    from orchestration.erasure import erase
    from orchestration.warehouse import BusyError, lock

    wanted = [*(identifiers or []), *(_read_lines(depuis_fichier) if depuis_fichier else [])]
    if not wanted:
        stop("aucun identifiant : cpf oublier ID…, ou --depuis-fichier F.", code=2)
    try:
        with lock():
            erasure = erase(wanted)
    except (BusyError, keys.SecretError) as error:
        stop(str(error))
    for rank in erasure.unknown:
        tables.say(f"Identifiant n° {rank} : inconnu, rien à effacer (vérifier sa graphie).")
    if erasure.persons:
        _report(erasure.persons, erasure.erased.files, erasure.erased.records)
    for path in erasure.unread:
        tables.say(
            f"Illisible, donc pas fouillé : {tables.short_path(path)}. L'ôter, ou le remplacer et "
            "recommencer."
        )
    raise typer.Exit(1 if erasure.unknown or erasure.unread else 0)


def _read_lines(name: str) -> list[str]:
    try:
        text = sys.stdin.read() if name == STANDARD_INPUT else Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        stop(f"{name} : fichier introuvable ou illisible.", code=2)
    return [line.strip() for line in text.splitlines() if line.strip()]


def _report(persons: int, files: int, records: int) -> None:
    from orchestration.release.status import state

    tables.say(
        f"{format_number(persons)} personne(s) oubliée(s) : {format_number(records)} "
        f"enregistrement(s) ôté(s), {format_number(files)} fichier(s) refait(s) ou supprimé(s)."
    )
    tables.say(f"Preuve, sans identifiant : {tables.short_path(settings.forgotten())}.")
    for status in state():
        if status.version and status.seuil:
            tables.say(
                f"{status.dataset} {status.version} ne change pas : ses lignes sont des totaux "
                f"d'au moins {status.seuil} personnes. Leur part n'en partira, dans une version "
                f"suivante, qu'avec {status.seuil} personnes au moins."
            )
    tables.say("Le coffre est vide : « cpf run » le reconstruit sans elles.")
