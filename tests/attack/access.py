"""What another user of the machine may read, and what is shown that was not published."""

import csv
import io
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from tests.attack.finding import Finding
from tests.attack.published import current
from tests.attack.tables import OFFER, TABLES
from tests.attack.world import World

PUBLIC = ("publications", "site")
SUMS = {OFFER: "nb_action", **{table.name: "nb_dossiers" for table in TABLES}}
CPF = Path(sys.executable).with_name("cpf")


def attack_access(world: World) -> list[Finding]:
    """Look at modes under the state, at candidates, at the warehouse and at ``cpf sql``."""
    modes = Finding("10a", "Fichiers non publics lisibles par un autre")
    for path in _files(world.state):
        area = path.relative_to(world.state).parts[0]
        modes.add(1, int(_readable(path, world.state)), part=area)
    shown = Finding("10b", "Lignes non publiées, mais montrées")
    for name in SUMS:
        published = current(world.publications, name)
        if published:
            shown.add(*_in_warehouse(world, name, published), part=f"entrepôt {name}")
            shown.add(1, _by_command(world, name, published), part=f"cpf sql {name}")
            shown.add(*_candidates(world, name, published), part=f"candidats {name}")
    return [modes, shown]


def _files(state: Path) -> Iterator[Path]:
    for path in sorted(state.rglob("*")):
        private = path.relative_to(state).parts[0] not in PUBLIC
        if private and path.is_file() and not path.is_symlink():
            yield path


def _readable(path: Path, state: Path) -> bool:
    """By any user: the file may be read, and each folder from the state down may be entered."""
    folders = [folder for folder in path.parents if folder == state or state in folder.parents]
    return bool(path.stat().st_mode & stat.S_IROTH) and all(
        folder.stat().st_mode & stat.S_IXOTH for folder in folders
    )


def _in_warehouse(world: World, name: str, published: Path) -> tuple[int, int]:
    """Rows of the warehouse's table, and those that the current version does not have."""
    warehouse = world.state / "entrepot.duckdb"
    try:
        connection = duckdb.connect(warehouse, read_only=True)
    except duckdb.Error:  # absent, or encrypted
        return 0, 0
    with connection:
        there = {line[0] for line in connection.execute("show tables").fetchall()}
        if name not in there:
            return 0, 0
        files = {line[0] for line in connection.execute(f"describe from '{published}'").fetchall()}
        names = ", ".join(
            line[0]
            for line in connection.execute(f"describe {name}").fetchall()
            if line[0] in files
        )
        line = connection.execute(
            f"select (select count(*) from {name}), count(*) from"
            f" (select {names} from {name} except all select {names} from '{published}')"
        ).fetchone()
    assert line
    return int(line[0]), int(line[1])


def _by_command(world: World, name: str, published: Path) -> int:
    """1 when ``cpf sql`` answers for other rows than those of the current version."""
    query = f"select count(*), coalesce(sum({SUMS[name]}), 0)"
    expected = world.count(f"{query} from '{published}'")
    environment = {**os.environ, "CPF_DATA": str(world.state)}
    answer = subprocess.run(
        [str(CPF), "sql", "--csv", f"{query} from {name}"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = list(csv.reader(io.StringIO(answer.stdout), delimiter=";"))
    numbers = [line for line in lines if line and all(cell.isdigit() for cell in line)]
    return int(bool(numbers) and tuple(map(int, numbers[-1])) != expected)


def _candidates(world: World, name: str, published: Path) -> tuple[int, int]:
    """Candidate files that anybody may read, and those that were not published as they are."""
    paths = [
        path
        for path in world.state.glob(f"candidats/{name}/**/*.parquet")
        if _readable(path, world.state)
    ]
    different = [path for path in paths if path.read_bytes() != published.read_bytes()]
    return len(paths), len(different)
