"""The commands of ``cpf`` on what is published: verify, compare, withdraw, copy, serve."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from orchestration import settings
from orchestration.cli import tables
from orchestration.html import format_number

if TYPE_CHECKING:
    from orchestration.store.verify import Trust


def push(
    destination: Annotated[
        str, typer.Argument(help="s3://seau/préfixe (défaut : $CPF_OBJETS).")
    ] = "",
    select: Annotated[
        list[str] | None, typer.Option(help="Un jeu (option répétable ; défaut : tous).")
    ] = None,
) -> None:
    """Déposer les publications et le site dans un stockage objet (S3), le pointeur en dernier."""
    from orchestration.bucket.bucket import AddressError, ObjectStoreError
    from orchestration.bucket.push import push_versions
    from orchestration.store.versions import HistoryError

    _known(select or [])
    try:
        sent = push_versions(destination or settings.objects(), select or (), notify=tables.say)
    except AddressError as error:
        stop(str(error), code=2)
    except (ObjectStoreError, HistoryError) as error:
        stop(str(error))
    for result in sent:
        figures = f"{format_number(result.objects)} objets, {format_number(result.octets)} octets"
        typer.echo(
            f"{result.dataset} {result.version} : {figures if result.objects else 'déjà à jour'}"
        )
    if not sent:
        stop("aucune publication à déposer.")


def pull(
    source: Annotated[str, typer.Argument(help="s3://seau/préfixe.")],
    dossier: Annotated[Path, typer.Argument(help="Dossier où écrire ; créé s'il manque.")],
    select: Annotated[
        list[str] | None, typer.Option(help="Un jeu (option répétable ; défaut : tous).")
    ] = None,
    toutes: Annotated[
        bool, typer.Option("--toutes", help="Toutes les versions, pas seulement la courante.")
    ] = False,
    cle_publique: Annotated[
        Path | None,
        typer.Option(help="La clé publique du producteur (PEM) ; défaut : celle du dossier."),
    ] = None,
) -> None:
    """Rapatrier des versions d'un stockage objet (S3) et vérifier empreintes et signatures."""
    from orchestration.bucket.bucket import AddressError, ObjectStoreError
    from orchestration.bucket.pull import pull_versions
    from orchestration.store.versions import HistoryError

    try:
        received = pull_versions(
            source,
            dossier,
            select or (),
            toutes=toutes,
            notify=tables.say,
            key=_pinned(cle_publique).key if cle_publique else None,
        )
    except AddressError as error:
        stop(str(error), code=2)
    except (ObjectStoreError, HistoryError) as error:
        stop(str(error))
    for result in received:
        figures = f"{format_number(result.octets)} octets" if result.octets else "déjà là"
        typer.echo(f"{result.dataset} {result.version} : intègre, {figures}")


def _known(select: list[str]) -> None:
    from orchestration.datasets import read_datasets

    datasets = read_datasets()
    unknown = [name for name in select if name not in datasets]
    if unknown:
        stop(f"jeu inconnu : {', '.join(unknown)}. Jeux : {', '.join(datasets)}.", code=2)


def stop(message: str, code: int = 1) -> NoReturn:
    """End the command with an error in French."""
    typer.secho(f"Erreur : {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(code)


def verify(
    publications: Annotated[
        Path | None,
        typer.Argument(
            help="Publications, un jeu ou une version (défaut : $CPF_DATA/publications)."
        ),
    ] = None,
    select: Annotated[str | None, typer.Option(help="Un seul jeu.")] = None,
    cle_publique: Annotated[
        Path | None,
        typer.Option(help="La clé publique du producteur (PEM), gardée ailleurs : tout est signé."),
    ] = None,
) -> None:
    """Recalculer les empreintes de chaque fichier publié, et vérifier ce qui est signé."""
    from orchestration.release.signing import own_trust
    from orchestration.store.verify import verify_publications
    from orchestration.store.versions import HistoryError

    root = publications or settings.publications()
    try:
        trust = own_trust() if publications is None else None
    except HistoryError as error:
        stop(str(error))
    if cle_publique:
        trust = _pinned(cle_publique)
    result = verify_publications(root, select, trust)
    if select and not result:
        found = sorted({item.dataset for item in verify_publications(root)})
        told = ", ".join(found) or "aucun"
        stop(f"rien de publié sous le nom « {select} » dans {root}. Jeux : {told}.", code=2)
    tables.verified(result)
    tables.signed(result, trust)
    raise typer.Exit(0 if result and all(verification.ok for verification in result) else 1)


def _pinned(path: Path) -> "Trust":
    """Read the key that a person trusts."""
    from orchestration.store.signatures import SignatureError, read_public_key
    from orchestration.store.verify import Trust

    try:
        return Trust(read_public_key(path.read_bytes()), is_pinned=True)
    except (OSError, SignatureError) as error:
        stop(f"{path} : {error}.", code=2)


def diff(
    jeu: Annotated[str, typer.Argument(help="Le jeu.")],
    avant: Annotated[str, typer.Argument(help="La version d'avant (AAAA.MM.N).")],
    apres: Annotated[str, typer.Argument(help="La version d'après.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Tous les changements, en JSON, sans tableau.")
    ] = False,
    publications: Annotated[
        Path | None, typer.Option(help="Dossier (défaut : $CPF_DATA/publications).")
    ] = None,
) -> None:
    """Comparer deux versions publiées : lignes ajoutées, retirées, révisées, colonnes."""
    from orchestration.diff import command
    from orchestration.store.versions import HistoryError

    root = publications or settings.publications()
    try:
        with command.compare_versions(jeu, avant, apres, root) as result:
            if as_json:
                sys.stdout.writelines(result.json())
            else:
                tables.differences(result)
    except command.NotFoundError as error:
        stop(str(error), code=2)
    except (command.NotComparableError, HistoryError) as error:
        stop(str(error))


def withdraw(
    jeu: Annotated[str, typer.Argument(help="Le jeu.")],
    version: Annotated[str, typer.Argument(help="La version à retirer (AAAA.MM.N).")],
    raison: Annotated[str, typer.Option(help="Pourquoi : ce texte sera public.")],
    remplacee_par: Annotated[
        str | None, typer.Option(help="La version à utiliser à sa place.")
    ] = None,
) -> None:
    """Retirer une version : ses fichiers partent, son manifeste et la raison restent."""
    from orchestration.diff.command import NotFoundError, known_dataset, known_version
    from orchestration.release.published_tables import refresh_warehouse
    from orchestration.release.withdraw import WithdrawalRefusedError, withdraw_version
    from orchestration.site.expose import expose_site
    from orchestration.store.versions import HistoryError

    if not raison.strip():
        stop("une raison est nécessaire : --raison « … ».", code=2)
    try:
        known = known_dataset(jeu, settings.publications()).nom
        for name in (version, *([remplacee_par] if remplacee_par else [])):
            known_version(known, name, settings.publications())
        result = withdraw_version(jeu, version, raison.strip(), remplacee_par)
        refresh_warehouse()
        expose_site()
    except NotFoundError as error:
        stop(str(error), code=2)
    except (WithdrawalRefusedError, HistoryError) as error:
        stop(str(error))
    tables.say(f"{jeu} {version} : retirée le {result.retire_le}, raison : {result.raison}")


def site() -> None:
    """Refaire les fichiers du site (catalogue, flux, pages) à partir des publications."""
    from orchestration.site.expose import expose_site
    from orchestration.store.versions import HistoryError

    try:
        files = expose_site()
    except HistoryError as error:
        stop(str(error))
    tables.say(f"{len(files)} fichiers dans {settings.site()}")


def serve(
    publications: Annotated[
        str,
        typer.Option(help="Dossier de publications, ou s3://… (défaut : $CPF_DATA/publications)."),
    ] = "",
    cle_publique: Annotated[
        str,
        typer.Option(
            envvar="CPF_PORTAIL_CLE_PUBLIQUE",
            help="D'un seau : la clé publique du producteur (PEM) qui doit avoir tout signé.",
        ),
    ] = "",
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port ; 0 en prend un libre.", min=0, max=65535)] = 8000,
    workers: Annotated[
        int, typer.Option(help="Processus ; 0 : un par cœur, quatre au plus.", min=0)
    ] = 0,
) -> None:
    """Servir les publications, d'un dossier ou d'un seau S3 : API Explore, fichiers, pages."""
    from portal.server import StartupError, run_server
    from portal.settings import read_settings

    try:
        if cle_publique:
            os.environ["CPF_PORTAIL_CLE_PUBLIQUE"] = str(Path(cle_publique).resolve())
        run_server(read_settings(publications), host, port, workers, typer.echo)
    except ValueError as error:
        stop(str(error), code=2)
    except StartupError as error:
        stop(str(error))


COMMANDS = (verify, diff, withdraw, site, push, pull, serve)
