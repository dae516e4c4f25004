"""The commands of ``cpf`` on what is published: verify, compare, withdraw, show.

Belongs here: their arguments, messages, exit codes. Does not: the other commands (``cli``), work.
"""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from orchestration import settings, tables, tables_ecarts


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
) -> None:
    """Recalculer les empreintes de chaque fichier publié, hors ligne."""
    from orchestration.publication.verifier import verifier

    found = verifier(publications or settings.publications(), select)
    tables.verified(found)
    raise typer.Exit(0 if found and all(item.ok for item in found) else 1)


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
    from orchestration.ecarts import commande
    from orchestration.publication.versions import HistoriqueError

    root = publications or settings.publications()
    try:
        with commande.comparer_versions(jeu, avant, apres, root) as found:
            if as_json:
                sys.stdout.writelines(found.json())
            else:
                tables_ecarts.differences(found)
    except commande.InconnuError as error:
        stop(str(error), code=2)
    except (commande.IllisibleError, HistoriqueError) as error:
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
    from orchestration.ecarts.commande import InconnuError, connu, connue
    from orchestration.publication.exposition import exposer_site
    from orchestration.publication.retirer import RefusRetraitError, retirer
    from orchestration.publication.versions import HistoriqueError

    if not raison.strip():
        stop("une raison est nécessaire : --raison « … ».", code=2)
    try:
        known = connu(jeu, settings.publications()).nom
        for name in (version, *([remplacee_par] if remplacee_par else [])):
            connue(known, name, settings.publications())
        found = retirer(jeu, version, raison.strip(), remplacee_par)
        exposer_site()
    except InconnuError as error:
        stop(str(error), code=2)
    except (RefusRetraitError, HistoriqueError) as error:
        stop(str(error))
    tables.say(f"{jeu} {version} : retirée le {found.retire_le}, raison : {found.raison}")


def site() -> None:
    """Refaire les fichiers du site (catalogue, flux, pages) à partir des publications."""
    from orchestration.publication.exposition import exposer_site
    from orchestration.publication.versions import HistoriqueError

    try:
        files = exposer_site()
    except HistoriqueError as error:
        stop(str(error))
    tables.say(f"{len(files)} fichiers dans {settings.site()}")


COMMANDS = (verify, diff, withdraw, site)
