"""``make bench``: the whole graph at national scale, in one run of measures.

Prints times, peak memory, growth from a quarter to the full scale, and the ratio of the graph to
the plain alternative (``plain``). State under ``$CPF_BENCH`` (default ``data/bench``), kept so that
a second bench does not generate again. Figures, not tests: nothing here passes or fails.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.html import format_number
from tests.bench.measure import Measure, measure

ROOT = Path(os.environ.get("CPF_BENCH") or "data/bench").resolve()
BIN = Path(sys.executable).parent
UNTIL = "2026-10"
OFFER = "moncompteformation_catalogueformation"
PERSONS = ("moncompteformation_formations_engagees", "moncompteformation_usagers")
GIGA = 1e9


def environment(data: Path) -> dict[str, str]:
    """Environment of one measured state folder."""
    return {**os.environ, "CPF_DATA": str(data)}


def extracts(scale: float) -> Path:
    """Generate once the extracts of ``scale`` and say how long it took."""
    target = ROOT / f"extraits-{scale}"
    if not target.exists():
        draft = target.with_suffix(".brouillon")
        shutil.rmtree(draft, ignore_errors=True)
        arguments = ["--scale", str(scale), "--until", UNTIL, "--seed", "1", "--to", draft]
        say(f"generate × {scale}", cpf(ROOT / "generation", "generate", *arguments))
        draft.rename(target)
    return target


def cpf(data: Path, *arguments: str | Path) -> Measure:
    """Measure one ``cpf`` command; its output is kept in ``bench.log``."""
    data.mkdir(parents=True, exist_ok=True)
    measured = measure([BIN / "cpf", *arguments], environment(data), ROOT / "bench.log")
    if measured.code:
        sys.stdout.write(f"  (exit code {measured.code}: see {ROOT / 'bench.log'})\n")
    return measured


def deliver(data: Path, source: Path, *, last_month: bool) -> None:
    """Link the extracts into a state folder, with or without the last month's deltas."""
    for path in source.rglob("*.*"):
        in_last_month = UNTIL in path.name and path.parent.name in ("dossiers", "financements")
        if path.is_file() and in_last_month == last_month:
            target = data / "extraits" / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.hardlink_to(path)


def head() -> None:
    """Say what the columns of the figures are."""
    sys.stdout.write(f"{'measure':<44}{'wall':>11}{'processor':>11}{'peak':>12}\n")


def say(label: str, measured: Measure, more: str = "") -> None:
    """One line of figures."""
    sys.stdout.write(
        f"{label:<44}{measured.seconds:>9.1f} s{measured.processor:>9.1f} s"
        f"{measured.peak / GIGA:>9.2f} GB  {more}\n"
    )
    sys.stdout.flush()


def graph(scale: float) -> Measure:
    """Full graph from raw files to three publications, without any earlier state."""
    data = ROOT / f"graphe-{scale}"
    shutil.rmtree(data, ignore_errors=True)
    source = extracts(scale)
    deliver(data, source, last_month=False)
    deliver(data, source, last_month=True)
    measured = cpf(data, "run")
    say(f"full graph × {scale}", measured)
    return measured


def cycles(scale: float) -> None:
    """A day of the offer, then a month of consumption, on a state that has published before."""
    data = ROOT / f"cycles-{scale}"
    shutil.rmtree(data, ignore_errors=True)
    source = extracts(scale)
    deliver(data, source, last_month=False)
    say("first run, without the last month", cpf(data, "run"))
    catalog = next((data / "extraits" / "edof").glob("*.xml"))
    newer = catalog.with_name("edof_catalogue_2026-11-01.xml")
    # A trailing comment makes it another file with the same content.
    newer.write_bytes(catalog.read_bytes() + b"<!-- 2026-11-01 -->\n")
    say("daily cycle of the offer", cpf(data, "run", "--select", OFFER))
    deliver(data, source, last_month=True)
    selected = [word for dataset in PERSONS for word in ("--select", dataset)]
    say("one month's delta, two datasets", cpf(data, "run", *selected))


def edof(scale: float) -> Measure:
    """Landing of the EDOF catalogue alone: speed and memory."""
    data = ROOT / f"edof-{scale}"
    shutil.rmtree(data, ignore_errors=True)
    catalog = next((extracts(scale) / "edof").glob("*.xml"))
    size = catalog.stat().st_size
    measured = cpf(data, "land", "edof", catalog)
    speed = size / 1e6 / measured.seconds
    say(f"EDOF landing × {scale}", measured, f"{format_number(size)} bytes, {speed:.0f} MB/s")
    base = measure(
        [sys.executable, "-m", "tests.bench.plain_edof", catalog, data / "plain"],
        environment(data),
        ROOT / "bench.log",
    )
    speed = size / 1e6 / base.seconds
    more = f"{speed:.0f} MB/s; ours takes ×{measured.processor / base.processor:.2f} of processor"
    say(f"plain lxml and Arrow × {scale}", base, more)
    shutil.rmtree(data)
    return measured


def plain(scale: float) -> Measure:
    """The same transformations in one plain DuckDB script."""
    data = ROOT / f"plain-{scale}"
    shutil.rmtree(data, ignore_errors=True)
    source = extracts(scale)
    deliver(data, source, last_month=False)
    deliver(data, source, last_month=True)
    manifest = compiled(ROOT / f"graphe-{scale}")
    measured = measure(
        [sys.executable, "-m", "tests.bench.plain"],
        {**environment(data), "CPF_BENCH_MANIFEST": str(manifest)},
        ROOT / "bench.log",
    )
    say(f"plain DuckDB script × {scale}", measured)
    shutil.rmtree(data)
    return measured


def compiled(data: Path) -> Path:
    """Have dbt write the SQL of every model, on the state of a finished graph."""
    target = ROOT / "compile"
    command = [BIN / "dbt", "compile", "--quiet", "--target-path", target]
    subprocess.run(command, env=environment(data), check=True, stdout=subprocess.DEVNULL)
    return target / "manifest.json"


def main() -> None:
    """Run every measure, the full scale from ``CPF_BENCH_SCALE`` (default 1)."""
    full = float(os.environ.get("CPF_BENCH_SCALE") or 1)
    ROOT.mkdir(parents=True, exist_ok=True)
    head()
    small_edof, big_edof = edof(full / 4), edof(full)
    small, big = graph(full / 4), graph(full)
    base = plain(full)
    cycles(full)
    sys.stdout.write(
        f"\ngrowth 1/4 → 1: graph ×{big.seconds / small.seconds:.2f} time, "
        f"×{big.peak / small.peak:.2f} memory; "
        f"EDOF ×{big_edof.seconds / small_edof.seconds:.2f} time, "
        f"×{big_edof.peak / small_edof.peak:.2f} memory\n"
        f"graph / plain script: ×{big.seconds / base.seconds:.2f} (goal ≤ 1.5)\n"
    )


if __name__ == "__main__":
    main()
