"""A table of a page: the statement that gives it, its rows, the same as CSV and as JSON."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import Response

from orchestration.datasets import read_datasets
from orchestration.sql import literal
from portal.api.ask import run_query
from portal.context import requested_dataset
from portal.dashboards.answers import environment, file, render, root, site
from portal.dashboards.french import format_value
from portal.dashboards.shown import parquet_address
from portal.engine.engine import Sql
from portal.errors import ApiError
from portal.packages.dataset import Dataset

DIAGNOSIS, FIGURES, SIGNALS = "offre_et_demande", "chiffres_cles", "signaux_habilitation"
OFFER = "moncompteformation_catalogueformation"
CAVEAT = (
    "L'indice compare des achats validés et une offre affichée ; il ne mesure ni les besoins des "
    "entreprises ni la qualité des formations."
)
_KINDS = ("csv", "json")
_PINS = {OFFER: "offre", SIGNALS: "signaux"}


@dataclass(frozen=True)
class ShownTable:
    """Rows by column name. ``query`` is the SQL that gives them from the published files."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    query: str

    @property
    def titles(self) -> Mapping[str, str]:
        """Title of each column, as its dataset declares it."""
        told = _declared_titles()
        return {name: told.get(name, name) for name in self.columns}

    def content(self, dataset: Dataset) -> dict[str, Any]:
        """Return it as JSON tells it: of which version, by which query."""
        return {
            "jeu": dataset.id,
            "version": dataset.version,
            "requete": self.query,
            "colonnes": self.titles,
            "lignes": self.rows,
        }


@dataclass(frozen=True)
class Page:
    """A page of a table of the first of ``datasets``.

    ``told`` is in its JSON as well, ``context`` is not. ``indexed``: by search engines.
    """

    template: str
    datasets: Sequence[Dataset]
    table: ShownTable
    told: Mapping[str, Any]
    context: Mapping[str, Any]
    indexed: bool = True


@lru_cache(maxsize=1)
def _declared_titles() -> Mapping[str, str]:
    declared = read_datasets()
    return {
        x.nom: f"{x.titre} [{x.unit}]" if x.unit else x.titre
        for name in (OFFER, FIGURES, SIGNALS, DIAGNOSIS)
        for x in declared[name].colonnes
    }


@lru_cache(maxsize=1)
def _pages() -> Environment:
    """Our templates, and the dashboards' that they extend."""
    base = environment()
    assert base.loader is not None  # noqa: S101 (it has templates)
    own = FileSystemLoader(Path(__file__).parent / "templates")
    made = base.overlay(loader=ChoiceLoader([own, base.loader]))
    made.filters = {**base.filters, "jour": _day, "montant": _euros}
    return made


def _euros(value: float) -> str:
    """Euros: without cents from a hundred on."""
    return format_value(value, "€")


def _day(value: Any) -> str:
    """A date as tables write it; a dash where there is none."""
    return f"{value:%d/%m/%Y}" if value else "–"


@asynccontextmanager
async def versions(request: Request, *names: str) -> AsyncIterator[Sequence[Dataset]]:
    """Lease the versions that a page shows: those that its address names, else the current ones."""
    async with AsyncExitStack() as held:
        yield [
            await held.enter_async_context(requested_dataset(request, _asked(request, name, rank)))
            for rank, name in enumerate(names)
        ]


def _asked(request: Request, name: str, rank: int) -> str:
    version = request.query_params.get(_pin(name, rank), "")
    return f"{name}@{version}" if version else name


def _pin(name: str, rank: int) -> str:
    """Name of the parameter that pins a dataset: that of the page is its first."""
    return f"version_{_PINS[name]}" if rank else "version"


async def ask_table(
    request: Request, text: str, datasets: Sequence[Dataset], *parameters: Any
) -> ShownTable:
    """Run a statement that reads ``{0}``, ``{1}``… for the rows of each of ``datasets``."""
    bases = [f"{dataset.base}.donnees" for dataset in datasets]
    answer = await run_query(request, Sql(text.format(*bases), parameters))
    files = [literal(parquet_address(root(request), dataset)) for dataset in datasets]
    first, *others = text.format(*files).split("?")
    quoted = [str(x) if isinstance(x, int) else literal(x) for x in parameters]
    query = first + "".join(v + part for v, part in zip(quoted, others, strict=True))
    rows = tuple(dict(zip(answer.columns, row, strict=True)) for row in answer.lignes)
    return ShownTable(answer.columns, rows, " ".join(query.split()))


def respond(request: Request, page: Page) -> Response:
    """Answer with a page, or with its table as the extension of the address asks."""
    path, _, kind = request.url.path.rpartition(".")
    dataset, here = page.datasets[0], path if kind in _KINDS else request.url.path
    pins = {_pin(x.id, rank): x.version for rank, x in enumerate(page.datasets)}
    pinned = all(request.query_params.get(name) for name in pins)
    asked = {name: value for name, value in request.query_params.items() if value}
    permalink = f"{root(request)}{here}?{urlencode(asked | pins)}"
    if kind == "csv":
        answer = file(_csv(page.table), "text/csv; charset=utf-8", pinned=pinned)
    elif kind == "json":
        told = {name: value for name, value in page.told.items() if value not in ("", None)}
        content = {"permalien": permalink, **page.table.content(dataset), **told}
        text = orjson.dumps(content, default=_plain, option=orjson.OPT_NON_STR_KEYS)
        answer = file(text, "application/json; charset=utf-8", pinned=pinned)
    else:
        query = f"?{request.url.query}" if request.url.query else ""
        answer = render(
            page.template, pages=_pages(), here="", notice=site().avis, dataset=dataset,
            table=page.table, permalink=permalink,
            files={name: f"{here}.{name}{query}" for name in _KINDS},
            **page.told, **page.context,
        )  # fmt: skip
    if not page.indexed:
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def refuse_unknown(what: str) -> ApiError:
    """Return the error of an address that names nothing."""
    return ApiError(404, "NotFound", f"{what} : rien de tel dans cette version.")


def _csv(table: ShownTable) -> bytes:
    """The rows, in the dialect of the published files."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(row[name]) for name in table.columns] for row in table.rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return str(value)
