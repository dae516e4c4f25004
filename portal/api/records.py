"""Records: a page of a dataset, groups, aggregates, and one record by its id."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.api import paging
from portal.api.ask import run_query
from portal.api.paging import Cursor
from portal.api.parameters import Page, Parameters, read_page, read_query
from portal.api.responses import api_base, json, objects, with_parameters
from portal.context import requested_dataset
from portal.engine.engine import Sql, Table
from portal.errors import ApiError
from portal.images.record_id import row_id_condition
from portal.odsql.conditions import dataset_rows
from portal.odsql.expressions import new_context
from portal.odsql.fragment import Fragment
from portal.odsql.plan import Column, Plan, Query
from portal.odsql.query import compile_query
from portal.odsql.rendering import Presentation, Rendering
from portal.odsql.tree import Name
from portal.packages.dataset import Dataset

_LINKS = ("self", "first", "last", "next")


@dataclass(frozen=True)
class Answer:
    """A page: how many rows there are in all, and those of the page, in the plan's columns."""

    plan: Plan
    count: int
    rows: list[tuple[Any, ...]]

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The rows as objects."""
        return list(objects(self.plan.columns, self.rows))


async def answer_query(
    request: Request,
    dataset: Dataset,
    query: Query,
    page: Page,
    extra_columns: tuple[Column, ...] = (),
) -> Answer:
    """Ask for a page, with columns besides those of the request. Raises ``ApiError``."""
    plan = compile_query(dataset, query)
    if not plan.grouping and not plan.repeated:
        plan = replace(plan, columns=(*plan.columns, *extra_columns))
    presentation = Presentation(Rendering.JSON, query.timezone)
    if paging.is_word_search(plan, page):
        return await _in_two_steps(request, dataset, plan, presentation, page)
    keys = not plan.repeated
    table = await run_query(
        request, paging.page_statement(plan, presentation, page, count=True, keys=keys)
    )
    return Answer(plan, await total(request, dataset, plan, page, table), table.lignes)


async def _in_two_steps(
    request: Request, dataset: Dataset, plan: Plan, presentation: Presentation, page: Page
) -> Answer:
    """Find which rows the page has, then read these."""
    first = await run_query(request, paging.first_rows(plan, page))
    count, numbers = first.lignes[0]
    page_rows = (numbers or [])[page.offset :]
    table = await run_query(
        request, paging.rows_by_number(plan, presentation, dataset.base, page_rows)
    )
    return Answer(plan, count, table.lignes)


async def records(request: Request) -> Response:
    """Answer ``/records``."""
    parameters = Parameters.from_request(request)
    async with requested_dataset(request) as dataset:
        query = read_query(parameters, dataset)
        page = read_page(parameters, grouped=bool(query.group_by.strip()))
        answer = await answer_query(request, dataset, query, page)
    content: dict[str, Any] = {"total_count": answer.count}
    links = parameters.boolean("include_links")
    parameters.boolean("include_app_metas")
    results = answer.objects
    if links:
        content["_links"] = page_links(request, dataset, page, answer.count)
        page_url = dataset_url(request, dataset)
        for item in [] if answer.plan.grouping else results:
            item["_links"] = [{"rel": "dataset", "href": page_url}]
    content["results"] = results
    return json(content, parameters, **_next_link(request, dataset, answer, page))


def hidden_columns(dataset: Dataset, names: Mapping[str, str]) -> tuple[Column, ...]:
    """Return columns of what the portal knows of a row, under names that no field can have."""
    context = new_context(dataset)
    return tuple(Column(key, context.lookup(Name(0, name, name))) for key, name in names.items())


def _next_link(request: Request, dataset: Dataset, answer: Answer, page: Page) -> dict[str, str]:
    """Return the header that leads to the next page, however far it is."""
    if answer.plan.repeated or not page.limit or len(answer.rows) < page.limit:
        return {}
    if page.after is None and page.offset + page.limit >= answer.count:
        return {}
    keys = paging.row_keys(answer.rows[-1], answer.plan)
    cursor = Cursor(dataset.version, keys).encode()
    return {
        "Link": f'<{with_parameters(request, after=cursor, offset=None, start=None)}>; rel="next"'
    }


async def total(request: Request, dataset: Dataset, plan: Plan, page: Page, table: Table) -> int:
    """Count all rows, without asking when the page tells."""
    shown = len(table.lignes)
    if plan.grouping and shown:
        return int(table.lignes[0][len(plan.columns)])
    if not plan.filtered:
        return dataset.nombre
    if page.after is None and not plan.repeated and 0 < shown < (page.limit or 0):
        return page.offset + shown
    count_table = await run_query(request, paging.total(plan))
    return int(count_table.lignes[0][0])


def dataset_url(request: Request, dataset: Dataset) -> str:
    """Return the address of a dataset in the API."""
    return f"{api_base(request)}/catalog/datasets/{dataset.id}"


def page_links(
    request: Request, dataset: Dataset | None, page: Page, count: int
) -> list[dict[str, str]]:
    """Return the links of a page, of the records of a dataset or of the catalogue."""
    limit = page.limit or 1
    last = max(0, (count - 1) // limit * limit)
    targets = {"self": page.offset, "first": 0, "last": last}
    if page.offset + limit < count:
        targets["next"] = page.offset + limit
    return [
        *(
            {"rel": rel, "href": with_parameters(request, offset=targets[rel], start=None)}
            for rel in _LINKS
            if rel in targets
        ),
        *([{"rel": "dataset", "href": dataset_url(request, dataset)}] if dataset else []),
        {"rel": "catalog", "href": f"{api_base(request)}/catalog/datasets"},
    ]


async def record(request: Request) -> Response:
    """Answer ``/records/{record_id}``."""
    parameters = Parameters.from_request(request)
    record_id = request.path_params["record_id"]
    async with requested_dataset(request) as dataset:
        query = read_query(parameters, dataset)
        row = await one_record(request, dataset, query, record_id)
    return json(row, parameters)


async def one_record(
    request: Request,
    dataset: Dataset,
    query: Query,
    row_id: str,
    extra_columns: tuple[Column, ...] = (),
) -> dict[str, Any]:
    """Return one record. Raises ``ApiError`` when there is none of that id."""
    asked = Query(select=query.select, timezone=query.timezone, language=query.language)
    plan = compile_query(dataset, asked)
    plan = replace(plan, columns=(*plan.columns, *extra_columns))
    missing = ApiError(404, "NotFoundResource", f"The requested record {row_id} does not exist.")
    condition = row_id_condition(dataset, row_id)
    if condition is None:
        raise missing
    rows = dataset_rows(dataset, Fragment(condition.text, condition.parameters))
    record_plan = Plan(plan.columns, rows, Fragment("select 1"), has_where=True)
    statement: Sql = paging.page_statement(
        record_plan, Presentation(Rendering.JSON, query.timezone), Page(1)
    )
    table = await run_query(request, statement)
    if not table.lignes:
        raise missing
    return next(iter(objects(plan.columns, table.lignes)))
