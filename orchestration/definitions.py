"""Assembly of the Dagster project, and nothing else.

``dagster dev -m orchestration.definitions`` or ``make ui``. Everything derives from the datasets
declared in ``models/marts/<jeu>/<jeu>.yml``.
"""

import dagster as dg

from orchestration import schedules, transformation
from orchestration.jeux import lire_jeux
from orchestration.landing import assets as landing
from orchestration.objets import assets as objets
from orchestration.progress import progress_logger
from orchestration.publication import assets as publication
from orchestration.secret import assets as secret


@dg.definitions
def defs() -> dg.Definitions:
    """Landing, models, candidates, gates and publications of every declared dataset."""
    jeux = list(lire_jeux().values())
    jobs = schedules.jobs(jeux)
    return dg.Definitions(
        assets=[
            *landing.assets(),
            transformation.assets(),
            *(asset for jeu in jeux for asset in publication.assets(jeu)),
            *(asset for jeu in jeux for asset in objets.assets(jeu)),
        ],
        asset_checks=[*(publication.gate(jeu) for jeu in jeux), *secret.gates(jeux)],
        jobs=jobs,
        schedules=schedules.schedules(jeux),
        sensors=[schedules.delivery_sensor(jeux, jobs)],
        resources={"dbt": transformation.resource()},
        # DuckDB has one writer per file; in one process is also twice as fast here.
        executor=dg.in_process_executor,
        loggers={"console": progress_logger},
    )
