"""The rows of a resource as SQL: one relation with a column per field, in the order of the files.

Belongs here: formats. Does not: types (``conversions``), nor files that must be rewritten first
(``reecriture``).
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from portal.catalogue.conversions import texte_sql
from portal.catalogue.reecriture import en_ligne, ouvrir, preparer
from portal.catalogue.refus import PaquetError
from portal.catalogue.ressource import Colonne, Ressource

_ABSENTES_ADMISES = ("superset", "partial")
_EN_TROP_ADMISES = ("subset", "partial")
_SERIE_MAXIMALE = 2_958_466  # days of a spreadsheet: the last of year 9999
_TEMPORELS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S", "time": "%H:%M:%S"}


@dataclass(frozen=True)
class Relation:
    """``sql`` is a table expression; ``types`` are the DuckDB types, in the order of the fields."""

    sql: str
    types: tuple[str, ...]


def lire(connexion: duckdb.DuckDBPyConnection, ressource: Ressource, dossier: Path) -> Relation:
    """Return the rows; what must be rewritten first goes to ``dossier``.

    Raises :class:`PaquetError` and ``duckdb.Error``.
    """
    parts = _liens(ressource, dossier) if ressource.parties else [en_ligne(ressource, dossier)]
    form = ressource.format if ressource.parties else parts[0].suffix[1:]
    rows = _LECTEURS[form](connexion, ressource, preparer(ressource, form, parts, dossier))
    found = connexion.execute(f"describe from {rows}").fetchall()
    return Relation(rows, tuple(str(row[1]) for row in found))


def _liens(ressource: Ressource, dossier: Path) -> list[Path]:
    """Give the files names in which nothing is a wildcard for DuckDB."""
    suffix = f".{ressource.format}" + (".gz" if ressource.compression else "")
    links = []
    for rank, path in enumerate(ressource.parties):
        link = dossier / f"partie_{rank:05}{suffix}"
        link.symlink_to(path)
        links.append(link)
    return links


def _liste(parts: Sequence[Path]) -> str:
    return f"[{', '.join(texte_sql(str(path)) for path in parts)}]"


def nom_sql(nom: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + nom.replace('"', '""') + '"'


def _choisir(ressource: Ressource, presentes: Sequence[str], rows: str, noms: Sequence[str]) -> str:
    """Select the fields: ``presentes`` are the names in the file, ``noms`` those of the columns."""
    wanted = {item.champ.nom for item in ressource.colonnes}
    where = ressource.nom_du_fichier
    missing = [item.champ.nom for item in ressource.colonnes if item.champ.nom not in presentes]
    if missing and ressource.accord not in _ABSENTES_ADMISES:
        raise PaquetError(
            where, "la colonne du schéma n'est pas dans le fichier", colonne=missing[0]
        )
    stray = [name for name in presentes if name not in wanted]
    if stray and ressource.accord not in _EN_TROP_ADMISES:
        raise PaquetError(
            where,
            "la colonne n'est pas dans le schéma : l'y déclarer, ou « fieldsMatch: subset »",
            colonne=stray[0],
        )
    held = dict(zip(presentes, noms, strict=True))
    if len(held) < len(presentes):
        raise PaquetError(where, "l'en-tête nomme deux fois une colonne")
    columns = ", ".join(
        f"{nom_sql(held[item.champ.nom]) if item.champ.nom in held else 'null::varchar'}"
        f" as {nom_sql(item.champ.nom)}"
        for item in ressource.colonnes
    )
    return f"(select {columns} from {rows})"


def _csv(_: duckdb.DuckDBPyConnection, ressource: Ressource, parts: Sequence[Path]) -> str:
    dialect = ressource.dialecte
    quote = str(dialect.get("quoteChar", '"') or "")
    doubled = dialect.get("doubleQuote") is not False
    escape = quote if doubled else str(dialect.get("escapeChar") or "")
    options = [
        f"delim={texte_sql(str(dialect['delimiter']))}",
        f"quote={texte_sql(quote)}",
        f"escape={texte_sql(escape)}",
        "header=false, auto_detect=false, null_padding=false, max_line_size=16777216",
        # No text is nothing by itself: fields say which are.
        "nullstr=chr(1)",
    ]
    relations = []
    for part in parts:
        names, skipped = _entete(ressource, part)
        columns = ", ".join(f"'c{rank}': 'varchar'" for rank in range(len(names)))
        read = ", ".join([*options, f"skip={skipped}, columns={{{columns}}}"])
        rows = f"read_csv({texte_sql(str(part))}, {read})"
        held = [f"c{rank}" for rank in range(len(names))]
        relations.append(_choisir(ressource, names, rows, held))
    return f"({' union all '.join(f'from {item}' for item in relations)})"


def _entete(ressource: Ressource, part: Path) -> tuple[list[str], int]:
    """Return the names of a CSV file and how many lines they take."""
    dialect = ressource.dialecte
    names = [item.champ.nom for item in ressource.colonnes]
    if dialect.get("header") is False:
        return names, 0
    with ouvrir(part, "utf-8") as file:
        try:
            reader = csv.reader(
                file,
                delimiter=str(dialect["delimiter"]),
                quotechar=str(dialect.get("quoteChar") or '"'),
            )
            return next(reader), reader.line_num
        except StopIteration:
            raise PaquetError(ressource.nom_du_fichier, "le fichier est vide") from None
        except UnicodeDecodeError:
            raise PaquetError(
                ressource.nom_du_fichier,
                "l'encodage n'est pas UTF-8 : déclarer « encoding » dans la ressource",
            ) from None
        except (csv.Error, EOFError, OSError, TypeError):
            raise PaquetError(
                ressource.nom_du_fichier,
                "l'en-tête est illisible : vérifier « encoding » et « dialect »",
                ligne=1,
            ) from None


def _json(form: str) -> Callable[..., str]:
    def read(_: duckdb.DuckDBPyConnection, ressource: Ressource, parts: Sequence[Path]) -> str:
        names = [item.champ.nom for item in ressource.colonnes]
        columns = ", ".join(f"{texte_sql(name)}: 'varchar'" for name in names)
        rows = f"read_json({_liste(parts)}, format='{form}', columns={{{columns}}})"
        return _choisir(ressource, names, rows, names)

    return read


def _parquet(
    connexion: duckdb.DuckDBPyConnection, ressource: Ressource, parts: Sequence[Path]
) -> str:
    rows = f"read_parquet({_liste(parts)}, hive_partitioning=false)"
    names = [str(row[0]) for row in connexion.execute(f"describe from {rows}").fetchall()]
    return _choisir(ressource, names, rows, names)


def _xlsx(connexion: duckdb.DuckDBPyConnection, ressource: Ressource, parts: Sequence[Path]) -> str:
    sheet = ressource.dialecte.get("sheetName")
    header = "false" if ressource.dialecte.get("header") is False else "true"
    options = f"header={header}, all_varchar=true, stop_at_empty=false" + (
        f", sheet={texte_sql(str(sheet))}" if sheet else ""
    )
    relations = []
    for part in parts:
        rows = f"read_xlsx({texte_sql(str(part))}, {options})"
        held = [str(row[0]) for row in connexion.execute(f"describe from {rows}").fetchall()]
        names = held if header == "true" else [item.champ.nom for item in ressource.colonnes]
        full = " or ".join(f"{nom_sql(name)} is not null" for name in held)
        chosen = _choisir(ressource, names, f"(from {rows} where {full})", held)
        relations.append(_dates_de_tableur(ressource.colonnes, chosen))
    return f"({' union all '.join(f'from {item}' for item in relations)})"


def _dates_de_tableur(colonnes: Sequence[Colonne], rows: str) -> str:
    """Write as texts the days that a spreadsheet counts from 1899-12-30."""
    written = []
    for item in colonnes:
        if item.nature in _TEMPORELS:
            name = nom_sql(item.champ.nom)
            own = item.format not in ("default", "any")
            form = item.format if own else _TEMPORELS[item.nature]
            days = f"try_cast({name} as double)"
            moment = f"timestamp '1899-12-30' + to_seconds(round({days} * 86400))"
            written.append(
                f"case when {days} < {_SERIE_MAXIMALE} then strftime({moment}, {texte_sql(form)}) "
                f"else {name} end as {name}"
            )
    return f"(select * replace ({', '.join(written)}) from {rows})" if written else rows


_LECTEURS: dict[str, Callable[..., str]] = {
    "csv": _csv,
    "json": _json("array"),
    "jsonl": _json("newline_delimited"),
    "parquet": _parquet,
    "xlsx": _xlsx,
}
