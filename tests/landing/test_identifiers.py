"""Identifiers: every spelling of one lands as one; what has not the form is rejected."""

import hmac
import uuid
from pathlib import Path

import pytest

from orchestration import keys
from orchestration.landing.intake import identifiers
from orchestration.landing.intake.identifiers import Identifier
from orchestration.landing.land import land
from tests.factories.csv_files import DOSSIER, FINANCEMENT, in_vault, rejects, text, write

# Case, hyphens and dashes, spaces, invisible characters, zeros, widths: one person each time.
SPELLINGS = (
    "T000000123",
    *("t000000123", "T123", "T0123", "T00000000000123", "T-000-000-123", "t‑123", "T−123"),
    *("T 000 000 123", "T\u00a0000\u202f000\u2009123", "T_123", "T.000.000.123", "T·123"),
    *("T\u00ad123", "T\u200b123", "\ufeffT123", "T1\u20602\u200d3", "\u202aT123\u202c"),
    *("T１２３", "Ｔ０００００１２３", "ｔ－123", "𝐓𝟏𝟐𝟑", "T¹²³", "T\t123"),
)
# Another person, or nobody: a letter of another alphabet, digits of another script, more digits.
REFUSED = (
    *("Т000000123", "Τ123", "T١٢٣", "T12З", "TI23", "T12O", "Ť123", "T123\u0301"),
    *("D000000123", "TT123", "123", "T", "T1234567890", "T12/3", "T12é", "dupont"),
)


def _dossiers(folder: Path, spellings: tuple[str, ...]) -> Path:
    rows = [
        {"id_dossier": f"D{number}", "id_titulaire": spelling}
        for number, spelling in enumerate(spellings, start=1)
    ]
    content = text(rows, DOSSIER)
    assert all(spelling in content for spelling in spellings)
    return write(folder / "dossiers_2023-03.csv", content)


def _pseudonym(identifier: str) -> uuid.UUID:
    digest = hmac.digest(keys.derive("pseudonyme"), identifier.encode(), "sha256")
    return uuid.UUID(bytes=digest[:16])


def test_every_spelling_of_a_person_is_one_pseudonym_the_one_it_always_had(tmp_path: Path) -> None:
    [report] = land("dossiers", [_dossiers(tmp_path, SPELLINGS)])
    assert (report.atterris, report.rejetes) == (len(SPELLINGS), 0), report.rejects_by_reason
    assert len(set(SPELLINGS)) == len(SPELLINGS) > 20
    assert in_vault("select distinct titulaire from coffre.atterrissage.dossiers") == [
        (_pseudonym("T000000123"),)
    ]


def test_neighbours_stay_other_persons(tmp_path: Path) -> None:
    others = ("T000000123", "T000000124", "T1230", "T000000012")
    land("dossiers", [_dossiers(tmp_path, others)])
    landed = {row[0] for row in in_vault("select titulaire from coffre.atterrissage.dossiers")}
    canonical = ("T000000123", "T000000124", "T000001230", "T000000012")
    assert landed == {_pseudonym(identifier) for identifier in canonical}


def test_what_has_not_the_form_is_rejected_and_stops_nobody(tmp_path: Path) -> None:
    [report] = land("dossiers", [_dossiers(tmp_path, (*REFUSED, "T000000123"))])
    assert (report.lus, report.atterris) == (len(REFUSED) + 1, 1)
    assert report.rejects_by_reason == {"identifiant_invalide": len(REFUSED)}
    for number, (reject, spelling) in enumerate(zip(rejects("dossiers"), REFUSED, strict=True)):
        assert (reject["ligne"], reject["colonne"]) == (number + 2, "id_titulaire")
        assert spelling in reject["contenu"]
        assert "neuf chiffres" in reject["detail"]
    said = f"{report}"
    assert [spelling for spelling in REFUSED[:8] if spelling in said] == []


def test_a_dossier_and_its_financements_meet_under_any_spelling(tmp_path: Path) -> None:
    spellings = ("D0000000042", "d-42", "D 00\u00a042", "Ｄ４２")
    versions = [
        {"id_dossier": spelling, "date_derniere_modification": f"2023-03-0{rank}"}
        for rank, spelling in enumerate(spellings, start=1)
    ]
    dossiers = write(tmp_path / "dossiers_2023-03.csv", text(versions, DOSSIER))
    paid = write(tmp_path / "financements_2023-03.csv", text(versions, FINANCEMENT))
    for source, path in (("dossiers", dossiers), ("financements", paid)):
        assert land(source, [path])[0].atterris == len(spellings)
        assert in_vault(f"select distinct id_dossier from coffre.atterrissage.{source}") == [
            ("D0000000042",)
        ]


def test_two_spellings_of_one_key_are_a_duplicate(tmp_path: Path) -> None:
    rows = [{"id_dossier": "D42"}, {"id_dossier": "d-0042"}]
    [report] = land("dossiers", [write(tmp_path / "dossiers_2023-03.csv", text(rows, DOSSIER))])
    assert report.rejects_by_reason == {"doublon": 1}


@pytest.mark.parametrize(
    ("identifier", "spellings", "refused"),
    [
        pytest.param(
            Identifier("x", "[A-Z]{2}", 6, ""),
            {"AB000012": "AB000012", "ab-12": "AB000012", "CD 0012": "CD000012"},
            ("A12", "ABC12", "AB1234567"),
            id="two letters and a number",
        ),
        pytest.param(
            Identifier("x", "", 4, ""),
            {"0012": "0012", "12": "0012", " 1.2 ": "0012"},
            ("A12", "12345"),
            id="a number alone",
        ),
        pytest.param(
            Identifier("x", "[0-9A-F]{8}", 0, ""),
            {"00AB12CD": "00AB12CD", "00ab-12cd": "00AB12CD"},
            ("AB12CD", "00AB12CG"),
            id="no number",
        ),
    ],
)
def test_another_system_declares_another_form(
    data_folder: Path,
    identifier: Identifier,
    spellings: dict[str, str],
    refused: tuple[str, ...],
) -> None:
    with identifiers.engine() as engine:
        texts = [*spellings, *refused, "-"]
        rows = engine.execute(
            f"select {identifier.canonical} from (select unnest(?) as x)", [texts]
        ).fetchall()
        kept = [row[0] for row in rows]
        verdicts = engine.execute(
            f"select coalesce({identifier.rule.condition}, true) from (select unnest(?) as x)",
            [kept],
        ).fetchall()
    assert kept[: len(spellings)] == list(spellings.values())
    assert kept[-1] is None
    assert [row[0] for row in verdicts] == [False] * len(spellings) + [True] * (len(refused) + 1)
