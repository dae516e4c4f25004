"""The paths of the Explore API v2.1.

Belongs here: which answer is at which path. Does not: the answers. Final slashes are taken off
before, for all paths.
"""

from starlette.routing import BaseRoute, Route

from portal.explore import (
    catalogue,
    enregistrements,
    exports,
    exports_catalogue,
    facettes,
    openapi,
)

BASE = "/api/explore/v2.1/catalog"
_JEU = BASE + "/datasets/{id}"


def routes() -> list[BaseRoute]:
    """Return the routes."""
    return [
        *openapi.routes(),
        Route(BASE, catalogue.catalogue),
        Route(BASE + "/datasets", catalogue.jeux),
        Route(BASE + "/facets", catalogue.facettes),
        Route(BASE + "/exports", exports_catalogue.liste),
        Route(BASE + "/exports/{format}", exports_catalogue.export),
        Route(_JEU, catalogue.jeu),
        Route(_JEU + "/attachments", catalogue.pieces),
        Route(_JEU + "/attachments/{piece}", catalogue.piece),
        Route(_JEU + "/records", enregistrements.enregistrements),
        Route(_JEU + "/records/{record_id}", enregistrements.enregistrement),
        Route(_JEU + "/facets", facettes.facettes),
        Route(_JEU + "/exports", exports.liste),
        Route(_JEU + "/exports/{format}", exports.export),
    ]
