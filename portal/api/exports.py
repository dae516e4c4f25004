"""Exports: all the rows of a query, in the formats of the API, prepared or as they come.

A version never changes, so neither does its export: what is asked without filter is written once
and served as a file, whose name tells all that it depends on and is its ETag.
"""

import asyncio
import hashlib
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import astuple
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from portal.api.export_formats import FORMATS, ExportWriter, Options
from portal.api.parameters import Page, Parameters, read_query
from portal.api.records import dataset_url
from portal.api.responses import ignored_header, json
from portal.context import app_context, client, requested_dataset
from portal.errors import invalid_parameter
from portal.http.file_response import file_response
from portal.images.build import exports_folder
from portal.odsql.plan import Plan, Query
from portal.odsql.query import compile_query
from portal.packages.dataset import Dataset
from portal.packages.field import Type

_SEPARATORS = {";": ";", ",": ",", "\t": "\t", "|": "|", "\\t": "\t", "tab": "\t"}
_COMPRESSIONS = ("snappy", "zstd")
# To be changed with anything that changes the bytes of a format.
_EDITION = 1
_locks: dict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)


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


async def export(request: Request, *, bom: bool = True) -> Response:
    """Answer ``/exports/{format}``; ``bom`` tells whether a CSV has a mark by default."""
    parameters = Parameters.from_request(request)
    name = request.path_params["format"]
    limit = read_limit(parameters)
    options = read_options(parameters, name, bom=bom)
    async with requested_dataset(request) as dataset:
        query = read_query(parameters, dataset)
        return await export_rows(request, dataset, query, name, options, limit, parameters)


def read_limit(parameters: Parameters) -> int | None:
    """Return how many rows an export may have. Raises ``ApiError``."""
    limit = parameters.integer("limit", -1)
    if limit < -1:
        raise invalid_parameter(
            f"Invalid value for limit API parameter: {limit} was found but -1 <= limit is expected."
        )
    return None if limit == -1 else limit


def temporary_file_response(path: Path, name: str, headers: dict[str, str]) -> FileResponse:
    """Answer with a file that is removed once it is sent."""
    return FileResponse(
        path,
        media_type=FORMATS[name].media_type,
        headers=headers,
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


def read_separator(text: str) -> str:
    """Return the separator of the cells of a CSV. Raises ``ApiError``."""
    if text not in _SEPARATORS:
        raise invalid_parameter(
            f"Invalid value for delimiter API parameter: {text} was found but one of"
            " ; , | and tab is expected."
        )
    return _SEPARATORS[text]


def read_options(parameters: Parameters, name: str, *, bom: bool = True) -> Options:
    """Read what a format can be told. Raises ``ApiError``."""
    compression = parameters.text("parquet_compression") or "snappy"
    parameters.check_known(("epsg",))
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
    limit: int | None,
    parameters: Parameters,
) -> Response:
    """Answer with all the rows of a request, from a prepared file when they are the dataset's."""
    shared = app_context(request)
    with ExitStack() as stack:
        # Held by this answer too: a stream lasts longer than who asks for it.
        stack.enter_context(shared.catalog.hold(dataset))
        if name not in formats(dataset):
            raise invalid_parameter(
                f"Invalid value for export format: {name} was found but one of"
                f" {', '.join(formats(dataset))} is expected."
            )
        plan = compile_query(dataset, query)
        writer = ExportWriter(
            shared.engine,
            plan,
            query.timezone,
            name,
            options,
            _labels(dataset, plan),
            client(request),
        )
        attached = f"{dataset.id}.{name}" + (".gzip" if options.compressed else "")
        ignored = ignored_header(parameters)
        headers = {"Content-Disposition": f'attachment; filename="{attached}"', **ignored}
        unfiltered = Query(timezone=query.timezone, language=query.language)
        if limit is None and query == unfiltered and _is_preparable(writer):
            path, etag = await _prepared_file(shared.settings.images, dataset, writer)
            response = await file_response(
                request,
                path,
                etag,
                dataset.modified.timestamp(),
                FORMATS[name].media_type,
                attached,
            )
            response.headers.update(ignored)
            return response
        if FORMATS[name].as_file:
            path = await writer.to_file(Page(limit), shared.settings.temporaire)
            return temporary_file_response(path, name, headers)
        rows = writer.stream(Page(limit))
        # The version is held until the last byte, whoever reads slowly.
        stream = _hold(_compress(rows) if options.compressed else rows, stack.pop_all())
        return StreamingResponse(stream, media_type=FORMATS[name].media_type, headers=headers)


def _is_preparable(writer: ExportWriter) -> bool:
    """Tell whether an export is kept: in its few usual forms, for a disk is not endless."""
    options = writer.options
    usual = Options(
        bom=options.bom, labels=options.labels, parquet_compression=options.parquet_compression
    )
    return options == usual and writer.timezone == "UTC"


async def _prepared_file(images: Path, dataset: Dataset, writer: ExportWriter) -> tuple[Path, str]:
    """Return the file of a whole export and its ETag, made first if it is not there."""
    etag = _digest(dataset, writer)
    path = exports_folder(images, dataset.base.strip('"')) / f"{etag}.{writer.format}"
    if not path.exists():
        async with _locks[path]:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                draft = await writer.to_file(Page(None), path.parent)
                draft.replace(path)
        _locks.pop(path, None)
    return path, etag


def _digest(dataset: Dataset, writer: ExportWriter) -> str:
    identity = (dataset.id, dataset.version, dataset.base, writer.format, writer.timezone, _EDITION)
    chosen = (*identity, *astuple(writer.options), *writer.names)
    return hashlib.sha256("\x1f".join(map(str, chosen)).encode()).hexdigest()


async def _hold(stream: AsyncIterator[bytes], held: ExitStack) -> AsyncIterator[bytes]:
    with held:
        async for part in stream:
            yield part


async def _compress(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    compressor = zlib.compressobj(wbits=31)
    async for part in stream:
        yield compressor.compress(part)
    yield compressor.flush()


def _labels(dataset: Dataset, plan: Plan) -> tuple[str, ...]:
    labels = {field.nom: field.label for field in dataset.fields}
    return tuple(labels.get(column.name, column.name) for column in plan.columns)
