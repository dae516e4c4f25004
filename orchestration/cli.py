"""The ``cpf`` command: what a person or a script asks of the warehouse.

Belongs here: arguments, messages, exit codes. Does not: any work (each command calls one function),
those on what is published (``cli_publications``), nor the tables' layout (``tables``). Exit codes:
0 done, 1 refused, blocked or failed, 2 misuse.
"""

import datetime as dt
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from orchestration import cli_objets, cli_portail, cli_publications, keys, settings, tables
from orchestration.cli_publications import stop

app = typer.Typer(
    name="cpf",
    help="Des extraits bruts de Mon Compte Formation aux données ouvertes publiées.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _main() -> None:
    # Absolute from here on: dbt and Dagster work from other folders.
    os.environ["CPF_DATA"] = str(settings.data())


@app.command()
def generate(
    scale: Annotated[str, typer.Option(help="demo, national ou une fraction (0.05).")] = "demo",
    until: Annotated[str, typer.Option(help="Dernier mois, AAAA-MM (défaut : mois passé).")] = "",
    seed: Annotated[int, typer.Option(help="Graine : mêmes octets pour la même graine.")] = 1,
    to: Annotated[Path | None, typer.Option(help="Dossier (défaut : $CPF_DATA/extraits).")] = None,
) -> None:
    """Écrire des extraits de démonstration dans leurs vrais formats."""
    from orchestration.generation.generator import generate as write
    from orchestration.generation.generator import parse_scale

    try:
        files = write(
            parse_scale(scale), until or _last_month(), seed, to or settings.extraits(), tables.say
        )
    except ValueError as error:
        stop(str(error), code=2)
    tables.generated(files)


@app.command()
def land(
    source: Annotated[str, typer.Argument(help=" | ".join(settings.SOURCES))],
    files: Annotated[list[Path], typer.Argument(help="Un ou plusieurs fichiers.")],
    date: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date de l'extrait (défaut : lue dans le nom)."),
    ] = None,
) -> None:
    """Faire atterrir des fichiers : vérifiés, tracés, rejets gardés et comptés."""
    from orchestration.landing.land import land as land_files
    from orchestration.lock import BusyError, lock

    if source not in settings.SOURCES:
        stop(f"source inconnue : {source}. Sources : {', '.join(settings.SOURCES)}.", code=2)
    try:
        with lock():
            bilans = land_files(source, files, date.date() if date else None, progress=tables.say)
    except (BusyError, keys.SecretError) as error:
        stop(str(error))
    tables.landed(bilans)
    raise typer.Exit(1 if any(bilan.statut == "refuse" for bilan in bilans) else 0)


@app.command()
def run(
    select: Annotated[
        list[str] | None, typer.Option(help="Un jeu (option répétable ; défaut : tous).")
    ] = None,
    rebase: Annotated[
        list[str] | None,
        typer.Option(help="Un jeu à refaire sans suivre sa version courante (voir la décision 6)."),
    ] = None,
) -> None:
    """Atterrir, construire, contrôler et publier ; visible ensuite dans Dagster."""
    from orchestration.jeux import lire_jeux
    from orchestration.lock import BusyError
    from orchestration.publication.etat import etat
    from orchestration.publication.registre import REBASE
    from orchestration.run import run as run_graph
    from orchestration.transformation import DbtFailedError

    jeux = lire_jeux()
    unknown = [name for name in [*(select or []), *(rebase or [])] if name not in jeux]
    if unknown:
        stop(f"jeu inconnu : {', '.join(unknown)}. Jeux : {', '.join(jeux)}.", code=2)
    os.environ[REBASE] = ",".join(rebase or [])
    chosen = list(dict.fromkeys(select or jeux))
    try:
        outcome = run_graph(chosen, everything=not select)
    except (BusyError, DbtFailedError, keys.SecretError) as error:
        stop(str(error))
    tables.outcome(outcome, [item for item in etat() if item.jeu in chosen])
    raise typer.Exit(0 if outcome.success else 1)


@app.command()
def status() -> None:
    """Montrer, par jeu, la version publiée et ce qu'a dit le dernier contrôle."""
    from orchestration.publication.etat import etat

    tables.status(etat())


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="Une requête DuckDB sur les tables publiées.")],
    csv: Annotated[bool, typer.Option("--csv", help="Écrire du CSV (;), sans tableau.")] = False,
) -> None:
    """Interroger l'entrepôt (lecture seule)."""
    from orchestration.query import QueryError, query_warehouse

    try:
        answer = query_warehouse(query)
    except QueryError as error:
        stop(str(error))
    if csv:
        answer.to_csv(sys.stdout)
    else:
        tables.answer(answer)


@app.command()
def attack(case: Annotated[Path, typer.Argument(help="Cellules et équations, en JSON.")]) -> None:
    """Attaquer un tableau : ce que ses valeurs publiées apprennent des valeurs cachées."""
    from orchestration.secret import commandes

    _secret(commandes.attack, case)


@app.command()
def protect(
    case: Annotated[
        Path, typer.Argument(help="Le même cas, avec les cellules à cacher (primary).")
    ],
) -> None:
    """Protéger un tableau : les cellules à cacher en plus pour que l'attaque échoue."""
    from orchestration.secret import commandes

    _secret(commandes.protect, case)


@app.command()
def ui(
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.")] = 3000,
) -> None:
    """Ouvrir Dagster sur la boucle locale."""
    from orchestration.progress import instance

    with instance():
        os.environ["DAGSTER_HOME"] = str(settings.dagster_home())
    program = str(Path(sys.executable).with_name("dagster"))
    arguments = ["dev", "-m", "orchestration.definitions", "-h", host, "-p", str(port)]
    os.execv(program, [program, *arguments])  # noqa: S606


for _command in (*cli_publications.COMMANDS, *cli_objets.COMMANDS, *cli_portail.COMMANDS):
    app.command()(_command)


def main() -> None:
    """Entry point: a declaration that cannot be read is an error to mend, not a crash."""
    from orchestration.jeux import DeclarationError
    from orchestration.quality.regles import RegleError

    try:
        app()
    except (DeclarationError, RegleError) as error:
        typer.secho(f"Erreur : {error}", err=True, fg=typer.colors.RED)
        raise SystemExit(1) from None


def _secret(command: Callable[[Path], str], case: Path) -> None:
    from orchestration.secret.cas import CasError

    try:
        typer.echo(command(case))
    except CasError as error:
        stop(str(error))


def _last_month() -> str:
    first = dt.datetime.now(dt.UTC).date().replace(day=1)
    return (first - dt.timedelta(days=1)).strftime("%Y-%m")
