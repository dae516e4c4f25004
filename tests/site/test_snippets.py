"""The snippets of the pages, taken from the pages and run: all give the same answer.

They read the files from a server on loopback, as anybody reads them from the site.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb_extensions import import_extension

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.published_rows import published_rows
from orchestration.site.expose import expose_site
from orchestration.site.snippets import question
from tests.factories import small_site
from tests.factories.small_datasets import OFFER, PURCHASES, USERS
from tests.factories.static_server import server

DATASETS = (OFFER, PURCHASES, USERS)
Totals = dict[str | None, float]


@pytest.fixture(scope="module", autouse=True)
def site(site_state: Path) -> Iterator[str]:
    with server() as address, settings.environment(CPF_URL=address):
        expose_site()
        yield address


@pytest.fixture(params=DATASETS)
def dataset(request: pytest.FixtureRequest, datasets: dict[str, Dataset]) -> Dataset:
    return datasets[str(request.param)]


@pytest.fixture
def expected(dataset: Dataset) -> Totals:
    """Totals read from the file itself, by other words than the page's."""
    totals_query = question(dataset)
    path = small_site.parquet(dataset)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select distinct {totals_query.dimension}, sum({totals_query.mesures[-1]}) over "
            f"(partition by {totals_query.dimension})::double "
            f"from {published_rows(connection, path)}"
        ).fetchall()
    return dict(rows)


def extract(dataset: Dataset, anchor: str) -> str:
    """Text of a snippet, as somebody copies it from the page."""
    (code,) = small_site.page(f"{dataset.nom}/index.html").xpath(
        "//*[@id=$id]", id=f"extrait-{anchor}"
    )
    return str(code.text_content())


def test_duckdb(dataset: Dataset, expected: Totals, site: str) -> None:
    sql = extract(dataset, "sql")
    assert f"'{site}/{dataset.nom}/derniere/" in sql
    with duckdb.connect() as connection:
        # DuckDB loads it by itself where it may download; here it comes from the package.
        import_extension("httpfs", con=connection)
        connection.execute("load httpfs")
        rows = connection.execute(sql).fetchall()
    assert {row[0]: float(row[-1]) for row in rows} == expected
    assert [row[-1] for row in rows] == sorted((row[-1] for row in rows), reverse=True)


def test_pandas(dataset: Dataset, expected: Totals) -> None:
    code = extract(dataset, "pandas")
    total = question(dataset).mesures[-1]
    code += (
        "\nimport json"
        f"\nlus = totaux['{total}'].astype(float).reset_index().astype(object)"
        "\nprint(json.dumps(lus.where(lus.notna(), None).values.tolist()))"
    )
    completed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr
    assert dict(json.loads(completed.stdout.splitlines()[-1])) == expected


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine")
def test_r(dataset: Dataset, expected: Totals) -> None:
    completed = subprocess.run(
        ["Rscript", "-e", extract(dataset, "r")], capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr
    assert all(place in completed.stdout for place in expected if place)


@pytest.mark.skipif(
    shutil.which("jq") is None or shutil.which("curl") is None, reason="jq or curl is missing"
)
def test_jq(dataset: Dataset, expected: Totals) -> None:
    completed = subprocess.run(
        ["sh", "-c", extract(dataset, "jq")], capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr
    assert json.loads(completed.stdout) == {
        place or "(vide)": total for place, total in expected.items()
    }


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
