"""What a run is given: the UI's launchpad offers it, a test puts its own in its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from pydantic import Field

from orchestration import settings

STATE = "state"


class State(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The state that a run continues: its folder, and what of it the run does not follow."""

    folder: str = Field(default="", description="Dossier de tout l'état ; vide : $CPF_DATA.")
    rebase: list[str] = Field(
        default=[],
        description="Jeux à refaire sans suivre leur version courante (voir la décision 14).",
    )

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["State"]:
        """Keep the state of this process, and of those that it starts, there until the run ends."""
        del context
        with settings.state_in(Path(self.folder) if self.folder else settings.data()):
            yield self
