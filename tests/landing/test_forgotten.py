"""A person is forgotten: nothing that landed or was delivered holds them, nor will it again."""

import datetime as dt
import gzip
import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from orchestration import erasure, files, settings, warehouse
from orchestration.erasure import erase, finish_erasure
from orchestration.landing.forgotten import digests, landed_rows
from orchestration.landing.intake.deposit_record import DepositRecord
from orchestration.landing.intake.history import deposits, totals
from orchestration.landing.land import land, land_pending
from tests.factories.crashes import CrashError, Steps
from tests.factories.csv_files import DOSSIER, FINANCEMENT, in_vault, text, write
from tests.factories.everywhere import where

ID = "T000000777"
OTHER = "T000000001"
BIRTH = "1951-02-03"
# Landed, rejected, malformed, delivered and not landed yet.
DOSSIERS = ("D0000000777", "D0000000778", "D0000000779", "D0000000780")
CORRECTED = "D0000000555"  # theirs, then another person's
NEEDLES = (ID, BIRTH, *DOSSIERS)


def _theirs(**changes: str) -> dict[str, str]:
    return {"id_titulaire": ID, "date_naissance": BIRTH, "id_dossier": DOSSIERS[0], **changes}


def _deliver() -> None:
    """Two months that land, one after the other, and what has not landed."""
    dossiers, financements = settings.extracts("dossiers"), settings.extracts("financements")
    others = [{"id_dossier": f"D000000{rank:04}", "id_titulaire": OTHER} for rank in range(20)]
    first = text(
        [
            *others[:10],
            _theirs(),
            _theirs(id_dossier=DOSSIERS[1], prix="mille"),
            _theirs(id_dossier=CORRECTED),
            {"id_dossier": "D0000009999", "prix": "mille"},
        ],
        DOSSIER,
    )
    malformed = ";".join((DOSSIER | _theirs(id_dossier=DOSSIERS[2])).values()) + ";encore\n"
    write(dossiers / "dossiers_2023-03.csv", first + malformed)
    later = {"date_derniere_modification": "2023-04-02"}
    second = [*others[10:], _theirs(**later), {"id_dossier": CORRECTED, **later}]
    write(dossiers / "dossiers_2023-04.csv.gz", gzip.compress(text(second, DOSSIER).encode()))
    paid = [{"id_dossier": name} for name in ("D0000000000", *DOSSIERS[:3], CORRECTED)]
    paid.append({"id_dossier": DOSSIERS[0], "montant": "cent"})
    write(financements / "financements_2023-03.csv", text(paid, FINANCEMENT))


def _deliver_late() -> None:
    """What no landing has read: a month, and a file that it refuses."""
    dossiers = settings.extracts("dossiers")
    write(
        dossiers / "dossiers_2023-05.csv",
        text([{"id_dossier": "D0000000031"}, _theirs(id_dossier=DOSSIERS[3])], DOSSIER),
    )
    refused = text([{}, _theirs()], DOSSIER)
    write(dossiers / "refuse_2023-05.csv", refused.replace(";", ","))
    write(dossiers / "refuse_2023-06.csv", refused.replace("id_titulaire", "titulaire"))


def _land() -> None:
    for source in erasure.SOURCES:
        land_pending(source)


@pytest.fixture
def landed(data_folder: Path) -> None:
    _deliver()
    _land()
    _deliver_late()


def _rows() -> list[tuple[Any, ...]]:
    """Landed rows of everybody else."""
    pseudonym = _pseudonym()
    return [
        *in_vault(
            f"select * from coffre.atterrissage.dossiers where titulaire <> '{pseudonym}' "
            "order by all"
        ),
        *in_vault(
            "select * from coffre.atterrissage.financements where id_dossier not in "
            f"{DOSSIERS} order by all"
        ),
    ]


def _pseudonym() -> str:
    from orchestration.landing.sources.dossiers import TITULAIRE, parameters

    with warehouse.connect() as connection:
        row = connection.execute(
            f"select ({TITULAIRE})::varchar from (select '{ID}' as id_titulaire)", parameters()
        ).fetchone()
    assert row
    return str(row[0])


def _anywhere(*more: str) -> dict[str, set[str]]:
    return {text: places for text, places in where([*NEEDLES, *more]).items() if places}


@pytest.mark.usefixtures("landed")
def test_nothing_holds_them_any_more() -> None:
    pseudonym = _pseudonym()
    before, others = _anywhere(pseudonym), _rows()
    kinds = {Path(place).name for places in before.values() for place in places}
    assert set(before) == {*NEEDLES, pseudonym}
    assert kinds == {
        *("dossiers_2023-03.csv", "dossiers_2023-04.csv.gz", "dossiers_2023-05.csv"),
        *("refuse_2023-05.csv", "refuse_2023-06.csv", "financements_2023-03.csv"),
        *("dossiers.parquet", "financements.parquet", "rejets.parquet"),
        *("atterrissage.dossiers", "atterrissage.financements"),
    }

    done = erase([ID])

    assert (done.persons, done.unknown, done.unread) == (1, (), ())
    assert _anywhere(pseudonym) == {}
    assert _rows() == others
    assert len(others) == 20 + 1 + 2
    assert in_vault(
        "select id_dossier, count(*) from coffre.atterrissage.dossiers "
        f"where id_dossier = '{CORRECTED}' group by all"
    ) == [(CORRECTED, 1)]


def test_every_source_of_persons_is_swept() -> None:
    assert set(erasure.SOURCES) == settings.PERSONAL_SOURCES


@pytest.mark.usefixtures("landed")
def test_deposits_add_up_and_say_that_rows_were_erased() -> None:
    before = totals("dossiers")
    assert (before.lus, before.atterris, before.rejetes) == (27, 24, 3)
    erase([ID])
    after = totals("dossiers")
    # Two versions and a dossier corrected since; a bad price and a line with too many fields.
    assert (after.lus, after.atterris, after.rejetes) == (22, 21, 1)
    assert after.rejects_by_reason == {"nombre_invalide": 1}
    first, second = deposits("dossiers")
    content = json.loads((first.directory / "depot.json").read_text())
    assert [item["enregistrements"] for item in content["effacements"]] == [4]
    assert dt.datetime.fromisoformat(content["effacements"][0]["le"])
    assert content["tables"] == {"dossiers": 10}
    assert content["sha256_expurges"] == [
        files.sha256(settings.extracts("dossiers") / "dossiers_2023-03.csv")
    ]
    for path in (*first.directory.iterdir(), *second.directory.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert (totals("financements").lus, totals("financements").rejetes) == (2, 0)


@pytest.mark.usefixtures("landed")
def test_the_proof_names_nobody() -> None:
    done = erase([ID, OTHER])
    proof = settings.forgotten() / digests.FILE
    assert stat.S_IMODE(proof.stat().st_mode) == 0o600
    assert stat.S_IMODE(proof.parent.stat().st_mode) == 0o700
    content = json.loads(proof.read_text())
    assert len(content["personnes"]) == 2
    assert all(len(digest) == 32 for digest in (*content["personnes"], *content["dossiers"]))
    (entry,) = content["effacements"]
    assert (entry["personnes"], entry["fichiers"]) == (2, done.erased.files)
    assert entry["enregistrements"] == done.erased.records
    assert entry["commence_le"] <= entry["fini_le"]
    assert done.erased.records > 30
    assert [text for text in (ID, OTHER, _pseudonym()) if text in proof.read_text()] == []


@pytest.mark.usefixtures("landed")
def test_an_unknown_identifier_is_left_out() -> None:
    before = _rows()
    done = erase(["T999999999", "  "])
    assert (done.persons, done.unknown, done.erased.files) == (0, (1, 2), 0)
    assert not settings.forgotten().exists()
    done = erase(["T999999999", ID])
    assert (done.persons, done.unknown) == (1, (1,))
    assert len(digests.read_forgotten().personnes) == 1
    assert _rows() == before


@pytest.mark.usefixtures("landed")
def test_every_spelling_of_an_identifier_is_the_person() -> None:
    spelling = "t\u00a0000-000 777"
    late = settings.extracts("dossiers") / "dossiers_2023-06.csv"
    write(late, text([_theirs(id_titulaire=spelling, id_dossier="d 1777"), {}], DOSSIER))
    assert erase(["T777"]).persons == 1
    assert spelling not in late.read_text()
    write(
        late.with_name("dossiers_2023-07.csv"), text([_theirs(id_titulaire=spelling), {}], DOSSIER)
    )
    _land()
    assert totals("dossiers").lus > 22
    assert in_vault(
        f"select count(*) from coffre.atterrissage.dossiers where titulaire = '{_pseudonym()}'"
    ) == [(0,)]


@pytest.mark.usefixtures("landed")
def test_a_person_is_known_by_a_reject_or_a_delivered_file_alone() -> None:
    write(
        settings.extracts("dossiers") / "dossiers_2023-06.csv",
        text([_theirs(id_titulaire="T000000888", prix="mille")], DOSSIER),
    )
    assert erase(["T000000888"]).persons == 1
    write(
        settings.extracts("dossiers") / "dossiers_2023-07.csv",
        text([_theirs(id_titulaire="T000000999", prix="mille"), {}], DOSSIER),
    )
    land_pending("dossiers")
    (settings.extracts("dossiers") / "dossiers_2023-07.csv").unlink()
    assert erase(["T000000999"]).persons == 1
    assert {text for text, places in where(["T000000888", "T000000999"]).items() if places} == set()


@pytest.mark.usefixtures("landed")
def test_the_same_extracts_come_again(tmp_path: Path) -> None:
    """In the folder of deliveries and elsewhere: nothing lands twice, nothing of them is kept."""
    shutil.copytree(settings.extracts(), tmp_path / "copies")
    erase([ID])
    _land()
    names = {deposit.fichier for source in erasure.SOURCES for deposit in deposits(source)}
    rows = _rows()
    for source in erasure.SOURCES:
        for path in (tmp_path / "copies" / source).iterdir():
            shutil.copy(path, settings.extracts(source))
        reports = land_pending(source)
        assert {report.status for report in reports} <= {"deja_atterri", "refuse"}
        again = land(source, sorted((tmp_path / "copies" / source).iterdir()))
        assert {report.status for report in again} <= {"deja_atterri", "refuse"}
    assert _anywhere() == {}
    assert _rows() == rows
    assert {deposit.fichier for source in erasure.SOURCES for deposit in deposits(source)} == names


@pytest.mark.usefixtures("landed")
def test_a_new_delivery_lands_without_them(tmp_path: Path) -> None:
    """A dossier that nobody knew, its financements having come before it."""
    erase([ID])
    new, later = "D0000000790", {"date_derniere_modification": "2023-06-02"}
    paid = write(
        tmp_path / "financements_2023-06.csv",
        text([{"id_dossier": new, **later}, {"id_dossier": "D0000000032", **later}], FINANCEMENT),
    )
    land("financements", [paid])
    assert (new,) in in_vault("select id_dossier from coffre.atterrissage.financements")
    delivered = write(
        tmp_path / "dossiers_2023-06.csv",
        text([_theirs(id_dossier=new, **later), {"id_dossier": "D0000000032"}], DOSSIER),
    )
    (report,) = land("dossiers", [delivered])
    assert (report.lus, report.atterris, report.rejetes) == (1, 1, 0)
    assert report.warnings == ("1 enregistrement(s) de personnes oubliées, laissés.",)
    assert where([new, ID, BIRTH]) == {new: set(), ID: set(), BIRTH: set()}
    assert totals("financements").lus == 3
    assert not list(settings.temporary().glob("oubli-*"))
    assert ID in delivered.read_text()


@pytest.mark.usefixtures("landed")
def test_a_file_without_lines_is_said() -> None:
    path = write(settings.extracts("dossiers") / "dossiers.csv.gz", gzip.compress(b"x" * 99)[:-9])
    done = erase([ID])
    assert done.unread == (path,)
    path.unlink()
    assert _anywhere() == {}


@pytest.mark.slow
def test_stopped_anywhere_the_next_call_or_run_finishes(data_folder: Path, tmp_path: Path) -> None:
    """One month: each kind of file is there."""
    _deliver()
    (settings.extracts("dossiers") / "dossiers_2023-04.csv.gz").unlink()
    _land()
    shutil.copytree(data_folder, tmp_path / "avant")
    # Nobody has corrected it yet: it is theirs.
    others = [row for row in _rows() if CORRECTED not in row]
    crash, stopped = 0, True
    while stopped:
        crash += 1
        shutil.rmtree(data_folder)
        shutil.copytree(tmp_path / "avant", data_folder)
        with pytest.MonkeyPatch.context() as patch:
            Steps(
                patch,
                crash,
                (files, "write"),
                (landed_rows, "fsync"),
                (Path, "replace"),
                (Path, "unlink"),
                (digests, "end_erasure"),
            )
            try:
                erase([ID])
                stopped = False
            except CrashError:
                stopped = True
        if stopped and not (settings.forgotten() / digests.FILE).exists():
            assert _anywhere()
            continue
        if crash % 2:
            erase([ID])
        else:
            assert finish_erasure() == stopped
        assert _anywhere() == {}, crash
        _land()
        # Nothing has landed twice.
        assert _rows() == others, crash
        assert _deposits_add_up(), crash
    assert crash > 15


def _deposits_add_up() -> bool:
    def whole(deposit: DepositRecord) -> bool:
        return deposit.lus == deposit.atterris + deposit.rejetes

    return all(whole(deposit) for source in erasure.SOURCES for deposit in deposits(source))
