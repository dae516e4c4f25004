"""The ``cpf`` command and what it does to the warehouse."""

import datetime as dt
import fcntl
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from orchestration import keys, settings
from orchestration.cli import extracts, landing_tables, persons, publications, tables
from orchestration.cli.french import speak_french
from orchestration.cli.publications import stop

speak_french()
app = typer.Typer(
    name="cpf",
    help="Des extraits bruts de Mon Compte Formation aux données ouvertes publiées.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"cpf {version('cpf-open-data')}")
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Dire la version."),
    ] = False,
) -> None:
    # Absolute from here on: dbt and Dagster work from other folders.
    os.environ["CPF_DATA"] = str(settings.data())


@app.command()
def generate(
    scale: Annotated[
        str, typer.Option(help="demo, essai, national ou une fraction (0.05).")
    ] = "demo",
    until: Annotated[str, typer.Option(help="Dernier mois, AAAA-MM (défaut : mois passé).")] = "",
    seed: Annotated[int, typer.Option(help="Graine : mêmes octets pour la même graine.")] = 1,
    to: Annotated[Path | None, typer.Option(help="Dossier (défaut : $CPF_DATA/extraits).")] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Les quatre exports publics, et rien d'autre.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Argument(help="Le dossier des exports (défaut : $CPF_DATA/exports).")
    ] = None,
) -> None:
    """Écrire des extraits de démonstration dans leurs vrais formats."""
    from orchestration.generation.generator import generate as write
    from orchestration.generation.generator import generate_public
    from orchestration.generation.scales import parse_scale

    if folder and not public:
        stop("un dossier d'exports ne se donne qu'avec --public ; sinon : --to.", code=2)
    target = (folder or to or settings.exports()) if public else (to or settings.extracts())
    act = generate_public if public else write
    try:
        files = act(parse_scale(scale), until or _last_month(), seed, target, tables.say)
    except ValueError as error:
        stop(str(error), code=2)
    tables.generated(files)


@app.command()
def run(
    select: Annotated[
        list[str] | None, typer.Option(help="Un jeu (option répétable ; défaut : tous).")
    ] = None,
    rebase: Annotated[
        list[str] | None,
        typer.Option(help="Un jeu à refaire sans suivre sa version courante (décision 14)."),
    ] = None,
    public: Annotated[
        bool,
        typer.Option(
            "--public",
            help="Des seuls exports publics du producteur : ni coffre, ni clé.",
        ),
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Argument(help="Avec --public : le dossier de ces exports (défaut : ceux atterris)."),
    ] = None,
) -> None:
    """Atterrir, construire, contrôler et publier ; visible ensuite dans Dagster."""
    if folder and not public:
        stop("un dossier ne se donne qu'avec --public.", code=2)
    with settings.public_only() if public else nullcontext():
        _run(select or [], rebase or [], folder)


def _run(select: Sequence[str], rebase: Sequence[str], folder: Path | None) -> None:
    from orchestration.datasets import read_datasets

    datasets = read_datasets()
    unknown = [name for name in [*select, *rebase] if name not in datasets]
    if unknown:
        stop(f"jeu inconnu : {', '.join(unknown)}. Jeux : {', '.join(datasets)}.", code=2)
    if not folder and not any(path.is_file() for path in _delivered()):
        stop(
            f"rien à faire atterrir : ni extrait dans {settings.extracts()}, ni dépôt dans "
            f"{settings.landing()}. Y déposer les extraits (un dossier par source), ou : "
            "cpf generate."
        )
    # Seconds of imports: what can be refused is, before.
    from orchestration.dbt_models import DbtFailedError
    from orchestration.registry import rebase_warning
    from orchestration.release.status import state
    from orchestration.run import run as run_graph
    from orchestration.warehouse import BusyError

    try:
        every_file = extracts.land_folder(folder) if folder else True
        public = extracts.public_datasets(datasets.values()) if settings.is_public() else None
        chosen = list(dict.fromkeys(select or public or (datasets if public is None else ())))
        if not chosen:
            stop("aucun export public n'a atterri : cpf land portail/achats FICHIER, par exemple.")
        for name in rebase:
            if warning := rebase_warning(datasets[name]):
                tables.say(warning)
        outcome = run_graph(chosen, rebase, everything=not select and public is None)
    except (BusyError, DbtFailedError, keys.SecretError) as error:
        stop(str(error))
    states = [status for status in state() if status.dataset in chosen]
    tables.outcome(outcome, states)
    landing_tables.fates(states)
    raise typer.Exit(0 if outcome.success and every_file else 1)


@app.command()
def status() -> None:
    """Montrer, par jeu, la version publiée et ce qu'a dit le dernier contrôle."""
    from orchestration.release.status import state

    tables.status(state())
    tables.say(f"Données : {settings.data()} (CPF_DATA)")


@app.command()
def sql(
    query: Annotated[
        str, typer.Argument(help="Une requête DuckDB ; sans elle : les tables, ce qu'elles disent.")
    ] = "",
    csv: Annotated[bool, typer.Option("--csv", help="Écrire du CSV (;), sans tableau.")] = False,
) -> None:
    """Interroger ce qui est publié : l'entrepôt, en lecture seule."""
    from orchestration.query import QueryError, catalogue, cautions, query_warehouse

    try:
        if not query.strip():
            tables.catalogue(catalogue())
            return
        answer = query_warehouse(query)
    except QueryError as error:
        stop(str(error))
    for caution in cautions(query):
        tables.say(f"Attention : {caution}")
    if csv:
        answer.to_csv(sys.stdout)
    else:
        tables.answer(answer)


@app.command()
def attack(
    case: Annotated[Path, typer.Argument(help="Cellules et équations, en JSON.")],
) -> None:
    """Attaquer un tableau : ce que ses valeurs publiées apprennent des valeurs cachées."""
    from orchestration.disclosure.tabular import json_case

    _run_on_case(json_case.attack, case)


@app.command()
def protect(
    case: Annotated[
        Path, typer.Argument(help="Le même cas, avec les cellules à cacher (primary).")
    ],
) -> None:
    """Protéger un tableau : les cellules à cacher en plus pour que l'attaque échoue."""
    from orchestration.disclosure.tabular import json_case

    _run_on_case(json_case.protect, case)


@app.command()
def ui(
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.")] = 3000,
) -> None:
    """Ouvrir Dagster sur la boucle locale."""
    from orchestration.progress import instance

    _check_port(host, port)
    with instance():
        _hold_daemon()
        os.environ["DAGSTER_HOME"] = str(settings.dagster_home())
    program = str(Path(sys.executable).with_name("dagster"))
    arguments = ["dev", "-m", "orchestration.definitions", "-h", host, "-p", str(port)]
    os.execv(program, [program, *arguments])  # noqa: S606


app.command()(extracts.land)
app.command("inspect")(extracts.inspect)
app.command("inspecter", hidden=True)(extracts.inspect)
app.command("rejets")(extracts.rejects)
app.command("oublier")(persons.forget)
for _command in publications.COMMANDS:
    app.command()(_command)


def run_app() -> None:
    """Run it: a declaration that cannot be read is an error to mend, not a crash."""
    from orchestration.datasets import DeclarationError
    from orchestration.quality.suite import SuiteError

    try:
        app()
    except (DeclarationError, SuiteError) as error:
        typer.secho(f"Erreur : {error}", err=True, fg=typer.colors.RED)
        raise SystemExit(1) from None


def _delivered() -> Iterator[Path]:
    """Files that were delivered, landed or not."""
    for folder in (settings.extracts(), settings.landing()):
        yield from folder.rglob("*") if folder.is_dir() else ()


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except (OSError, OverflowError) as error:
        stop(f"impossible d'écouter sur {host}, port {port} : {error}. Choisir --port.")


def _hold_daemon() -> None:
    """Refuse a second daemon on the same data; held until the program that follows ends."""
    path = settings.dagster_home() / ".ouvert"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stop(f"Dagster est déjà ouvert sur {settings.data()} : le fermer d'abord.")
    os.set_inheritable(descriptor, True)


def _run_on_case(command: Callable[[Path], str], case: Path) -> None:
    from orchestration.disclosure.tabular.table import CaseError

    try:
        typer.echo(command(case))
    except CaseError as error:
        stop(str(error))


def _last_month() -> str:
    first = dt.datetime.now(dt.UTC).date().replace(day=1)
    return (first - dt.timedelta(days=1)).strftime("%Y-%m")
