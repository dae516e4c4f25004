"""The EDOF catalogue as a stream of ``formation`` elements.

Belongs here: safe incremental parsing, the document's outline (lheo > offres > formation), and
forgetting each element once read. Does not: bytes and encoding (``decoded``), nor what a
formation must hold (``validity``, ``formation``). Memory is constant.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import cast

from lxml import etree

from orchestration.landing.rejects import LandingError
from orchestration.landing.sources.edof.decoded import utf8_blocks

NAMESPACE = "https://www.of.moncompteformation.gouv.fr"
LHEO, OFFERS, FORMATION = (f"{{{NAMESPACE}}}{name}" for name in ("lheo", "offres", "formation"))

CHUNK = 256 * 1024
# A formation is about 7 kB; beyond this the tree would no longer be small.
MAX_FORMATION = 64 * 1024**2
# Fed before the root, and the only event asked for: through it the growing tree is reached. Events
# on elements would call Python at each of millions of them (98 MB/s against 123, November 2026).
_ANCHOR = b"<?cpf?>"

_PROBLEMS = {
    etree.ErrorTypes.ERR_INVALID_ENCODING: "octets illisibles dans l'encodage déclaré",
    etree.ErrorTypes.ERR_INVALID_CHAR: "caractère interdit en XML",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: "entité non déclarée (écrire &#160; et non &nbsp;)",
}


def formations(path: Path) -> Iterator[etree._Element]:
    """Yield each formation of the catalogue; an element is freed when the next is asked for.

    Raises :class:`LandingError` when the file is not a whole, well-formed EDOF catalogue holding at
    least one formation.
    """
    tree = _Tree(path)
    formation_count = pending = 0
    for chunk in _chunks(utf8_blocks(path)):
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
            raise self._refusal(
                f"{'espace de noms inattendu' if same else 'racine inattendue'}, un catalogue EDOF "
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
            problem = problem if first is None else _PROBLEMS.get(first.type, problem)
            raise LandingError(
                self._path.name,
                f"{problem} : le copier ou le faire exporter de nouveau.",
                ligne=None if first is None else first.line,
                colonne=None if first is None else str(first.column),
            )
