"""The bytes of an EDOF catalogue, in UTF-8, once they look like one.

Belongs here: what can be said before parsing (HTML, DOCTYPE, declared encoding) and the passage
from ISO-8859-1 to UTF-8. Does not: XML itself (``stream``), gzip and bombs (``blocks``).
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from orchestration.landing.blocks import raw_blocks
from orchestration.landing.rejects import LandingError

# Bytes 80 to 9F are no characters in ISO-8859-1: where a body sends some, they are Windows' curly
# quotes and ligatures, and everybody reads this label as windows-1252.
_CODECS = {"iso-8859-1": "windows-1252", "utf-8": "utf-8"}
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml\s[^>]*?\?>)?")
_DECLARED = re.compile(rb"\sencoding\s*=\s*[\"']([\w.-]+)[\"']")
# Possessive: an endless prolog is read once.
_BEFORE_ROOT = re.compile(rb"(?:\s++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z_:]")
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body")


def utf8_blocks(path: Path) -> Iterator[bytes]:
    """Yield the document in UTF-8: its XML declaration (maybe empty), then the rest by blocks.

    Raises :class:`LandingError` when it is not XML, has a DOCTYPE, or is not in the encoding that
    it declares (ISO-8859-1 or UTF-8).
    """
    blocks = raw_blocks(path)
    head = next(blocks, b"")
    declaration = _DECLARATION.match(head)[0]  # type: ignore[index]  # matches the empty text
    _check_prolog(path, head[len(declaration) :], declaration.count(b"\n") + 1)
    codec = _codec(path, declaration)
    yield declaration
    convert = _Conversion(path, codec)
    yield convert(head[len(declaration) :])
    for block in blocks:
        yield convert(block)


def _check_prolog(path: Path, text: bytes, line: int) -> None:
    """Refuse what is not XML, and any DOCTYPE: it can stand only before the root."""
    before = _BEFORE_ROOT.match(text)
    start = before.end() if before else 0
    root = text[start : start + 64]
    line += text.count(b"\n", 0, start)
    if root.lower().startswith(_HTML):
        raise LandingError(
            path.name,
            "page HTML et non XML (souvent une page d'erreur enregistrée) : télécharger le "
            "fichier de nouveau.",
            ligne=line,
        )
    if root.startswith(b"<!"):
        raise LandingError(
            path.name,
            "déclaration DOCTYPE interdite (elle permet entités externes et bombes d'entités) : "
            "la faire retirer, et vérifier d'où vient le fichier.",
            ligne=line,
        )
    if not _ROOT.match(root):
        raise LandingError(
            path.name,
            "fichier vide, ou qui n'est pas du XML : livrer le catalogue EDOF (.xml, .xml.gz).",
        )


def _codec(path: Path, declaration: bytes) -> str:
    declared = _DECLARED.search(declaration)
    name = declared[1].decode().lower() if declared else "utf-8"
    marked = declaration.startswith(codecs.BOM_UTF8)
    if name not in _CODECS or (marked and name != "utf-8"):
        raise LandingError(
            path.name,
            "encodage déclaré inattendu, ou démenti par les premiers octets : livrer en "
            "ISO-8859-1 (ou en UTF-8).",
            ligne=1,
        )
    return _CODECS[name]


class _Conversion:
    """Blocks of a document, one after the other, to UTF-8."""

    def __init__(self, path: Path, codec: str) -> None:
        self._path, self._codec = path, codec
        self._line = 1
        self._confirmed = False

    def __call__(self, block: bytes) -> bytes:
        if self._codec == "utf-8":
            return block  # libxml2 itself refuses what is not UTF-8
        if not block.isascii():
            if not self._confirmed:
                self._refuse_utf8(block)
            block = self._converted(block)
        self._line += block.count(b"\n")
        return block

    def _converted(self, block: bytes) -> bytes:
        try:
            return block.decode(self._codec).encode()
        except UnicodeDecodeError as error:
            raise LandingError(
                self._path.name,
                "octets qui ne sont pas de l'ISO-8859-1 : réexporter le catalogue.",
                ligne=self._line + block.count(b"\n", 0, error.start),
            ) from None

    def _refuse_utf8(self, block: bytes) -> None:
        """Refuse UTF-8 under an ISO-8859-1 label.

        The first block with accents decides: French in ISO-8859-1 is never valid UTF-8.
        """
        self._confirmed = True
        try:
            # A character cut by the end of the block is left out, not an error.
            text, _ = codecs.utf_8_decode(block, "strict", False)
        except UnicodeDecodeError:
            return
        if not text.isascii():
            raise LandingError(
                self._path.name,
                "le fichier se déclare en ISO-8859-1 mais il est en UTF-8 : corriger la "
                "déclaration ou réexporter.",
            )
