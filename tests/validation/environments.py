"""One environment for each validator: their dependencies contradict one another and ours."""

import subprocess
import venv
from pathlib import Path

from orchestration import settings
from tests.validation.tools import Tool

ENVIRONMENTS = settings.PROJECT / ".venv"


def python(tool: Tool) -> Path:
    """Return the Python of the environment of ``tool``, which is made when it has to be."""
    folder = ENVIRONMENTS / f"validate-{tool.nom}"
    executable, mark = folder / "bin" / "python", folder / ".installed"
    wanted = "\n".join(tool.packages)
    if not (mark.exists() and mark.read_text(encoding="utf-8") == wanted):
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run(
            [executable, "-m", "pip", "install", "--quiet", *tool.packages],
            check=True,
        )
        mark.write_text(wanted, encoding="utf-8")
    return executable
