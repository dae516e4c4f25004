"""A deposit appears whole or not at all, once, and the vault shows what has landed."""

import datetime as dt
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration import settings
from orchestration.landing.intake import schemas
from orchestration.landing.intake.deposit import Deposit, LandingError, Reject
from orchestration.landing.intake.history import deposits, expose
from orchestration.landing.land import land, land_pending
from tests.factories.csv_files import FINANCEMENT, in_vault, rejects, text, tree, write

pytestmark = pytest.mark.usefixtures("data_folder")

DAY = dt.date(2024, 2, 22)


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    return write(tmp_path / "export_2024-02-22.zip", b"whatever the source reads")


def _batch(*numbers: int) -> pa.RecordBatch:
    names = ["nsf_code", "_num", "numero_fiche", "nsf_intitule"]
    texts = [f"code {number}" for number in numbers]
    return pa.RecordBatch.from_arrays(
        [pa.array(texts), pa.array(numbers), pa.array(texts), pa.array(texts)], names=names
    )


def test_a_deposit_is_reconciled_traced_and_read_only(delivered: Path) -> None:
    with Deposit("certifications", delivered) as opened:
        opened.write_batch("nsf", _batch(1, 2))
        opened.write_batch("nsf", pa.Table.from_batches([_batch(4)]))
        opened.reject(Reject(3, 9, "siret", "siret_invalide", "quatorze chiffres", "l'original"))
        opened.warn("remarque")
        opened.counts(lus=4, atterris=3)
    (deposit,) = deposits("certifications")
    assert deposit.directory.name == f"2024-02-22_{opened.lineage.sha256[:16]}"
    record = json.loads((deposit.directory / "depot.json").read_text(encoding="utf-8"))
    assert (record["lus"], record["atterris"], record["rejetes"]) == (4, 3, 1)
    assert record["rejets_par_motif"] == {"siret_invalide": 1}
    assert record["tables"] == dict.fromkeys(schemas.SOURCES["certifications"], 0) | {"nsf": 3}
    assert record["octets"] == delivered.stat().st_size
    assert record["avertissements"] == ["remarque"]
    for path in deposit.directory.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert [(row["_num"], row["ligne"], row["contenu"]) for row in rejects("certifications")] == [
        (3, 9, "l'original")
    ]
    expose()
    assert in_vault("select _num, _fichier from coffre.atterrissage.certifications_nsf") == [
        (number, delivered.name) for number in (1, 2, 4)
    ]


def _forgets_a_record(opened: Deposit) -> None:
    opened.counts(lus=4, atterris=1)


def _file_rewritten_meanwhile(opened: Deposit) -> None:
    opened.counts(lus=1, atterris=1)
    opened.path.write_bytes(b"another content")


def _crash(_deposit: Deposit) -> None:
    raise RuntimeError("panne")


@pytest.mark.parametrize(
    ("break_deposit", "message"),
    [
        (_forgets_a_record, "4 enregistrements lus, mais 1 atterris et 0 rejetés"),
        (_file_rewritten_meanwhile, "a changé pendant sa lecture"),
        (_crash, "panne"),
    ],
)
def test_nothing_stays_of_a_deposit_that_fails(
    break_deposit: Callable[[Deposit], None], message: str, delivered: Path
) -> None:
    def fail() -> None:
        with Deposit("certifications", delivered, DAY) as opened:
            opened.write_batch("nsf", _batch(1))
            break_deposit(opened)

    with pytest.raises((LandingError, RuntimeError), match=message):
        fail()
    assert tree() == {"certifications"}


def test_a_personal_table_cannot_be_written_in_clear(delivered: Path) -> None:
    with pytest.raises(ValueError, match="personal"), Deposit("dossiers", delivered) as opened:
        opened.write_batch("dossiers", _batch(1))


def test_a_killed_landing_is_cleaned_by_the_next(tmp_path: Path) -> None:
    path = write(tmp_path / "financements_2023-03.csv", text([{}], FINANCEMENT))
    program = (
        "import os, sys; from pathlib import Path\n"
        "from orchestration.landing.intake.deposit import Deposit\n"
        f"with Deposit('financements', Path({str(path)!r})) as deposit:\n"
        "    (deposit.directory / 'financements.parquet').write_bytes(b'half')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], check=False, cwd=settings.PROJECT)
    assert killed.returncode == -9
    assert any(".en_cours-" in name for name in tree())
    alive = settings.landing("financements") / f".en_cours-0123456789abcdef-{os.getppid()}"
    alive.mkdir()

    assert land("financements", [path])[0].status == "atterri"

    left = {path.name for path in settings.landing("financements").glob(".*")}
    assert left == {alive.name}


def test_the_same_content_lands_once(tmp_path: Path) -> None:
    content = text([{}], FINANCEMENT)
    first = write(tmp_path / "financements_2023-03.csv", content)
    copy = write(tmp_path / "financements_2023-04.csv", content)
    assert sorted(report.status for report in land("financements", [first, copy])) == [
        "atterri",
        "deja_atterri",
    ]
    before = tree()
    assert [report.status for report in land("financements", [copy, first])] == ["deja_atterri"] * 2
    assert tree() == before
    assert in_vault("select count(*) from coffre.atterrissage.financements") == [(1,)]


def test_pending_files_land_but_hidden_and_temporary_ones(tmp_path: Path) -> None:
    assert land_pending("financements") == []
    folder = settings.extracts("financements")
    names = ("b_2023-02.csv", "a_2023-01.csv", ".c.csv", "d.csv.part", "e.tmp")
    for number, name in enumerate(names):
        write(folder / name, text([{"id_dossier": f"D{number}"}], FINANCEMENT))
    (folder / "archives").mkdir()
    assert [report.fichier for report in land_pending("financements")] == [
        "a_2023-01.csv",
        "b_2023-02.csv",
    ]
