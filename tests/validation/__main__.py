"""``make validate``: every validator accepts what is published, and refuses each broken copy.

The publications are those of ``$CPF_DATA``; arguments are names of tools (all by default).
"""

import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from orchestration import settings
from orchestration.datasets import read_datasets
from orchestration.store.versions import read_pointer
from tests.validation.environments import python
from tests.validation.tools import EXIT_REFUSED, SITE, TOOLS, Tool

SCRIPTS = Path(__file__).parent / "scripts"
ACCEPTED, REFUSED = "accepte", "refuse"
INTACT = "intacte"
# The last lines of what a tool says, when it is not what was expected of it.
SHOWN = 25


@dataclass(frozen=True)
class Trial:
    """What a tool said of a copy: ``expected`` is what it should have said."""

    tool: str
    target: str
    damage_label: str
    expected: str
    actual: str
    seconds: float
    output: str

    @property
    def ok(self) -> bool:
        """Tell whether the tool said what it should."""
        return self.actual == self.expected


def try_tool(tool: Tool, target: str, sources: tuple[Path, ...]) -> Iterator[Trial]:
    """Yield the verdict on an intact copy, then on each broken one."""
    executable = python(tool)
    yield _trial(tool, executable, target, sources, "", lambda _: None)
    for label, damage in tool.damages.items():
        yield _trial(tool, executable, target, sources, label, damage)


def _trial(
    tool: Tool,
    executable: Path,
    target: str,
    sources: tuple[Path, ...],
    damage_label: str,
    damage: Callable[[Path], None],
) -> Trial:
    with tempfile.TemporaryDirectory() as scratch:
        copy = _copy_sources(sources, Path(scratch))
        damage(copy)
        start = time.monotonic()
        completed = subprocess.run(
            [executable, SCRIPTS / tool.script, copy], capture_output=True, text=True, check=False
        )
    verdict = {0: ACCEPTED, EXIT_REFUSED: REFUSED}.get(
        completed.returncode, f"panne ({completed.returncode})"
    )
    return Trial(
        tool=tool.nom,
        target=target,
        damage_label=damage_label,
        expected=REFUSED if damage_label else ACCEPTED,
        actual=verdict,
        seconds=time.monotonic() - start,
        output=(completed.stdout + completed.stderr).strip(),
    )


def _copy_sources(sources: tuple[Path, ...], scratch: Path) -> Path:
    """Copy what is judged, so that it can be changed: a version is read-only."""
    for source in sources:
        shutil.copytree(source, scratch / source.name)
    for path in scratch.rglob("*"):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    return scratch / sources[0].name if len(sources) == 1 else scratch


def targets(tool: Tool) -> dict[str, tuple[Path, ...]]:
    """Return what a tool judges, by name: folders."""
    if tool.scope == SITE:
        return {SITE: (settings.publications(), settings.site())}
    folders = {}
    for nom in read_datasets():
        pointer = read_pointer(settings.publications(nom))
        if pointer:
            folders[nom] = (settings.publications(nom) / pointer.version,)
    return folders


def main(names: list[str]) -> int:
    """Run the tools; return 0 when each said what it should, of something."""
    console = Console(width=150)
    table = Table("outil", "jeu", "copie", "attendu", "obtenu", "secondes")
    trials: list[Trial] = []
    with Live(table, console=console):
        for trial in _trials(names):
            trials.append(trial)
            table.add_row(*_row(trial))
    console.line()
    failed = [trial for trial in trials if not trial.ok]
    for trial in failed:
        console.rule(f"{trial.tool} · {trial.target} · {trial.damage_label or INTACT}")
        console.print("\n".join(trial.output.splitlines()[-SHOWN:]), markup=False)
    console.print(f"{len(trials)} essais, {len(failed)} en défaut")
    return 0 if trials and not failed else 1


def _trials(names: list[str]) -> Iterator[Trial]:
    for tool in TOOLS:
        if not names or tool.nom in names:
            for target, sources in targets(tool).items():
                yield from try_tool(tool, target, sources)


def _row(trial: Trial) -> tuple[str, ...]:
    style = "green" if trial.ok else "bold red"
    return (
        trial.tool,
        trial.target,
        trial.damage_label or INTACT,
        trial.expected,
        f"[{style}]{trial.actual}[/]",
        f"{trial.seconds:.1f}",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
