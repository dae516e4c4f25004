"""What a run is given: the UI's launchpad offers it, a test puts its own in its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from pydantic import Field

from orchestration import settings

STATE = "state"
REBASE = "rebase"


class State(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folder in which every asset works, and the processes that it starts."""

    folder: str = Field(description="Dossier de tout l'état, $CPF_DATA par défaut.")

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["State"]:
        """Move the state of this process there until the run ends."""
        del context
        with settings.state_in(Path(self.folder)):
            yield self


class Rebase(dg.ConfigurableResource):  # type: ignore[type-arg]
    """What ``cpf run --rebase`` asks: one configuration, for the models and the publications."""

    datasets: list[str] = Field(
        default=[],
        description="Jeux à refaire sans suivre leur version courante (voir la décision 6).",
    )
