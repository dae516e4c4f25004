"""One run of the graph through Dagster, so that it is in the UI whoever started it.

Belongs here: stale runs, the job, what came of each dataset. Does not: printing.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg

from orchestration import schedules
from orchestration.lock import lock
from orchestration.progress import instance, is_closed_gate

PID_TAG = "cpf/pid"


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


def run(jeux: Sequence[str], *, everything: bool) -> Outcome:
    """Materialise the publications of ``jeux`` and all that they need. Raises BusyError."""
    from orchestration.definitions import defs

    with lock(), instance() as dagster:
        _close_dead_runs(dagster)
        definitions = defs()
        names = [schedules.ALL] if everything else [schedules.job_name(jeu) for jeu in jeux]
        results = [
            definitions.resolve_job_def(name).execute_in_process(
                instance=dagster, raise_on_error=False, tags={PID_TAG: str(os.getpid())}
            )
            for name in names
        ]
    return _outcome(results, jeux)


def _outcome(results: Sequence[dg.ExecuteInProcessResult], jeux: Sequence[str]) -> Outcome:
    materialised = {
        event.asset_key for result in results for event in result.get_asset_materialization_events()
    }
    done = [jeu for jeu in jeux if dg.AssetKey(["publications", jeu]) in materialised]
    failed = {
        f"{check.asset_key.to_user_string()} : {check.check_name}"
        for result in results
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    }
    steps = {
        f"{str(event.step_key).replace('__', '/')} : l'étape s'est arrêtée sur une erreur"
        for result in results
        for event in result.all_events
        if event.is_step_failure and not is_closed_gate(event)
    }
    return Outcome(
        published=tuple(done),
        stopped=tuple(jeu for jeu in jeux if jeu not in done),
        failed_checks=tuple(sorted(failed | steps)),
        run_id=", ".join(result.run_id for result in results),
    )


def _close_dead_runs(dagster: dg.DagsterInstance) -> None:
    """Mark as cancelled the runs whose process was killed: they would stay 'started' for ever."""
    alive = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    for stale in dagster.get_runs(dg.RunsFilter(statuses=alive, tags={})):
        if PID_TAG in stale.tags:
            dagster.report_run_canceled(stale, message="Le processus de cette exécution est mort.")
