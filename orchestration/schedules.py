"""When things run: jobs, their rhythms, and the sensor that watches for deliveries.

Belongs here: time and triggers. Does not: what a run does (the assets).
"""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration import settings
from orchestration.jeux import Jeu

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

TIMEZONE = "Europe/Paris"
CRONS = {"quotidien": "0 5 * * *", "mensuel": "0 6 1 * *", "trimestriel": "0 7 1 1,4,7,10 *"}
# A publication is late when two of its rhythms have passed without one.
LATE = {
    "quotidien": timedelta(days=2),
    "mensuel": timedelta(days=62),
    "trimestriel": timedelta(days=184),
}
QUIET_SECONDS = 10.0
ALL = "tout"
OBJETS = "objets"
# Without it Dagster falls back on its own chatty console.
CONSOLE: dict[str, Any] = {"loggers": {"console": {}}}


def job_name(jeu: str) -> str:
    """Name of the job that publishes one dataset."""
    return f"publier_{jeu}"


def voulu(jeux: Sequence[str]) -> dg.AssetSelection:
    """Return the publications of ``jeux``, all that they need, and their copies in a bucket."""
    published = dg.AssetSelection.assets(*(["publications", jeu] for jeu in jeux)).upstream()
    if not settings.objets():
        return published
    return published | dg.AssetSelection.assets(*([OBJETS, jeu] for jeu in jeux))


def jobs(jeux: Sequence[Jeu]) -> list["UnresolvedAssetJobDefinition"]:
    """One job per dataset (its publication and all upstream), and one for everything."""
    one_each = [
        dg.define_asset_job(
            job_name(jeu.nom),
            selection=voulu([jeu.nom]),
            description=f"De l'extrait brut à la publication : {jeu.titre}.",
            config=CONSOLE,
        )
        for jeu in jeux
    ]
    everything = dg.define_asset_job(
        ALL,
        selection=dg.AssetSelection.all(),
        description="Tous les jeux.",
        config=CONSOLE,
    )
    return [*one_each, everything]


def schedules(jeux: Sequence[Jeu]) -> list[dg.ScheduleDefinition]:
    """The rhythm that each dataset declares."""
    return [
        dg.ScheduleDefinition(
            name=f"{jeu.rythme}_{jeu.nom}",
            job_name=job_name(jeu.nom),
            cron_schedule=CRONS[jeu.rythme],
            execution_timezone=TIMEZONE,
        )
        for jeu in jeux
    ]


def freshness(jeu: Jeu) -> dg.FreshnessPolicy:
    """A publication older than two of its rhythms fails its freshness."""
    return dg.FreshnessPolicy.time_window(fail_window=LATE[jeu.rythme])


def delivery_sensor(
    jeux: Sequence[Jeu], jobs: Sequence["UnresolvedAssetJobDefinition"]
) -> dg.SensorDefinition:
    """Ask for a run of the datasets that a new file in ``$CPF_DATA/extraits`` concerns."""

    @dg.sensor(
        name="livraisons",
        jobs=jobs,
        minimum_interval_seconds=30,
        description="Surveille les extraits livrés et lance les jeux concernés.",
    )
    def _livraisons(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        seen = json.loads(context.cursor or "{}")
        now = {source: _fingerprint(source) for source in settings.SOURCES}
        changed = {source for source, mark in now.items() if mark and mark != seen.get(source)}
        concerned = [jeu for jeu in jeux if changed & jeu.toutes_sources]
        if not concerned:
            yield dg.SkipReason("Aucune livraison nouvelle.")
            return
        for jeu in concerned:
            marks = "".join(now[source] or "" for source in sorted(jeu.toutes_sources))
            key = hashlib.sha256(marks.encode()).hexdigest()[:16]
            yield dg.RunRequest(job_name=job_name(jeu.nom), run_key=f"{jeu.nom}-{key}")
        context.update_cursor(json.dumps({**seen, **{name: now[name] for name in changed}}))

    return _livraisons


def _fingerprint(source: str) -> str | None:
    """Names, sizes and dates of the files of a source; None while one is still being written."""
    folder = settings.extraits(source)
    files = sorted(path for path in folder.glob("[!.]*") if path.is_file())
    stats = [(path.name, path.stat()) for path in files]
    if any(time.time() - stat.st_mtime < QUIET_SECONDS for _, stat in stats):
        return None
    text = json.dumps([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])
    return hashlib.sha256(text.encode()).hexdigest() if stats else None
