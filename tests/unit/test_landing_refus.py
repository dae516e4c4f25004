"""Files refused whole: one clear French error that shows no value, and nothing left behind."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.landing import blocs
from orchestration.landing.land import land
from tests.unit.fichiers_csv import (
    DOSSIER,
    FINANCEMENT,
    OFFRE,
    ORGANISME,
    in_vault,
    text,
    tree,
    write,
)

CANARI = "CANARI-123"
DELTA = text([{"id_dossier": f"{CANARI}-{number}"} for number in range(9)], FINANCEMENT).encode()
LISTE = text([{"denomination": f"É {CANARI}"}], ORGANISME).encode()


@dataclass(frozen=True)
class Refus:
    """A content, and words that its error must hold."""

    source: str
    content: bytes
    words: tuple[str, ...]


def _spoiled(old: bytes, new: bytes, times: int = -1) -> bytes:
    assert old in DELTA
    return DELTA.replace(old, new, times)


REFUS = {
    "empty": Refus("financements", b"", ("vide",)),
    "byte order mark alone": Refus("financements", b"\xef\xbb\xbf", ("vide",)),
    "gzip of nothing": Refus("financements", gzip.compress(b""), ("vide",)),
    "truncated gzip": Refus("financements", gzip.compress(DELTA)[:-9], ("gzip tronqué",)),
    "gzip with a wrong byte": Refus(
        "financements", gzip.compress(DELTA)[:-6] + b"\0\1\2\3\4\5", ("gzip",)
    ),
    "gzip bomb": Refus(
        "financements", gzip.compress(DELTA + b"a;b\n" * 20_000_000, 1), ("bombe", "200 fois")
    ),
    "html page": Refus(
        "organismes", b"\n <!DOCTYPE html><html>" + CANARI.encode(), ("page HTML", "ligne 1")
    ),
    "html page without a type": Refus("portail", b"<HTML><p>503</p></HTML>", ("page HTML",)),
    "NUL byte": Refus("financements", _spoiled(b"-4", b"-4\0"), ("nuls", "ligne 6")),
    "utf-16": Refus("organismes", LISTE.decode().encode("utf-16"), ("UTF-16", "ligne 1")),
    "latin-1": Refus("financements", _spoiled(b"-7", b"-\xe9"), ("UTF-8", "ligne 9")),
    "latin-1 in a small file": Refus(
        "organismes", LISTE.decode().encode("latin-1"), ("UTF-8", "ligne 2")
    ),
    "missing column": Refus(
        "financements", _spoiled(b"code_financeur;", b""), ("absentes : code_financeur",)
    ),
    "unknown column": Refus(
        "financements", _spoiled(b"montant\n", b"montant;devise\n"), ("en trop : devise",)
    ),
    "column twice": Refus(
        "financements", _spoiled(b"montant\n", b"montant;montant\n"), ("répétées : montant",)
    ),
    "no header": Refus(
        "financements", DELTA.split(b"\n", 1)[1], ("aucun nom de colonne", "id_dossier")
    ),
    "value among the names": Refus(
        "financements", _spoiled(b"montant\n", b"montant;12 rue\n"), ("(sans nom)",)
    ),
    "comma": Refus("financements", DELTA.replace(b";", b","), ("virgule", "« ; »")),
    "tabulation": Refus("organismes", LISTE.replace(b";", b"\t"), ("tabulation",)),
    "carriage returns alone": Refus(
        "financements", _spoiled(b"\n", b"\r"), ("CR seules", "ligne 1")
    ),
    "most lines malformed": Refus(
        "financements", _spoiled(b"TITULAIRE", b"T;T", 5), ("5 enregistrements sur 9",)
    ),
    "quote never closed": Refus("organismes", LISTE + b'1;"' + CANARI.encode(), ("guillemet",)),
    "list without record": Refus("organismes", LISTE.split(b"\n")[0] + b"\n", ("aucun",)),
    "portal without a count": Refus(
        "portail", text([], OFFRE).replace("nb_action", "nb").encode(), ("absentes : nb_action",)
    ),
    "dossiers given as financements": Refus(
        "financements", text([{}], DOSSIER).encode(), ("absentes : code_financeur, montant",)
    ),
}


@pytest.mark.parametrize("name", REFUS)
def test_refused_whole(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "data"))
    refus = REFUS[name]
    path = write(tmp_path / f"{refus.source}_2023-03.csv", refus.content)

    bilan = land(refus.source, [path])[0]

    assert (bilan.statut, bilan.lus) == ("refuse", 0)
    assert bilan.erreur is not None
    assert bilan.erreur.startswith(path.name)
    assert [word for word in refus.words if word not in bilan.erreur] == []
    assert CANARI not in bilan.erreur
    assert str(tmp_path) not in bilan.erreur
    assert tree() <= {refus.source}


def test_a_last_line_without_end_lands_with_a_remark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "data"))
    path = write(tmp_path / "financements_2023-03.csv", DELTA.rstrip(b"\n"))
    bilan = land("financements", [path])[0]
    assert (bilan.statut, bilan.atterris) == ("atterri", 9)
    assert "fin de ligne" in bilan.avertissements[0]


def test_a_refused_file_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "data"))
    paths = [
        write(tmp_path / "financements_2023-01.csv", b""),
        tmp_path / "financements_2023-02.csv",
        write(tmp_path / "financements_2023-03.csv", DELTA),
    ]
    told: list[str] = []
    bilans = land("financements", paths, progress=told.append)
    assert [bilan.statut for bilan in bilans] == ["refuse", "refuse", "atterri"]
    assert "introuvable" in str(bilans[1].erreur)
    assert len(told) == len(paths)
    assert in_vault("select count(*) from coffre.atterrissage.financements") == [(9,)]


@pytest.mark.parametrize("source", ["dossiers", "organismes"])
def test_an_endless_line_is_refused(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "data"))
    header = text([], {"dossiers": DOSSIER, "organismes": ORGANISME}[source]).encode()
    path = write(tmp_path / "long.csv", header + b"x" * (2 * blocs.BLOCK + 1))
    bilan = land(source, [path])[0]
    assert "8 Mo" in str(bilan.erreur)
    assert "ligne 2" in str(bilan.erreur)


@pytest.mark.parametrize("size", [9, 10, 11, 64, 4096])
def test_blocks_give_back_the_file_whatever_their_size(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocs, "BLOCK", size)
    content = "é;è\n\n".encode() * 7 + "dernière".encode()
    path = write(tmp_path / "petit.csv", content)
    read = list(blocs.blocks(path))
    assert b"".join(read) == content
    assert all(block.endswith(b"\n") for block in read[:-1])
