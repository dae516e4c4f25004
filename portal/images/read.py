"""The rows of a resource as SQL: one relation, a column per field, in the order of the files."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.published_rows import describe_columns, published_rows
from orchestration.sql import identifier, literal
from portal.images.rewrite import check_opened, inline_rows, open_text, prepare
from portal.packages.resource import Column, PackageError, Resource

_MISSING_ALLOWED = ("superset", "partial")
_EXTRA_ALLOWED = ("subset", "partial")
_MAX_SERIAL = 2_958_466  # days of a spreadsheet: the last of year 9999
_TEMPORAL_FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S", "time": "%H:%M:%S"}


@dataclass(frozen=True)
class Relation:
    """``sql`` is a table expression; ``types`` are the DuckDB types, in the order of the fields."""

    sql: str
    types: tuple[str, ...]


def read_rows(connection: duckdb.DuckDBPyConnection, resource: Resource, folder: Path) -> Relation:
    """Return the rows; what must be rewritten first goes to ``folder``.

    Raises :class:`PackageError` and ``duckdb.Error``.
    """
    check_opened(resource)
    parts = _link_files(resource, folder) if resource.parts else [inline_rows(resource, folder)]
    form = resource.format if resource.parts else parts[0].suffix[1:]
    rows = _READERS[form](connection, resource, prepare(resource, form, parts, folder))
    described = connection.execute(f"describe from {rows}").fetchall()
    return Relation(rows, tuple(str(row[1]) for row in described))


def _link_files(resource: Resource, folder: Path) -> list[Path]:
    """Give the files names in which nothing is a wildcard for DuckDB."""
    suffix = f".{resource.format}" + (".gz" if resource.compression else "")
    links = []
    for rank, path in enumerate(resource.parts):
        link = folder / f"partie_{rank:05}{suffix}"
        link.symlink_to(path)
        links.append(link)
    return links


def _list(parts: Sequence[Path]) -> str:
    return f"[{', '.join(literal(str(path)) for path in parts)}]"


def _select_fields(
    resource: Resource, file_names: Sequence[str], rows: str, names: Sequence[str]
) -> str:
    """Select the fields: ``file_names`` are in the file, ``names`` are those of ``rows``."""
    declared = [column.field.nom for column in resource.columns]
    location = resource.source_name
    missing = [name for name in declared if name not in file_names]
    if missing and resource.fields_match not in _MISSING_ALLOWED:
        raise PackageError(
            location, "la colonne du schéma n'est pas dans le fichier", column=missing[0]
        )
    stray = [name for name in file_names if name not in declared]
    if stray and resource.fields_match not in _EXTRA_ALLOWED:
        raise PackageError(
            location,
            "la colonne n'est pas dans le schéma : l'y déclarer, ou « fieldsMatch: subset »",
            column=stray[0],
        )
    sql_names = dict(zip(file_names, names, strict=True))
    if len(sql_names) < len(file_names):
        raise PackageError(location, "l'en-tête nomme deux fois une colonne")
    columns = ", ".join(
        (identifier(sql_names[name]) if name in sql_names else "null::varchar")
        + f" as {identifier(name)}"
        for name in declared
    )
    return f"(select {columns} from {rows})"


def _csv(_: duckdb.DuckDBPyConnection, resource: Resource, parts: Sequence[Path]) -> str:
    dialect = resource.dialect
    quote = str(dialect.get("quoteChar", '"') or "")
    doubled = dialect.get("doubleQuote") is not False
    escape = quote if doubled else str(dialect.get("escapeChar") or "")
    options = [
        f"delim={literal(str(dialect['delimiter']))}",
        f"quote={literal(quote)}",
        f"escape={literal(escape)}",
        "header=false, auto_detect=false, null_padding=false, max_line_size=16777216",
        # No text is nothing by itself: fields say which are.
        "nullstr=chr(1)",
    ]
    relations = []
    for part in parts:
        names, skipped = _read_header(resource, part)
        columns = ", ".join(f"'c{rank}': 'varchar'" for rank in range(len(names)))
        read = ", ".join([*options, f"skip={skipped}, columns={{{columns}}}"])
        rows = f"read_csv({literal(str(part))}, {read})"
        sql_names = [f"c{rank}" for rank in range(len(names))]
        relations.append(_select_fields(resource, names, rows, sql_names))
    return f"({' union all '.join(f'from {rows}' for rows in relations)})"


def _read_header(resource: Resource, part: Path) -> tuple[list[str], int]:
    """Return the names of a CSV file and how many lines they take."""
    dialect = resource.dialect
    names = [column.field.nom for column in resource.columns]
    if dialect.get("header") is False:
        return names, 0
    with open_text(part, "utf-8") as file:
        try:
            reader = csv.reader(
                file,
                delimiter=str(dialect["delimiter"]),
                quotechar=str(dialect.get("quoteChar") or '"'),
            )
            return next(reader), reader.line_num
        except StopIteration:
            raise PackageError(resource.source_name, "le fichier est vide") from None
        except UnicodeDecodeError:
            raise PackageError(
                resource.source_name,
                "l'encodage n'est pas UTF-8 : déclarer « encoding » dans la ressource",
            ) from None
        except (csv.Error, EOFError, OSError, TypeError):
            raise PackageError(
                resource.source_name,
                "l'en-tête est illisible : vérifier « encoding » et « dialect »",
                line=1,
            ) from None


def _json(form: str) -> Callable[..., str]:
    def read(_: duckdb.DuckDBPyConnection, resource: Resource, parts: Sequence[Path]) -> str:
        names = [column.field.nom for column in resource.columns]
        columns = ", ".join(f"{literal(name)}: 'varchar'" for name in names)
        rows = f"read_json({_list(parts)}, format='{form}', columns={{{columns}}})"
        return _select_fields(resource, names, rows, names)

    return read


def _parquet(
    connection: duckdb.DuckDBPyConnection, resource: Resource, parts: Sequence[Path]
) -> str:
    rows = published_rows(connection, *parts)
    names = list(describe_columns(connection, rows))
    return _select_fields(resource, names, rows, names)


def _xlsx(connection: duckdb.DuckDBPyConnection, resource: Resource, parts: Sequence[Path]) -> str:
    sheet = resource.dialect.get("sheetName")
    header = "false" if resource.dialect.get("header") is False else "true"
    options = f"header={header}, all_varchar=true, stop_at_empty=false" + (
        f", sheet={literal(str(sheet))}" if sheet else ""
    )
    relations = []
    for part in parts:
        rows = f"read_xlsx({literal(str(part))}, {options})"
        sql_names = [str(row[0]) for row in connection.execute(f"describe from {rows}").fetchall()]
        names = sql_names if header == "true" else [column.field.nom for column in resource.columns]
        full = " or ".join(f"{identifier(name)} is not null" for name in sql_names)
        chosen = _select_fields(resource, names, f"(from {rows} where {full})", sql_names)
        relations.append(_spreadsheet_dates(resource.columns, chosen))
    return f"({' union all '.join(f'from {rows}' for rows in relations)})"


def _spreadsheet_dates(columns: Sequence[Column], rows: str) -> str:
    """Write as texts the days that a spreadsheet counts from 1899-12-30."""
    written = []
    for column in columns:
        if column.nature in _TEMPORAL_FORMATS:
            name = identifier(column.field.nom)
            own = column.format not in ("default", "any")
            form = column.format if own else _TEMPORAL_FORMATS[column.nature]
            days = f"try_cast({name} as double)"
            moment = f"timestamp '1899-12-30' + to_seconds(round({days} * 86400))"
            written.append(
                f"case when {days} < {_MAX_SERIAL} then strftime({moment}, {literal(form)}) "
                f"else {name} end as {name}"
            )
    return f"(select * replace ({', '.join(written)}) from {rows})" if written else rows


_READERS: dict[str, Callable[..., str]] = {
    "csv": _csv,
    "json": _json("array"),
    "jsonl": _json("newline_delimited"),
    "parquet": _parquet,
    "xlsx": _xlsx,
}
