"""The commands of ``cpf`` on delivered files: landing, taking back, reading the rejects."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from orchestration import keys, settings
from orchestration.cli import landing_tables, tables
from orchestration.cli.publications import stop


def land(
    source: Annotated[str, typer.Argument(help=" | ".join(settings.SOURCES))],
    files: Annotated[list[Path], typer.Argument(help="Un ou plusieurs fichiers.")],
    date: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Date de l'extrait (défaut : lue dans le nom). Plus récente, elle rend courant "
            "un fichier déjà atterri.",
        ),
    ] = None,
    retirer: Annotated[
        bool,
        typer.Option(
            "--retirer", help="Mettre ces dépôts de côté : plus rien ne les lit ; réversible."
        ),
    ] = False,
    reprendre: Annotated[
        bool,
        typer.Option("--reprendre", help="Reprendre ces dépôts, même si leur fichier n'est plus."),
    ] = False,
    raison: Annotated[str, typer.Option(help="Pourquoi, gardé dans l'historique.")] = "",
) -> None:
    """Faire atterrir des fichiers : vérifiés, tracés, rejets gardés et comptés."""
    from orchestration.landing.land import land as land_files
    from orchestration.warehouse import BusyError, lock

    _known(source)
    if retirer and reprendre:
        stop("--retirer ou --reprendre, pas les deux.", code=2)
    try:
        with lock():
            if retirer or reprendre:
                _set(source, [str(file) for file in files], raison, withdrawn=retirer)
                return
            reports = land_files(source, files, date.date() if date else None, progress=tables.say)
    except (BusyError, keys.SecretError) as error:
        stop(str(error))
    landing_tables.landed(reports)
    raise typer.Exit(1 if any(report.status == "refuse" for report in reports) else 0)


def rejects(
    source: Annotated[str, typer.Argument(help="Une source (défaut : toutes).")] = "",
    depot: Annotated[
        str, typer.Option(help="Nom du fichier ou du dépôt (défaut : ceux qui sont lus).")
    ] = "",
    contenu: Annotated[
        bool,
        typer.Option("--contenu", help="Montrer aussi le texte des enregistrements rejetés."),
    ] = False,
) -> None:
    """Montrer ce qui n'a pas atterri : ligne, colonne, motif de chaque enregistrement."""
    from orchestration.landing import consultation
    from orchestration.landing.intake import history
    from orchestration.landing.intake.rejects import LandingError
    from orchestration.warehouse import connect

    if source:
        _known(source)
    elif depot:
        stop("--depot demande une source : cpf rejets SOURCE --depot NOM.", code=2)
    try:
        with connect() as connection:
            for name in [source] if source else settings.SOURCES:
                landing_tables.deposits(name, consultation.states(name))
                shown = consultation.find(name, depot) if depot else history.current(name)
                for deposit in shown:
                    rows = consultation.rejected(connection, deposit, with_content=contenu)
                    landing_tables.rejected(deposit, rows)
    except (LandingError, keys.SecretError) as error:
        stop(str(error))


def _set(source: str, names: Sequence[str], reason: str, *, withdrawn: bool) -> None:
    """Set deposits aside or take them back, then show all of the source."""
    from orchestration.landing import consultation
    from orchestration.landing.intake.rejects import LandingError

    act = consultation.withdraw if withdrawn else consultation.restore
    try:
        changed = act(source, names, reason or "sans raison donnée")
    except LandingError as error:
        stop(str(error))
    for deposit in changed:
        tables.say(f"{deposit.fichier} : {'retiré' if withdrawn else 'repris'}.")
    if not changed:
        tables.say("Déjà fait : rien n'a changé.")
    landing_tables.deposits(source, consultation.states(source))


def _known(source: str) -> None:
    if source not in settings.SOURCES:
        stop(f"source inconnue : {source}. Sources : {', '.join(settings.SOURCES)}.", code=2)
