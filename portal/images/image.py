"""The image of a version: its rows in a DuckDB file, made once, read-only from then on.

``donnees``: the rows, in the order of the file. ``enumeration_<n>``: the values of a text that
repeats, in the portal's order. ``mots_<n>`` (valeur, mots): the distinct values of a text and
their words. ``cles`` (cle, ligne): the rows by the beginning of their id, sorted. ``portail``
(fiche): what the rows have told.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import orjson

from orchestration.files import sha256
from orchestration.sql import identifier
from portal.images.casts import Conversion, convert_column
from portal.images.read import Relation, read_rows
from portal.images.record_id import expression, short_key
from portal.images.words import order_sql, words_sql
from portal.packages.field import Field, Type
from portal.packages.resource import Column, PackageError, Resource, from_duckdb

# Beyond, an ENUM costs more than it saves: its dictionary is held in memory.
_MAX_DISTINCT = 50_000
_REPETITION = 4
_PHYSICAL_TYPES = {
    Type.INT: "bigint", Type.BOOLEAN: "boolean", Type.DATE: "date", Type.DATETIME: "timestamp",
    Type.GEO_POINT: "struct(lon double, lat double)",
}  # fmt: skip
# Bytes of a value of each fixed width, and how many an image may have uncompressed: the engine
# keeps them in memory.
_WIDTHS = {
    "BOOLEAN": 1, "INTEGER": 4, "DATE": 4, "BIGINT": 8, "DOUBLE": 8, "TIMESTAMP": 8, "DECIMAL": 16,
}  # fmt: skip
_MAX_UNCOMPRESSED = 600_000_000


@dataclass(frozen=True)
class ImageCard:
    """What the rows have told: ``enum_counts`` are the ranks of the fields that are ENUMs, with how
    many values each has; ``list_ranks``, those of the fields that hold lists.

    ``key`` is false when the declared key does not tell rows apart; ``digests`` are the sha256 of
    the files that are served, in their order.
    """

    nombre: int
    enum_counts: tuple[tuple[int, int], ...]
    list_ranks: tuple[int, ...]
    key: bool
    digests: tuple[str, ...]


def build(connection: duckdb.DuckDBPyConnection, resource: Resource, folder: Path) -> None:
    """Fill an empty database; ``folder`` is for what must be rewritten or staged.

    Raises :class:`PackageError`.
    """
    _check_digests(resource)
    try:
        relation = read_rows(connection, resource, folder)
        columns = _decide(connection, resource, relation)
        conversions = [
            convert_column(column, f"b.{identifier(column.field.nom)}", kind)
            for column, kind in zip(columns, relation.types, strict=True)
        ]
        connection.execute(f"attach '{folder / 'etape.duckdb'}' as etape")
        _stage(connection, resource, columns, conversions, relation)
    except duckdb.Error as error:
        raise from_duckdb(resource.source_name, error) from None
    repeated = _write_rows(connection, columns)
    for column in columns:
        if column.field.type is Type.TEXT:
            _build_dictionary(connection, column.field)
    count = _count(connection, "select count(*) from donnees")
    connection.execute("detach etape")
    card = ImageCard(
        nombre=count,
        enum_counts=tuple(repeated),
        list_ranks=tuple(column.field.rank for column in columns if column.field.multivalued),
        key=_write_ids(connection, resource, count),
        digests=tuple(sha256(file.path) for file in resource.files),
    )
    connection.execute("create table portail (fiche varchar)")
    connection.execute("insert into portail values (?)", (orjson.dumps(asdict(card)).decode(),))


def read_card(connection: duckdb.DuckDBPyConnection, base: str) -> ImageCard:
    """Return what an attached image tells of its rows."""
    row = connection.execute(f"select fiche from {base}.portail").fetchone()
    content: dict[str, Any] = orjson.loads(row[0]) if row else {}
    return ImageCard(**content)


def _check_digests(resource: Resource) -> None:
    """Compare the declared hashes. Raises :class:`PackageError`."""
    for path, declared in resource.digests.items():
        kind, _, expected = declared.rpartition(":")
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, kind or "md5").hexdigest()
        except ValueError:
            continue  # an algorithm that nobody has
        if digest != expected.lower():
            raise PackageError(
                path.name, f"le fichier n'a pas l'empreinte déclarée ({kind or 'md5'})"
            )


def _decide(
    connection: duckdb.DuckDBPyConnection, resource: Resource, relation: Relation
) -> list[Column]:
    """Decide by the rows whether an array of which nothing is declared holds texts."""
    decided = []
    for column, kind in zip(resource.columns, relation.types, strict=True):
        field = column.field
        if column.undecided:
            cell = f"cast(to_json({identifier(field.nom)}) as varchar)"
            if kind == "VARCHAR":
                cell = identifier(field.nom)
            query = (
                f"select bool_and(t in ('VARCHAR', 'NULL')), count(*) from (select "
                f"unnest(list_transform(cast({cell} as json[]), lambda x: json_type(x))) as t "
                f"from {relation.sql} where json_valid({cell}) and json_type({cell}) = 'ARRAY')"
            )
            texts, count = connection.execute(query).fetchone() or (False, 0)
            if texts and count:
                notes = {**field.annotations, "multivalued": ","}
                column = replace(  # noqa: PLW2901 (the decided one)
                    column, field=replace(field, type=Type.TEXT, annotations=notes), undecided=False
                )
        decided.append(column)
    return decided


def _stage(
    connection: duckdb.DuckDBPyConnection,
    resource: Resource,
    columns: Sequence[Column],
    conversions: Sequence[Conversion],
    relation: Relation,
) -> None:
    """Read and cast once; a wrong cell stops it, and is then looked for."""
    cells = []
    for column, conversion in zip(columns, conversions, strict=True):
        value = conversion.value
        physical = _PHYSICAL_TYPES.get(column.field.type)
        if physical:
            value = f"cast({value} as {physical})"
        if not conversion.is_certain:
            wrong = f"case when {conversion.raw} is not null then error('cellule') end"
            value = f"coalesce({value}, {wrong})"
        cells.append(f"{value} as {identifier(column.field.nom)}")
    statement = f"create table etape.donnees as select {', '.join(cells)} from {relation.sql} as b"
    try:
        connection.execute(statement)
    except duckdb.InvalidInputException as error:
        if "cellule" not in str(error):
            raise
        raise _wrong_cell(connection, resource, columns, conversions, relation) from None


def _wrong_cell(
    connection: duckdb.DuckDBPyConnection,
    resource: Resource,
    columns: Sequence[Column],
    conversions: Sequence[Conversion],
    relation: Relation,
) -> PackageError:
    fallible = [
        (column, conversion)
        for column, conversion in zip(columns, conversions, strict=True)
        if not conversion.is_certain
    ]
    firsts = ", ".join(
        f"min(n) filter (where {conversion.raw} is not null and {conversion.value} is null)"
        for _, conversion in fallible
    )
    numbered = f"select row_number() over () as n, * from {relation.sql}"
    ranks = connection.execute(f"select {firsts} from ({numbered}) as b").fetchone() or ()
    rank, (column, _) = min(
        ((first, pair) for first, pair in zip(ranks, fallible, strict=True) if first),
        key=lambda first_fault: int(first_fault[0]),
    )
    return PackageError(
        resource.source_name,
        f"la cellule n'est pas du type {column.nature} (format {column.format}) : la corriger, ou "
        "déclarer « missingValues », « format » ou un autre type (lignes de données comptées de 1)",
        line=int(rank),
        column=column.field.nom,
    )


def _write_rows(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]
) -> list[tuple[int, int]]:
    """Write the rows; return the ranks of the texts that repeat, and how many values they have."""
    texts = [
        column.field
        for column in columns
        if column.field.type is Type.TEXT and not column.field.multivalued
    ]
    counted = [(field, _make_enum(connection, field)) for field in texts]
    repeated = [field for field, count in counted if count]
    kinds = {field.nom: field.enumeration for field in repeated}
    connection.execute(f"create table donnees ({_definitions(connection, kinds)})")
    connection.execute("insert into donnees select * from etape.donnees")
    return [(field.rank, count) for field, count in counted if count]


def _definitions(connection: duckdb.DuckDBPyConnection, enumerations: Mapping[str, str]) -> str:
    """Return the columns of ``donnees``: those of fixed width are not compressed, if there is room.

    Reading 2 M rows so costs from 5 % less (sums) to half as much (a filter, a sorted page).
    """
    staged = connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'etape'"
        " and table_name = 'donnees' order by column_index"
    ).fetchall()
    kinds = {name: enumerations.get(name, kind) for name, kind in staged}
    plain = {name for name, kind in kinds.items() if kind.partition("(")[0] in _WIDTHS}
    plain |= set(enumerations)
    row = sum(_WIDTHS.get(kinds[name].partition("(")[0], 2) for name in plain)
    if row * _count(connection, "select count(*) from etape.donnees") > _MAX_UNCOMPRESSED:
        plain = set()
    return ", ".join(
        f"{identifier(name)} {kind}" + (" using compression uncompressed" if name in plain else "")
        for name, kind in kinds.items()
    )


def _make_enum(connection: duckdb.DuckDBPyConnection, field: Field) -> int:
    """Make the ENUM of a text, if its values repeat enough; return how many there are, else 0."""
    name = identifier(field.nom)
    row = connection.execute(
        f"select approx_count_distinct({name}), count(*) from etape.donnees"
    ).fetchone()
    near, rows = row or (0, 0)
    # The sketch errs by a few percents.
    if near > _MAX_DISTINCT * 1.2 or near * _REPETITION > rows * 1.2:
        return 0
    connection.execute(
        f"create or replace temp table valeurs as select distinct {name} as v from etape.donnees "
        f"where {name} is not null"
    )
    exact = _count(connection, "select count(*) from valeurs")
    if not 0 < exact <= _MAX_DISTINCT or exact * _REPETITION >= rows:
        return 0
    connection.execute(
        f"create type {field.enumeration} as enum (select v from valeurs order by {order_sql('v')})"
    )
    return exact


def _build_dictionary(connection: duckdb.DuckDBPyConnection, field: Field) -> None:
    name = identifier(field.nom)
    values = f"unnest({name})" if field.multivalued else name
    connection.execute(
        f"create table {field.dictionary_table} as select valeur, {words_sql('valeur')} as mots "
        f"from (select distinct {values} as valeur from donnees) where valeur is not null"
    )


def _write_ids(connection: duckdb.DuckDBPyConnection, resource: Resource, count: int) -> bool:
    """Write the table of ids; tell whether the key, if there is one, tells rows apart."""
    key, unique = resource.key, True
    if key:
        expr = expression(resource.id, key)
        unique = (
            _count(connection, f"select count(distinct {short_key(expr)}) from donnees as d")
            == count
        )
    expr = expression(resource.id, key if unique else ())
    connection.execute(
        f"create table cles as select {short_key(expr)} as cle, d.rowid as ligne "
        "from donnees as d order by cle"
    )
    return unique


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
