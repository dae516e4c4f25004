"""The EDOF catalogue as a stream of ``formation`` elements, freed once read; memory is constant.

Bytes are checked (HTML, DOCTYPE, declared encoding) and turned into UTF-8, then parsed safely.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import cast

from lxml import etree

from orchestration.landing.intake.blocks import raw_blocks
from orchestration.landing.intake.kinds import kind_of
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.intake.xml_errors import xml_problem

NAMESPACE = "https://www.of.moncompteformation.gouv.fr"
LHEO, OFFERS, FORMATION = (f"{{{NAMESPACE}}}{name}" for name in ("lheo", "offres", "formation"))

CHUNK = 256 * 1024
# A formation is about 7 kB; beyond this the tree would no longer be small.
MAX_FORMATION = 64 * 1024**2
# Fed before the root, and the only event asked for: through it the growing tree is reached. Events
# on elements would call Python at each of millions of them (98 MB/s against 123, November 2026).
_ANCHOR = b"<?cpf?>"

# Bytes 80 to 9F are no characters in ISO-8859-1: where a body sends some, they are Windows' curly
# quotes and ligatures, and everybody reads this label as windows-1252.
_CODECS = {"iso-8859-1": "windows-1252", "utf-8": "utf-8"}
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml\s[^>]*?\?>)?")
_DECLARED = re.compile(rb"\sencoding\s*=\s*[\"']([\w.-]+)[\"']")
# Possessive: an endless prolog is read once.
_BEFORE_ROOT = re.compile(rb"(?:\s++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z_:]")
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body")


def formations(path: Path) -> Iterator[etree._Element]:
    """Yield each formation of the catalogue; an element is freed when the next is asked for.

    Raises :class:`LandingError` when the file is not a whole, well-formed EDOF catalogue holding at
    least one formation.
    """
    tree = _Tree(path)
    formation_count = pending = 0
    for chunk in _chunks(_utf8_blocks(path)):
        tree.feed(chunk)
        pending += len(chunk)
        for element in tree.ended():
            formation_count, pending = formation_count + 1, 0
            yield element
        if pending > MAX_FORMATION:
            raise LandingError(
                path.name,
                f"formation démesurée (plus de {MAX_FORMATION >> 20} Mo) : fichier abîmé ? "
                "Le faire livrer de nouveau.",
            )
    tree.close()
    for element in tree.ended(closed=True):
        formation_count += 1
        yield element
    if not formation_count:
        raise LandingError(path.name, "aucune formation : vérifier l'extraction du catalogue.")


def line_of(element: etree._Element) -> int | None:
    """Return the line where an element starts (the stubs of lxml say nothing of it)."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def _chunks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut the blocks small, with the anchor between the XML declaration and the rest."""
    yield next(blocks) + _ANCHOR
    for block in blocks:
        for start in range(0, len(block), CHUNK):
            yield block[start : start + CHUNK]


class _Tree:
    """The document as far as it is read, of which only the formations in progress are kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Nothing is loaded, nothing is expanded, libxml2's own limits stay on.
        self._parser = etree.XMLPullParser(
            ("pi",),
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            strip_cdata=False,
        )
        self._anchor: etree._Element | None = None

    def feed(self, chunk: bytes) -> None:
        """Parse more. Raises :class:`LandingError` on broken XML."""
        self._run(partial(self._parser.feed, chunk), "XML mal formé")
        for _, event in self._parser.read_events():
            instruction = cast("etree._Element", event)
            if self._anchor is None:
                self._anchor = instruction
            elif instruction.getparent() is not None:
                raise self._refusal("instruction de traitement inattendue", instruction)

    def close(self) -> None:
        """Say that all is fed. Raises :class:`LandingError` when the document is not complete."""
        self._run(self._parser.close, "XML tronqué, qui s'arrête avant sa fin")

    def ended(self, *, closed: bool = False) -> Iterator[etree._Element]:
        """Yield then drop the formations that have ended.

        Until the document is ``closed``, the last one may still be growing.
        """
        offers = self._offers()
        while offers is not None and len(offers):
            element = offers[0]
            if element.tag != FORMATION:
                raise self._refusal("élément inattendu parmi les formations", element)
            if element.getnext() is None and not closed:
                return
            yield element
            # Emptied first: removing a full element would visit all of it again.
            element.clear()
            offers.remove(element)

    def _offers(self) -> etree._Element | None:
        """Return ``offres`` once it has begun; refuse any other outline."""
        root = self._anchor
        while root is not None and not isinstance(root.tag, str):
            root = root.getnext()
        if root is None:
            return None
        if root.tag != LHEO:
            same = etree.QName(root).localname == "lheo"
            kind = kind_of(b"<" + etree.QName(root).localname.encode())
            raise self._refusal(
                f"{'espace de noms inattendu' if same else f'racine inattendue ({kind})'}, "
                "un catalogue EDOF "
                f'commence par <lheo xmlns="{NAMESPACE}">',
                root,
            )
        for rank, element in enumerate(root):
            if rank or element.tag != OFFERS:
                raise self._refusal("élément inattendu, lheo ne contient qu'offres", element)
        return root[0] if len(root) else None

    def _refusal(self, problem: str, element: etree._Element) -> LandingError:
        return LandingError(
            self._path.name,
            f"{problem} : vérifier que c'est bien l'export du catalogue.",
            ligne=line_of(element),
        )

    def _run(self, step: Callable[[], object], problem: str) -> None:
        """Take one step of the parser. Raises :class:`LandingError` at its first error.

        libxml2's own message may quote the text: it is not shown. Its log is read after each step
        because an undeclared entity raises nothing: the parser stops there, silent, and begins a
        new document with the next chunk.
        """
        raised = False
        try:
            step()
        except etree.XMLSyntaxError:
            raised = True
        first = next(iter(self._parser.feed_error_log.filter_from_errors()), None)
        if raised or first is not None:
            problem = problem if first is None else xml_problem(first, problem)
            raise LandingError(
                self._path.name,
                f"{problem} : le copier ou le faire exporter de nouveau.",
                ligne=None if first is None else first.line,
                colonne=None if first is None else str(first.column),
            )


def _utf8_blocks(path: Path) -> Iterator[bytes]:
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
        kind = kind_of(text[:4096]) or (
            "fichier qui n'est pas du XML (un CSV ?)" if text.strip() else "fichier vide"
        )
        raise LandingError(path.name, f"{kind} : livrer le catalogue EDOF (.xml, .xml.gz).")


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
