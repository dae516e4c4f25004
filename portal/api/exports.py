"""Exports: all the rows of a query, in the formats of the API, prepared or as they come.

Files that are kept, and their names: ``kept_exports``. What is said of a row: ``export_formats``.
"""

import zlib
from collections.abc import AsyncIterator
from contextlib import ExitStack

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from portal.api.export_formats import FORMATS, ExportWriter, Options
from portal.api.kept_exports import kept_file
from portal.api.parameters import MAX_DEPTH, Page, Parameters, read_query
from portal.api.records import dataset_url
from portal.api.responses import ignored_header, json
from portal.context import app_context, client, requested_dataset
from portal.errors import invalid_parameter, shortened
from portal.http.file_response import file_response
from portal.images.build import exports_folder
from portal.odsql.plan import Query
from portal.odsql.query import compile_query
from portal.packages.dataset import Dataset
from portal.packages.field import Type

_SEPARATORS = {";": ";", ",": ",", "\t": "\t", "|": "|", "\\t": "\t", "tab": "\t"}
_EPSG = "4326"
_COMPRESSIONS = ("snappy", "zstd")


def formats(dataset: Dataset) -> list[str]:
    """Return the formats that a dataset can be had in."""
    geo = any(field.type in (Type.GEO_POINT, Type.GEO_SHAPE) for field in dataset.fields)
    return [name for name in FORMATS if name != "geojson" or geo]


async def list_formats(request: Request) -> Response:
    """Answer ``/exports``."""
    parameters = Parameters.from_request(request)
    async with requested_dataset(request) as dataset:
        self_url = f"{dataset_url(request, dataset)}/exports"
        links = [{"rel": "self", "href": self_url}]
        links += [{"rel": name, "href": f"{self_url}/{name}"} for name in formats(dataset)]
    return json({"links": links}, parameters)


async def export(
    request: Request, parameters: Parameters | None = None, *, bom: bool = True
) -> Response:
    """Answer ``/exports/{format}``; ``bom`` tells whether a CSV has a mark by default."""
    parameters = parameters or Parameters.from_request(request)
    name = request.path_params["format"]
    page = read_page(parameters)
    options = read_options(parameters, name, bom=bom)
    async with requested_dataset(request) as dataset:
        query = read_query(parameters, dataset)
        return await export_rows(request, dataset, query, name, options, page, parameters)


def read_page(parameters: Parameters, rows: str = "limit", start: str = "offset") -> Page:
    """Return which rows an export has: all of them, unless it is told. Raises ``ApiError``."""
    limit, offset = parameters.integer(rows, -1), parameters.integer(start, 0)
    if limit < -1:
        raise invalid_parameter(
            f"Invalid value for {rows} API parameter: {limit} was found but -1 <= {rows} is"
            " expected."
        )
    if offset < 0:
        raise invalid_parameter(
            f"Invalid value for {start} API parameter: {offset} was found but >= 0 is expected."
        )
    if offset and limit != -1 and offset + limit > MAX_DEPTH:
        raise invalid_parameter(
            f"Invalid value for sum of {start} + {rows} API parameter: {offset + limit} was found"
            f" but {start} + {rows} <= {MAX_DEPTH} is expected."
        )
    return Page(None if limit == -1 else limit, offset)


def read_separator(text: str) -> str:
    """Return the separator of the cells of a CSV. Raises ``ApiError``."""
    if text not in _SEPARATORS:
        raise invalid_parameter(
            f"Invalid value for delimiter API parameter: {text} was found but one of"
            " ; , | and tab is expected."
        )
    return _SEPARATORS[text]


def check_epsg(parameters: Parameters) -> None:
    """Refuse coordinates of another system than that of the data. Raises ``ApiError``."""
    if parameters.text("epsg").strip() not in ("", _EPSG):
        raise invalid_parameter(
            f"Invalid value for epsg API parameter: {_EPSG} (longitude, latitude) is expected."
        )


def read_options(parameters: Parameters, name: str, *, bom: bool = True) -> Options:
    """Read what a format can be told. Raises ``ApiError``."""
    compression = parameters.text("parquet_compression") or "snappy"
    check_epsg(parameters)
    if compression not in _COMPRESSIONS:
        raise invalid_parameter(
            f"Invalid value for parquet_compression API parameter: {compression} was found but"
            " snappy or zstd is expected."
        )
    return Options(
        separator=read_separator(parameters.text("delimiter") or ";"),
        list_separator=parameters.text("list_separator") or ",",
        quote_all=parameters.boolean("quote_all"),
        bom=parameters.boolean("with_bom", default=bom),
        labels=parameters.boolean("use_labels"),
        compressed=parameters.boolean("compressed"),
        parquet_compression=compression if name == "parquet" else "snappy",
    )


async def export_rows(
    request: Request,
    dataset: Dataset,
    query: Query,
    name: str,
    options: Options,
    page: Page,
    parameters: Parameters,
) -> Response:
    """Answer with the rows of a request: of a kept file, or as they come."""
    shared = app_context(request)
    with ExitStack() as stack:
        # Held by this answer too: a stream lasts longer than who asks for it.
        stack.enter_context(shared.catalog.hold(dataset))
        if name not in formats(dataset):
            raise invalid_parameter(
                f"Invalid value for export format: {shortened(name)} was found but one of"
                f" {', '.join(formats(dataset))} is expected."
            )
        plan = compile_query(dataset, query)
        writer = ExportWriter(
            shared.engine, dataset, plan, query.timezone, name, options, client(request)
        )
        attached = f"{dataset.id}.{name}" + (".gzip" if options.compressed else "")
        ignored = ignored_header(parameters)
        unfiltered = Query(timezone=query.timezone, language=query.language)
        whole = page == Page(None) and query == unfiltered and _is_preparable(writer)
        if whole or FORMATS[name].as_file:
            folder = exports_folder(shared.settings.images, dataset.base.strip('"'))
            path, etag = await kept_file(folder, writer, page, whole=whole)
            response = await file_response(
                request,
                path,
                etag,
                dataset.modified.timestamp(),
                FORMATS[name].media_type,
                attached,
                compressible=not FORMATS[name].as_file,
            )
            response.headers.update(ignored)
            return response
        headers = {"Content-Disposition": f'attachment; filename="{attached}"', **ignored}
        rows = writer.stream(page)
        # The version is held until the last byte, whoever reads slowly.
        stream = _hold(_compress(rows) if options.compressed else rows, stack.pop_all())
        return StreamingResponse(stream, media_type=FORMATS[name].media_type, headers=headers)


def _is_preparable(writer: ExportWriter) -> bool:
    """Tell whether an export is kept: in its few usual forms, for a disk is not endless."""
    options = writer.options
    usual = Options(
        bom=options.bom, labels=options.labels, parquet_compression=options.parquet_compression,
        records_v1=options.records_v1,
    )  # fmt: skip
    return options == usual and writer.timezone == "UTC"


async def _hold(stream: AsyncIterator[bytes], held: ExitStack) -> AsyncIterator[bytes]:
    with held:
        async for part in stream:
            yield part


async def _compress(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    compressor = zlib.compressobj(wbits=31)
    async for part in stream:
        yield compressor.compress(part)
    yield compressor.flush()
