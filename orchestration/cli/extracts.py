"""The commands of ``cpf`` on delivered files: landing, taking back, reading the rejects."""

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration import keys, settings
from orchestration.cli import landing_tables, tables
from orchestration.cli.publications import stop

if TYPE_CHECKING:
    from orchestration.datasets import Dataset

# What people call the public exports.
PORTAL = dict(
    zip(
        ("portail/offre", "portail/achats", "portail/usagers", "portail/entrees-sorties"),
        settings.PUBLIC_EXPORTS,
        strict=True,
    )
)


def land(
    source: Annotated[
        str,
        typer.Argument(
            help=" | ".join((*settings.SOURCES[: -len(settings.PUBLIC_EXPORTS)], *PORTAL))
        ),
    ],
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
    description: Annotated[
        Path | None,
        typer.Option(help="Description JSON du jeu, telle que l'API du portail la donne."),
    ] = None,
    correspondance: Annotated[
        Path | None,
        typer.Option(help='Colonnes d\'un export public, en TOML : nb_dossiers = "Nombre".'),
    ] = None,
) -> None:
    """Faire atterrir des fichiers : vérifiés, tracés, rejets gardés et comptés."""
    from orchestration.landing.intake.hints import read_hints
    from orchestration.landing.intake.rejects import LandingError
    from orchestration.landing.land import land as land_files
    from orchestration.warehouse import BusyError, lock

    source = _known(source)
    if (description or correspondance) and source not in settings.PUBLIC_EXPORTS:
        stop("--description et --correspondance ne valent que pour les sources portail/…", code=2)
    if retirer and reprendre:
        stop("--retirer ou --reprendre, pas les deux.", code=2)
    try:
        hints = read_hints(description, correspondance)
        with _keyless(source), lock():
            if retirer or reprendre:
                _set(source, [str(file) for file in files], raison, withdrawn=retirer)
                return
            reports = land_files(
                source, files, date.date() if date else None, progress=tables.say, hints=hints
            )
    except (BusyError, LandingError, keys.SecretError) as error:
        stop(str(error))
    landing_tables.landed(reports)
    raise typer.Exit(1 if any(report.status == "refuse" for report in reports) else 0)


def land_folder(folder: Path) -> bool:
    """Land the public exports of a folder, each for what it is; tell whether all of them could."""
    from orchestration.landing.intake.rejects import LandingError
    from orchestration.landing.land import land as land_files
    from orchestration.landing.public_folder import deliveries
    from orchestration.warehouse import lock

    if not folder.is_dir():
        stop(f"{folder} : dossier introuvable.", code=2)
    reports, every = [], True
    try:
        with lock():
            for delivery in deliveries(folder):
                if delivery.source is None:
                    every = False
                    tables.say(f"Refusé : {delivery.problem}")
                    continue
                reports += land_files(
                    delivery.source, [delivery.path], progress=tables.say, hints=delivery.hints
                )
    except LandingError as error:
        stop(str(error))
    landing_tables.landed(reports)
    return every and all(report.status != "refuse" for report in reports)


def public_datasets(datasets: "Iterable[Dataset]") -> list[str]:
    """Names of the datasets that public exports feed that have landed, or wait to, and of those
    that are made of these alone.
    """
    from orchestration.landing.intake.history import current

    declared = list(datasets)
    fed = [
        dataset.nom
        for dataset in declared
        if dataset.as_published
        and any(
            current(source) or any(settings.extracts(source).glob("[!.]*"))
            for source in dataset.as_published.sources[0]
        )
    ]
    return fed + [
        dataset.nom
        for dataset in declared
        if dataset.derived and any(set(group) <= set(fed) for group in dataset.sources)
    ]


def inspect(
    file: Annotated[Path, typer.Argument(help="Un fichier CSV (ou gzip, zip, Parquet).")],
    jeu: Annotated[
        str, typer.Option(help="L'export dont il s'agit : offre, achats, usagers…")
    ] = "",
    description: Annotated[
        Path | None, typer.Option(help="Description JSON du jeu, telle que l'API la donne.")
    ] = None,
    correspondance: Annotated[
        Path | None, typer.Option(help="Colonnes en TOML, à essayer.")
    ] = None,
    sortie: Annotated[
        Path | None, typer.Option(help="Où écrire la correspondance proposée (défaut : écran).")
    ] = None,
) -> None:
    """Dire ce qu'est un fichier public : sa forme, ses colonnes, leur rôle, ses valeurs."""
    from orchestration.landing.inspection import inspect as inspect_file
    from orchestration.landing.intake.hints import read_hints
    from orchestration.landing.intake.rejects import LandingError

    if not file.is_file():
        stop(f"{file} : fichier introuvable.", code=2)
    try:
        hints = read_hints(description, correspondance)
        asked = jeu.removeprefix("portail/") or hints.export
        if asked and f"portail/{asked}" not in PORTAL:
            stop(f"jeu inconnu : {asked}. Jeux : {', '.join(PORTAL)}.", code=2)
        if correspondance and not asked:
            stop("--correspondance demande --jeu, ou jeu = … dans ce fichier.", code=2)
        found = inspect_file(file, hints, asked)
    except LandingError as error:
        stop(str(error))
    landing_tables.inspected(found, show_mapping=sortie is None)
    if sortie and found.mapping:
        sortie.write_text(found.mapping, encoding="utf-8")
        tables.say(f"Correspondance proposée : {sortie}")


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
        source = _known(source)
    elif depot:
        stop("--depot demande une source : cpf rejets SOURCE --depot NOM.", code=2)
    try:
        with _keyless(source), connect() as connection:
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


def _keyless(source: str) -> AbstractContextManager[None]:
    """Work without a key on public exports where there is none: nothing there is to be hidden."""
    if source in settings.PUBLIC_EXPORTS and not keys.is_set():
        return settings.public_only()
    return nullcontext()


def _known(name: str) -> str:
    """Return the source that a name is of: ``portail/achats`` is that of the public purchases."""
    source = PORTAL.get(name, name)
    if source not in settings.SOURCES:
        names = [*settings.SOURCES[: -len(settings.PUBLIC_EXPORTS)], *PORTAL]
        stop(f"source inconnue : {name}. Sources : {', '.join(names)}.", code=2)
    return source
