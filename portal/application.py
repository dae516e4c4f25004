"""The application: routes, and what the handlers share.

Belongs here: assembly. Does not: any answer.
"""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request

from portal.moteur import Moteur


@dataclass(frozen=True)
class Portail:
    """What handlers need: ``portail(request).moteur``."""

    moteur: Moteur


def portail(request: Request) -> Portail:
    """Return what the application of a request shares."""
    shared: Portail = request.app.state.portail
    return shared


def creer(moteur: Moteur) -> Starlette:
    """Assemble the application."""
    app = Starlette(routes=[])
    app.state.portail = Portail(moteur)
    return app
