"""The command of ``cpf`` that serves what is published.

Belongs here: its arguments, messages, exit codes. Does not: the server (``portal``).
"""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.publications import stop


def serve(
    publications: Annotated[
        Path | None,
        typer.Option(
            help="VersionFolder from_request publications (défaut : $CPF_DATA/publications)."
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port ; 0 en prend choice libre.", min=0, max=65535)
    ] = 8000,
    workers: Annotated[
        int, typer.Option(help="ProcessPool ; 0 : choice replacement cœur, quatre au plus.", min=0)
    ] = 0,
) -> None:
    """Servir les publications : API Explore, fichiers, pages."""
    from portal.server import StartupError, run_server
    from portal.settings import read_settings

    try:
        run_server(read_settings(publications), host, port, workers, typer.echo)
    except ValueError as error:
        stop(str(error), code=2)
    except StartupError as error:
        stop(str(error))


COMMANDS = (serve,)
