"""The snippets of the pages, taken from the pages and run: all give the same answer.

They read the files from a server on loopback, as anybody reads them from the site.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from duckdb_extensions import import_extension

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.published_rows import published_rows
from orchestration.site.expose import expose_site
from orchestration.site.snippets import Question, question
from orchestration.site.which_file import table_views
from tests.factories import small_site
from tests.factories.small_site import DATASETS
from tests.factories.static_server import server

# What is shown, the figure last; empty cells are None.
Answer = list[tuple[Any, ...]]


@pytest.fixture(scope="module", autouse=True)
def site(site_state: Path) -> Iterator[str]:
    with server() as address, settings.environment(CPF_URL=address):
        expose_site()
        yield address


@pytest.fixture(params=DATASETS)
def dataset(request: pytest.FixtureRequest, datasets: dict[str, Dataset]) -> Dataset:
    return datasets[str(request.param)]


@pytest.fixture
def asked(dataset: Dataset) -> Question:
    tables = [table.nom for table in table_views(small_site.current(dataset))]
    found = question(dataset, tables)
    assert found
    return found


@pytest.fixture
def expected(dataset: Dataset, asked: Question) -> Answer:
    """What the file itself says, by other words than the page's."""
    with duckdb.connect() as connection:
        read = connection.execute(f"from {published_rows(connection, small_site.parquet(dataset))}")
        names = [column[0] for column in read.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in read.fetchall()]
    if asked.where:
        column, value = asked.where
        return _answer(
            [row[name] for name in asked.columns] for row in rows if row[column] == value
        )
    sums: dict[str | None, float] = {}
    for row in rows:
        place = row[asked.columns[0]]
        sums[place] = sums.get(place, 0) + float(row[asked.measure])
    return _answer(sums.items())


def _answer(rows: Iterable[Sequence[Any]]) -> Answer:
    """Rows in one order, an empty figure (pandas' NaN too) as None."""
    told = (
        (*row[:-1], None if row[-1] is None or row[-1] != row[-1] else float(row[-1]))
        for row in rows
    )
    return sorted(told, key=str)


def extract(dataset: Dataset, anchor: str) -> str:
    """Text of a snippet, as somebody copies it from the page."""
    (code,) = small_site.page(f"{dataset.nom}/index.html").xpath(
        "//*[@id=$id]", id=f"extrait-{anchor}"
    )
    return str(code.text_content())


def test_duckdb(dataset: Dataset, asked: Question, expected: Answer, site: str) -> None:
    sql = extract(dataset, "sql")
    assert f"'{site}/{dataset.nom}/derniere/" in sql
    with duckdb.connect() as connection:
        # DuckDB loads it by itself where it may download; here it comes from the package.
        import_extension("httpfs", con=connection)
        connection.execute("load httpfs")
        rows = connection.execute(sql).fetchall()
    shown = rows if asked.where else [(row[0], row[-1]) for row in rows]
    assert _answer(shown) == expected
    figures = [row[-1] for row in rows if row[-1] is not None]
    assert figures == sorted(figures, reverse=True)


def test_pandas(dataset: Dataset, asked: Question, expected: Answer) -> None:
    code = extract(dataset, "pandas")
    shown = "lignes" if asked.where else f"lignes['{asked.measure}'].reset_index()"
    code += (
        "\nimport json"
        f"\nlus = {shown}.astype(object)"
        "\nprint(json.dumps(lus.where(lus.notna(), None).values.tolist()))"
    )
    completed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr
    assert _answer(json.loads(completed.stdout.splitlines()[-1])) == expected


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine")
def test_r(dataset: Dataset, expected: Answer) -> None:
    completed = subprocess.run(
        ["Rscript", "-e", extract(dataset, "r")], capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr
    assert all(row[0] in completed.stdout for row in expected if row[0])


@pytest.mark.skipif(
    shutil.which("jq") is None or shutil.which("curl") is None, reason="jq or curl is missing"
)
def test_jq(dataset: Dataset, asked: Question, expected: Answer) -> None:
    completed = subprocess.run(
        ["sh", "-c", extract(dataset, "jq")], capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr
    if asked.where:
        rows: Iterable[Sequence[Any]] = map(json.loads, completed.stdout.splitlines())
    else:
        sums = json.loads(completed.stdout)
        rows = [(None if place == "(vide)" else place, total) for place, total in sums.items()]
    assert _answer(rows) == expected


def test_only_the_offer_is_added_up(dataset: Dataset, asked: Question) -> None:
    """Sums of rows that stand for persons are minima, those of several tables count twice."""
    codes = [extract(dataset, anchor) for anchor in ("sql", "pandas", "r", "api")]
    added_up = {bool(re.search(r"\bsum\b", code)) for code in codes}
    assert added_up == {dataset.seuil is None and dataset.totals_of is None and not dataset.derived}
    assert bool(asked.where) != added_up.pop()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing")
def test_a_download_is_checked(dataset: Dataset, tmp_path: Path) -> None:
    code = extract(dataset, "verifier")
    command = ["sh", "-c", code]
    completed = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert completed.stdout.split() == [f"{dataset.nom}.parquet:", "OK"], completed.stderr
    name = next(tmp_path.glob("*.parquet")).name
    # The same check refuses a file that was changed on its way.
    (tmp_path / name).write_bytes(b"PAR1")
    check = ["sh", "-c", code.splitlines()[-1]]
    assert subprocess.run(check, capture_output=True, check=False, cwd=tmp_path).returncode == 1


def test_each_dataset_has_its_snippets(dataset: Dataset) -> None:
    page = small_site.page(f"{dataset.nom}/index.html")
    anchors = {str(item).removeprefix("extrait-") for item in page.xpath("//pre/code/@id")}
    assert {"sql", "pandas", "r", "api", "citation", "bibtex"} <= anchors
    assert f"/api/explore/v2.1/catalog/datasets/{dataset.nom}/records" in extract(dataset, "api")
