"""Zips of the register refused whole: one clear error, nothing left behind."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.landing.intake import archive
from orchestration.landing.land import land
from tests.factories.certifications_export import DATE, content, export
from tests.factories.csv_files import tree, write


def _refusal(folder: Path, data: bytes) -> str:
    report = land("certifications", [write(folder / "export-fiches-csv-2024-02-22.zip", data)])[0]
    assert report.status == "refuse"
    assert tree() <= {"certifications"}
    assert report.error is not None
    assert report.error.startswith("export-fiches-csv-2024-02-22.zip")
    return report.error


def _with_member(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The usual export and one more member."""
    target = io.BytesIO(export())
    with zipfile.ZipFile(target, "a", method) as added:
        added.writestr(name, data)
    return target.getvalue()


def _flagged(data: bytes, offset: int, value: int) -> bytes:
    """Change a 16-bit field of the first entry of the central directory."""
    start = data.index(b"PK\x01\x02") + offset
    return data[:start] + struct.pack("<H", value) + data[start + 2 :]


def _corrupt(data: bytes) -> bytes:
    """Change one byte of the compressed content of the first member."""
    info = zipfile.ZipFile(io.BytesIO(data)).infolist()[0]
    middle = info.header_offset + 30 + len(info.filename.encode()) + info.compress_size // 2
    return data[:middle] + bytes([data[middle] ^ 0x55]) + data[middle + 1 :]


def _lying(data: bytes) -> bytes:
    """Declare fewer bytes than a member holds."""
    start = data.index(b"PK\x01\x02") + 24
    return data[:start] + struct.pack("<I", 100) + data[start + 4 :]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "zip illisible"),
    "html": (lambda: b"<html><body>503</body></html>", "page HTML"),
    "truncated": (lambda: export()[:-300], "zip illisible"),
    "bad checksum": (lambda: _corrupt(export()), "abîmé"),
    "size that lies": (lambda: _lying(export()), "abîmé"),
    "encrypted": (lambda: _flagged(export(), 8, 1), "zip chiffré"),
    "odd compression": (
        lambda: _with_member("x.csv", b"x", zipfile.ZIP_BZIP2),
        "compression inhabituelle",
    ),
    "bomb": (lambda: _with_member("x.csv", b"0" * 100_000_000), "contenu démesuré"),
    "path traversal": (lambda: _with_member("../x.csv", b"x"), "sort du dossier"),
    "absolute path": (lambda: _with_member("/etc/x.csv", b"x"), "sort du dossier"),
    "missing member": (lambda: export(without=["Rome"]), "fichiers absents du zip : rome"),
    "repeated member": (
        lambda: _with_member(f"b/export_fiches_CSV_Nsf_{DATE}.csv", b"x"),
        "deux fois",
    ),
    "missing column": (
        lambda: export({"Nsf": content("Nsf").replace("Nsf_Code", "Code")}),
        "(nsf), ligne 1 : colonnes absentes : nsf_code",
    ),
    "no record": (
        lambda: export({"Standard": content("Standard").split("\r\n")[0]}),
        "aucune fiche",
    ),
    "other encoding": (
        lambda: export({"Formacode": content("Formacode").encode("iso-8859-1")}),
        "(formacode), ligne 2 : caractères qui ne sont pas en UTF-8",
    ),
    "NUL bytes": (lambda: export({"Nsf": content("Nsf") + "\0\0\r\n"}), "ligne 3 : octets nuls"),
    "endless line": (
        lambda: export({"Nsf": content("Nsf") + "x" * archive.MAX_LINE}),
        "ligne démesurée",
    ),
    "open quote": (
        lambda: export({"Nsf": content("Nsf", '"RNCP1;221;x')}),
        "ligne 3 : guillemet ouvert et jamais refermé",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_whole(tmp_path: Path, kind: str) -> None:
    make, expected = REFUSED[kind]
    assert expected in _refusal(tmp_path, make())


def test_a_refusal_keeps_the_last_deposit(tmp_path: Path) -> None:
    good = write(tmp_path / "export-fiches-csv-2024-02-21.zip", export())
    assert land("certifications", [good])[0].status == "atterri"
    before = tree()
    bad = write(tmp_path / "export-fiches-csv-2024-02-22.zip", _corrupt(export()))
    assert land("certifications", [bad])[0].status == "refuse"
    assert tree() == before
