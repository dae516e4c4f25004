"""Files refused whole: one clear French error that shows no value, and nothing left behind."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.landing.intake import blocks
from orchestration.landing.land import land
from tests.factories.csv_files import (
    DOSSIER,
    FINANCEMENT,
    OFFER,
    ORGANISME,
    in_vault,
    text,
    tree,
    write,
)

pytestmark = pytest.mark.usefixtures("data_folder")

CANARY = "D-86.75.309"
DELTA = text([{"id_dossier": f"{CANARY}-{number}"} for number in range(9)], FINANCEMENT).encode()
LISTING = text([{"denomination": f"É {CANARY}"}], ORGANISME).encode()


@dataclass(frozen=True)
class Refusal:
    """A content, and words that its error must hold."""

    source: str
    content: bytes
    words: tuple[str, ...]


def _altered(old: bytes, new: bytes, times: int = -1) -> bytes:
    assert old in DELTA
    return DELTA.replace(old, new, times)


REFUSALS = {
    "empty": Refusal("financements", b"", ("vide",)),
    "byte order mark alone": Refusal("financements", b"\xef\xbb\xbf", ("vide",)),
    "gzip of nothing": Refusal("financements", gzip.compress(b""), ("vide",)),
    "truncated gzip": Refusal("financements", gzip.compress(DELTA)[:-9], ("gzip tronqué",)),
    "gzip with a wrong byte": Refusal(
        "financements", gzip.compress(DELTA)[:-6] + b"\0\1\2\3\4\5", ("gzip",)
    ),
    "gzip bomb": Refusal(
        "financements", gzip.compress(DELTA + b"a;b\n" * 20_000_000, 1), ("bombe", "200 fois")
    ),
    "html page": Refusal(
        "organismes", b"\n <!DOCTYPE html><html>" + CANARY.encode(), ("page HTML", "ligne 1")
    ),
    "html page without a type": Refusal("portail", b"<HTML><p>503</p></HTML>", ("page HTML",)),
    "NUL byte": Refusal("financements", _altered(b"-4", b"-4\0"), ("nuls", "ligne 6")),
    "utf-16": Refusal("organismes", LISTING.decode().encode("utf-16"), ("UTF-16", "ligne 1")),
    "latin-1": Refusal("financements", _altered(b"-7", b"-\xe9"), ("UTF-8", "ligne 9")),
    "missing column": Refusal(
        "financements", _altered(b"code_financeur;", b""), ("absentes : code_financeur",)
    ),
    "unknown column": Refusal(
        "financements", _altered(b"montant\n", b"montant;devise\n"), ("en trop : devise",)
    ),
    "column twice": Refusal(
        "financements", _altered(b"montant\n", b"montant;montant\n"), ("répétées : montant",)
    ),
    "no header": Refusal(
        "financements", DELTA.split(b"\n", 1)[1], ("aucun nom de colonne", "id_dossier")
    ),
    "value among the names": Refusal(
        "financements", _altered(b"montant\n", b"montant;12 rue\n"), ("(sans nom)",)
    ),
    "comma": Refusal("financements", DELTA.replace(b";", b","), ("virgule", "« ; »")),
    "json": Refusal("portail", b'[{"nom_of": "X"}]', ("fichier JSON", "export CSV")),
    "register as a list": Refusal("organismes", b"<?xml version='1.0'?><FICHES/>", ("registre",)),
    "catalogue as a list": Refusal("portail", b"<lheo xmlns='x'/>", ("catalogue EDOF",)),
    "labels": Refusal(
        "portail", b"Nom de l'organisme;Num\xc3\xa9ro de fiche\nX;1\n", ("use_labels=false",)
    ),
    "column by two names": Refusal(
        "portail",
        text([{"date_extract": "x"}], OFFER | {"date_extract": ""}).encode(),
        ("répétées : date_chargement et date_extract",),
    ),
    "carriage returns alone": Refusal(
        "financements", _altered(b"\n", b"\r"), ("CR seules", "ligne 1")
    ),
    "most lines malformed": Refusal(
        "financements", _altered(b"TITULAIRE", b"T;T", 5), ("5 enregistrements sur 9",)
    ),
    "quote never closed": Refusal("organismes", LISTING + b'1;"' + CANARY.encode(), ("guillemet",)),
    "list without record": Refusal("organismes", LISTING.split(b"\n")[0] + b"\n", ("aucun",)),
    "portal without a count": Refusal(
        "portail", text([], OFFER).replace("nb_action", "nb").encode(), ("absentes : nb_action",)
    ),
    "dossiers given as financements": Refusal(
        "financements", text([{}], DOSSIER).encode(), ("absentes : code_financeur, montant",)
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refused_whole(name: str, tmp_path: Path) -> None:
    refusal = REFUSALS[name]
    path = write(tmp_path / f"{refusal.source}_2023-03.csv", refusal.content)

    report = land(refusal.source, [path])[0]

    assert (report.status, report.lus) == ("refuse", 0)
    assert report.error is not None
    assert report.error.startswith(path.name)
    assert [word for word in refusal.words if word not in report.error] == []
    assert CANARY not in report.error
    assert str(tmp_path) not in report.error
    assert tree() <= {refusal.source}


def test_a_last_line_without_end_lands_with_a_remark(tmp_path: Path) -> None:
    path = write(tmp_path / "financements_2023-03.csv", DELTA.rstrip(b"\n"))
    report = land("financements", [path])[0]
    assert (report.status, report.atterris) == ("atterri", 9)
    assert "fin de ligne" in report.warnings[0]


def test_a_refused_file_stops_no_other(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "financements_2023-01.csv", b""),
        tmp_path / "financements_2023-02.csv",
        write(tmp_path / "financements_2023-03.csv", DELTA),
    ]
    progress_lines: list[str] = []
    reports = land("financements", paths, progress=progress_lines.append)
    assert [report.status for report in reports] == ["refuse", "refuse", "atterri"]
    assert "introuvable" in str(reports[1].error)
    assert len(progress_lines) == len(paths)
    assert in_vault("select count(*) from coffre.atterrissage.financements") == [(9,)]


@pytest.mark.parametrize("source", ["dossiers", "organismes"])
def test_an_endless_line_is_refused(source: str, tmp_path: Path) -> None:
    header = text([], {"dossiers": DOSSIER, "organismes": ORGANISME}[source]).encode()
    path = write(tmp_path / "long.csv", header + b"x" * (2 * blocks.BLOCK + 1))
    report = land(source, [path])[0]
    assert "8 Mo" in str(report.error)
    assert "ligne 2" in str(report.error)


@pytest.mark.parametrize("size", [9, 10, 11, 64, 4096])
def test_blocks_give_back_the_file_whatever_their_size(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", size)
    content = "é;è\n\n".encode() * 7 + "dernière".encode()
    path = write(tmp_path / "petit.csv", content)
    read = list(blocks.blocks(path))
    assert b"".join(read) == content
    assert all(block.endswith(b"\n") for block in read[:-1])
