"""A small world made once per test session: extracts, one full run, three publications.

The tests that read it must not change it; those that need to change something copy it first.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

CPF = Path(sys.executable).with_name("cpf")
SCALE = "0.002"
UNTIL = "2021-06"
SEED = "7"
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
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world in which everything has been published once."""
    world = World(tmp_path_factory.mktemp("monde") / "data")
    world.cpf("generate", "--scale", SCALE, "--until", UNTIL, "--seed", SEED)
    world.cpf("run")
    return world


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[World], World]:
    """Give a private copy of a world; its files keep their dates and modes."""

    def copy(world: World) -> World:
        target = tmp_path / "data"
        shutil.copytree(world.data, target, symlinks=True)
        return World(target)

    return copy
