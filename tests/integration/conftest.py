"""A small world made once per session: extracts, invented persons in them, one full run.

Each worker reads a copy of its own; the tests that change something copy that one again.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factories.once import make_once
from tests.integration import canaries, crowd

CPF = Path(sys.executable).with_name("cpf")
SCALE = "0.002"
UNTIL = "2021-06"
SEED = "7"
RUN_OUTPUT = "run.txt"
DATASETS = (
    "moncompteformation_catalogueformation",
    "moncompteformation_formations_engagees",
    "moncompteformation_usagers",
)


@dataclass(frozen=True)
class World:
    """One state folder and the command that works on it."""

    data: Path

    def cpf(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run ``cpf`` on this state; on an unexpected exit code, show what it said."""
        completed = subprocess.run(
            [CPF, *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert not check or completed.returncode == 0, completed.stdout + completed.stderr
        return completed

    def environment(self) -> dict[str, str]:
        """The environment of every command on this state."""
        return {**os.environ, "CPF_DATA": str(self.data), "CPF_MEMORY": "2GB"}

    def version(self, dataset: str) -> Path | None:
        """Folder of the current version of ``dataset``."""
        import json

        pointer = self.data / "publications" / dataset / "current.json"
        if not pointer.exists():
            return None
        return pointer.parent / str(json.loads(pointer.read_text())["version"])


@pytest.fixture(scope="session")
def world_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What no test works on: the state after the first run, and all that this run said."""

    def publish(folder: Path) -> None:
        world = World(folder / "data")
        world.cpf("generate", "--scale", SCALE, "--until", UNTIL, "--seed", SEED)
        crowd.plant(world.data / "extraits")
        canaries.plant(world.data / "extraits")
        completed = world.cpf("run")
        (folder / RUN_OUTPUT).write_text(completed.stdout + completed.stderr, encoding="utf-8")

    return make_once(tmp_path_factory, "world", publish)


@pytest.fixture(scope="session")
def published(world_model: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world in which everything has been published once."""
    return _copy(world_model / "data", tmp_path_factory.mktemp("monde"))


@pytest.fixture(scope="session")
def run_output(world_model: Path) -> str:
    """What the first run said on the terminal, one line a step."""
    return (world_model / RUN_OUTPUT).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def second_run(published: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, str]:
    """A copy of the world in which everything ran again on the same extracts, and what was said."""
    world = _copy(published.data, tmp_path_factory.mktemp("again"))
    outputs = [world.cpf(command) for command in ("run", "status", "verify")]
    return world, "".join(output.stdout + output.stderr for output in outputs)


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[World], World]:
    """Give a private copy of a world; its files keep their dates and modes."""
    return lambda world: _copy(world.data, tmp_path)


def _copy(data: Path, folder: Path) -> World:
    return World(shutil.copytree(data, folder / "data", symlinks=True))
