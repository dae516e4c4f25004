"""A table of a page: the statement that gives it, its rows, the same as CSV and as JSON."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from orchestration.datasets import read_datasets
from portal.api.ask import run_query
from portal.context import requested_dataset
from portal.dashboards.answers import file, render, root, site
from portal.dashboards.shown import parquet_address
from portal.engine.engine import Sql
from portal.errors import ApiError
from portal.packages.dataset import Dataset

DIAGNOSIS, FIGURES = "offre_et_demande", "chiffres_cles"
OFFER = "moncompteformation_catalogueformation"
CAVEAT = (
    "L'indice compare des achats validés et une offre affichée ; il ne mesure ni les besoins des "
    "entreprises ni la qualité des formations."
)


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


@lru_cache(maxsize=1)
def _declared_titles() -> Mapping[str, str]:
    declared = read_datasets()
    return {
        x.nom: f"{x.titre} [{x.unit}]" if x.unit else x.titre
        for name in (OFFER, FIGURES, DIAGNOSIS)
        for x in declared[name].colonnes
    }


@asynccontextmanager
async def versions(request: Request, *names: str) -> AsyncIterator[Sequence[Dataset]]:
    """Lease the versions that a page shows: the first one that ``version`` names, else current."""
    asked = request.query_params.get("version", "")
    async with AsyncExitStack() as held:
        yield [
            await held.enter_async_context(
                requested_dataset(request, f"{name}@{asked}" if asked and not rank else name)
            )
            for rank, name in enumerate(names)
        ]


async def ask_table(
    request: Request, text: str, datasets: Sequence[Dataset], *parameters: Any
) -> ShownTable:
    """Run a statement that reads ``{0}``, ``{1}``… for the rows of each of ``datasets``."""
    bases = [f"{dataset.base}.donnees" for dataset in datasets]
    answer = await run_query(request, Sql(text.format(*bases), parameters))
    files = [f"'{parquet_address(root(request), dataset)}'" for dataset in datasets]
    first, *others = text.format(*files).split("?")
    quoted = [
        str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
        for value in parameters
    ]
    query = first + "".join(v + part for v, part in zip(quoted, others, strict=True))
    rows = tuple(dict(zip(answer.columns, row, strict=True)) for row in answer.lignes)
    return ShownTable(answer.columns, rows, " ".join(query.split()))


def respond(
    request: Request,
    template: str,
    dataset: Dataset,
    table: ShownTable,
    **context: Any,
) -> Response:
    """Answer with a page, or with its table as the extension of the address asks."""
    path, _, kind = request.url.path.rpartition(".")
    pinned = bool(request.query_params.get("version"))
    asked = {k: v for k, v in request.query_params.items() if v and k != "version"}
    here = path if kind in ("csv", "json") else request.url.path
    permalink = f"{root(request)}{here}?{urlencode(asked | {'version': dataset.version})}"
    if kind == "csv":
        return file(_csv(table), "text/csv; charset=utf-8", pinned=pinned)
    if kind == "json":
        content = {
            "jeu": dataset.id,
            "version": dataset.version,
            "permalien": permalink,
            "requete": table.query,
            **{k: v for k, v in context.items() if k in ("phrase", "mise_en_garde") and v},
            "colonnes": table.titles,
            "lignes": table.rows,
        }
        return file(
            orjson.dumps(content, default=_plain), "application/json; charset=utf-8", pinned=pinned
        )
    query = f"?{request.url.query}" if request.url.query else ""
    return render(
        template, here="", notice=site().avis, dataset=dataset, table=table, permalink=permalink,
        files={name: f"{here}.{name}{query}" for name in ("csv", "json")}, **context,
    )  # fmt: skip


def refuse_unknown(what: str) -> ApiError:
    """Return the error of an address that names nothing."""
    return ApiError(404, "NotFound", f"{what} : rien de tel dans cette version.")


def _csv(table: ShownTable) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([row[name] for name in table.columns] for row in table.rows)
    return text.getvalue().encode()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return str(value)
