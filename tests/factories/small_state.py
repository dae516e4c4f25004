"""A small state: marts and deliveries in a vault, made without dbt nor landing.

Tables are made from the declared columns: a column that is declared and not given is null.
"""

import datetime as dt

from orchestration import settings, warehouse
from orchestration.datasets import Dataset, read_datasets
from orchestration.files import indented_json, write
from tests.factories.small_datasets import DAY, MONTH_END, Row


def build_mart(dataset: Dataset, rows: list[Row]) -> None:
    """Write the mart of ``dataset`` into the vault, with its declared types."""
    columns = ", ".join(f"{column.nom} {column.type}" for column in dataset.colonnes)
    with warehouse.vault() as connection:
        connection.execute("create schema if not exists coffre.marts")
        connection.execute("use coffre.marts")
        connection.execute(f"create or replace table {dataset.nom} ({columns})")
        for row in rows:
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"insert into {dataset.nom} ({', '.join(row)}) values ({marks})", list(row.values())
            )


def land_deliveries(*extracts: tuple[str, dt.date]) -> None:
    """List deliveries in the vault as the landing does, in the order in which they landed."""
    with warehouse.vault() as connection:
        connection.execute("create schema if not exists coffre.atterrissage")
        connection.execute(
            "create or replace table coffre.atterrissage.depots (source varchar, fichier varchar, "
            "sha256 varchar, date_extraction date, atterri_le timestamp, lus bigint, "
            "atterris bigint, rejetes bigint, courant boolean, retire_le timestamp)"
        )
        for number, (source, day) in enumerate(extracts):
            connection.execute(
                "insert into coffre.atterrissage.depots "
                "values (?, ?, ?, ?, ?, 99, 97, 2, true, null)",
                [
                    source,
                    f"{source}_{day}.csv",
                    f"{number:064x}",
                    day,
                    dt.datetime(2026, 4, 1, 6, number),  # noqa: DTZ001 (the vault's are naive UTC)
                ],
            )


def land_all_deliveries() -> None:
    """Deliver every source that the three datasets need."""
    land_deliveries(
        ("certifications", DAY),
        ("organismes", DAY),
        ("edof", DAY),
        ("dossiers", MONTH_END),
        ("financements", MONTH_END),
    )


def publish_sources() -> None:
    """Publish, without a gate, an empty version of what derived datasets are made from."""
    declared = read_datasets()
    for name in {source for x in declared.values() if x.derived for source in x.all_sources}:
        folder = settings.publications(name)
        (folder / "2026.03.1").mkdir(parents=True, exist_ok=True)
        (folder / "2026.03.1" / f"{name}.parquet").touch()
        manifest = {
            "version": "2026.03.1",
            "publie_le": "2026-04-01T06:00:00Z",
            "filiere": [],
            "fichiers": [{"nom": f"{name}.parquet", "sha256": f"{0:064x}"}],
            "mesures": {"lignes": 99, "dernier_jour": str(MONTH_END)},
        }
        write(folder / "2026.03.1" / "manifest.json", indented_json(manifest))
        pointer = {"version": "2026.03.1", "manifest_sha256": "", "publie_le": ""}
        write(folder / "current.json", indented_json(pointer))
