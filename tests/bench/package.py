"""The package of a release of ``CPF_BENCH_ROWS`` rows (default 2,200,000), beside bare ``COPY``.

``python -m tests.bench.package``, part of ``make bench``: seconds, peak memory and ratio of writing
a whole release (formats, hashes, diff, metadata, pointer) to DuckDB writing the same formats.
Belongs here: that measure. Does not: the gates, timed by ``national``.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from orchestration import settings, warehouse
from orchestration.jeux import Jeu, lire_jeux
from orchestration.publication.candidat import charger, preparer
from orchestration.publication.publier import publier
from tests.bench.measure import Measure, measure
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.petites_publications import sans_registre
from tests.unit.petits_jeux import ACHATS

ROWS = int(os.environ.get("CPF_BENCH_ROWS") or 2_200_000)
GIGA = 1e9
# Twice: what is measured is a version that follows another, hence also tells what it changed.
STEPS = (
    *("mart", "export", "control", "publish"),
    *("revise", "export", "control", "publish", "copy"),
)


def mart(jeu: Jeu) -> None:
    """Make the mart: a few real-looking rows, again and again with other keys and amounts."""
    petit_etat.construire_mart(jeu, petits_jeux.lignes(jeu.nom))
    with warehouse.connect(str(settings.entrepot())) as connection:
        amounts = ", ".join(
            f"{c.nom} + (hash(numero, '{c.nom}') % 100000)::decimal(10, 2) / 100 as {c.nom}"
            for c in jeu.colonnes
            if c.nom.startswith("montant_")
        )
        connection.execute(
            f"create or replace table {jeu.nom} as "
            f"select * exclude (numero) replace ({amounts}, "
            "'RNCP' || lpad((numero // 100)::varchar, 6, '0') as code_certification, "
            "strftime(date '2020-01-01' + to_months((numero % 80)::integer), '%Y-%m') "
            "as mois_validation) "
            f"from {jeu.nom}, range({ROWS // 12 + 1}) as numeros (numero) limit {ROWS}"
        )


def export(jeu: Jeu) -> None:
    """Write the data files."""
    preparer(jeu)


def control(jeu: Jeu) -> None:
    """Write a report by hand: the gates are not what is measured."""
    rapports.rapport(jeu, charger(jeu))


def publish(jeu: Jeu) -> None:
    """Make the version and move the pointer."""
    from orchestration.quality.rapport import relire

    publier(jeu, charger(jeu), relire(jeu))


def revise(jeu: Jeu) -> None:
    """Revise a row out of twenty, remove one out of a hundred."""
    with warehouse.connect(str(settings.entrepot())) as connection:
        connection.execute(
            f"create or replace table {jeu.nom} as select * replace (nb_dossiers + "
            f"(hash(code_certification, montant_engage) % 20 = 0)::integer as nb_dossiers) "
            f"from {jeu.nom} where hash(montant_engage, code_certification) % 100 > 0"
        )


def copy(jeu: Jeu) -> None:
    """Write the same formats in the same order, and nothing else."""
    with warehouse.connect(str(settings.entrepot()), read_only=True) as connection:
        folder = settings.data()
        order = ", ".join(jeu.cle)
        for path, options in (
            ("nu.parquet", "format parquet, compression zstd"),
            ("nu.csv", "format csv, delimiter ';', header"),
            ("nu.jsonl", "format json, array false"),
        ):
            connection.execute(
                f"copy (from {jeu.nom} order by {order}) to '{folder / path}' ({options})"
            )


def main() -> None:
    """Run each step as a process of its own, and print what it took."""
    if len(sys.argv) > 1:
        globals()[sys.argv[1]](sans_registre(lire_jeux()[ACHATS]))
        return
    sys.stdout.write(f"package of {ROWS:,} rows\n")
    root = Path(tempfile.mkdtemp(prefix="paquet-", dir=os.environ.get("CPF_BENCH")))
    try:
        found = {step: _step(step, root) for step in STEPS}
        written = found["export"].seconds + found["publish"].seconds
        sys.stdout.write(
            f"package {written:.1f} s (goal ≤ 60), peak "
            f"{max(found['export'].peak, found['publish'].peak) / GIGA:.2f} GB (goal ≤ 4); "
            f"package / bare COPY: ×{written / found['copy'].seconds:.2f}\n"
        )
    finally:
        shutil.rmtree(root)


def _step(step: str, root: Path) -> Measure:
    log = root / "bench.log"
    environment = {**os.environ, "CPF_DATA": str(root)}
    found = measure([sys.executable, "-m", "tests.bench.package", step], environment, log)
    sys.stdout.write(f"  {step:<10}{found.seconds:>8.1f} s{found.peak / GIGA:>8.2f} GB\n")
    if found.code:
        sys.exit(log.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    main()
