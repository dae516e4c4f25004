"""Tiny states made by hand: raw deliveries, and what an honest or careless publisher makes of them.

A dossier is a dict of the columns of a raw extract; the publisher tells every figure of every group
of the values that it keeps, whatever the number of persons: what leaks is what the test put there.
"""

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tests.attack.tables import AMOUNTS, FINANCERS, GROUPED, PURCHASES, TABLES, USERS, Table

Raw = dict[str, str]
Row = dict[str, object]
REGIONS = {"75": "11", "13": "93", "69": "84"}
DOMAINS = {"CPF206": "311", "CPF202": "415", "CPF200": "415"}
_MODEL: Raw = {
    "date_validation": "2024-01-10", "date_entree": "2024-01-20", "date_sortie": "",
    "statut_dossier": "Clos - Réalisation Totale", "genre": "F", "date_naissance": "1990-01-01",
    "code_commune_residence": "75056", "code_departement_residence": "75",
    "situation": "EN_EMPLOI", "csp": "EMPLOYE", "code_certification": "CPF206",
    "code_formacode": "31812", "numero_formation": "", "numero_session": "S1",
    "code_departement_lieu": "75", "modalite_presence": "PRESENTIEL", "nombre_heures": "35",
    "prix": "1000.00",
}  # fmt: skip


def dossier(number: int, **changed: str) -> Raw:
    """Dossier ``number`` of titulaire ``number``, of one of four bodies, all paid by the rights.

    ``paid`` says who pays: ``TITULAIRE=900.00 OPCO=100.00``.
    """
    return {
        "id_dossier": f"D{number:06d}",
        "id_titulaire": f"T{number:06d}",
        "siret_of": f"{100000000 + number % 4}00012",
        **_MODEL,
        "paid": f"TITULAIRE={changed.get('prix', _MODEL['prix'])}",
        **changed,
    }


def dossiers(numbers: Iterable[int], **changed: str) -> list[Raw]:
    """Several alike."""
    return [dossier(number, **changed) for number in numbers]


@dataclass
class TinyState:
    """Deliveries and publications under ``folder``; ``levels`` are what rows keep, by table.

    ``edit`` may change the rows of a table before they are written.
    """

    folder: Path
    levels: dict[Table, list[list[str]]] = field(
        default_factory=lambda: {table: [list(table.dimensions)] for table in TABLES}
    )
    edit: Callable[[Table, list[Row]], list[Row]] = lambda _table, rows: rows
    latest: dict[str, Raw] = field(default_factory=dict)
    days: list[str] = field(default_factory=list)

    def deliver(self, day: str, delivered: list[Raw]) -> None:
        """Write the deliveries of ``day`` (ISO)."""
        self.days.append(day)
        self.latest |= {one["id_dossier"]: one for one in delivered}
        lines = [{**one, "date_derniere_modification": day} for one in delivered]
        parts = [
            {
                "id_dossier": one["id_dossier"],
                "date_derniere_modification": day,
                "code_financeur": part.split("=")[0],
                "montant": part.split("=")[1],
            }
            for one in delivered
            for part in one["paid"].split()
        ]
        names = [name for name in lines[0] if name != "paid"]
        for source, content, columns in (
            ("dossiers", lines, names),
            ("financements", parts, list(parts[0])),
        ):
            path = self.folder / "extraits" / source / f"{source}_{day[:7]}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, columns, delimiter=";", extrasaction="ignore")
                writer.writeheader()
                writer.writerows(content)

    def publish(self) -> None:
        """Publish a version of both tables, of all that was delivered."""
        rank = len(self.days)
        extracts = [
            {"source": source, "fichier": f"{source}_{day[:7]}.csv", "date_extraction": day}
            for day in self.days
            for source in ("dossiers", "financements")
        ]
        for table in TABLES:
            folder = self.folder / "publications" / table.name / f"v{rank}"
            folder.mkdir(parents=True)
            rows = self.edit(table, list(self._rows(table)))
            _write(rows, folder / f"{table.name}.parquet")
            manifest = {"publie_le": self.days[-1], "extraits": extracts}
            (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
            pointer = folder.parent / "current.json"
            pointer.write_text(json.dumps({"version": f"v{rank}"}), encoding="utf-8")

    def _rows(self, table: Table) -> Iterable[Row]:
        """From fine to coarse: groups of k persons or more, and the rest at the last level."""
        rest = [(one, values(table, one)) for one in self.latest.values()]
        if table is USERS:
            rest = [(one, cell) for one, cell in rest if one["date_entree"] <= self.days[-1]]
        levels = self.levels[table]
        for level, kept in enumerate(levels, start=1):
            groups: dict[tuple[str, ...], list[Raw]] = {}
            for one, cell in rest:
                groups.setdefault(tuple(cell[name] for name in kept), []).append(one)
            told = {
                key: group
                for key, group in groups.items()
                if level == len(levels) or _persons(group) >= table.threshold
            }
            for key, group in told.items():
                cell = dict.fromkeys(table.dimensions, GROUPED) | dict(zip(kept, key, strict=True))
                yield {"niveau_diffusion": level, **cell, **_figures(group)}
            rest = [
                (one, cell) for one, cell in rest if tuple(cell[name] for name in kept) not in told
            ]


def values(table: Table, one: Raw) -> dict[str, str]:
    """What the public table says of a dossier."""
    date = one["date_validation" if table is PURCHASES else "date_entree"]
    year, quarter = date[:4], f"{date[:4]}-T{(int(date[5:7]) + 2) // 3}"
    if table is PURCHASES:
        place, code = one["code_departement_lieu"], one["code_certification"]
        told = (
            year, quarter, date[:7], REGIONS[place], place, DOMAINS[code], code,
            "En présentiel", one["statut_dossier"],
        )  # fmt: skip
    else:
        home = one["code_departement_residence"]
        closed = one["statut_dossier"].startswith(("Clos", "Dossier", "Rej"))
        told = (
            year, quarter, REGIONS[home], home, "Femme", "25-39 ans",
            "En emploi ou autre situation", "Employé", "Clos" if closed else "En cours",
        )  # fmt: skip
    return dict(zip(table.dimensions, told, strict=True))


def _persons(group: list[Raw]) -> int:
    return len({one["id_titulaire"] for one in group})


def _figures(group: list[Raw]) -> Row:
    paid = [dict(part.split("=") for part in one["paid"].split()) for one in group]
    amounts: Row = {
        column: sum(float(each.get(code, 0)) for each in paid) for code, column in FINANCERS.items()
    }
    hours = [float(one["nombre_heures"]) for one in group if one["nombre_heures"]]
    total = sum(float(cents) for each in paid for cents in each.values())
    return {
        "nb_dossiers": len(group),
        "nb_titulaires": _persons(group),
        "prix_moyen": round(total / len(group), 2),
        "duree_moyenne": round(sum(hours) / len(hours), 1) if hours else None,
        "montant_engage": total,
        **amounts,
    }


def _write(rows: list[Row], path: Path) -> None:
    """As a publisher does: text, whole numbers, decimals."""
    kinds = {
        **dict.fromkeys((*AMOUNTS, "prix_moyen", "duree_moyenne"), "decimal(18, 2)"),
        **dict.fromkeys(("nb_dossiers", "nb_titulaires", "niveau_diffusion"), "integer"),
    }
    columns = ", ".join(f"{name} {kinds.get(name, 'varchar')}" for name in rows[0])
    with duckdb.connect() as connection:
        connection.execute(f"create table published ({columns})")
        marks = ", ".join("?" for _name in rows[0])
        connection.executemany(
            f"insert into published values ({marks})", [list(row.values()) for row in rows]
        )
        connection.execute(f"copy published to '{path}' (format parquet)")
