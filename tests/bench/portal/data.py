"""Two million rows with the shape of the purchases, as a Data Package and as what peers read."""

import json
from pathlib import Path

import duckdb

DATASET = "achats"
ROWS = 2_000_000
# Facets, and how many values each has.
FACETS = {
    "mois": 84,
    "annee": 7,
    "region": 19,
    "departement": 102,
    "statut": 10,
    "modalite": 4,
    "domaine": 45,
    "referentiel": 3,
}
CERTIFICATIONS = 3_400
_TEXT_COLUMNS = (*tuple(FACETS), "certification", "code_certification", "formacode")
_NUMBERS = ("nb_dossiers", "nb_titulaires")
_AMOUNTS = ("montant_engage", "montant_titulaire", "montant_employeur", "montant_opco")


def _query() -> str:
    """Return the rows: each column has its own pseudo-random draw, so that filters cross."""
    drawn_columns = ", ".join(
        f"'{name} ' || lpad(cast(hash(i, '{name}') % {count} as varchar), 3, '0') as {name}"
        for name, count in FACETS.items()
        if name != "annee"
    )
    return f"""
        select
            {drawn_columns},
            cast(2020 + hash(i, 'mois') % 84 // 12 as varchar) as annee,
            'Certification ' || ['anglais', 'permis', 'bureautique', 'création', 'soudage']
                [cast(1 + c % 5 as bigint)] || ' niveau ' || c as certification,
            'RS' || c as code_certification,
            'Formacode ' || c % 131 as formacode,
            cast(1 + hash(i, 'n') % 60 as integer) as nb_dossiers,
            cast(1 + hash(i, 'n') % 50 as integer) as nb_titulaires,
            {
        ", ".join(f"cast(hash(i, '{m}') % 900000 / 100 as decimal(12, 2)) as {m}" for m in _AMOUNTS)
    }
        from (select i, hash(i, 'c') % {CERTIFICATIONS} as c from range({ROWS}) as t(i))
    """


def write(folder: Path) -> Path:
    """Write the package and the peers' files; return the folder of the package."""
    package = folder / "publications" / DATASET
    package.mkdir(parents=True, exist_ok=True)
    parquet = package / f"{DATASET}.parquet"
    if not parquet.exists():
        with duckdb.connect() as connection:
            connection.execute("set threads = 2")
            connection.execute(
                f"copy ({_query()}) to '{parquet}' (format parquet, compression zstd)"
            )
    (package / "datapackage.json").write_text(
        json.dumps(_descriptor(parquet.name), ensure_ascii=False), encoding="utf-8"
    )
    return package


def _descriptor(file_name: str) -> dict[str, object]:
    fields: list[dict[str, object]] = [
        {"name": name, "type": "string", "annotations": {"facet": name in FACETS}}
        for name in (*(n for n in FACETS if n != "annee"), "annee", *_TEXT_COLUMNS[len(FACETS) :])
    ]
    fields += [{"name": name, "type": "integer"} for name in _NUMBERS]
    fields += [{"name": name, "type": "number"} for name in _AMOUNTS]
    resource = {
        "name": DATASET,
        "path": file_name,
        "format": "parquet",
        "schema": {"fields": fields},
    }
    return {"name": DATASET, "title": "Achats (banc d'essai)", "resources": [resource]}


def write_sqlite(package: Path, sqlite_path: Path) -> None:
    """Write what datasette reads, with an index on each column that the queries filter."""
    if sqlite_path.exists():
        return
    import sqlite3

    with duckdb.connect() as source, sqlite3.connect(sqlite_path) as target:
        cursor = source.execute(f"select * from '{package / DATASET}.parquet'")
        names = [column[0] for column in cursor.description or []]
        kinds = ["real" if n in _AMOUNTS else "integer" if n in _NUMBERS else "text" for n in names]
        listed = ", ".join(f"{n} {k}" for n, k in zip(names, kinds, strict=True))
        target.execute(f"create table {DATASET} ({listed})")
        marks = ", ".join("?" for _ in names)
        while rows := cursor.fetchmany(50_000):
            plain = [
                [float(v) if k == "real" else v for v, k in zip(r, kinds, strict=True)]
                for r in rows
            ]
            target.executemany(f"insert into {DATASET} values ({marks})", plain)
        for name in ("region", "statut"):
            target.execute(f"create index idx_{name} on {DATASET} ({name})")
        target.execute("analyze")
