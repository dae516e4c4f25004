"""The warehouse: what is published, with its texts, all at once; nothing of what was refused."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.published_rows import describe_columns, published_rows
from orchestration.query import QueryError, catalogue, cautions, query_warehouse
from orchestration.release import publish, published_tables
from orchestration.release.published_tables import refresh_warehouse
from orchestration.release.withdraw import withdraw_version
from orchestration.sql import with_hint
from orchestration.store.versions import PublicationRefusedError
from tests.factories import reports
from tests.factories.small_datasets import (
    OFFER,
    PURCHASE_TOTALS,
    PURCHASES,
    USER_TOTALS,
    USERS,
)
from tests.factories.small_publications import (
    export_candidate,
    folder,
    publish_dataset,
    without_registry,
)

COUNT = f"select max(nb_dossiers) from {PURCHASES}"
# Killed once the first table is made, as a run may be.
KILLED = """
import os, signal
from orchestration.release import published_tables
made = published_tables._add_table
def add(*arguments):
    made(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
published_tables._add_table = add
published_tables.refresh_warehouse()
"""


@pytest.fixture
def dataset(state: Path, datasets: dict[str, Dataset]) -> Dataset:
    return without_registry(datasets[PURCHASES])


def test_nothing_is_there_before_a_publication(dataset: Dataset) -> None:
    export_candidate(dataset)
    assert not refresh_warehouse()
    with pytest.raises(QueryError, match="rien n'a encore été publié"):
        query_warehouse(COUNT)


def test_a_refused_candidate_leaves_the_rows_of_the_last_version(dataset: Dataset) -> None:
    publish_dataset(dataset, dossiers=140)
    assert refresh_warehouse()
    candidate = export_candidate(dataset, dossiers=4242)
    assert "4242" in candidate.path("csv").read_text()
    refused = reports.report(dataset, candidate, reports.result("cle_unique", success=False))
    with pytest.raises(PublicationRefusedError):
        publish.publish(dataset, candidate, refused)
    assert not refresh_warehouse()
    assert query_warehouse(COUNT).rows == [(140,)]


def test_a_dataset_without_a_version_is_said_in_french(dataset: Dataset) -> None:
    publish_dataset(dataset)
    refresh_warehouse()
    with pytest.raises(QueryError, match=f"{USERS} : aucune version n'a encore été publiée"):
        query_warehouse(f"from {USERS}")
    with pytest.raises(QueryError, match="inconnue does not exist"):
        query_warehouse("from inconnue")


@pytest.mark.parametrize("compared", ["= 2025", "> 2025.5", "between 2024 and 2025"])
def test_a_text_compared_with_a_number_says_how_to_write_it(compared: str) -> None:
    """Years are texts: REGROUPE is one of their values."""
    rows = "(values ('REGROUPE'), ('2025')) as lignes (annee_validation)"
    with pytest.raises(duckdb.Error) as raised:
        duckdb.sql(f"from {rows} where annee_validation {compared}").fetchall()
    assert "annee_validation = '2025'" in with_hint(str(raised.value))
    assert with_hint("Parser Error") == "Parser Error"


def test_it_follows_the_pointers(dataset: Dataset, datasets: dict[str, Dataset]) -> None:
    publish_dataset(datasets[OFFER])
    first = publish_dataset(dataset, dossiers=140)
    refresh_warehouse()
    second = publish_dataset(dataset, dossiers=141)
    assert query_warehouse(COUNT).rows == [(140,)]
    assert refresh_warehouse()
    assert query_warehouse(COUNT).rows == [(141,)]
    assert query_warehouse("select jeu, version, lignes from versions").rows == [
        (OFFER, first.version, 12),
        (PURCHASES, second.version, 12),
    ]
    withdraw_version(dataset.nom, first.version, "une erreur")
    assert not refresh_warehouse()
    (folder(dataset) / "current.json").write_text("{")
    assert refresh_warehouse()
    assert query_warehouse("select jeu from versions").rows == [(OFFER,)]
    (folder(datasets[OFFER]) / "current.json").unlink()
    assert refresh_warehouse()
    assert not settings.warehouse_path().exists()


def test_tables_say_what_the_published_file_says(dataset: Dataset) -> None:
    publication = publish_dataset(dataset)
    refresh_warehouse()
    file = publication.path / f"{dataset.nom}.parquet"
    with duckdb.connect(settings.warehouse_path(), read_only=True) as connection:
        declared = {column.nom: column.type for column in dataset.colonnes}
        assert describe_columns(connection, dataset.nom) == declared
        assert describe_columns(connection, f"read_parquet('{file}')") == {
            name: "DOUBLE" if kind.startswith("DECIMAL") else kind
            for name, kind in declared.items()
        }
        parquet = published_rows(connection, file)
        rows = [connection.execute(f"from {x}").fetchall() for x in (dataset.nom, parquet)]
        comments = connection.execute(
            "select column_name, comment from duckdb_columns() where table_name = ? "
            "order by column_index",
            [dataset.nom],
        ).fetchall()
        said = connection.execute(
            "select comment from duckdb_tables() where table_name = ?", [dataset.nom]
        ).fetchall()
    assert rows[0] == rows[1]
    assert said == [(dataset.description,)]
    assert [name for name, _ in comments] == [column.nom for column in dataset.colonnes]
    for (_, comment), column in zip(comments, dataset.colonnes, strict=True):
        assert comment.startswith(column.titre)
        assert comment.endswith(column.description)
        assert f"[{column.unit}]" in comment or column.unit is None


def test_who_has_it_open_goes_on(dataset: Dataset) -> None:
    publish_dataset(dataset, dossiers=140)
    refresh_warehouse()
    reader = (
        "import duckdb, sys\n"
        "connection = duckdb.connect(sys.argv[1], read_only=True)\n"
        f"for _ in sys.stdin: print(connection.execute('{COUNT}').fetchone()[0], flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", reader, settings.warehouse_path()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout

        def asked() -> str:
            assert process.stdin
            assert process.stdout
            process.stdin.write("\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        assert asked() == "140"
        publish_dataset(dataset, dossiers=141)
        assert refresh_warehouse()
        assert asked() == "140"
        process.stdin.close()
    assert query_warehouse(COUNT).rows == [(141,)]


def test_killed_it_is_the_old_one_then_the_new_one(dataset: Dataset) -> None:
    publish_dataset(dataset, dossiers=140)
    refresh_warehouse()
    publish_dataset(dataset, dossiers=141)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED], check=False, cwd=settings.PROJECT, env=os.environ
    )
    assert killed.returncode == -signal.SIGKILL
    assert list(settings.data().glob(".entrepot-*.duckdb"))
    assert query_warehouse(COUNT).rows == [(140,)]
    assert refresh_warehouse()
    assert query_warehouse(COUNT).rows == [(141,)]
    assert not list(settings.data().glob(".entrepot-*"))


def test_what_another_program_left_there_goes(dataset: Dataset) -> None:
    """Marts that were never published, and a log that belongs to them."""
    with duckdb.connect(settings.warehouse_path()) as connection:
        connection.execute(f"create table {USERS} as select 1 as nb_titulaires")
    log = settings.warehouse_path().with_name("entrepot.duckdb.wal")
    log.write_bytes(os.urandom(5_000))
    assert refresh_warehouse()
    assert not settings.warehouse_path().exists()
    assert not log.exists()
    publish_dataset(dataset)
    assert refresh_warehouse()
    assert query_warehouse("select jeu from versions").rows == [(PURCHASES,)]


def test_a_refused_build_leaves_the_former_one(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_dataset(dataset, dossiers=140)
    refresh_warehouse()
    publish_dataset(dataset, dossiers=141)

    def fail(*_: object) -> None:
        raise duckdb.IOException("disque plein")

    with monkeypatch.context() as patch:
        patch.setattr(published_tables, "_add_table", fail)
        with pytest.raises(duckdb.IOException):
            refresh_warehouse()
    assert query_warehouse(COUNT).rows == [(140,)]


def test_the_catalogue_says_what_each_table_answers(
    datasets: dict[str, Dataset], state: Path
) -> None:
    for name in (PURCHASES, PURCHASE_TOTALS):
        publish_dataset(without_registry(datasets[name]))
    refresh_warehouse()
    totals, detail = catalogue()
    assert (totals.dataset, totals.answers) == (PURCHASE_TOTALS, datasets[PURCHASE_TOTALS].answers)
    assert (detail.dataset, detail.rows) == (PURCHASES, 12)
    assert "minimum" in detail.answers


@pytest.mark.parametrize(
    ("query", "about"),
    [
        (f"select genre, sum(nb_dossiers) from {USERS} group by genre", USERS),
        (f"SELECT AVG (prix_moyen) FROM {PURCHASES.upper()}", PURCHASES),
        (f"from {USER_TOTALS} where annee_entree = 2025", USER_TOTALS),
        (f"from {USER_TOTALS} where tableau = 'annee'", None),
        (f"from {USERS} where genre = 'Femme'", None),
        (f"select sum(nb_action) from {OFFER}", None),
        (f"select sum(x.nb_dossiers) from {USERS} as x, {USER_TOTALS} where tableau = 'a'", None),
    ],
)
def test_a_sum_that_may_be_wrong_is_said(query: str, about: str | None) -> None:
    said = cautions(query)
    assert [text.partition(" :")[0] for text in said] == ([about] if about else [])
