"""Looking for texts in all that a state folder holds: bytes, compressed bytes, decrypted tables."""

import gzip
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb

from orchestration import settings, warehouse
from orchestration.sql import identifier, literal


def where(texts: Collection[str]) -> dict[str, set[str]]:
    """Return, for each text, the files (relative to ``$CPF_DATA``) and tables that hold it."""
    places: dict[str, set[str]] = {text: set() for text in texts}
    for path in sorted(settings.data().rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            whole = content + (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else b"")
            for text in texts:
                if text.encode() in whole:
                    places[text].add(str(path.relative_to(settings.data())))
    for name, text in _in_tables(texts):
        places[text].add(name)
    return places


def _in_tables(texts: Collection[str]) -> Iterator[tuple[str, str]]:
    with warehouse.vault(read_only=True) as connection:
        for folder in (settings.landing(), settings.register()):
            for path in sorted(folder.rglob("*.parquet")):
                name = str(path.relative_to(settings.data()))
                for text in _held(connection, _relation(connection, path), texts):
                    yield name, text
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'coffre' "
            "union all select schema_name, view_name from duckdb_views() "
            "where database_name = 'coffre' and not internal"
        ).fetchall()
        assert tables
        for schema, table in tables:
            relation = f"coffre.{identifier(schema)}.{identifier(table)}"
            for text in _held(connection, relation, texts):
                yield f"{schema}.{table}", text


def _relation(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    plain = f"read_parquet({literal(path)})"
    try:
        connection.execute(f"from {plain} limit 0")
    except duckdb.Error:
        return f"read_parquet({literal(path)}, {warehouse.ENCRYPTED_READ})"
    return plain


def _held(
    connection: duckdb.DuckDBPyConnection, relation: str, texts: Collection[str]
) -> Iterator[str]:
    wanted = [f"coalesce(bool_or(contains(texte, {literal(text)})), false)" for text in texts]
    row = connection.execute(
        f"select {', '.join(wanted)} from (select rows::varchar as texte from {relation} as rows)"
    ).fetchone()
    assert row
    yield from (text for text, held in zip(texts, row, strict=True) if held)
