"""The candidate: what its files hold, and that the same rows make the same bytes."""

import csv
import random
from pathlib import Path

import duckdb
import pytest

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.candidat import (
    CandidatAbsentError,
    charger,
    preparer,
)
from orchestration.publication.fichiers import sha256
from orchestration.publication.formats import ROW_GROUP
from tests.unit import petit_etat, petits_jeux
from tests.unit.petits_jeux import ACHATS, OFFRE


def _shuffled(jeu: Jeu, seed: int) -> None:
    rows = petits_jeux.lignes(jeu.nom)
    random.Random(seed).shuffle(rows)  # noqa: S311 (an order, not a secret)
    petit_etat.construire_mart(jeu, rows)


@pytest.mark.parametrize("name", [OFFRE, ACHATS])
def test_the_same_rows_make_the_same_bytes(
    etat: Path, jeux: dict[str, Jeu], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    found = set()
    for seed, threads in enumerate(("1", "2", "4")):
        monkeypatch.setenv("CPF_THREADS", threads)
        _shuffled(jeux[name], seed)
        found.add(preparer(jeux[name]).fichiers)
    assert len(found) == 1


def test_rows_without_a_number_keep_their_order_too(etat: Path, jeux: dict[str, Jeu]) -> None:
    """The portal's export leaves numbers empty: the key alone would not order those rows."""
    rows = [row | {"numero_formation": None} for row in petits_jeux.lignes(OFFRE)]
    found = set()
    for seed in range(4):
        random.Random(seed).shuffle(rows)  # noqa: S311 (an order, not a secret)
        petit_etat.construire_mart(jeux[OFFRE], rows)
        found.add(preparer(jeux[OFFRE]).fichiers)
    assert len(found) == 1


def test_the_same_bytes_over_several_row_groups(etat: Path, jeux: dict[str, Jeu]) -> None:
    jeu = jeux[ACHATS]
    found = set()
    for order in ("i", "hash(i)"):
        petit_etat.construire_mart(jeu, petits_jeux.lignes(ACHATS)[:1])
        with duckdb.connect(settings.entrepot()) as connection:
            connection.execute(
                f"insert into {jeu.nom} select {jeu.nom}.* replace ('RS' || i as "
                f"code_certification) from {jeu.nom}, range(130000) as numbers(i) order by {order}"
            )
        candidat = preparer(jeu)
        found.add(candidat.fichiers)
    groups = duckdb.sql(
        "select distinct row_group_id, row_group_num_rows "
        f"from parquet_metadata('{candidat.chemin('parquet')}') order by 1"
    ).fetchall()
    assert len(found) == 1
    assert [rows for _, rows in groups] == [ROW_GROUP, 130_001 - ROW_GROUP]


def test_csv_is_read_by_others(etat: Path, jeux: dict[str, Jeu]) -> None:
    """`;`, UTF-8 without BOM, ISO dates, decimal points, empty = null, quoted multi-line text."""
    petit_etat.construire_mart(jeux[OFFRE], petits_jeux.lignes(OFFRE))
    candidat = preparer(jeux[OFFRE])
    path = candidat.chemin("csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    first = next(row for row in rows if row["numero_formation"].endswith("_F0"))
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(first) == [column.nom for column in jeux[OFFRE].colonnes]
    assert first["date_chargement"] == "2026-03-15"
    assert first["frais_ttc_tot_mean"] == "600.60"
    assert first["nom_of"] == ""
    assert first["objectif_formation"] == petits_jeux.lignes(OFFRE)[0]["objectif_formation"]
    assert first["intitule_formation"] == 'Une formation "citée" ; avec un point-virgule'
    assert len(rows) == candidat.lignes == 12


def test_parquet_is_sorted_and_compressed(etat: Path, jeux: dict[str, Jeu]) -> None:
    _shuffled(jeux[OFFRE], 1)
    path = preparer(jeux[OFFRE]).chemin("parquet")
    keys = duckdb.sql(
        f"select numero_formation, code_departement from read_parquet('{path}')"
    ).fetchall()
    codecs = duckdb.sql(f"select distinct compression from parquet_metadata('{path}')").fetchall()
    assert keys == sorted(keys)
    assert codecs == [("ZSTD",)]


def test_the_candidate_is_measured_and_found_again(etat: Path, jeux: dict[str, Jeu]) -> None:
    petit_etat.construire_mart(jeux[OFFRE], petits_jeux.lignes(OFFRE))
    candidat = preparer(jeux[OFFRE])
    assert charger(jeux[OFFRE]) == candidat
    for file in candidat.fichiers:
        path = candidat.dossier / file.nom
        assert (path.stat().st_size, sha256(path)) == (file.octets, file.sha256)


def test_what_an_earlier_candidate_left_is_gone(etat: Path, jeux: dict[str, Jeu]) -> None:
    petit_etat.construire_mart(jeux[OFFRE], petits_jeux.lignes(OFFRE))
    folder = preparer(jeux[OFFRE]).dossier
    (folder / "qualite.json").write_text("{}")
    (folder.parent / f".en_cours-{OFFRE}-1").mkdir()
    preparer(jeux[OFFRE])
    assert not (folder / "qualite.json").exists()
    assert [path.name for path in folder.parent.iterdir()] == [OFFRE]


def test_without_mart_there_is_no_candidate(etat: Path, jeux: dict[str, Jeu]) -> None:
    with pytest.raises(CandidatAbsentError, match="cpf run"):
        preparer(jeux[OFFRE])
    petit_etat.construire_mart(jeux[OFFRE], petits_jeux.lignes(OFFRE))
    with pytest.raises(CandidatAbsentError, match=ACHATS):
        preparer(jeux[ACHATS])
    with pytest.raises(CandidatAbsentError, match=OFFRE):
        charger(jeux[OFFRE])
