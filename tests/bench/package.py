"""The package of a release of ``CPF_BENCH_ROWS`` rows (default 2,200,000), beside bare ``COPY``.

``python -m tests.bench.package``, part of ``make bench``: seconds, peak memory and ratio of writing
a whole release (formats, hashes, diff, metadata, pointer) to DuckDB writing the same formats.
The gates are timed by ``national``.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from orchestration import settings, warehouse
from orchestration.candidates.candidate import load, prepare
from orchestration.datasets import Dataset, read_datasets
from orchestration.release.publish import publish
from tests.bench.measure import Measure, measure
from tests.factories import reports, small_datasets, small_state
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_publications import without_registry

ROWS = int(os.environ.get("CPF_BENCH_ROWS") or 2_200_000)
GIGA = 1e9
# Twice: what is measured is a version that follows another, hence also tells what it changed.
STEPS = (
    *("mart", "export", "control", "publish"),
    *("revise", "export", "control", "publish", "copy"),
)


def mart(dataset: Dataset) -> None:
    """Make the mart: a few real-looking rows, again and again with other keys and amounts."""
    small_state.build_mart(dataset, small_datasets.lignes(dataset.nom))
    with warehouse.vault() as connection:
        connection.execute("use coffre.marts")
        amounts = ", ".join(
            f"{c.nom} + (hash(numero, '{c.nom}') % 100000)::decimal(10, 2) / 100 as {c.nom}"
            for c in dataset.colonnes
            if c.nom.startswith("montant_")
        )
        connection.execute(
            f"create or replace table {dataset.nom} as "
            f"select * exclude (numero) replace ({amounts}, "
            "'RNCP' || lpad((numero // 100)::varchar, 6, '0') as code_certification, "
            "strftime(date '2020-01-01' + to_months((numero % 80)::integer), '%Y-%m') "
            "as mois_validation) "
            f"from {dataset.nom}, range({ROWS // 12 + 1}) as numeros (numero) limit {ROWS}"
        )


def export(dataset: Dataset) -> None:
    """Write the data files."""
    prepare(dataset)


def control(dataset: Dataset) -> None:
    """Write a report by hand: the gates are not what is measured."""
    reports.report(dataset, load(dataset))


def publish_step(dataset: Dataset) -> None:
    """Make the version and move the pointer."""
    from orchestration.quality.report import read_report

    publish(dataset, load(dataset), read_report(dataset))


def revise(dataset: Dataset) -> None:
    """Revise a row out of twenty, remove one out of a hundred."""
    with warehouse.vault() as connection:
        connection.execute("use coffre.marts")
        connection.execute(
            f"create or replace table {dataset.nom} as select * replace (nb_dossiers + "
            f"(hash(code_certification, montant_engage) % 20 = 0)::integer as nb_dossiers) "
            f"from {dataset.nom} where hash(montant_engage, code_certification) % 100 > 0"
        )


def copy(dataset: Dataset) -> None:
    """Write the same formats in the same order, and nothing else."""
    with warehouse.vault(read_only=True) as connection:
        connection.execute("use coffre.marts")
        folder = settings.data()
        order = ", ".join(dataset.key)
        for path, options in (
            ("nu.parquet", "format parquet, compression zstd"),
            ("nu.csv", "format csv, delimiter ';', header"),
            ("nu.jsonl", "format json, array false"),
        ):
            connection.execute(
                f"copy (from {dataset.nom} order by {order}) to '{folder / path}' ({options})"
            )


def main() -> None:
    """Run each step as a process of its own, and print what it took."""
    if len(sys.argv) > 1:
        globals()[sys.argv[1]](without_registry(read_datasets()[PURCHASES]))
        return
    sys.stdout.write(f"package of {ROWS:,} rows\n")
    root = Path(tempfile.mkdtemp(prefix="paquet-", dir=os.environ.get("CPF_BENCH")))
    try:
        measured = {step: _step(step, root) for step in STEPS}
        written = measured["export"].seconds + measured["publish"].seconds
        sys.stdout.write(
            f"package {written:.1f} s (goal ≤ 60), peak "
            f"{max(measured['export'].peak, measured['publish'].peak) / GIGA:.2f} GB (goal ≤ 4); "
            f"package / bare COPY: ×{written / measured['copy'].seconds:.2f}\n"
        )
    finally:
        shutil.rmtree(root)


def _step(step: str, root: Path) -> Measure:
    log = root / "bench.log"
    environment = {**os.environ, "CPF_DATA": str(root)}
    measured = measure([sys.executable, "-m", "tests.bench.package", step], environment, log)
    sys.stdout.write(f"  {step:<10}{measured.seconds:>8.1f} s{measured.peak / GIGA:>8.2f} GB\n")
    if measured.code:
        sys.exit(log.read_text(encoding="utf-8"))
    return measured


if __name__ == "__main__":
    main()
