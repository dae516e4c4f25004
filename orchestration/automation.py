"""When things run: jobs, their rhythms, and the sensor that watches for deliveries."""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration import settings
from orchestration.datasets import Dataset, read_datasets, variables
from orchestration.resources import STATE

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

TIMEZONE = "Europe/Paris"
DAILY = "quotidien"
CRONS = {DAILY: "0 5 * * *", "mensuel": "0 6 1 * *", "trimestriel": "0 7 1 1,4,7,10 *"}
# What is made of current versions comes after these.
DERIVED_CRON = "0 9 1 * *"
# A publication is late when two of its rhythms have passed without one.
LATE = {
    DAILY: timedelta(days=2),
    "mensuel": timedelta(days=62),
    "trimestriel": timedelta(days=184),
}
QUIET_SECONDS = 10.0
ALL = "tout"
OBJECTS = "objets"


def published_together(datasets: Iterable[Dataset]) -> dict[str, tuple[str, ...]]:
    """Return, by dataset, the names of those that are published when it is, and only then: rows and
    their exact totals, which are judged together.
    """
    datasets = list(datasets)
    return {
        dataset.nom: tuple(
            other.nom
            for other in datasets
            if (dataset.totals_of or dataset.nom) in (other.totals_of, other.nom)
        )
        for dataset in datasets
    }


def run_config(rebase: Sequence[str] = ()) -> dict[str, Any]:
    """Configuration of a run; without a rebase, what the UI's launchpad begins with."""
    return {
        # Without it Dagster falls back on its own chatty console.
        "loggers": {"console": {}},
        "resources": {STATE: {"config": {"rebase": list(rebase)}}},
    }


def job_name(dataset: Dataset) -> str:
    """Name of the job that publishes a dataset and its totals: short enough for Dagster's lists."""
    return (dataset.totals_of or dataset.nom).removeprefix("moncompteformation_")


def selection_of(datasets: Sequence[str]) -> dg.AssetSelection:
    """Return the publications of ``datasets`` and of those that go with them, all that they need,
    and their copies in a bucket.
    """
    declared = read_datasets()
    together = published_together(declared.values())
    names = sorted({name for dataset in datasets for name in together[dataset]})
    made = [name for name in names if not declared[name].derived]
    published: dg.AssetSelection = dg.AssetSelection.assets()
    if made:
        published = _publications(made).upstream()
    if len(made) < len(names):
        published |= _derived([name for name in names if declared[name].derived])
    if not settings.objects():
        return published
    return published | dg.AssetSelection.assets(*([OBJECTS, name] for name in names))


def _publications(names: Iterable[str]) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*(["publications", name] for name in names))


def _derived(names: Sequence[str]) -> dg.AssetSelection:
    """What derived datasets need beside current versions, which they read as they are: their
    models, the sources that these read, and the code lists.
    """
    needed = _publications(names).upstream()
    read = _publications(sorted({x for name in names for x in read_datasets()[name].all_sources}))
    own = needed - read.upstream()
    landed = own.upstream(depth=1) & dg.AssetSelection.groups("landing")
    return own | landed | (needed & dg.AssetSelection.groups("seeds"))


def public_selection(datasets: Sequence[Dataset]) -> dg.AssetSelection:
    """Return the publications of ``datasets`` that are made of public exports, and what these need:
    no step of dossiers.
    """
    forms = [dataset.as_published for dataset in datasets if dataset.as_published]
    models = {form.model for form in forms}
    models |= {f"intermediate.{form.summary_model}" for form in forms if form.summary_model}
    needed = dg.AssetSelection.assets(*(name.split(".") for name in sorted(models))).upstream()
    rooms = ["candidats", "publications", *([OBJECTS] if settings.objects() else [])]
    own = dg.AssetSelection.assets(*([room, form.nom] for form in forms for room in rooms))
    derived = [dataset.nom for dataset in datasets if dataset.derived]
    return needed | own | _derived(derived) if derived else needed | own


def jobs(datasets: Sequence[Dataset]) -> list["UnresolvedAssetJobDefinition"]:
    """One job per dataset (its publication, its totals and all upstream), one for everything."""
    one_each = [
        dg.define_asset_job(
            job_name(dataset),
            selection=selection_of([dataset.nom]),
            description=f"De l'extrait brut à la publication : {dataset.titre}.",
            config=run_config(),
        )
        for dataset in datasets
        if not dataset.totals_of
    ]
    everything = dg.define_asset_job(
        ALL,
        selection=dg.AssetSelection.all(),
        description="Tous les jeux.",
        config=run_config(),
    )
    return [*one_each, everything]


def schedules(datasets: Sequence[Dataset]) -> list[dg.ScheduleDefinition]:
    """The rhythm that each dataset declares; totals go with their rows.

    Daily ones run as soon as Dagster is open on real extracts, until somebody stops them there.
    """
    return [
        dg.ScheduleDefinition(
            name=f"{dataset.frequency}_{job_name(dataset)}",
            job_name=job_name(dataset),
            cron_schedule=DERIVED_CRON if dataset.derived else CRONS[dataset.frequency],
            execution_timezone=TIMEZONE,
            default_status=dg.DefaultScheduleStatus.RUNNING
            if dataset.frequency == DAILY and _is_production()
            else dg.DefaultScheduleStatus.STOPPED,
        )
        for dataset in datasets
        if not dataset.totals_of
    ]


def _is_production() -> bool:
    """Say whether extracts are real: then nothing warns that they are invented."""
    return not variables()["site"]["avis"]


def freshness(dataset: Dataset) -> dg.FreshnessPolicy:
    """A publication older than two of its rhythms fails its freshness."""
    return dg.FreshnessPolicy.time_window(fail_window=LATE[dataset.frequency])


def delivery_sensor(
    datasets: Sequence[Dataset], jobs: Sequence["UnresolvedAssetJobDefinition"]
) -> dg.SensorDefinition:
    """Ask for a run of the datasets that a new file in ``$CPF_DATA/extraits`` concerns."""

    @dg.sensor(
        name="livraisons",
        jobs=jobs,
        minimum_interval_seconds=30,
        required_resource_keys={STATE},
        description="Surveille les extraits livrés et lance les jeux concernés.",
    )
    def _deliveries(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        seen = json.loads(context.cursor or "{}")
        now = {source: _fingerprint(source) for source in settings.SOURCES}
        changed = {source for source, mark in now.items() if mark and mark != seen.get(source)}
        # Totals go with their rows.
        concerned = [
            dataset
            for dataset in datasets
            if changed & dataset.all_sources and not dataset.totals_of
        ]
        if not concerned:
            yield dg.SkipReason("Aucune livraison nouvelle.")
            return
        for dataset in concerned:
            marks = "".join(now[source] or "" for source in sorted(dataset.all_sources))
            key = hashlib.sha256(marks.encode()).hexdigest()[:16]
            yield dg.RunRequest(job_name=job_name(dataset), run_key=f"{dataset.nom}-{key}")
        context.update_cursor(json.dumps({**seen, **{name: now[name] for name in changed}}))

    return _deliveries


def _fingerprint(source: str) -> str | None:
    """Names, sizes and dates of the files of a source; None while one is still being written."""
    folder = settings.extracts(source)
    files = sorted(path for path in folder.glob("[!.]*") if path.is_file())
    stats = [(path.name, path.stat()) for path in files]
    if any(time.time() - stat.st_mtime < QUIET_SECONDS for _, stat in stats):
        return None
    text = json.dumps([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])
    return hashlib.sha256(text.encode()).hexdigest() if stats else None
