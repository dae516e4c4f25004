"""The publisher's four open exports, as they would be made from the generated extracts.

For whoever has none of the real ones: the same names, shapes and masks, on invented data.
"""

import csv
import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from orchestration import settings
from orchestration.files import atomic_write
from orchestration.generation import reference
from orchestration.generation.invented_certifications import Catalog, Certification
from orchestration.generation.offer import Offer
from orchestration.generation.training_bodies import TrainingBody
from orchestration.sql import limit, literal

_SQL = Path(__file__).parent / "sql" / "exports"
# By query, the identifier of the publisher's dataset.
DATASETS = {
    "offre": "moncompteformation_catalogueformation",
    "achats": "moncompteformation_formations_engagees",
    "usagers": "moncompteformation_usagers",
    "entrees_sorties": "entree_sortie_formation",
}


def write(
    folder: Path,
    day: dt.date,
    catalog: Catalog,
    bodies: tuple[TrainingBody, ...],
    offer: Offer,
    deltas: Mapping[str, list[Path]],
) -> list[Path]:
    """Write the four exports of ``day`` in ``folder`` from the ``deltas`` of dossiers and
    financements, and return them.
    """
    paths = []
    with duckdb.connect() as connection:
        limit(connection)
        tables = {
            **_tables(catalog, bodies, offer),
            "csps": pd.DataFrame(_seed("csp")).drop_duplicates("code"),
        }
        for name, table in tables.items():
            connection.register(name, table)
        for name in ("etats", "financements", "montants"):
            connection.execute(f"create table {name} as {_query(name, deltas=deltas)}")
        for name, dataset in DATASETS.items():
            path = folder / f"{dataset}_{day.isoformat()}.csv"
            query = _query(name, day=day)
            with atomic_write(path) as temporary:
                connection.execute(
                    f"copy ({query}) to {literal(temporary)} (format csv, delimiter ';', header)"
                )
            paths.append(path)
    return paths


def _query(
    name: str, day: dt.date | None = None, deltas: Mapping[str, list[Path]] | None = None
) -> str:
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    for source, files in (deltas or {}).items():
        text = text.replace(f"${source}", f"[{', '.join(map(literal, files))}]")
    return text.replace("$jour", literal(day.isoformat() if day else None))


def _tables(
    catalog: Catalog, bodies: tuple[TrainingBody, ...], offer: Offer
) -> dict[str, pd.DataFrame]:
    """Codes, labels and the offer, as tables that the queries read."""
    regions = {row["code"]: row["nom"] for row in _seed("regions")}
    places = reference.departements()
    ranks = np.repeat(np.arange(len(offer.l_departement)), np.diff(offer.action_offsets))
    return {
        "certifications": pd.DataFrame(
            [_certification(rank, x) for rank, x in enumerate(catalog.certifications)]
        ),
        "organismes": pd.DataFrame(
            {
                "rang": range(len(bodies)),
                "siret": [body.siret for body in bodies],
                "denomination": [body.denomination for body in bodies],
            }
        ),
        "lieux": pd.DataFrame(
            {
                "code": [row["code"] for row in _seed("departements")],
                "nom": [row["nom"] for row in _seed("departements")],
                "code_region": [row["code_region"] for row in _seed("departements")],
                "region": [regions[row["code_region"]] for row in _seed("departements")],
            }
        ),
        "formations": pd.DataFrame(
            {
                "formation": range(len(offer.f_numbers)),
                "certification": offer.f_certification,
                "organisme": offer.f_body,
                "heures": offer.f_hours,
                "numero": offer.f_numbers,
            }
        ),
        "lignes": pd.DataFrame(
            {
                "ligne": range(len(offer.l_departement)),
                "formation": offer.row_formations(),
                "departement": [
                    places[rank].code if rank >= 0 else None
                    for rank in offer.l_departement.tolist()
                ],
            }
        ),
        "actions": pd.DataFrame(
            {"ligne": ranks, "prix": offer.a_prices / 100, "ouvertes": offer.a_open}
        ),
    }


def _certification(rank: int, certification: Certification) -> dict[str, object]:
    """Codes and labels of a certification; -1 in the register that it is not in."""
    formacodes = {row["code"]: row["libelle"] for row in _seed("formacode")}
    code = certification.code
    return {
        "rang": rank,
        "code": code,
        "exception": certification.exception,
        "intitule": certification.intitule,
        "code_rs": int(code[2:]) if code.startswith("RS") else -1,
        "code_rncp": int(code[4:]) if code.startswith("RNCP") else -1,
        "niveau": {row["code"]: row["libelle"] for row in _seed("niveaux")}.get(
            certification.niveau
        ),
        "nsf": certification.nsf,
        "domaine": {row["code"]: row["libelle"] for row in _seed("nsf")}.get(certification.nsf),
        "formacode": formacodes.get(next(iter(certification.formacodes), "")),
        **{
            f"code_formacode_{place + 1}": _nth(certification.formacodes, place)
            for place in range(5)
        },
        **{f"code_rome_{place + 1}": _nth(certification.romes, place) for place in range(5)},
    }


def _nth(codes: tuple[str, ...], place: int) -> str | None:
    return codes[place] if place < len(codes) else None


@cache
def _seed(name: str) -> list[dict[str, str]]:
    path = settings.PROJECT / "seeds" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
