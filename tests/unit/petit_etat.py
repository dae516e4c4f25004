"""A small state: marts in a warehouse, deliveries in a vault, made without dbt nor landing.

Tables are made from the declared columns: a column that is declared and not given is null.
"""

import datetime as dt

from orchestration import settings, warehouse
from orchestration.jeux import Jeu
from tests.unit.petits_jeux import FIN_DE_MOIS, JOUR, Ligne


def construire_mart(jeu: Jeu, rows: list[Ligne]) -> None:
    """Write the table of ``jeu`` into the warehouse, with its declared types."""
    settings.data().mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"{column.nom} {column.type}" for column in jeu.colonnes)
    with warehouse.connect(str(settings.entrepot())) as connection:
        connection.execute(f"create or replace table {jeu.nom} ({columns})")
        for row in rows:
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"insert into {jeu.nom} ({', '.join(row)}) values ({marks})", list(row.values())
            )


def atterrir(*livraisons: tuple[str, dt.date]) -> None:
    """List deliveries in the vault as the landing does, in the order in which they landed."""
    with warehouse.vault() as connection:
        connection.execute("create schema if not exists coffre.atterrissage")
        connection.execute(
            "create or replace table coffre.atterrissage.depots (source varchar, fichier varchar, "
            "sha256 varchar, date_extraction date, atterri_le timestamp, lus bigint, "
            "atterris bigint, rejetes bigint, courant boolean)"
        )
        for number, (source, day) in enumerate(livraisons):
            connection.execute(
                "insert into coffre.atterrissage.depots values (?, ?, ?, ?, ?, 100, 98, 2, true)",
                [
                    source,
                    f"{source}_{day}.csv",
                    f"{number:064x}",
                    day,
                    dt.datetime(2026, 4, 1, 6, number),  # noqa: DTZ001 (the vault's are naive UTC)
                ],
            )


def atterrir_tout() -> None:
    """Deliver every source that the three datasets need."""
    atterrir(
        ("certifications", JOUR),
        ("organismes", JOUR),
        ("edof", JOUR),
        ("dossiers", FIN_DE_MOIS),
        ("financements", FIN_DE_MOIS),
    )
