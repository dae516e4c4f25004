"""The console: a page to write a query, see its answer and its address. No script is needed."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from jinja2 import Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from orchestration.html import portal_entries, template_environment
from orchestration.metadata.version_card import read_site
from portal.api.parameters import Parameters, read_page, read_query
from portal.api.records import answer_query
from portal.api.responses import address
from portal.context import app_context, requested_dataset
from portal.errors import ApiError
from portal.packages.dataset import Dataset

PATH = "/api/explore/v2.1/console"
_CLAUSES = ("select", "where", "group_by", "order_by", "limit")
_LABELS = {"use_labels": "true"}
_DOWNLOADS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("csv", "CSV", {}),
    ("xlsx", "Excel", _LABELS),
    ("parquet", "Parquet", {}),
)
# An example that has an answer in any dataset.
_EXAMPLE = {"select": "count(*) as lignes", "limit": "1"}


@lru_cache(maxsize=1)
def _template() -> Template:
    return template_environment(Path(__file__).parent / "templates").get_template("console.html.j2")


async def console(request: Request) -> Response:
    """Answer with the page, and the answer to the query if there is one."""
    shared = app_context(request)
    datasets = list(shared.catalog.datasets())
    clauses = {name: request.query_params.get(name, "") for name in _CLAUSES}
    name = request.query_params.get("jeu") or (datasets[0].id if datasets else "")
    answer: dict[str, Any] = {"error": None, "objects": [], "count": None, "fields": ()}
    answer["description"] = None
    if name:
        answer |= await _answer(request, name)
    html = _template().render(
        path=PATH,
        site=read_site(),
        entries=portal_entries(),
        datasets=datasets,
        name=name,
        clauses=clauses if any(clauses.values()) else _EXAMPLE,
        address=_address(request, name, clauses, "records"),
        downloads=[
            (_address(request, name, {**clauses, **others}, f"exports/{form}"), label)
            for form, label, others in _DOWNLOADS
        ],
        json=orjson.dumps(
            {"total_count": answer["count"], "results": answer["objects"]},
            option=orjson.OPT_INDENT_2,
        ).decode(),
        **answer,
    )
    return HTMLResponse(html)


async def _answer(request: Request, name: str) -> dict[str, Any]:
    try:
        async with requested_dataset(request, name) as dataset:
            known = {"fields": dataset.fields, "description": dataset.metas.get("description")}
            return known | await _page(request, dataset)
    except ApiError as error:
        return {"error": error.message}


async def _page(request: Request, dataset: Dataset) -> dict[str, Any]:
    if not any(request.query_params.get(clause) for clause in _CLAUSES):
        return {}
    try:
        parameters = Parameters.from_request(request)
        query = read_query(parameters, dataset)
        page = read_page(parameters, grouped=bool(query.group_by.strip()))
        answer = await answer_query(request, dataset, query, page)
    except ApiError as error:
        return {"error": error.message}
    return {"objects": answer.objects, "count": answer.count}


def _address(request: Request, name: str, clauses: dict[str, str], end: str) -> str:
    query = urlencode({key: value for key, value in clauses.items() if value})
    path = f"/api/explore/v2.1/catalog/datasets/{name}/{end}"
    return address(request, path) + (f"?{query}" if query else "")


async def dataset_page(request: Request) -> Response:
    """Lead from the pages of older portals to that of the dataset, else to the console."""
    name = request.path_params["id"]
    async with requested_dataset(request, name) as dataset:
        site = app_context(request).settings.site / dataset.id / "index.html"
        target = f"/{dataset.id}/" if site.is_file() else f"{PATH}?{urlencode({'jeu': name})}"
    return RedirectResponse(target, 302)


async def _explore(_: Request) -> Response:
    return RedirectResponse(PATH, 302)


def routes() -> list[BaseRoute]:
    """Return the routes of the page, and of those that lead to it."""
    return [
        Route(PATH, console),
        Route("/explore", _explore),
        Route("/explore/dataset/{id}", dataset_page),
        Route("/explore/dataset/{id}/{onglet}", dataset_page),
        Route("/explore/embed/dataset/{id}/{reste:path}", dataset_page),
    ]
