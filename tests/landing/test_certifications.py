"""The RNCP/RS export as it lands: ten tables, quirks cleaned, rejects; and zips refused whole."""

import datetime as dt
import io
import unicodedata
import zipfile
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.landing.intake import schemas
from orchestration.landing.land import LandingReport, land
from tests.factories.certifications_export import CERTIFICATION_CARD, DATE, MEMBERS, content, export
from tests.factories.csv_files import in_vault, rejects, write

pytestmark = pytest.mark.usefixtures("data_folder")

SAMPLE = settings.PROJECT.parent / "shared" / "samples" / "export-fiches-csv-2024-02-22.zip"
TABLES = schemas.SOURCES["certifications"]


def _land(folder: Path, data: bytes) -> LandingReport:
    report = land("certifications", [write(folder / "export-fiches-csv-2024-02-22.zip", data)])[0]
    assert report.status == "atterri", report.error
    assert report.lus == report.atterris + report.rejetes
    return report


def _table(name: str) -> list[tuple[object, ...]]:
    columns = ", ".join(TABLES[name])
    return in_vault(
        f"select {columns} from coffre.atterrissage.certifications_{name} order by _num"
    )


@pytest.mark.slow
@pytest.mark.skipif(not SAMPLE.exists(), reason="the real excerpt is not part of the repository")
def test_the_real_excerpt_lands_whole() -> None:
    with zipfile.ZipFile(SAMPLE) as sample:
        lines = sum(sample.read(name).count(b"\r\n") - 1 for name in sample.namelist())
    report = land("certifications", [SAMPLE])[0]
    assert (report.lus, report.atterris, report.rejetes) == (lines, lines, 0)
    assert all(_table(name) for name in TABLES)
    assert not [row for name in TABLES for row in _table(name) if "\t" in str(row)]
    assert in_vault(
        "select count(*) from coffre.atterrissage.certifications_partenaires "
        "where not regexp_full_match(siret_partenaire, '[0-9]{14}')"
    ) == [(0,)]
    assert (dt.date(2023, 8, 31),) in in_vault(
        "select date_fin_enregistrement from coffre.atterrissage.certifications_standard"
    )


def test_the_ten_tables(tmp_path: Path) -> None:
    assert _land(tmp_path, export()).atterris == len(MEMBERS)
    assert _table("standard")[0][:5] == ("1", "RNCP509", 'Agent "extincteurs"', None, "CAP")
    assert _table("standard")[0][9:13] == (None, dt.date(2020, 2, 1), dt.date(2023, 8, 31), None)
    assert _table("certificateurs") == [("RNCP509", "11004301500012", "MINISTERE")]
    assert _table("blocs_competences") == [("RNCP509", "RNCP509BC05", "UG2 :\nphysique ; chimie")]
    assert _table("voies_acces") == [("RNCP509", "Par expérience")]
    assert _table("ancienne_nouvelle") == [("RNCP509", None, "RNCP38228")]
    assert _table("ccn") == [("RNCP509", "3117", "Boulangerie", None, None, None, None)]


NAMES = ("Blocs_De_Compétences", "VoixdAccès")


def _file(name: str) -> str:
    return f"export_fiches_CSV_{name}_{DATE}.csv"


def _flagless(data: bytes, encoding: str, form: str = "NFC") -> bytes:
    """The same zip, names in ``encoding`` and without the flag that tells they are UTF-8."""

    class Entry(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
            return unicodedata.normalize(form, self.filename).encode(encoding), self.flag_bits

    target = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(data))
    with zipfile.ZipFile(target, "w") as renamed:
        for info in source.infolist():
            renamed.writestr(Entry(info.filename), source.read(info))
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        _flagless(export(), "cp437"),
        _flagless(export(), "utf-8"),
        _flagless(export(), "utf-8", "NFD"),
        export(names={name: _file(unicodedata.normalize("NFD", name)) for name in NAMES}),
        export(names={name: f"a/{_file(name.encode().decode('cp437'))}" for name in NAMES}),
    ],
    ids=["cp437", "utf-8 unflagged", "nfd unflagged", "nfd", "mojibake in a folder"],
)
def test_accents_of_file_names(tmp_path: Path, data: bytes) -> None:
    assert _land(tmp_path, data).atterris == len(MEMBERS)


def test_new_columns_are_left_aside(tmp_path: Path) -> None:
    text = content("Nsf").replace("Numero", "Nouvelle;Numero").replace('"RN', 'x;"RN')
    changed = {"Nsf": f"\ufeff{text}"}
    _land(tmp_path, export(changed))
    assert _table("nsf") == [("RNCP509", "221w", "221w : Commerce")]


@pytest.mark.parametrize("siret", ["\t115600017", "00000115600017", "000115600017"])
def test_a_siret_that_lost_its_zeros_has_them_back(tmp_path: Path, siret: str) -> None:
    _land(tmp_path, export({"Partenaires": content("Partenaires", f'RS5;ICI;"{siret}";X')}))
    assert in_vault(
        "select siret_partenaire from coffre.atterrissage.certifications_partenaires "
        "where nom_partenaire = 'ICI'"
    ) == [("00000115600017",)]


@pytest.mark.parametrize("siret", ["", "Non", "00000000000000", "\t"])
def test_partners_without_siret_land(tmp_path: Path, siret: str) -> None:
    _land(tmp_path, export({"Partenaires": content("Partenaires", f'RS5;ICI;"{siret}";X')}))
    assert _table("partenaires")[1] == ("RS5", "ICI", None, "X", None, None, None)


def _changed_record(old: str, new: str) -> str:
    return CERTIFICATION_CARD.replace("RNCP509", "RNCP51").replace(old, new)


REJECTS = [
    ("Partenaires", 'RS5;ICI;"\t1234";X', "siret_invalide", "siret_partenaire"),
    ("Certificateurs", 'RS5;"à venir";ICI', "siret_invalide", "siret_certificateur"),
    ("Standard", CERTIFICATION_CARD, "doublon", "numero_fiche"),
    ("Standard", _changed_record("31/08", "31/09"), "date_invalide", "date_fin_enregistrement"),
    ("Standard", _changed_record("01/02/2020", "2020-02-01"), "date_invalide", "date_decision"),
    ("Standard", CERTIFICATION_CARD.replace("RNCP509", "509"), "code_invalide", "numero_fiche"),
    ("Nsf", ";221;x", "code_invalide", "numero_fiche"),
    ("Nsf", MEMBERS["Nsf"][1], "doublon", "numero_fiche"),
    ("Nsf", "RNCP1;221", "nb_colonnes", None),
    ("Nsf", "", "ligne_vide", None),
    ("Nsf", '"RNCP1"x;221;y', "csv_invalide", None),
]


@pytest.mark.parametrize(("member", "line", "motif", "column"), REJECTS)
def test_a_defect_rejects_its_record_alone(
    tmp_path: Path, member: str, line: str, motif: str, column: str | None
) -> None:
    report = _land(tmp_path, export({member: content(member, line)}))
    assert (report.atterris, report.rejects_by_reason) == (len(MEMBERS), {motif: 1})
    (reject,) = rejects("certifications")
    assert (reject["_num"], reject["ligne"], reject["colonne"]) == (2, 3, column)
    assert reject["contenu"] == line
    assert f"({member.lower()})" in reject["detail"]
