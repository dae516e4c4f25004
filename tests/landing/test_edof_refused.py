"""Catalogues refused whole: one clear error, nothing left behind, nothing read outside the file."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.landing.intake import blocks
from orchestration.landing.land import land
from orchestration.landing.sources.edof import edof_catalogue, stream
from tests.factories.csv_files import tree, write
from tests.factories.edof_catalogue import NAMESPACE, PERSONS, catalog, formation

pytestmark = pytest.mark.usefixtures("data_folder")

ENTITY_BOMB = "".join(
    f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10)
).join(('<!DOCTYPE lheo [<!ENTITY l0 "boum">', "]>"))


def _refusal(folder: Path, content: bytes, name: str = "edof_catalogue.xml") -> str:
    report = land("edof", [write(folder / name, content)])[0]
    assert report.status == "refuse"
    assert tree() <= {"edof"}
    assert report.error is not None
    assert report.error.startswith(name)
    assert not [person for person in PERSONS if person in report.error]
    return report.error


def _changed(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old.encode() in content, old
        return content.replace(old.encode(), new.encode("iso-8859-1"), 1)

    return change


def _before_root(text: str) -> Callable[[bytes], bytes]:
    return _changed("<lheo", f"{text}<lheo")


REFUSED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "entity bomb": (_before_root(ENTITY_BOMB), "ligne 2 : déclaration DOCTYPE interdite"),
    "any DOCTYPE": (
        _before_root("<!-- x -->\n<?x y?><!DOCTYPE lheo>"),
        "ligne 3 : déclaration DOC",
    ),
    "html": (lambda _: b"\n<!DOCTYPE html><html></html>", "page HTML"),
    "html without doctype": (lambda _: b"<HTML><body>503</body></HTML>", "page HTML"),
    "empty": (lambda _: b"", "fichier vide"),
    "binary": (lambda _: b"\x7fELF" + b"\0" * 100, "n'est pas du XML"),
    "broken zip": (lambda _: b"PK\x03\x04" + b"\0" * 100, "zip illisible"),
    "utf-16": (lambda data: data.decode("iso-8859-1").encode("utf-16"), "n'est pas du XML"),
    "utf-16 without its mark": (
        lambda data: data.decode("iso-8859-1").encode("utf-16-le"),
        "n'est pas du XML",
    ),
    "truncated": (lambda data: data[: len(data) // 2], "XML tronqué"),
    "truncated in the last tag": (lambda data: data[:-4], "XML tronqué"),
    "not closed": (_changed("</lheo>", ""), "XML tronqué"),
    "text after the end": (lambda data: data + b"<x/>", "XML mal formé"),
    "tags that do not match": (_changed("</ville>", "</vile>"), "ligne 15, colonne "),
    "undeclared entity": (_changed("Savoir", "Savoir&nbsp;faire"), "entité non déclarée"),
    "control character": (_changed("Savoir", "Sa\x01voir"), "caractère interdit"),
    "unknown encoding": (_changed("ISO-8859-1", "UTF-7"), "encodage déclaré inattendu"),
    "mark against label": (lambda data: b"\xef\xbb\xbf" + data, "encodage déclaré inattendu"),
    "utf-8 under an ISO label": (
        lambda data: data.decode("iso-8859-1").encode("utf-8"),
        "il est en UTF-8",
    ),
    "ISO bytes under a utf-8 label": (_changed("ISO-8859-1", "UTF-8"), "octets illisibles"),
    "bytes of no encoding": (
        lambda data: data.replace(b"Savoir", b"\x81"),
        "ligne 7 : octets qui ne sont pas de l'ISO-8859-1",
    ),
    "other namespace": (_changed(NAMESPACE, "http://lheo.gouv.fr/2.3"), "espace de noms inattendu"),
    "no namespace": (_changed(f' xmlns="{NAMESPACE}"', ""), "espace de noms inattendu"),
    "other root": (lambda _: b"<rss><channel/></rss>", "racine inattendue"),
    "no formation": (lambda _: catalog(" "), "aucune formation"),
    "something else among formations": (_changed("<formation", "<stage/><formation"), "inattendu"),
    "something after formations": (_changed("</offres>", "<stage/></offres>"), "inattendu"),
    "something after offres": (_changed("</offres>", "</offres><offres/>"), "inattendu"),
    "instruction inside": (_changed("<action", "<?x y?><action"), "instruction de traitement"),
    "undeclared prefix": (_changed("<ville>LARDY</", "<x:ville>LARDY</x:"), "XML mal formé"),
    "deep nesting": (_changed("Savoir", "<a>" * 300 + "</a>" * 300), "XML mal formé"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_whole(tmp_path: Path, kind: str) -> None:
    spoil, expected = REFUSED[kind]
    assert expected in _refusal(tmp_path, spoil(catalog()))


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", "MOTSECRET")
    doctype = f'<!DOCTYPE lheo [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    content = catalog(formation("F1", ("Savoir", "&x;"))).replace(
        b"<lheo", doctype.encode() + b"<lheo", 1
    )
    assert "MOTSECRET" not in _refusal(tmp_path, content)


def test_the_line_of_a_bad_byte_counts_all_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 256)
    content = catalog().replace(b"Points forts", b"\x81")
    line = content[: content.index(b"\x81")].count(b"\n") + 1
    assert f"ligne {line} : octets qui ne sont pas" in _refusal(tmp_path, content)


def test_a_document_cannot_follow_a_broken_one(tmp_path: Path) -> None:
    """After an undeclared entity libxml2 would begin anew, silent, at the next chunk."""
    broken = catalog(formation("F1", ("Savoir", "&nbsp;")))
    declaration, rest = broken.split(b"?>\n", 1)
    head = declaration + b"?>" + rest.ljust(stream.CHUNK)
    assert "entité non déclarée" in _refusal(tmp_path, head + catalog())


def test_a_late_defect_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edof_catalogue, "BATCH", dict.fromkeys(edof_catalogue.BATCH, 1))
    many = catalog(*(formation(f"F{rank}") for rank in range(200)))
    assert "XML tronqué" in _refusal(tmp_path, many[:-20])


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_truncated_gzip_is_refused(tmp_path: Path, kept: float) -> None:
    packed = gzip.compress(catalog(*(formation(f"F{rank}") for rank in range(50))))
    cut = packed[: int(len(packed) * kept)]
    assert "gzip tronqué" in _refusal(tmp_path, cut, "edof_catalogue.xml.gz")


@pytest.mark.slow
def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    spaces = gzip.compress(catalog().replace(b"</offres>", b" \n" * 100_000_000 + b"</offres>"))
    refusal = _refusal(tmp_path, spaces, "edof_catalogue.xml.gz")
    assert "démesuré" in refusal or "mal formé" in refusal


def test_an_endless_formation_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_FORMATION", 1_000_000)
    endless = formation("F1", ('info="code-gfe">8', 'info="x">' + "<a>b</a>" * 200_000))
    assert "démesurée" in _refusal(tmp_path, catalog(endless))
