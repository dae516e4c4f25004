"""The candidate: what its files hold, and that the same rows make the same bytes."""

import csv
import random
from pathlib import Path

import duckdb
import pytest

from orchestration import warehouse
from orchestration.candidates.candidate import MissingCandidateError, load, prepare
from orchestration.candidates.formats import ROW_GROUP
from orchestration.datasets import Dataset
from orchestration.files import sha256
from tests.factories import small_datasets, small_state
from tests.factories.small_datasets import OFFER, PURCHASES


def _shuffled(dataset: Dataset, seed: int) -> None:
    rows = small_datasets.lignes(dataset.nom)
    random.Random(seed).shuffle(rows)  # noqa: S311 (an order, not a secret)
    small_state.build_mart(dataset, rows)


@pytest.mark.parametrize("name", [OFFER, PURCHASES])
def test_the_same_rows_make_the_same_bytes(
    state: Path, datasets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    digests = set()
    for seed, threads in enumerate(("1", "2", "4")):
        monkeypatch.setenv("CPF_THREADS", threads)
        _shuffled(datasets[name], seed)
        digests.add(prepare(datasets[name]).fichiers)
    assert len(digests) == 1


def test_rows_without_a_number_keep_their_order_too(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    """The portal's export leaves numbers empty: the key alone would not order those rows."""
    rows = [row | {"numero_formation": None} for row in small_datasets.lignes(OFFER)]
    digests = set()
    for seed in range(4):
        random.Random(seed).shuffle(rows)  # noqa: S311 (an order, not a secret)
        small_state.build_mart(datasets[OFFER], rows)
        digests.add(prepare(datasets[OFFER]).fichiers)
    assert len(digests) == 1


@pytest.mark.slow
def test_the_same_bytes_over_several_row_groups(state: Path, datasets: dict[str, Dataset]) -> None:
    dataset = datasets[PURCHASES]
    digests = set()
    for order in ("i", "hash(i)"):
        small_state.build_mart(dataset, small_datasets.lignes(PURCHASES)[:1])
        with warehouse.vault() as connection:
            connection.execute("use coffre.marts")
            connection.execute(
                f"insert into {dataset.nom} select {dataset.nom}.* replace ('RS' || i as "
                f"code_certification) from {dataset.nom}, range(130000) as numbers(i) "
                f"order by {order}"
            )
        candidate = prepare(dataset)
        digests.add(candidate.fichiers)
    groups = duckdb.sql(
        "select distinct row_group_id, row_group_num_rows "
        f"from parquet_metadata('{candidate.path('parquet')}') order by 1"
    ).fetchall()
    assert len(digests) == 1
    assert [rows for _, rows in groups] == [ROW_GROUP, 130_001 - ROW_GROUP]


def test_csv_is_read_by_others(state: Path, datasets: dict[str, Dataset]) -> None:
    """`;`, UTF-8 without BOM, ISO dates, decimal points, empty = null, quoted multi-line text."""
    small_state.build_mart(datasets[OFFER], small_datasets.lignes(OFFER))
    candidate = prepare(datasets[OFFER])
    path = candidate.path("csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    first = next(row for row in rows if row["numero_formation"].endswith("_F0"))
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(first) == [column.nom for column in datasets[OFFER].colonnes]
    assert first["date_chargement"] == "2026-03-15"
    assert first["frais_ttc_tot_mean"] == "600.60"
    assert first["nom_of"] == ""
    assert first["objectif_formation"] == small_datasets.lignes(OFFER)[0]["objectif_formation"]
    assert first["intitule_formation"] == 'Une formation "citée" ; avec un point-virgule'
    assert len(rows) == candidate.lignes == 12


def test_parquet_is_sorted_and_compressed(state: Path, datasets: dict[str, Dataset]) -> None:
    _shuffled(datasets[OFFER], 1)
    path = prepare(datasets[OFFER]).path("parquet")
    keys = duckdb.sql(
        f"select numero_formation, code_departement from read_parquet('{path}')"
    ).fetchall()
    codecs = duckdb.sql(f"select distinct compression from parquet_metadata('{path}')").fetchall()
    assert keys == sorted(keys)
    assert codecs == [("ZSTD",)]


def test_the_candidate_is_measured_and_found_again(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    small_state.build_mart(datasets[OFFER], small_datasets.lignes(OFFER))
    candidate = prepare(datasets[OFFER])
    assert load(datasets[OFFER]) == candidate
    for file in candidate.fichiers:
        path = candidate.folder / file.nom
        assert (path.stat().st_size, sha256(path)) == (file.octets, file.sha256)


def test_what_an_earlier_candidate_left_is_gone(state: Path, datasets: dict[str, Dataset]) -> None:
    small_state.build_mart(datasets[OFFER], small_datasets.lignes(OFFER))
    folder = prepare(datasets[OFFER]).folder
    (folder / "qualite.json").write_text("{}")
    (folder.parent / f".en_cours-{OFFER}-1").mkdir()
    prepare(datasets[OFFER])
    assert not (folder / "qualite.json").exists()
    assert [path.name for path in folder.parent.iterdir()] == [OFFER]


def test_without_mart_there_is_no_candidate(state: Path, datasets: dict[str, Dataset]) -> None:
    with pytest.raises(MissingCandidateError, match="cpf run"):
        prepare(datasets[OFFER])
    small_state.build_mart(datasets[OFFER], small_datasets.lignes(OFFER))
    with pytest.raises(MissingCandidateError, match=PURCHASES):
        prepare(datasets[PURCHASES])
    with pytest.raises(MissingCandidateError, match=OFFER):
        load(datasets[OFFER])
