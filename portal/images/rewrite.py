"""Files that DuckDB does not read as they are, written again: rare dialects, encodings."""

import csv
import gzip
import itertools
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from portal.packages.resource import PackageError, Resource

_RARE_OPTIONS = ("commentChar", "commentRows", "headerRows", "skipInitialSpace", "escapeChar")
_UTF8 = ("utf-8", "utf8", "utf-8-sig", "us-ascii", "ascii")
_BLOCK_SIZE = 1 << 20
# What a compressed file may open to, in bytes: so much, or so many times its size (rows of codes
# open to 60 times theirs, what is made to fill a disk to 1,000).
_OPENED_BYTES, _OPENED_TIMES = 256 << 20, 200


def inline_rows(resource: Resource, folder: Path) -> Path:
    """Write the rows that the descriptor itself holds."""
    rows = resource.inline_rows
    if isinstance(rows, str):
        path = folder / "en_ligne.csv"
        path.write_text(rows, encoding="utf-8", newline="")
        return path
    return _objects(resource, rows, folder / "en_ligne.jsonl")


def prepare(resource: Resource, form: str, parts: Sequence[Path], folder: Path) -> list[Path]:
    """Return the files that DuckDB can read, in the order of ``parts``."""
    if form == "csv":
        if any(resource.dialect.get(name) for name in _RARE_OPTIONS):
            return [_csv(resource, part, folder) for part in parts]
        if resource.encoding not in _UTF8:
            return [_transcode(resource, part, folder) for part in parts]
    if form == "json" and not all(_is_array_of_objects(resource, part) for part in parts):
        return [_json(resource, part, folder) for part in parts]
    return list(parts)


def check_opened(resource: Resource) -> None:
    """Refuse a compressed file that opens to far more than rows do. Raises ``PackageError``."""
    for part in resource.parts if resource.compression else ():
        most = max(_OPENED_BYTES, _OPENED_TIMES * part.stat().st_size)
        opened = 0
        try:
            with gzip.open(part) as file:
                while block := file.read(_BLOCK_SIZE):
                    opened += len(block)
                    if opened > most:
                        raise PackageError(
                            part.name, f"le fichier compressé s'ouvre sur plus de {most} octets"
                        )
        except (OSError, EOFError, zlib.error):
            raise PackageError(part.name, "le fichier n'est pas du gzip, ou est coupé") from None


def open_text(part: Path, encoding: str) -> IO[str]:
    """Open a file as text, unzipped if need be, without its byte order mark."""
    coding = "utf-8-sig" if encoding in _UTF8 else encoding
    if part.suffix == ".gz":
        return gzip.open(part, "rt", encoding=coding, newline="")
    return part.open(encoding=coding, newline="")


def _transcode(resource: Resource, part: Path, folder: Path) -> Path:
    path = folder / f"{part.name.split('.')[0]}_utf8.csv"
    try:
        with (
            open_text(part, resource.encoding) as file,
            path.open("w", encoding="utf-8", newline="") as out,
        ):
            while block := file.read(_BLOCK_SIZE):
                out.write(block)
    except (UnicodeDecodeError, LookupError):
        raise PackageError(
            resource.source_name,
            f"l'encodage n'est pas {resource.encoding} : corriger « encoding »",
        ) from None
    return path


def _csv(resource: Resource, part: Path, folder: Path) -> Path:
    dialect = resource.dialect
    path = folder / f"{part.name.split('.')[0]}_simple.csv"
    try:
        with (
            open_text(part, resource.encoding) as file,
            path.open("w", encoding="utf-8", newline="") as out,
        ):
            reader = csv.reader(
                _without_comments(file, dialect),
                delimiter=str(dialect["delimiter"]),
                quotechar=str(dialect.get("quoteChar") or '"'),
                doublequote=dialect.get("doubleQuote") is not False,
                escapechar=dialect.get("escapeChar") or None,
                skipinitialspace=bool(dialect.get("skipInitialSpace")),
            )
            writer = csv.writer(out, delimiter=str(dialect["delimiter"]))
            writer.writerows(_under_one_header(reader, dialect))
    except (UnicodeDecodeError, LookupError, csv.Error, TypeError):
        raise PackageError(
            resource.source_name, "le CSV est illisible : vérifier « encoding » et « dialect »"
        ) from None
    return path


def _without_comments(file: Iterable[str], dialect: Any) -> Iterator[str]:
    mark, rows = dialect.get("commentChar"), set(dialect.get("commentRows") or ())
    for number, line in enumerate(file, start=1):
        if number not in rows and not (mark and line.startswith(mark)):
            yield line


def _under_one_header(reader: Iterator[list[str]], dialect: Any) -> Iterator[list[str]]:
    """Join the rows of the header into one; rows before and between them are no data."""
    ranks = [int(rank) for rank in dialect.get("headerRows") or ()]
    if ranks and dialect.get("header") is not False:
        first = list(itertools.islice(reader, max(ranks)))
        chosen = [row for rank, row in enumerate(first, start=1) if rank in ranks]
        joiner = dialect.get("headerJoin") or " "
        yield [joiner.join(filter(None, names)) for names in zip(*chosen, strict=False)]
    yield from reader


def _is_array_of_objects(resource: Resource, part: Path) -> bool:
    """Tell whether a JSON file is an array of objects."""
    if resource.dialect.get("property") or resource.encoding not in _UTF8:
        return False
    with open_text(part, resource.encoding) as file:
        return "".join(file.read(4096).split())[:2] in ("[{", "[]")


def _json(resource: Resource, part: Path, folder: Path) -> Path:
    try:
        with open_text(part, resource.encoding) as file:
            rows = json.load(file)
        for name in filter(None, str(resource.dialect.get("property") or "").split(".")):
            rows = rows[name]
    except (ValueError, LookupError, TypeError):
        raise PackageError(resource.source_name, "le JSON est illisible") from None
    path = _objects(resource, rows, folder / f"{part.name.split('.')[0]}.jsonl")
    simple = path.with_suffix(".json")
    simple.write_text("[" + ",".join(path.read_text("utf-8").splitlines()) + "]", "utf-8")
    return simple


def _objects(resource: Resource, rows: Any, path: Path) -> Path:
    """Write rows, objects or lists under a list of names, as JSON lines."""
    names = [column.field.nom for column in resource.columns]
    try:
        if rows and isinstance(rows[0], list):
            if resource.dialect.get("header") is not False:
                names, *rows = rows
            rows = [dict(zip(names, row, strict=True)) for row in rows]
        is_valid = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    except (ValueError, TypeError, LookupError):
        is_valid = False
    if not is_valid:
        raise PackageError(
            resource.source_name, "les lignes doivent être une liste d'objets ou de listes"
        )
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)
    return path
