"""Kinds of bad input: refused whole or rejected record by record, with nothing lost or left.

Each kind starts from a small valid file of the generator and spoils it in one way. The detail of
each source's checks is in the unit tests; here all sources obey the same promise.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.generation.generator import generate
from orchestration.generation.scales import fraction
from orchestration.landing.land import land

BOMB = 300_000_000


@dataclass(frozen=True)
class Kind:
    """One way of spoiling a file: the source, the act, and what must come of it."""

    source: str
    spoil: Callable[[bytes], bytes]
    refused: bool
    suffix: str = ""


def _replace(old: str, new: str, times: int = 1) -> Callable[[bytes], bytes]:
    def spoil(data: bytes) -> bytes:
        assert old.encode() in data, f"the generator no longer writes {old!r}"
        return data.replace(old.encode(), new.encode(), times)

    return spoil


def _field(line: int, column: int, value: bytes) -> Callable[[bytes], bytes]:
    def spoil(data: bytes) -> bytes:
        lines = data.split(b"\n")
        cells = lines[line].split(b";")
        cells[column] = value
        lines[line] = b";".join(cells)
        return b"\n".join(lines)

    return spoil


def _add_line(text: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data + text + b"\n"


def _entity_bomb(data: bytes) -> bytes:
    levels = "".join(
        f'<!ENTITY l{n} "{"".join(f"&l{n - 1};" for _ in range(10))}">' for n in range(1, 10)
    )
    doctype = f'<!DOCTYPE lheo [<!ENTITY l0 "boum">{levels}]>'.encode()
    return data.replace(b"<lheo", doctype + b"<lheo", 1)


def _external_entity(data: bytes) -> bytes:
    doctype = b'<!DOCTYPE lheo [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return data.replace(b"<lheo", doctype + b"<lheo", 1)


def _zip_bomb(data: bytes) -> bytes:
    buffer = io.BytesIO(data)
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("export_fiches_CSV_Bombe_2024_01_01.csv", "w", force_zip64=True) as file,
    ):
        block = b"0" * 1_000_000
        for _ in range(BOMB // len(block)):
            file.write(block)
    return buffer.getvalue()


def _without_member(data: bytes) -> bytes:
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            if "Standard" not in info.filename:
                archive.writestr(info, source.read(info))
    return target.getvalue()


HTML = b"<!DOCTYPE html><html><body>503 Service Unavailable</body></html>"

KINDS = {
    "empty file": Kind("dossiers", lambda _: b"", True),
    "html page saved as csv": Kind("dossiers", lambda _: HTML, True),
    "html page saved as xml": Kind("edof", lambda _: HTML, True),
    "truncated gzip": Kind("dossiers", lambda data: gzip.compress(data)[:-200], True, ".gz"),
    "gzip bomb": Kind("dossiers", lambda _: gzip.compress(b"0" * BOMB), True, ".gz"),
    "wrong encoding": Kind("dossiers", _field(2, 14, b"Ni\xeavre"), True),
    "missing column": Kind("dossiers", _replace("id_titulaire;", ""), True),
    "comma instead of semicolon": Kind("financements", lambda d: d.replace(b";", b","), True),
    "NUL bytes": Kind("financements", lambda data: data + b"\0\0\0\n", True),
    "truncated xml": Kind("edof", lambda data: data[: len(data) // 2], True),
    "xml entity bomb": Kind("edof", _entity_bomb, True),
    "xml external entity": Kind("edof", _external_entity, True),
    "wrong xml namespace": Kind("edof", _replace("www.of.moncompteformation", "autre"), True),
    "not a zip": Kind("certifications", lambda _: HTML, True),
    "truncated zip": Kind("certifications", lambda data: data[: len(data) // 2], True),
    "zip bomb": Kind("certifications", _zip_bomb, True),
    "zip without a member": Kind("certifications", _without_member, True),
    "unknown columns in the list": Kind("organismes", _replace("denomination", "nom"), True),
    "invalid date": Kind("dossiers", _field(1, 2, b"2020-02-31"), False),
    "negative price": Kind("dossiers", _field(1, 21, b"-5.00"), False),
    "missing person": Kind("dossiers", _field(1, 1, b""), False),
    "unknown status": Kind("dossiers", _field(1, 6, b"Perdu"), False),
    "line with too many fields": Kind("dossiers", _field(1, 21, b"1.00;2;3"), False),
    "line with too few fields": Kind("financements", _add_line(b"D1;2020-01-01"), False),
    "amount that is no number": Kind("financements", _field(1, 3, b"mille"), False),
    "unknown code in a formation": Kind(
        "edof", _replace("<etat-recrutement>1", "<etat-recrutement>7"), False
    ),
    "bad SIRET of a formation": Kind("edof", _replace("<SIRET>", "<SIRET>X"), False),
    "bad SIRET in the list": Kind("organismes", _field(1, 3, b'"123"'), False),
}


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    to = tmp_path_factory.mktemp("valides")
    files = generate(fraction(0.0005), "2020-03", 3, to)
    # Of the registers, the one of several members.
    return {
        source: paths[-1 if source != "certifications" else 0] for source, paths in files.items()
    }


@pytest.mark.parametrize("name", KINDS)
def test_bad_input(name: str, valid: dict[str, Path], tmp_path: Path, data_folder: Path) -> None:
    kind = KINDS[name]
    original = valid[kind.source]
    bad = tmp_path / (original.name + kind.suffix)
    bad.write_bytes(kind.spoil(original.read_bytes()))
    good = land(kind.source, [original])[0]
    before = _tree(settings.landing())

    report = land(kind.source, [bad])[0]

    assert report.lus == report.atterris + report.rejetes
    if kind.refused:
        assert report.status == "refuse"
        assert report.error is not None
        assert bad.name in report.error
        assert _tree(settings.landing()) == before
    else:
        assert report.status == "atterri"
        assert report.rejetes > good.rejetes
        assert sum(report.rejects_by_reason.values()) == report.rejetes
        records = [json.loads(p.read_text()) for p in settings.landing().rglob("depot.json")]
        assert all(record["lus"] == record["atterris"] + record["rejetes"] for record in records)


def _tree(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
