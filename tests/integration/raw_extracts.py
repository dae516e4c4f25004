"""The dossiers as the raw extracts say them: in plain Python, without any code of the project.

Save for one thing: which records were rejected is read from the deposits.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from orchestration import settings, warehouse
from tests.integration.conftest import World


@dataclass(frozen=True)
class Dossier:
    """The newest version of a dossier, euros in cents; ``hours`` is None where it says none."""

    person: str
    validated: dt.date
    entered: dt.date | None
    left: dt.date | None
    certification: str
    department: str
    status: str
    modality: str
    hours: float | None
    cents: int


def newest_dossiers(world: World) -> list[Dossier]:
    """Return every dossier that landed, in its newest version."""
    newest: dict[str, tuple[tuple[str, str, int], dict[str, str]]] = {}
    for name, number, row in _records(world, "dossiers"):
        mark = (row["date_derniere_modification"], name, number)
        known = newest.get(row["id_dossier"])
        if known is None or mark > known[0]:
            newest[row["id_dossier"]] = (mark, row)
    paid = _financements(world)
    return [_dossier(row, paid.get(identity)) for identity, (_, row) in newest.items()]


def last_delivery(world: World) -> dt.date:
    """Return the day of the last delivery: the end of the month that names its file."""
    last = max(path.stem for path in (world.data / "extraits" / "dossiers").glob("*.csv"))
    year, month = (int(part) for part in last.removeprefix("dossiers_").split("-"))
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def _dossier(row: dict[str, str], paid: int | None) -> Dossier:
    remote = row["modalite_presence"] == "A_DISTANCE"
    return Dossier(
        person=row["id_titulaire"],
        validated=dt.date.fromisoformat(row["date_validation"]),
        entered=dt.date.fromisoformat(row["date_entree"]) if row["date_entree"] else None,
        left=dt.date.fromisoformat(row["date_sortie"]) if row["date_sortie"] else None,
        certification=row["code_certification"],
        department=row["code_departement_lieu"] or ("" if remote else "NR"),
        status=row["statut_dossier"],
        modality=row["modalite_presence"],
        hours=float(row["nombre_heures"]) if row["nombre_heures"] else None,
        # What finances it, else its price.
        cents=_cents(row["prix"]) if paid is None else paid,
    )


def _financements(world: World) -> dict[str, int]:
    """Cents of the newest set of financements of each dossier that has one."""
    sets: dict[str, dict[str, dict[str, int]]] = {}
    for _, _, row in _records(world, "financements"):
        by_date = sets.setdefault(row["id_dossier"], {})
        by_code = by_date.setdefault(row["date_derniere_modification"], {})
        # The same set may be delivered twice.
        by_code.setdefault(row["code_financeur"], _cents(row["montant"]))
    return {identity: sum(by_date[max(by_date)].values()) for identity, by_date in sets.items()}


def _records(world: World, source: str) -> Iterator[tuple[str, int, dict[str, str]]]:
    """File, number and fields of every record that was not rejected."""
    rejected = _rejected_records(world, source)
    for path in sorted((world.data / "extraits" / source).glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter=";"), start=1):
                if (path.name, number) not in rejected:
                    yield path.name, number, row


def _rejected_records(world: World, source: str) -> set[tuple[str, int]]:
    pattern = str(world.data / "atterrissage" / source / "*" / "rejets.parquet")
    with settings.state_in(world.data), warehouse.connect() as connection:
        rows = connection.execute(
            "select _fichier, _num from read_parquet(?, "
            f"encryption_config = {{footer_key: '{warehouse.PARQUET_KEY}'}})",
            [pattern],
        ).fetchall()
    return {(str(name), int(number)) for name, number in rows}


def _cents(text: str) -> int:
    return round(float(text) * 100)
