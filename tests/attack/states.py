"""``python -m tests.attack.states FOLDER``: a state published month after month, to be attacked.

Extracts are written once in ``FOLDER/extraits``; ``FOLDER/data`` is then given the deliveries of
each step and publishes, so that it holds one version of each dataset per step. The last step comes
13 months after the others: what was provisional in them is definitive there.

With ``--planted`` a small state instead, whose extracts hold one person under many spellings and
contacts in the texts of the offer, and whose last candidate of the offer is not published.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.attack.plants import plant_contacts, plant_spellings

STEPS = ("2025-05", "2025-06", "2025-07", "2026-08")
MONTHLY = ("dossiers", "financements")
CPF = Path(sys.executable).with_name("cpf")


def run_cpf(data: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the product's command on the state ``data``.

    Raises:
        subprocess.CalledProcessError: it failed, when ``check``.
    """
    environment = {**os.environ, "CPF_DATA": str(data)}
    return subprocess.run(
        [str(CPF), *arguments], env=environment, check=check, text=True, capture_output=True
    )


def generate(folder: Path, scale: str, until: str) -> Path:
    """Write the raw extracts of ``scale`` in ``folder``, once."""
    if not folder.exists():
        run_cpf(
            folder.parent, "generate", "--scale", scale, "--seed", "1", "--until", until,
            "--to", str(folder),
        )  # fmt: skip
    return folder


def deliver(extracts: Path, data: Path, until: str) -> None:
    """Give ``data`` the deliveries up to the month ``until``, and the public lists, as links."""
    for path in extracts.glob("*/*"):
        month = path.name.removesuffix(".csv").rsplit("_", 1)[-1]
        target = data / "extraits" / path.parent.name / path.name
        if (path.parent.name not in MONTHLY or month <= until) and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(path)


def publish_month_after_month(folder: Path, scale: str, steps: tuple[str, ...]) -> Path:
    """Make ``folder/data``; return it."""
    data = folder / "data"
    extracts = generate(folder / "extraits", scale, steps[-1])
    for step in steps:
        deliver(extracts, data, step)
        print(f"{step} : cpf run", file=sys.stderr)
        _run(data)
    return data


def _run(data: Path) -> None:
    """Publish what can be; what was refused is said."""
    ran = run_cpf(data, "run", check=False)
    if ran.returncode:
        print(ran.stdout[-2000:], ran.stderr[-2000:], file=sys.stderr)


def publish_planted(folder: Path) -> Path:
    """Make ``folder/data`` from small extracts with plants; return it."""
    until, data = "2021-03", folder / "data"
    extracts = generate(folder / "extraits", "0.004", until)
    shutil.copytree(extracts, data / "extraits", dirs_exist_ok=True)
    deliveries = {name: data / "extraits" / name / f"{name}_{until}.csv" for name in MONTHLY}
    plant_spellings(deliveries["dossiers"], deliveries["financements"])
    plant_contacts(next((data / "extraits" / "edof").glob("*.xml")))
    _run(data)
    # An offer four times smaller, one day later: it should not be published.
    smaller = generate(folder / "moins", "0.001", "2021-04")
    catalogue = next((smaller / "edof").glob("*.xml"))
    shutil.copy(catalogue, data / "extraits" / "edof" / catalogue.name)
    _run(data)
    return data


def main(arguments: list[str]) -> int:
    """Make a state and say how to attack it."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack.states", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", default="essai", help="essai, demo, 0.1 …")
    parser.add_argument("--steps", nargs="+", default=STEPS, help="months, AAAA-MM")
    parser.add_argument("--planted", action="store_true", help="the small state with plants")
    options = parser.parse_args(arguments)
    if options.planted:
        data = publish_planted(options.folder)
    else:
        data = publish_month_after_month(options.folder, options.scale, tuple(options.steps))
    print(f"python -m tests.attack {data}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
