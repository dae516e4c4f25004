"""Every format says the same rows, in the same bytes whatever the threads."""

import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication import formats
from orchestration.publication.candidat import preparer
from tests.unit import petit_etat, petits_jeux
from tests.unit.petits_jeux import OFFRE, USAGERS

pytestmark = pytest.mark.usefixtures("etat_partage")


def test_the_same_rows_make_the_same_bytes(
    jeux: dict[str, Jeu], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    for jeu in (jeux[OFFRE], jeux[USAGERS]):
        for threads in ("1", "2"):
            monkeypatch.setattr(settings, "threads", lambda count=threads: int(count))
            petit_etat.construire_mart(
                jeu, petits_jeux.lignes(jeu.nom)[:: 1 if threads == "1" else -1]
            )
            seen.add(preparer(jeu).fichiers)
    assert len(seen) == 2
    assert {Path(file.nom).suffix for files in seen for file in files} == {
        *(".parquet", ".csv", ".jsonl", ".xlsx")
    }


def test_json_lines_and_sheet_tell_what_the_parquet_tells(jeux: dict[str, Jeu]) -> None:
    rows = petits_jeux.lignes(OFFRE)
    rows[0]["points_forts"] = "a\x0bb <&> \"'" + "x" * 40_000
    petit_etat.construire_mart(jeux[OFFRE], rows)
    candidat = preparer(jeux[OFFRE])
    table = pq.read_table(candidat.chemin("parquet")).to_pylist()
    lines = candidat.chemin("jsonl").read_text(encoding="utf-8").splitlines()
    head, *sheet = openpyxl.load_workbook(candidat.chemin("xlsx")).active.iter_rows(
        values_only=True
    )
    assert len(lines) == len(sheet) == len(table) == len(rows)
    assert list(head) == [column.nom for column in jeux[OFFRE].colonnes]
    for row, line, cells in zip(table, lines, sheet, strict=True):
        told, shown = json.loads(line), dict(zip(head, cells, strict=True))
        assert told == {name: _json(value) for name, value in row.items()}
        assert shown["code_departement"] == row["code_departement"]
        assert shown["frais_ttc_tot_mean"] == float(row["frais_ttc_tot_mean"])
        assert shown["date_chargement"].date() == row["date_chargement"]
    long = next(
        dict(zip(head, c, strict=True))
        for c in sheet
        if len(str(c[head.index("points_forts")])) > 100
    )
    assert long["points_forts"] == ("ab <&> \"'" + "x" * 40_000)[: formats.XLSX_CELL]


def test_a_sheet_that_is_too_small_is_not_made(
    jeux: dict[str, Jeu], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "XLSX_ROWS", 11)
    petit_etat.construire_mart(jeux[OFFRE], petits_jeux.lignes(OFFRE))
    assert not preparer(jeux[OFFRE]).chemin("xlsx").exists()


def test_the_parquet_tells_what_its_columns_are(jeux: dict[str, Jeu]) -> None:
    petit_etat.construire_mart(jeux[USAGERS], petits_jeux.lignes(USAGERS))
    path = preparer(jeux[USAGERS]).chemin("parquet")
    field = pq.read_schema(path).field("montant_engage")
    assert field.metadata[b"unite"] == b"euros"
    assert field.metadata[b"titre"] == "Montant engagé".encode()
    texts = pq.read_metadata(path).metadata
    assert texts[b"titre"].decode() == jeux[USAGERS].titre
    assert json.loads(texts[b"colonnes"])["montant_engage"]["unite"] == "euros"


def _json(value: object) -> object:
    return (
        value
        if value is None or isinstance(value, int | str)
        else (value.isoformat() if hasattr(value, "isoformat") else float(str(value)))
    )
