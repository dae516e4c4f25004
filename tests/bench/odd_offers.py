"""``make bench-exports``: an export of the offer of 213,000 rows, odd ones among them, published.

Twenty rows of each kind that ``tests.factories.odd_offers`` knows. All that is good must be there,
and what is set aside counted: this one fails when a row is lost. Then a register of 400,000
partners. State under ``$CPF_BENCH``.
"""

import csv
import json
import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from orchestration import settings
from orchestration.landing.intake import schemas
from tests.bench.national import OFFER, ROOT, cpf, head, say
from tests.bench.registers import bench as bench_register
from tests.factories.csv_files import OFFER as ROW
from tests.factories.odd_offers import MENDED, SET_ASIDE

ROWS = 213_000
OF_EACH = 20
# What the publisher's own rows weigh: about 1.8 kB, nearly all of it free texts.
_TEXTS = {"objectif_formation": 45, "contenu_formation": 115, "resultats_attendus_formation": 35}
_TEXT = (
    "savoir construire présenter analyser un projet une équipe la gestion l'entreprise les outils "
    "numériques avec méthode afin de préparer la certification à distance en présentiel et évaluer"
)
_WORDS = _TEXT.split()


def write(path: Path, rows: int = ROWS, of_each: int = OF_EACH) -> tuple[int, int]:
    """Write the export; return how many of its rows are good or mended, and how many are not."""
    columns = list(schemas.SOURCES["portail"]["catalogue"])
    odd = [change for change, _ in MENDED] + [change for change, _ in SET_ASIDE]
    changes = iter([x for x in odd for _ in range(of_each)])
    every = rows // (len(odd) * of_each)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=";", lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(_sound(rows, columns)):
            change = next(changes, {}) if number % every == 0 else {}
            writer.writerow(_changed(row, change, number))
    aside = len(SET_ASIDE) * of_each
    return rows - aside, aside


def _changed(row: dict[str, str], change: dict[str, str], number: int) -> dict[str, str]:
    """Change a row, whose number stays that of its own body unless the change is about it."""
    if not change:
        return row
    # An odd row is the model with its change: what makes it odd is all that there is.
    return row | ROW | {"numero_formation": f"{ROW['siret_of']}_{number}"} | change


def _sound(rows: int, columns: list[str]) -> Iterator[dict[str, str]]:
    draw = random.Random(1)  # noqa: S311 (nothing secret)
    with (settings.PROJECT / "seeds" / "departements.csv").open(encoding="utf-8") as file:
        places = [(x["code"], x["code_region"]) for x in csv.DictReader(file)]
    for number in range(rows):
        siret = f"{10_000_000_000_000 + number % 9_000:014}"
        departement, region = draw.choice(places)
        texts = {name: " ".join(draw.choices(_WORDS, k=count)) for name, count in _TEXTS.items()}
        sound = (
            ROW
            | texts
            | {
                "siret_of": siret,
                "nom_of": f"ORGANISME {siret}",
                "code_rs": str(1000 + number % 3_000),
                "intitule_certification": f"Certification {number % 3_000}",
                "code_nsf_1": "326",
                "numero_formation": f"{siret}_{number}",
                "intitule_formation": f"Formation {number}",
                "points_forts": " ".join(draw.choices(_WORDS, k=25)),
                "code_departement": departement,
                "code_region": region,
            }
        )
        yield {name: sound.get(name, "") for name in columns}


def offer() -> None:
    """Publish the export on a machine without vault or key, and count what came of it."""
    folder, data = ROOT / "exports-213000", ROOT / "exports"
    path = folder / f"{OFFER}_2024-07-11.csv"
    folder.mkdir(parents=True, exist_ok=True)
    good, aside = write(path)
    shutil.rmtree(data, ignore_errors=True)
    measured = cpf(data, "run", "--public", folder)
    size = path.stat().st_size / 1e6
    say(
        f"offer export of {ROWS:,} rows published", measured, f"{size:.0f} MB (goal ≤ 60 s, 1.5 GB)"
    )
    (record,) = (data / "atterrissage" / "portail").glob("[!.]*/depot.json")
    landed = json.loads(record.read_text(encoding="utf-8"))
    pointer = data / "publications" / OFFER / "current.json"
    version = pointer.parent / str(json.loads(pointer.read_text(encoding="utf-8"))["version"])
    manifest = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
    published = manifest["mesures"]["lignes"]
    told = (landed["lus"], landed["rejetes"], landed["atterris"], published)
    sys.stdout.write(f"  read, rejected, landed, published: {told}\n")
    if told != (ROWS, aside, good, good):
        sys.exit(f"expected {(ROWS, aside, good, good)}")


def main() -> None:
    """Run every measure of what others publish."""
    ROOT.mkdir(parents=True, exist_ok=True)
    head()
    os.environ.pop("CPF_KEY", None)
    offer()
    bench_register()


if __name__ == "__main__":
    main()
