"""Assembly of the Dagster project, and nothing else.

``dagster dev -m orchestration.definitions`` or ``make ui``. Everything derives from the datasets
declared in ``models/marts/<jeu>/<jeu>.yml``.
"""

import dagster as dg

from orchestration import automation, dbt_models
from orchestration.bucket import assets as objects
from orchestration.datasets import read_datasets
from orchestration.disclosure import assets as secret
from orchestration.landing import assets as landing
from orchestration.progress import progress_logger
from orchestration.quality import assets as quality
from orchestration.release import assets as publication
from orchestration.resources import STATE, State


@dg.definitions
def defs() -> dg.Definitions:
    """Landing, models, candidates, gates and publications of every declared dataset."""
    datasets = list(read_datasets().values())
    jobs = automation.jobs(datasets)
    return dg.Definitions(
        assets=[
            *landing.assets(),
            *dbt_models.assets(),
            *dbt_models.registries(datasets),
            *(asset for dataset in datasets for asset in publication.assets(dataset)),
            *(asset for dataset in datasets for asset in objects.assets(dataset)),
        ],
        asset_checks=[
            *(quality.gate(dataset) for dataset in datasets),
            *secret.gates(datasets),
        ],
        jobs=jobs,
        schedules=automation.schedules(datasets),
        sensors=[automation.delivery_sensor(datasets, jobs)],
        resources={
            "dbt": dbt_models.resource(),
            STATE: State(),
        },
        # DuckDB has one writer per file; in one process is also twice as fast here.
        executor=dg.in_process_executor,
        loggers={"console": progress_logger},
    )
