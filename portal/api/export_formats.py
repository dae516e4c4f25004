"""The formats of exports: text as it is streamed, and the files of the binary ones."""

import codecs
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.sql import identifier
from portal.api import export_rows, paging
from portal.api.parameters import Page
from portal.api.spreadsheet import describe, write_workbook
from portal.api.workbook import SHEET_ROWS
from portal.engine.engine import Engine, Sql
from portal.engine.stream import read_batches
from portal.odsql.fragment import Expression, Kind
from portal.odsql.plan import Column, Plan
from portal.odsql.rendering import Presentation, Rendering, render
from portal.odsql.scope import column_of_field
from portal.packages.dataset import Dataset

_ROW_GROUP_ROWS = 100_000  # of a Parquet file
_AS_IS = Presentation(Rendering.JSON)


@dataclass(frozen=True)
class Format:
    """What HTTP says of a format; ``as_file`` when it cannot be written as it goes."""

    media_type: str
    as_file: bool = False


FORMATS = {
    "csv": Format("text/csv; charset=utf-8"),
    "geojson": Format("application/geo+json"),
    "json": Format("application/json; charset=utf-8"),
    "jsonl": Format("application/jsonl"),
    "parquet": Format("application/vnd.apache.parquet", as_file=True),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_file=True
    ),
}


@dataclass(frozen=True)
class Options:
    """What a client may choose of a format."""

    separator: str = ";"
    list_separator: str = ","
    quote_all: bool = False
    bom: bool = True
    labels: bool = False
    compressed: bool = False
    parquet_compression: str = "snappy"
    records_v1: bool = False


@dataclass(frozen=True)
class ExportWriter:
    """The rows of a plan in a format."""

    engine: Engine
    dataset: Dataset
    plan: Plan
    timezone: str
    format: str
    options: Options
    client: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, or their labels."""
        if not self.options.labels:
            return tuple(column.name for column in self.plan.columns)
        labels = {field.nom: field.label for field in self.dataset.fields}
        return tuple(labels.get(column.name, column.name) for column in self.plan.columns)

    def statement(self, page: Page) -> Sql:
        """Return the statement of the rows, as the format reads them."""
        return self._typed_statement(page) if FORMATS[self.format].as_file else self._query(page)

    async def stream(self, page: Page) -> AsyncIterator[bytes]:
        """Yield the bytes of a text format."""
        before, between, after = self._wrapping()
        yield before
        first = True
        async for batch in read_batches(self.engine, self._query(page), client=self.client):
            lines = batch.column(0).to_pylist()
            if lines:
                text = between.join(lines) if first else between + between.join(lines)
                yield text.encode()
                first = False
        yield after(first).encode()

    def _wrapping(self) -> tuple[bytes, str, "_Ending"]:
        """Return what comes before the rows, between two, and after."""
        if self.format == "csv":
            header = self.options.separator.join(self._quote(name) for name in self.names)
            mark = codecs.BOM_UTF8 if self.options.bom else b""
            return mark + header.encode() + b"\n", "\n", _Ending("\n", "")
        if self.format == "jsonl":
            return b"", "\n", _Ending("\n", "")
        if self.format == "geojson":
            return b'{"type":"FeatureCollection","features":[', ",", _Ending("]}", "]}")
        return b"[", ",", _Ending("]", "]")

    def _quote(self, text: str) -> str:
        special = {self.options.separator, '"', "\n", "\r"}
        if self.options.quote_all or special & set(text):
            return '"' + text.replace('"', '""') + '"'
        return text

    def _query(self, page: Page) -> Sql:
        columns = list(zip(self.names, self.plan.columns, strict=True))
        if self.format == "csv":
            presentation = Presentation(Rendering.CELL, self.timezone, self.options.list_separator)
            cells = [render(item.expression, presentation) for _, item in columns]
            line = export_rows.join_cells(
                cells, self.options.separator, quote_all=self.options.quote_all
            )
        elif self.format == "geojson":
            line = export_rows.feature(columns, self._place(), self.timezone)
        elif self.options.records_v1:
            line = export_rows.record_v1(columns, self.dataset, self.timezone)
        else:
            line = export_rows.json_object(columns, self.timezone)
        column = Column("ligne", Expression(Kind.JSON, line))
        return paging.page_statement(replace(self.plan, columns=(column,)), _AS_IS, page)

    def _place(self) -> Column | None:
        """Return the geometry of a row: the first shape, else the first point, that is selected;
        else that of the record. An aggregate has none but what it selects."""
        selected = list(self.plan.columns)
        if not (self.plan.grouping or self.plan.repeated or self.plan.auxiliary):
            selected += [Column(field.nom, column_of_field(field)) for field in self.dataset.fields]
        for columns in (self.plan.columns, selected):
            for kind in (Kind.SHAPE, Kind.POINT):
                for column in columns:
                    if column.expression.kind is kind:
                        return column
        return None

    async def to_file(self, page: Page, folder: Path) -> Path:
        """Write a temporary file and return its path; the caller removes it."""
        with tempfile.NamedTemporaryFile(
            dir=folder, suffix=f".{self.format}", delete=False
        ) as file:
            path = Path(file.name)
        try:
            if self.format == "parquet":
                await self._parquet(page, path)
            elif self.format == "xlsx":
                await self._xlsx(page, path)
            else:
                await self._write_text(page, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    async def _write_text(self, page: Page, path: Path) -> None:
        with path.open("wb") as file:
            async for part in self.stream(page):
                file.write(part)

    def _typed_statement(self, page: Page) -> Sql:
        if self.format == "xlsx" and (page.limit is None or page.limit > SHEET_ROWS):
            page = replace(page, limit=SHEET_ROWS)
        rendering = Rendering.WKB if self.format == "parquet" else Rendering.TYPE
        presentation = Presentation(rendering, self.timezone, self.options.list_separator)
        inner = paging.page_statement(self.plan, presentation, page)
        names = ", ".join(f"c{rank} as {identifier(name)}" for rank, name in enumerate(self.names))
        return Sql(f"select {names} from ({inner.text})", inner.parameters)

    async def _parquet(self, page: Page, path: Path) -> None:
        schema = pa.schema(
            [
                (name, _parquet_type(item))
                for name, item in zip(self.names, self.plan.columns, strict=True)
            ]
        )
        described = geo_metadata(self.names, self.plan.columns)
        schema = schema.with_metadata(described) if described else schema
        with pq.ParquetWriter(path, schema, compression=self.options.parquet_compression) as writer:
            async for batch in read_batches(
                self.engine, self._typed_statement(page), client=self.client, rows=_ROW_GROUP_ROWS
            ):
                writer.write_batch(batch.cast(schema))

    async def _xlsx(self, page: Page, path: Path) -> None:
        rows = path.with_suffix(".arrow")
        try:
            with rows.open("wb") as file:
                writer: pa.ipc.RecordBatchStreamWriter | None = None
                async for batch in read_batches(
                    self.engine, self._typed_statement(page), client=self.client
                ):
                    writer = writer or pa.ipc.new_stream(file, batch.schema)
                    writer.write_batch(batch)
                if writer is None:  # no batch tells the names of no row
                    empty = pa.schema([(name, pa.string()) for name in self.names])
                    writer = pa.ipc.new_stream(file, empty)
                writer.close()
            readme = describe(self.dataset, self.plan.columns, self.timezone)
            await write_workbook(rows, path, readme)
        finally:
            rows.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Ending:
    """What ends an answer, when it has rows and when it has none."""

    with_rows: str
    without_rows: str

    def __call__(self, empty: bool) -> str:
        return self.without_rows if empty else self.with_rows


_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.DATETIME: pa.timestamp("us", tz="UTC"),
    Kind.BOOLEAN: pa.bool_(),
    # Well-known binary, which GeoParquet describes.
    Kind.POINT: pa.binary(),
    Kind.SHAPE: pa.binary(),
    Kind.LIST: pa.list_(pa.string()),
    Kind.JSON: pa.string(),
    Kind.NULL: pa.string(),
}


def _parquet_type(column: Column) -> pa.DataType:
    expression = column.expression
    if expression.kind is Kind.NUMBER:
        return pa.int64() if expression.integer else pa.float64()
    if expression.kind is Kind.DATE and not expression.has_day:
        return pa.string()
    return _TYPES[expression.kind]


def geo_metadata(names: Sequence[str], columns: Sequence[Column]) -> dict[bytes, bytes]:
    """Return what GeoParquet 1.1 says in a file of its places; nothing if it has none.

    https://geoparquet.org/releases/v1.1.0/: longitude and latitude, WGS 84, by default.
    """
    kinds = {Kind.SHAPE: [], Kind.POINT: ["Point"]}
    places = {
        name: {"encoding": "WKB", "geometry_types": kinds[column.expression.kind]}
        for name, column in zip(names, columns, strict=True)
        if column.expression.kind in kinds
    }
    if not places:
        return {}
    primary = next((name for name, told in places.items() if not told["geometry_types"]), None)
    content = {
        "version": "1.1.0",
        "primary_column": primary or next(iter(places)),
        "columns": places,
    }
    return {b"geo": orjson.dumps(content)}
