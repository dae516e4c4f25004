"""Deltas line by line: repeated keys, malformed lines, harmless variants of a file."""

import gzip
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.landing.land import land
from orchestration.landing.sources import financements
from tests.factories.csv_files import DOSSIER, FINANCEMENT, in_vault, rejects, text, tree, write


def _land(source: str, path: Path) -> tuple[int, int, int]:
    report = land(source, [path])[0]
    assert report.status == "atterri", report.error
    return report.lus, report.atterris, report.rejetes


def test_a_repeated_key_lands_once(tmp_path: Path) -> None:
    rows = [{"id_dossier": "D1"}, {"id_dossier": "D2"}, {"id_dossier": "d-01", "prix": "1"}]
    assert _land("dossiers", write(tmp_path / "dossiers_2023-04.csv", text(rows, DOSSIER))) == (
        3,
        2,
        1,
    )
    rejected = rejects("dossiers")[0]
    assert (rejected["_num"], rejected["motif"]) == (3, "doublon")
    assert rejected["detail"].endswith("que l'enregistrement 1")
    landed = in_vault("select id_dossier, prix from coffre.atterrissage.dossiers")
    assert landed == [("D0000000001", Decimal("1200.50")), ("D0000000002", Decimal("1200.50"))]


def test_a_first_record_that_is_rejected_does_not_hide_a_good_one(tmp_path: Path) -> None:
    rows = [{"id_dossier": "D1", "prix": "x"}, {"id_dossier": "D1"}]
    path = write(tmp_path / "dossiers_2023-05.csv", text(rows, DOSSIER))
    assert _land("dossiers", path) == (2, 1, 1)


BAD_FINANCEMENTS = [
    ({"id_dossier": ""}, "valeur_absente"),
    ({"id_dossier": "T000000001"}, "identifiant_invalide"),
    ({"code_financeur": ""}, "valeur_absente"),
    ({"date_derniere_modification": "hier"}, "date_invalide"),
    ({"date_derniere_modification": "1999-01-01"}, "date_hors_bornes"),
    ({"montant": "mille"}, "nombre_invalide"),
    ({"montant": "-1"}, "nombre_hors_bornes"),
    ({"id_dossier": "d 0000-000.001"}, "doublon"),
]


def test_financements_rejected_and_unknown_financer_kept(tmp_path: Path) -> None:
    good = [{}, {"code_financeur": "MECENE"}]
    rows = [*good, *(change for change, _ in BAD_FINANCEMENTS)]
    path = write(tmp_path / "financements_2023-03.csv", text(rows, FINANCEMENT))
    assert _land("financements", path) == (len(rows), 2, len(BAD_FINANCEMENTS))
    assert [row["motif"] for row in rejects("financements")] == [
        motif for _, motif in BAD_FINANCEMENTS
    ]
    landed = in_vault("select code_financeur, montant from coffre.atterrissage.financements")
    assert landed == [("TITULAIRE", Decimal("1200.50")), ("MECENE", Decimal("1200.50"))]


def test_malformed_lines_are_rejected_with_their_number(tmp_path: Path) -> None:
    good = text([{"code_financeur": f"F{number}"} for number in range(5)], FINANCEMENT)
    header, *lines = good.splitlines()
    bad = ["", "D1;2023-03-02", f"{lines[0]};de trop", 'D1;"2023-03-02;X;1.00', ";;;"]
    mixed = [header, lines[0], bad[0], lines[1], *bad[1:], *lines[2:]]
    path = write(tmp_path / "financements_2022-01.csv", "\n".join(mixed) + "\n")
    report = land("financements", [path])[0]
    assert (report.lus, report.atterris) == (10, 5)
    rejected = rejects("financements")
    assert [(row["ligne"], row["motif"]) for row in rejected] == [
        (3, "ligne_vide"),
        (5, "nb_colonnes"),
        (6, "nb_colonnes"),
        (7, "csv_invalide"),
        (8, "valeur_absente"),
    ]
    assert [row["contenu"] for row in rejected] == bad


@pytest.mark.parametrize("kind", ["crlf", "gzip", "bom", "quoted", "columns in another order"])
def test_harmless_variants_land_alike(kind: str, tmp_path: Path) -> None:
    rows = [FINANCEMENT, FINANCEMENT | {"id_dossier": "", "montant": "2"}, FINANCEMENT]
    plain = text(rows, FINANCEMENT | {"code_financeur": kind}).encode()
    other = dict(reversed(FINANCEMENT.items()))
    variants = {
        "crlf": plain.replace(b"\n", b"\r\n"),
        # Two members, as « cat a.gz b.gz » makes.
        "gzip": gzip.compress(plain[:20]) + gzip.compress(plain[20:]),
        "bom": b"\xef\xbb\xbf" + plain,
        "quoted": plain.replace(b";", b'";"').replace(b"\n", b'"\n"').removesuffix(b'"'),
        "columns in another order": text(rows, other).encode(),
    }
    variants["quoted"] = b'"' + variants["quoted"]
    path = write(
        tmp_path / f"financements_2021-0{list(variants).index(kind) + 1}.csv", variants[kind]
    )
    assert _land("financements", path) == (3, 1, 2)


def test_a_value_that_duckdb_cannot_read_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose_table = replace(financements.TABLE, computed={"id_dossier": "id_dossier::integer"})
    monkeypatch.setattr(financements, "TABLE", loose_table)
    path = write(tmp_path / "financements_2023-03.csv", text([{}], FINANCEMENT))
    report = land("financements", [path])[0]
    assert report.status == "refuse"
    assert "ConversionException" in str(report.error)
    assert FINANCEMENT["id_dossier"] not in str(report.error)
    assert tree() == {"financements"}


def test_an_empty_delta_lands_with_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path / "financements_2020-01.csv", text([], FINANCEMENT))
    report = land("financements", [path])[0]
    assert (report.status, report.lus) == ("atterri", 0)
    assert len(report.warnings) == 1
