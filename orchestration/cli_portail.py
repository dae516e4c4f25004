"""The command of ``cpf`` that serves what is published.

Belongs here: its arguments, messages, exit codes. Does not: the server (``portal``).
"""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli_publications import stop


def serve(
    publications: Annotated[
        Path | None,
        typer.Option(help="Dossier de publications (défaut : $CPF_DATA/publications)."),
    ] = None,
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port ; 0 en prend un libre.", min=0, max=65535)] = 8000,
    workers: Annotated[
        int, typer.Option(help="Processus ; 0 : un par cœur, quatre au plus.", min=0)
    ] = 0,
) -> None:
    """Servir les publications : API Explore, fichiers, pages."""
    from portal.reglages import lire_reglages
    from portal.serveur.demarrage import DemarrageError, servir

    try:
        servir(lire_reglages(publications), host, port, workers, typer.echo)
    except ValueError as error:
        stop(str(error), code=2)
    except DemarrageError as error:
        stop(str(error))


COMMANDS = (serve,)
