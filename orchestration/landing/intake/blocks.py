"""The bytes of a delivered text file, by blocks, once known to be text; memory is constant."""

import gzip
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from orchestration.landing.intake.rejects import LandingError

BLOCK = 8 * 1024 * 1024
MAX_BYTES = 20 * 1024**3
MAX_RATIO = 200
# Below this size a ratio means nothing: a few identical records compress very well.
RATIO_FROM = 64 * 1024**2

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml")


def blocks(path: Path) -> Iterator[bytes]:
    """Yield the decompressed content by blocks that end at a line end (except maybe the last).

    The UTF-8 byte order mark is dropped. Raises :class:`LandingError` when the file is missing,
    empty, binary, HTML, not UTF-8, a damaged gzip or a bomb.
    """
    line, tail = 1, b""
    for number, raw in enumerate(raw_blocks(path)):
        block = _without_markup(path, raw.removeprefix(_BOM)) if number == 0 else raw
        cut = block.rfind(b"\n") + 1
        whole, tail = (tail + block[:cut], block[cut:]) if cut else (b"", tail + block)
        if len(tail) > BLOCK:
            raise LandingError(
                path.name,
                "ligne de plus de 8 Mo : fichier abîmé, ou fins de ligne absentes. "
                "Le faire réexporter en CSV.",
                ligne=line + whole.count(b"\n"),
            )
        if whole:
            yield _checked(path, whole, line)
            line += whole.count(b"\n")
    if tail:
        yield _checked(path, tail, line)
    elif line == 1:
        raise LandingError(path.name, "fichier vide : le faire livrer de nouveau.")


def raw_blocks(path: Path) -> Iterator[bytes]:
    """Yield the decompressed bytes by blocks, whatever they are; refuse bombs and damaged gzip."""
    if not path.is_file():
        raise LandingError(path.name, "fichier introuvable : vérifier le chemin.")
    size, read = path.stat().st_size, 0
    with path.open("rb") as file:
        compressed = file.read(2) == _GZIP
        file.seek(0)
        opened = gzip.GzipFile(fileobj=file) if compressed else file
        while block := _read(path, opened):
            read += len(block)
            if read > MAX_BYTES or (compressed and read > max(RATIO_FROM, MAX_RATIO * size)):
                raise LandingError(
                    path.name,
                    f"contenu démesuré (plus de {MAX_BYTES >> 30} Go, ou de {MAX_RATIO} fois la "
                    "taille du fichier compressé) : bombe de décompression ? Vérifier sa source.",
                )
            yield block


def _read(path: Path, file: BinaryIO | gzip.GzipFile) -> bytes:
    try:
        return file.read(BLOCK)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise LandingError(
            path.name, "gzip tronqué ou abîmé : le copier ou le faire livrer de nouveau."
        ) from None


def _without_markup(path: Path, block: bytes) -> bytes:
    if block[:1024].lstrip().lower().startswith(_MARKUP):
        raise LandingError(
            path.name,
            "page HTML ou XML et non CSV (souvent une page d'erreur enregistrée) : "
            "télécharger le fichier de nouveau.",
            ligne=1,
        )
    return block


def _checked(path: Path, block: bytes, line: int) -> bytes:
    """Return ``block`` if it is UTF-8 text; ``line`` is the number of its first line."""
    position = block.find(b"\0")
    if position >= 0:
        raise LandingError(
            path.name,
            "octets nuls : fichier binaire ou UTF-16. Livrer un CSV en UTF-8.",
            ligne=line + block.count(b"\n", 0, position),
        )
    if _is_utf8(block):
        return block
    try:
        str(block, "utf-8")
    except UnicodeDecodeError as error:
        raise LandingError(
            path.name,
            "caractères qui ne sont pas en UTF-8 : réexporter le fichier en UTF-8.",
            ligne=line + block.count(b"\n", 0, error.start),
        ) from None
    return block


def _is_utf8(block: bytes) -> bool:
    """Tell if bytes are UTF-8, with Arrow: seven times faster than decoding them."""
    offsets = struct.pack("=ii", 0, len(block))
    text = pa.StringArray.from_buffers(1, pa.py_buffer(offsets), pa.py_buffer(block))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def lines(path: Path) -> Iterator[str]:
    """Yield the text lines of a file, their ends kept as they are; only ``\\n`` ends a line."""
    for block in blocks(path):
        yield from io.StringIO(str(block, "utf-8"), newline="\n")
