"""The commands of ``cpf`` on a bucket: push, pull.

Belongs here: their arguments, messages, exit codes. Does not: the other commands (``cli``), work.
"""

from pathlib import Path
from typing import Annotated

import typer

from orchestration import settings, tables
from orchestration.cli_publications import stop


def push(
    destination: Annotated[
        str, typer.Argument(help="s3://seau/préfixe (défaut : $CPF_OBJETS).")
    ] = "",
    select: Annotated[
        list[str] | None, typer.Option(help="Un jeu (option répétable ; défaut : tous).")
    ] = None,
) -> None:
    """Déposer les publications et le site dans un stockage objet (S3), le pointeur en dernier."""
    from orchestration.objets.erreurs import AdresseError, ObjetsError
    from orchestration.objets.pousser import pousser
    from orchestration.publication.versions import HistoriqueError

    _known(select or [])
    try:
        sent = pousser(destination or settings.objets(), select or (), dire=tables.say)
    except AdresseError as error:
        stop(str(error), code=2)
    except (ObjetsError, HistoriqueError) as error:
        stop(str(error))
    for item in sent:
        figures = f"{tables.number(item.objets)} objets, {tables.number(item.octets)} octets"
        typer.echo(f"{item.jeu} {item.version} : {figures if item.objets else 'déjà à jour'}")
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
) -> None:
    """Rapatrier des versions d'un stockage objet (S3) et vérifier leurs empreintes."""
    from orchestration.objets.erreurs import AdresseError, ObjetsError
    from orchestration.objets.tirer import tirer
    from orchestration.publication.versions import HistoriqueError

    try:
        received = tirer(source, dossier, select or (), toutes=toutes, dire=tables.say)
    except AdresseError as error:
        stop(str(error), code=2)
    except (ObjetsError, HistoriqueError) as error:
        stop(str(error))
    for item in received:
        figures = f"{tables.number(item.octets)} octets" if item.octets else "déjà là"
        typer.echo(f"{item.jeu} {item.version} : intègre, {figures}")


COMMANDS = (push, pull)


def _known(select: list[str]) -> None:
    from orchestration.jeux import lire_jeux

    jeux = lire_jeux()
    unknown = [name for name in select if name not in jeux]
    if unknown:
        stop(f"jeu inconnu : {', '.join(unknown)}. Jeux : {', '.join(jeux)}.", code=2)
