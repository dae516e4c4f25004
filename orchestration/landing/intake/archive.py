"""A delivered zip, opened only once it is known to be harmless and whole; its members' lines."""

import codecs
import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from orchestration.landing.intake.rejects import LandingError

# The real export weighs about 100 MB, its longest record a few kB.
MAX_BYTES = 2 * 1024**3
MAX_LINE = 1024**2
MAX_RATIO = 200
# Below this size a ratio means nothing: a few identical records compress very well.
RATIO_FROM = 64 * 1024**2
ZIP = b"PK\x03\x04"
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What Python's reader raises on damaged bytes, beyond its own error.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error)
_MEMBER = re.compile(r"export_fiches_csv_(?P<name>.+)_\d{4}_\d{2}_\d{2}\.csv")


@dataclass(frozen=True)
class Member:
    """One file of the zip; ``name`` is what to call it in a message."""

    name: str
    _archive: zipfile.ZipFile
    _info: zipfile.ZipInfo

    def lines(self) -> Iterator[str]:
        """Yield its lines, their ends kept.

        Raises :class:`LandingError` on bytes that are damaged, or not the lines of a UTF-8 text.
        """
        read = 0
        try:
            with io.BufferedReader(cast("io.RawIOBase", self._archive.open(self._info))) as file:
                while line := file.readline(MAX_LINE):
                    read += 1
                    if b"\0" in line or len(line) == MAX_LINE:
                        raise self._refusal("octets nuls ou ligne démesurée, pas du CSV", read)
                    yield str(line.removeprefix(codecs.BOM_UTF8) if read == 1 else line, "utf-8")
        except UnicodeDecodeError:
            raise self._refusal("caractères qui ne sont pas en UTF-8", read) from None
        except _DAMAGED:
            raise self._refusal("contenu abîmé (somme de contrôle)") from None

    def _refusal(self, problem: str, line: int | None = None) -> LandingError:
        return LandingError(self.name, f"{problem} : le télécharger de nouveau.", ligne=line)


@contextmanager
def open_archive(path: Path, members: Mapping[str, str]) -> Iterator[dict[str, Member]]:
    """Open a zip and give its wanted members by table; ``members`` maps a name to its table.

    Raises :class:`LandingError` when it is no zip, truncated, encrypted, a bomb, has names that
    leave its folder, or lacks or repeats a member.
    """
    with _zip(path) as archive:
        infos = archive.infolist()
        table_members: dict[str, Member] = {}
        for info in infos:
            match = _MEMBER.fullmatch(_plain(info))
            table = members.get(match["name"]) if match else None
            if table in table_members:
                raise LandingError(path.name, f"le fichier {table} y est deux fois.")
            if table:
                table_members[table] = Member(f"{path.name} ({table})", archive, info)
        missing = [table for table in members.values() if table not in table_members]
        if missing:
            raise LandingError(
                path.name,
                f"fichiers absents du zip : {', '.join(missing)}. Livrer l'export entier.",
            )
        yield {table: table_members[table] for table in members.values()}


def members_of(path: Path) -> list[str]:
    """Return the names of the files of a zip. Raises :class:`LandingError` if it is no safe zip."""
    with _zip(path) as archive:
        return [info.filename for info in _files(archive)]


@contextmanager
def only_member(path: Path) -> Iterator[IO[bytes]]:
    """Open the one file that a zip holds. Raises :class:`LandingError` when it holds another number
    of them, or is no safe zip.
    """
    with _zip(path) as archive:
        files = _files(archive)
        if len(files) != 1:
            raise LandingError(path.name, f"{_described(files)}.")
        with archive.open(files[0]) as file:
            yield file


@contextmanager
def _zip(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (*_DAMAGED, NotImplementedError):
        raise LandingError(
            path.name, "zip illisible ou tronqué : le télécharger de nouveau."
        ) from None
    with archive:
        _harmless(path, archive.infolist())
        yield archive


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Files of a zip, without folders nor what macOS adds."""
    return [
        info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]


def _described(files: list[zipfile.ZipInfo]) -> str:
    names = {info.filename for info in files}
    if "[Content_Types].xml" in names or "mimetype" in names:
        return "classeur de tableur et non CSV : l'enregistrer en CSV (UTF-8)"
    if any(_MEMBER.fullmatch(_plain(info)) for info in files):
        return "export CSV du registre RNCP/RS (source certifications)"
    return f"zip de {len(files)} fichiers : un seul est attendu, le livrer seul"


def _harmless(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    for info in infos:
        parts = Path(info.filename.replace("\\", "/")).parts
        if ".." in parts or info.filename.startswith(("/", "\\")):
            raise LandingError(path.name, "un nom de fichier sort du dossier : vérifier sa source.")
        if info.flag_bits & _ENCRYPTED:
            raise LandingError(path.name, "zip chiffré : le livrer sans mot de passe.")
        if info.compress_type not in _METHODS:
            raise LandingError(
                path.name, "compression inhabituelle : livrer un zip ordinaire (deflate)."
            )
    size = sum(info.file_size for info in infos)
    packed = max(sum(info.compress_size for info in infos), 1)
    if size > MAX_BYTES or (size > RATIO_FROM and size > MAX_RATIO * packed):
        raise LandingError(
            path.name,
            f"contenu démesuré (plus de {MAX_BYTES >> 30} Go, ou de {MAX_RATIO} fois sa taille "
            "compressée) : bombe de décompression ? Vérifier sa source.",
        )


def _plain(info: zipfile.ZipInfo) -> str:
    """Name of a member without accents nor case, whichever way its é was written.

    Without the UTF-8 flag a reader sees CP437, but real exports hold UTF-8 bytes all the same; and
    a zip made again by such a reader bears their CP437 look (``Comp├⌐tences``) under the flag.
    """
    name = info.filename
    with suppress(UnicodeError):
        name = name.encode("cp437").decode("utf-8")
    letters = unicodedata.normalize("NFKD", name.rpartition("/")[2])
    return "".join(char for char in letters if not unicodedata.combining(char)).casefold()
