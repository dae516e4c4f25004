"""One run of the graph through Dagster, so that it is in the UI whoever started it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import dagster as dg
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from orchestration import automation, settings
from orchestration.datasets import read_datasets
from orchestration.erasure import finish_erasure
from orchestration.progress import instance, is_closed_gate, quick_event_store
from orchestration.release.published_tables import refresh_warehouse
from orchestration.warehouse import check_key, lock

PID_TAG = "cpf/pid"
# The code that the UI loads, and by which it names it.
CODE = "orchestration.definitions"


@dataclass(frozen=True)
class Outcome:
    """What a run did: names of the datasets by what came of them, and what to look at."""

    published: tuple[str, ...]
    stopped: tuple[str, ...]
    failed_checks: tuple[str, ...]
    run_id: str

    @property
    def success(self) -> bool:
        """True when every asked dataset is current and every delivered file was read."""
        return not self.stopped and not self.failed_checks


def run(datasets: Sequence[str], rebase: Sequence[str] = (), *, everything: bool) -> Outcome:
    """Materialise the publications of ``datasets`` and all that they need. Raises BusyError.

    Those of ``rebase`` are built anew, without following their current version. Where only public
    exports are read (``settings.public_only``), nothing is made of anything else.
    """
    from orchestration.definitions import defs

    with lock(), quick_event_store(), instance() as dagster:
        check_key()
        # What a process that was killed may have left.
        if not settings.is_public():
            finish_erasure()
        refresh_warehouse()
        _close_dead_runs(dagster)
        definitions = defs()
        single = len(datasets) == 1 and not everything and not settings.is_public()
        name = automation.job_name(read_datasets()[datasets[0]]) if single else automation.ALL
        job = definitions.resolve_job_def(name)
        show_in_the_timeline(dagster, name)
        result = job.execute_in_process(
            instance=dagster,
            raise_on_error=False,
            tags={PID_TAG: str(os.getpid())},
            run_config=automation.run_config(rebase),
            # Several datasets share sources and models: one run builds these once.
            asset_selection=None if single or everything else _needed(definitions, datasets),
        )
    return _outcome(result, datasets)


def show_in_the_timeline(dagster: dg.DagsterInstance, job: str) -> None:
    """Give the run the address of its job, as the UI knows it: without, it is in no timeline."""
    location = ManagedGrpcPythonEnvCodeLocationOrigin(
        LoadableTargetOrigin(module_name=CODE), location_name=CODE
    )
    origin = RemoteRepositoryOrigin(location, SINGLETON_REPOSITORY_NAME).get_job_origin(job)
    dagster.create_run_for_job = partial(  # type: ignore[method-assign]
        dagster.create_run_for_job, remote_job_origin=origin
    )


def _needed(definitions: dg.Definitions, datasets: Sequence[str]) -> list[dg.AssetKey]:
    """Keys of the publications of ``datasets`` and of all that goes with them."""
    if settings.is_public():
        declared = read_datasets()
        selection = automation.public_selection([declared[name] for name in datasets])
        return sorted(selection.resolve(definitions.resolve_asset_graph()))
    return sorted(automation.selection_of(datasets).resolve(definitions.resolve_asset_graph()))


def _outcome(result: dg.ExecuteInProcessResult, datasets: Sequence[str]) -> Outcome:
    materialised = {event.asset_key for event in result.get_asset_materialization_events()}
    published_names = [
        dataset for dataset in datasets if dg.AssetKey(["publications", dataset]) in materialised
    ]
    failed = {
        f"{check.asset_key.to_user_string()} : {check.check_name}"
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    }
    steps = {
        f"{str(event.step_key).replace('__', '/')} : {_cause(event)}"
        for event in result.all_events
        if event.is_step_failure and not is_closed_gate(event)
    }
    return Outcome(
        published=tuple(published_names),
        stopped=tuple(dataset for dataset in datasets if dataset not in published_names),
        failed_checks=tuple(sorted(failed | steps)),
        run_id=result.run_id,
    )


def _cause(event: dg.DagsterEvent) -> str:
    """Why a step stopped, if that was written for a person; other errors could quote a value."""
    failure = event.step_failure_data.user_failure_data
    return (failure and failure.description) or "l'étape s'est arrêtée sur une erreur"


def close_dead_runs() -> None:
    """Mark as cancelled what was killed, unless something runs. Raises BusyError."""
    with lock(), instance() as dagster:
        _close_dead_runs(dagster)


def _close_dead_runs(dagster: dg.DagsterInstance) -> None:
    """Mark as cancelled the runs whose process was killed: they would stay 'started' for ever."""
    alive = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    for stale in dagster.get_runs(dg.RunsFilter(statuses=alive, tags={})):
        if PID_TAG in stale.tags:
            dagster.report_run_canceled(stale, message="Le processus de cette exécution est mort.")
