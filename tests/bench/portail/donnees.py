"""Two million rows with the shape of the purchases, as a Data Package and as what peers read.

Belongs here: making the data. Does not: servers, measuring.
"""

import json
from pathlib import Path

import duckdb

JEU = "achats"
LIGNES = 2_000_000
# Facets, and how many values each has.
FACETTES = {
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
_TEXTES = (*tuple(FACETTES), "certification", "code_certification", "formacode")
_NOMBRES = ("nb_dossiers", "nb_titulaires")
_MONTANTS = ("montant_engage", "montant_titulaire", "montant_employeur", "montant_opco")


def _requete() -> str:
    """Return the rows: each column has its own pseudo-random draw, so that filters cross."""
    draws = ", ".join(
        f"'{name} ' || lpad(cast(hash(i, '{name}') % {count} as varchar), 3, '0') as {name}"
        for name, count in FACETTES.items()
        if name != "annee"
    )
    return f"""
        select
            {draws},
            cast(2020 + hash(i, 'mois') % 84 // 12 as varchar) as annee,
            'Certification ' || ['anglais', 'permis', 'bureautique', 'création', 'soudage']
                [cast(1 + c % 5 as bigint)] || ' niveau ' || c as certification,
            'RS' || c as code_certification,
            'Formacode ' || c % 131 as formacode,
            cast(1 + hash(i, 'n') % 60 as integer) as nb_dossiers,
            cast(1 + hash(i, 'n') % 50 as integer) as nb_titulaires,
            {
        ", ".join(
            f"cast(hash(i, '{m}') % 900000 / 100 as decimal(12, 2)) as {m}" for m in _MONTANTS
        )
    }
        from (select i, hash(i, 'c') % {CERTIFICATIONS} as c from range({LIGNES}) as t(i))
    """


def ecrire(dossier: Path) -> Path:
    """Write the package and the peers' files; return the folder of the package."""
    package = dossier / "publications" / JEU
    package.mkdir(parents=True, exist_ok=True)
    parquet = package / f"{JEU}.parquet"
    if not parquet.exists():
        with duckdb.connect() as connection:
            connection.execute("set threads = 2")
            connection.execute(
                f"copy ({_requete()}) to '{parquet}' (format parquet, compression zstd)"
            )
    (package / "datapackage.json").write_text(
        json.dumps(_paquet(parquet.name), ensure_ascii=False), encoding="utf-8"
    )
    return package


def _paquet(fichier: str) -> dict[str, object]:
    fields: list[dict[str, object]] = [
        {"name": name, "type": "string", "annotations": {"facet": name in FACETTES}}
        for name in (*(n for n in FACETTES if n != "annee"), "annee", *_TEXTES[len(FACETTES) :])
    ]
    fields += [{"name": name, "type": "integer"} for name in _NOMBRES]
    fields += [{"name": name, "type": "number"} for name in _MONTANTS]
    resource = {"name": JEU, "path": fichier, "format": "parquet", "schema": {"fields": fields}}
    return {"name": JEU, "title": "Achats (banc d'essai)", "resources": [resource]}


def ecrire_sqlite(package: Path, cible: Path) -> None:
    """Write what datasette reads, with an index on each column that the queries filter."""
    if cible.exists():
        return
    import sqlite3

    with duckdb.connect() as source, sqlite3.connect(cible) as target:
        found = source.execute(f"select * from '{package / JEU}.parquet'")
        names = [column[0] for column in found.description or []]
        kinds = [
            "real" if n in _MONTANTS else "integer" if n in _NOMBRES else "text" for n in names
        ]
        listed = ", ".join(f"{n} {k}" for n, k in zip(names, kinds, strict=True))
        target.execute(f"create table {JEU} ({listed})")
        marks = ", ".join("?" for _ in names)
        while rows := found.fetchmany(50_000):
            plain = [
                [float(v) if k == "real" else v for v, k in zip(r, kinds, strict=True)]
                for r in rows
            ]
            target.executemany(f"insert into {JEU} values ({marks})", plain)
        for name in ("region", "statut"):
            target.execute(f"create index idx_{name} on {JEU} ({name})")
        target.execute("analyze")
