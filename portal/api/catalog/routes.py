"""The paths of the Explore API v2.1. Final slashes are taken off before, for all paths."""

from starlette.routing import BaseRoute, Route

from portal.api import exports, facets, openapi, records
from portal.api.catalog import catalog_exports, datasets
from portal.api.catalog.datasets import BASE

_DATASET = BASE + "/datasets/{id}"


def routes() -> list[BaseRoute]:
    """Return the routes."""
    return [
        *(Route(path, openapi.openapi) for path in openapi.PATHS),
        Route(BASE.removesuffix("/catalog"), datasets.root),
        Route(BASE, datasets.catalogue),
        Route(BASE + "/datasets", datasets.datasets),
        Route(BASE + "/facets", datasets.facets),
        Route(BASE + "/exports", catalog_exports.list_formats),
        Route(BASE + "/exports/{format}", catalog_exports.export),
        Route(_DATASET, datasets.dataset),
        Route(_DATASET + "/attachments", datasets.attachments),
        Route(_DATASET + "/attachments/{piece}", datasets.attachment),
        Route(_DATASET + "/records", records.records),
        Route(_DATASET + "/records/{record_id}", records.record),
        Route(_DATASET + "/facets", facets.facets),
        Route(_DATASET + "/exports", exports.list_formats),
        Route(_DATASET + "/exports/{format}", exports.export),
    ]
