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

from orchestration.description.pages.interroger import question
from orchestration.jeux import Jeu
from tests.unit import petit_site
from tests.unit.petits_jeux import ACHATS, OFFRE, USAGERS
from tests.unit.serveur_statique import serveur

JEUX = (OFFRE, ACHATS, USAGERS)
Totaux = dict[str | None, float]


@pytest.fixture(scope="module", autouse=True)
def site(etat_partage: None, jeux: dict[str, Jeu]) -> Iterator[str]:
    with serveur() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CPF_URL", address)
        petit_site.publier_tout(jeux)
        yield address


@pytest.fixture(params=JEUX)
def jeu(request: pytest.FixtureRequest, jeux: dict[str, Jeu]) -> Jeu:
    return jeux[str(request.param)]


@pytest.fixture
def attendu(jeu: Jeu) -> Totaux:
    """Totals read from the file itself, by other words than the page's."""
    asked = question(jeu)
    path = petit_site.parquet(jeu)
    rows = duckdb.execute(
        f"select distinct {asked.dimension}, sum({asked.mesures[-1]}) "
        f"over (partition by {asked.dimension})::double from read_parquet('{path}')"
    ).fetchall()
    return dict(rows)


def extrait(jeu: Jeu, ancre: str) -> str:
    """Text of a snippet, as somebody copies it from the page."""
    (found,) = petit_site.page(f"{jeu.nom}/index.html").xpath("//*[@id=$id]", id=f"extrait-{ancre}")
    return str(found.text_content())


def test_duckdb(jeu: Jeu, attendu: Totaux, site: str) -> None:
    sql = extrait(jeu, "sql")
    assert f"'{site}/{jeu.nom}/derniere/" in sql
    with duckdb.connect() as connection:
        # DuckDB loads it by itself where it may download; here it comes from the package.
        import_extension("httpfs", con=connection)
        connection.execute("load httpfs")
        rows = connection.execute(sql).fetchall()
    assert {row[0]: float(row[-1]) for row in rows} == attendu
    assert [row[-1] for row in rows] == sorted((row[-1] for row in rows), reverse=True)


def test_pandas(jeu: Jeu, attendu: Totaux) -> None:
    code = extrait(jeu, "pandas")
    total = question(jeu).mesures[-1]
    code += (
        "\nimport json"
        f"\nlus = totaux['{total}'].astype(float).reset_index().astype(object)"
        "\nprint(json.dumps(lus.where(lus.notna(), None).values.tolist()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert dict(json.loads(done.stdout.splitlines()[-1])) == attendu


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine")
def test_r(jeu: Jeu, attendu: Totaux) -> None:
    done = subprocess.run(
        ["Rscript", "-e", extrait(jeu, "r")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(place in done.stdout for place in attendu if place)


@pytest.mark.skipif(
    shutil.which("jq") is None or shutil.which("curl") is None, reason="jq or curl is missing"
)
def test_jq(jeu: Jeu, attendu: Totaux) -> None:
    done = subprocess.run(
        ["sh", "-c", extrait(jeu, "jq")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {place or "(vide)": total for place, total in attendu.items()}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing")
def test_a_download_is_checked(jeu: Jeu, tmp_path: Path) -> None:
    code = extrait(jeu, "verifier")
    command = ["sh", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout.split() == [f"{jeu.nom}.parquet:", "OK"], done.stderr
    name = next(tmp_path.glob("*.parquet")).name
    # The same check refuses a file that was changed on its way.
    (tmp_path / name).write_bytes(b"PAR1")
    check = ["sh", "-c", code.splitlines()[-1]]
    assert subprocess.run(check, capture_output=True, check=False, cwd=tmp_path).returncode == 1


def test_each_dataset_has_its_snippets(jeu: Jeu) -> None:
    page = petit_site.page(f"{jeu.nom}/index.html")
    found = {str(item).removeprefix("extrait-") for item in page.xpath("//pre/code/@id")}
    assert {"sql", "pandas", "r", "api", "citation", "bibtex"} <= found
    assert f"/api/explore/v2.1/catalog/datasets/{jeu.nom}/records" in extrait(jeu, "api")
