"""The copy of a publication in a bucket, as a Dagster asset.

Only there when ``CPF_OBJETS`` names a bucket. Its failure fails the run and leaves the local
publication alone: the next run sends what is missing.
"""

import dagster as dg

from orchestration import settings
from orchestration.automation import OBJECTS
from orchestration.bucket.bucket import AddressError, ObjectStoreError
from orchestration.bucket.push import push_versions
from orchestration.datasets import Dataset
from orchestration.progress import reporter
from orchestration.resources import STATE
from orchestration.store.versions import HistoryError


def assets(dataset: Dataset) -> list[dg.AssetsDefinition]:
    """The published versions of ``dataset`` in the bucket, if one is asked for."""
    if not settings.objects():
        return []

    @dg.asset(
        key=dg.AssetKey([OBJECTS, dataset.nom]),
        group_name=OBJECTS,
        deps=[dg.AssetKey(["publications", dataset.nom])],
        required_resource_keys={STATE},
        kinds={"s3"},
        description=f"{dataset.titre} : les mêmes versions dans un stockage objet.",
    )
    def _objects(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]
        say = reporter(context.log)
        try:
            [sent] = push_versions(settings.objects(), [dataset.nom], notify=say)
        except (AddressError, ObjectStoreError, HistoryError) as error:
            say(f"{error} La publication locale est faite.")
            raise dg.Failure(f"dépôt échoué, publication locale faite. {error}") from None
        return dg.MaterializeResult(
            metadata={"version": sent.version, "objets": sent.objects, "octets": sent.octets}
        )

    return [_objects]
