"""Publications to draw: some thousand dossiers of nobody, their totals and detail, two versions.

Rows are made by a rule of their own, simpler than the product's: a cell of fewer than five dossiers
is secret in totals, and grouped in the detail.
"""

import datetime as dt
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from orchestration.datasets import Dataset
from orchestration.files import sha256
from tests.factories.small_datasets import (
    DIAGNOSIS,
    ENTRIES,
    FIGURES,
    OFFER,
    PURCHASES,
    SIGNALS,
    USERS,
    lignes,
)

OLD, CURRENT = "2026.10.1", "2026.11.1"
# The last period that is definitive.
SETTLED = {PURCHASES: "2024-05", USERS: "2024-T1"}
_THRESHOLD = 5
# Dossiers of a certification that tables by month or by région tell apart.
_FOLLOWED = 60
_PLACES = [
    ("53", "Bretagne", "35", "Ille-et-Vilaine"), ("53", "Bretagne", "29", "Finistère"),
    ("04", "La Réunion", "974", "La Réunion"), ("94", "Corse", "2A", "Corse-du-Sud"),
]  # fmt: skip
_REMOTE = (None, None, None, None)
_NSF = [("326", 'Réseaux <b> & "bases"'), ("136", "Langues vivantes"), ("310", "Échanges")]
_TYPES = ["RS", "RNCP", None]
_PAYERS = ("montant_titulaire", "montant_reste_a_charge", "montant_employeur",
           "montant_france_travail", "montant_opco", "montant_region", "montant_agefiph",
           "montant_transitions_pro", "montant_autre")  # fmt: skip

_COUNTERS = ("entrees_formation", "sorties_realisation_partielle", "sorties_realisation_totale")
_FIGURES = {"nb_dossiers", "nb_titulaires", "prix_moyen", "montant_engage", *_PAYERS, *_COUNTERS}
_UNTOLD_OF_USERS = ("code_departement_residence", "departement_residence", "genre", "tranche_age",
                    "situation", "csp")  # fmt: skip
_PUBLIC = {
    "origine": "portail", "date_producteur": "2025-10-03",
    "mention": "issues des données ouvertes du producteur du 2025-10-03; aucun contrôle ajouté",
}  # fmt: skip
_PERSON, _PERSONAL = "montant_personne", _PAYERS[:2]

Row = dict[str, Any]


def publish(folder: Path, datasets: dict[str, Dataset], dossiers: int = 4000) -> None:
    """Write the publications of all that the dashboards show, in two versions."""
    for version, count in ((OLD, dossiers // 2), (CURRENT, dossiers)):
        for dataset in datasets.values():
            write(folder, dataset, version, rows_of(datasets, dataset, count))


def publish_foreign(folder: Path) -> None:
    """Write a Data Package of somebody else: no version, other columns."""
    home = folder / "meteo"
    home.mkdir()
    lines = ["Ville,annee,pluie", "Brest,2024,10.5", "Brest,2025,20", "Nîmes <i>,2025,1.5"]
    (home / "donnees.csv").write_text("\n".join(lines))
    fields = [{"name": "Ville", "type": "string"}, {"name": "annee", "type": "integer"},
              {"name": "pluie", "type": "number", "unit": "mm"}]  # fmt: skip
    resource = {"name": "meteo", "path": "donnees.csv", "schema": {"fields": fields}}
    (home / "datapackage.json").write_text(json.dumps({"name": "meteo", "resources": [resource]}))


def rows_of(datasets: dict[str, Dataset], dataset: Dataset, count: int) -> list[Row]:
    """Rows of a dataset."""
    if dataset.nom == OFFER:
        return lignes(OFFER) * (1 + count // 2000)
    if dataset.nom == ENTRIES:
        return list(_entries(dataset, count))
    if dataset.nom in (SIGNALS, DIAGNOSIS, FIGURES):
        return lignes(dataset.nom)
    base = datasets[dataset.totals_of] if dataset.totals_of else dataset
    cells = _purchases(count) if base.nom == PURCHASES else _users(count)
    if dataset.totals_of:
        return list(_totals(base, dataset, cells))
    return list(_detail(dataset, cells))


def _purchases(count: int) -> list[Row]:
    draw = random.Random(1)  # noqa: S311 (rows of nobody)
    cells = []
    for _ in range(count):
        year, month = draw.randint(2022, 2025), draw.randint(1, 12)
        if (year, month) > (2025, 9):
            continue
        number = min(int(draw.expovariate(0.2)), 29)
        place = draw.choice(_PLACES) if draw.random() < 0.8 else _REMOTE
        nsf = _NSF[number % 3]
        cells.append(
            {
                "mois_validation": f"{year}-{month:02}",
                "trimestre_validation": f"{year}-T{(month + 2) // 3}",
                "annee_validation": year,
                "code_certification": f"RS{number:04}",
                "intitule_certification": f"Certification n° {number} | <b>",
                "type_referentiel": _TYPES[number % 3],
                "code_nsf": nsf[0],
                "domaine_formation_nsf": nsf[1],
                **dict(zip(_place_columns("lieu_formation"), place, strict=True)),
                "statut_dossier": draw.choice(["Validé", "Clos - Réalisation Totale", "Rejeté"]),
                "modalite_presence": draw.choice(["À distance", "En présentiel"]),
                **_money(draw),
            }
        )
    return cells


def _users(count: int) -> list[Row]:
    draw = random.Random(2)  # noqa: S311 (likewise)
    cells = []
    for _ in range(count):
        year, quarter = draw.randint(2022, 2025), draw.randint(1, 4)
        if (year, quarter) > (2025, 3):
            continue
        job = draw.choice(["Cadre", "Employé", "Demandeur d'emploi"])
        cells.append(
            {
                "trimestre_entree": f"{year}-T{quarter}",
                "annee_entree": year,
                **dict(zip(_place_columns("residence"), draw.choice(_PLACES), strict=True)),
                "genre": draw.choice(["Femme", "Femme", "Homme"]),
                "tranche_age": draw.choice(["25-39 ans", "Moins de 25 ans", "50 ans et plus"]),
                "situation": job if job.startswith("D") else "En emploi",
                "csp": job,
                "statut": draw.choice(["Clos", "En cours"]),
                **_money(draw),
            }
        )
    return cells


def _place_columns(suffix: str) -> tuple[str, ...]:
    return (f"code_region_{suffix}", f"region_{suffix}",
            f"code_departement_{suffix}", f"departement_{suffix}")  # fmt: skip


def _money(draw: random.Random) -> Row:
    cents = draw.randint(30_000, 400_000)
    return {"montant_engage": cents / 100, "payeur": draw.choice(_PAYERS[:4])}


def _totals(base: Dataset, dataset: Dataset, cells: Sequence[Row]) -> Iterable[Row]:
    own = {column.nom for column in dataset.colonnes}
    told_apart = (own & set(cells[0])) - {"montant_engage"}
    followed = _followed(cells)
    for table in base.tables:
        few = "certification_suivie" in table.dimensions
        groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        kept = _with_texts(own, table.dimensions)
        period = next(name for name in base.cohort_columns if name.startswith(table.grain))
        kept_periods = base.cohort_columns[base.cohort_columns.index(period) :]
        for cell in cells:
            waits = table.waits and _provisional(base, cell[period])
            key = tuple(
                _told(cell, name, kept, waits=waits, followed=followed if few else None)
                if name in kept or name in kept_periods
                else "ENSEMBLE"
                for name in sorted(told_apart)
            )
            groups[key].append(cell)
        for key, group in groups.items():
            row = dict(zip(sorted(told_apart), key, strict=True))
            secret = len(group) < _THRESHOLD
            amount = round(sum(cell["montant_engage"] for cell in group), 2)
            row |= {
                "tableau": table.nom,
                "periode": str(group[0][period]),
                "edition": "provisoire" if _provisional(base, group[0][period]) else "definitive",
                "valeur_du": None if secret else dt.date(2025, 9, 30),
                "diffusion": "secret" if secret else "publie",
                "nb_dossiers": None if secret else len(group),
                "nb_titulaires": None if secret else len(group),
                "prix_moyen": None if secret else round(amount / len(group), 2),
                "duree_moyenne": None if secret else 20.0,
                "montant_engage": None if secret else amount,
            }
            row["montants_par_financeur"] = "secrets"
            if not secret and row["edition"] == "definitive":
                row["montants_par_financeur"] = "publies"
                row |= {name: amount for name, amount in _by_payer(group).items() if name in own}
            yield row


def _followed(cells: Sequence[Row]) -> set[tuple[int, str]]:
    """Certifications, by year, that tables of few of them tell apart."""
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for cell in cells:
        if "code_certification" in cell:
            counts[cell["annee_validation"], cell["code_certification"]] += 1
    return {key for key, count in counts.items() if count >= _FOLLOWED}


def _told(
    cell: Row, name: str, kept: set[str], *, waits: bool, followed: set[tuple[int, str]] | None
) -> Any:
    if waits and name in kept:
        return "REGROUPE"
    if followed is not None and name in ("code_certification", "intitule_certification"):
        told_apart = (cell["annee_validation"], cell["code_certification"]) in followed
        return cell[name] if told_apart else "REGROUPE"
    return cell[name]


def _by_payer(group: Sequence[Row]) -> dict[str, float]:
    amounts: dict[str, float] = defaultdict(float)
    for cell in group:
        for name in (cell["payeur"], _PERSON if cell["payeur"] in _PERSONAL else None):
            if name:
                amounts[name] += cell["montant_engage"]
    return {name: round(amount, 2) for name, amount in amounts.items()}


def _with_texts(columns: set[str], dimensions: Iterable[str]) -> set[str]:
    """The dimensions of a table, with the texts of their codes."""
    texts = {
        "code_certification": "intitule_certification", "code_nsf": "domaine_formation_nsf",
        "certification_suivie": "code_certification",
    }  # fmt: skip
    kept = set(dimensions)
    if "certification_suivie" in kept:
        kept.add("intitule_certification")
    for name in dimensions:
        kept.add(texts.get(name, name.removeprefix("code_")))
    return kept & columns


def _provisional(base: Dataset, period: object) -> bool:
    """A year, or a quarter, is provisional as long as a month of it is."""
    last = SETTLED[base.nom]
    text = str(period)
    if len(text) == 4:
        return text >= last[:4]
    if "T" in text and "T" not in last:
        return text >= f"{last[:4]}-T{(int(last[5:]) + 2) // 3}"
    return text > last


def _detail(dataset: Dataset, cells: Sequence[Row]) -> Iterable[Row]:
    names = [column.nom for column in dataset.colonnes]
    told = [name for name in names if name in cells[0] and name != "montant_engage"]
    periods = [name for name in told if name in dataset.cohort_columns]
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for cell in cells:
        groups[tuple(cell[name] for name in told)].append(cell)
    coarse: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for group in groups.values():
        if len(group) < 2:
            coarse[tuple(group[0][name] for name in periods)] += group
        else:
            yield _detail_row(dataset, names, dict.fromkeys(names) | dict(group[0]), group)
    for group in coarse.values():
        hidden = {name: "REGROUPE" for name in told if name not in periods}
        yield _detail_row(dataset, names, dict.fromkeys(names) | dict(group[0]) | hidden, group)


def _detail_row(dataset: Dataset, names: Sequence[str], row: Row, group: Sequence[Row]) -> Row:
    total = round(sum(cell["montant_engage"] for cell in group), 2)
    row |= {"nb_dossiers": len(group), "nb_titulaires": len(group), "montant_engage": total,
            "prix_moyen": round(total / len(group), 2), "duree_moyenne": 20.0,
            "niveau_diffusion": 1, "valeur_du": dt.date(2025, 9, 30)}  # fmt: skip
    finest = dataset.cohort_columns[0]
    row["edition"] = "provisoire" if _provisional(dataset, row[finest]) else "definitive"
    row["montants_par_financeur"] = "secrets" if len(group) > 3 else "publies"
    row["montant_non_ventile"] = total if len(group) > 3 else 0.0
    if len(group) <= 3:
        row |= _by_payer(group)
    return {name: row.get(name) for name in names}


def _entries(dataset: Dataset, count: int) -> Iterable[Row]:
    """Entries and exits: by month, certification and body, or by quarter what is of one dossier."""
    draw = random.Random(3)  # noqa: S311 (likewise)
    names = [column.nom for column in dataset.colonnes]
    cells: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for _ in range(count):
        year, month = draw.randint(2022, 2025), draw.randint(1, 12)
        if (year, month) <= (2025, 9):
            number, body = min(int(draw.expovariate(0.3)), 19), min(int(draw.expovariate(0.5)), 14)
            cells[year, month, number, body][draw.choice((0, 0, 1, 2, 2))] += 1
    apart = (*(f"code_{name}" for name in ("certification", "certifinfo", "nsf")), "annee_mois",
             "type_referentiel", "intitule_certification", "domaine_formation_nsf",
             "siren_of_contractant", "siret_of_contractant",
             "raison_sociale_of_contractant")  # fmt: skip
    coarse: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (year, month, number, body), counters in cells.items():
        nsf, quarter = _NSF[number % 3], f"{year}-T{(month + 2) // 3}"
        row = dict.fromkeys(names) | {
            "niveau_diffusion": 1, "edition": "definitive" if year < 2025 else "provisoire",
            "valeur_du": dt.date(2025, 9, 30), "trimestre": quarter, "annee": year,
            "annee_mois": f"{year}-{month:02}", "mois": month, "code_rs": number, "code_rncp": -1,
            "type_referentiel": _TYPES[number % 3], "code_certification": f"RS{number:04}",
            "code_certifinfo": str(number), "intitule_certification": f"Certification n° {number}",
            "code_nsf": nsf[0], "domaine_formation_nsf": nsf[1],
            "siren_of_contractant": f"{body:09}", "siret_of_contractant": f"{body:09}00011",
            "raison_sociale_of_contractant": f"Organisme <{body}>",
        }  # fmt: skip
        told = [counter if counter > 1 else None for counter in counters]
        for rank, counter in enumerate(counters):
            coarse[year, quarter][rank] += counter == 1
        if any(told):
            yield row | dict(zip(_COUNTERS, told, strict=True))
    for (year, quarter), counters in coarse.items():
        yield dict.fromkeys(names) | dict.fromkeys(apart, "REGROUPE") | {
            "niveau_diffusion": 6, "edition": "definitive" if year < 2025 else "provisoire",
            "valeur_du": dt.date(2025, 9, 30), "trimestre": quarter, "annee": year,
            "code_rs": -1, "code_rncp": -1,
            **{name: n or None for name, n in zip(_COUNTERS, counters, strict=True)},
        }  # fmt: skip


def publish_public(folder: Path, datasets: dict[str, Dataset], count: int = 1500) -> None:
    """Write the publisher's own rows: nothing grouped, some figures masked, no totals.

    The export of users knows the région alone; that of entries knows no domain.
    """
    for name, nothing in ((PURCHASES, ()), (USERS, _UNTOLD_OF_USERS), (ENTRIES, ("code_nsf",))):
        rows = []
        for rank, row in enumerate(_public_rows(datasets[name], count)):
            masked = _FIGURES & row.keys() if rank % 19 == 0 else ()
            rows.append(row | dict.fromkeys(nothing, "NR") | dict.fromkeys(masked))
        write(folder, datasets[name], CURRENT, rows, _PUBLIC)


def _public_rows(dataset: Dataset, count: int) -> Iterable[Row]:
    own = {"niveau_diffusion": 0, "edition": "producteur", "valeur_du": dt.date(2025, 10, 3)}
    if dataset.nom == ENTRIES:
        rows = [row for row in _entries(dataset, count) if row["annee_mois"] != "REGROUPE"]
        yield from (row | {name: row[name] or 0 for name in _COUNTERS} | own for row in rows)
        return
    names = [column.nom for column in dataset.colonnes]
    for cell in _purchases(count) if dataset.nom == PURCHASES else _users(count):
        yield _detail_row(dataset, names, dict.fromkeys(names) | dict(cell), [cell]) | own


def write(
    folder: Path, dataset: Dataset, version: str, rows: Sequence[Row], said: Row | None = None
) -> None:
    """Write a version, of which the manifest ``said`` more, and let the pointer name it."""
    home = folder / dataset.nom / version
    home.mkdir(parents=True)
    file = home / f"{dataset.nom}.parquet"
    frame = pd.DataFrame(list(rows), columns=[column.nom for column in dataset.colonnes])
    casts = ", ".join(
        f'cast("{item.nom}" as {item.type}) as "{item.nom}"' for item in dataset.colonnes
    )
    with duckdb.connect() as connection:
        connection.register("lignes", frame)
        connection.execute(f"copy (select {casts} from lignes) to '{file}' (format parquet)")
    fields = [{"name": item.nom, "type": _kind(item.type)} for item in dataset.colonnes]
    resource = {"name": dataset.nom, "path": file.name, "format": "parquet",
                "schema": {"fields": fields}}  # fmt: skip
    package = {
        "name": dataset.nom,
        "version": version,
        "title": dataset.titre,
        "resources": [resource],
    }
    (home / "datapackage.json").write_text(json.dumps(package))
    manifest = {
        "jeu": dataset.nom, "version": version, "titre": dataset.titre,
        "publie_le": f"{version[:7].replace('.', '-')}-05T08:00:00Z",
        "fichiers": [{"nom": file.name, "octets": file.stat().st_size, "sha256": sha256(file),
                      "lignes": len(rows)}],
        **(said or {}),
    }  # fmt: skip
    (home / "manifest.json").write_text(json.dumps(manifest))
    pointer = {"version": version, "manifest_sha256": sha256(home / "manifest.json"),
               "publie_le": manifest["publie_le"]}  # fmt: skip
    (folder / dataset.nom / "current.json").write_text(json.dumps(pointer))


def _kind(duckdb_type: str) -> str:
    if duckdb_type in ("INTEGER", "BIGINT"):
        return "integer"
    if duckdb_type in ("DATE", "BOOLEAN"):
        return duckdb_type.lower()
    return "number" if duckdb_type.startswith(("DECIMAL", "DOUBLE")) else "string"
