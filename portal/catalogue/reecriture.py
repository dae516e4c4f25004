"""Files that DuckDB does not read as they are, written again as it does: rare dialects, encodings.

Belongs here: CSV and JSON in other clothes. Does not: usual files, which are read in place.
"""

import csv
import gzip
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from portal.catalogue.refus import PaquetError
from portal.catalogue.ressource import Ressource

_RARES = ("commentChar", "commentRows", "headerRows", "skipInitialSpace", "escapeChar")
_UTF8 = ("utf-8", "utf8", "utf-8-sig", "us-ascii", "ascii")
_BLOC = 1 << 20


def en_ligne(ressource: Ressource, dossier: Path) -> Path:
    """Write the rows that the descriptor itself holds."""
    rows = ressource.en_ligne
    if isinstance(rows, str):
        path = dossier / "en_ligne.csv"
        path.write_text(rows, encoding="utf-8", newline="")
        return path
    return _objets(ressource, rows, dossier / "en_ligne.jsonl")


def preparer(ressource: Ressource, form: str, parts: Sequence[Path], dossier: Path) -> list[Path]:
    """Return the files that DuckDB can read, in the order of ``parts``."""
    if form == "csv":
        if any(ressource.dialecte.get(name) for name in _RARES):
            return [_csv(ressource, part, dossier) for part in parts]
        if ressource.encodage not in _UTF8:
            return [_transcoder(ressource, part, dossier) for part in parts]
    if form == "json" and not all(_objets_simples(ressource, part) for part in parts):
        return [_json(ressource, part, dossier) for part in parts]
    return list(parts)


def ouvrir(part: Path, encodage: str) -> IO[str]:
    """Open a file as text, unzipped if need be, without its byte order mark."""
    coding = "utf-8-sig" if encodage in _UTF8 else encodage
    if part.suffix == ".gz":
        return gzip.open(part, "rt", encoding=coding, newline="")
    return part.open(encoding=coding, newline="")


def _transcoder(ressource: Ressource, part: Path, dossier: Path) -> Path:
    path = dossier / f"{part.name.split('.')[0]}_utf8.csv"
    try:
        with (
            ouvrir(part, ressource.encodage) as file,
            path.open("w", encoding="utf-8", newline="") as out,
        ):
            while block := file.read(_BLOC):
                out.write(block)
    except (UnicodeDecodeError, LookupError):
        raise PaquetError(
            ressource.nom_du_fichier,
            f"l'encodage n'est pas {ressource.encodage} : corriger « encoding »",
        ) from None
    return path


def _csv(ressource: Ressource, part: Path, dossier: Path) -> Path:
    dialect = ressource.dialecte
    path = dossier / f"{part.name.split('.')[0]}_simple.csv"
    try:
        with (
            ouvrir(part, ressource.encodage) as file,
            path.open("w", encoding="utf-8", newline="") as out,
        ):
            reader = csv.reader(
                _sans_commentaires(file, dialect),
                delimiter=str(dialect["delimiter"]),
                quotechar=str(dialect.get("quoteChar") or '"'),
                doublequote=dialect.get("doubleQuote") is not False,
                escapechar=dialect.get("escapeChar") or None,
                skipinitialspace=bool(dialect.get("skipInitialSpace")),
            )
            writer = csv.writer(out, delimiter=str(dialect["delimiter"]))
            writer.writerows(_sous_un_entete(reader, dialect))
    except (UnicodeDecodeError, LookupError, csv.Error, TypeError):
        raise PaquetError(
            ressource.nom_du_fichier, "le CSV est illisible : vérifier « encoding » et « dialect »"
        ) from None
    return path


def _sans_commentaires(file: Iterable[str], dialect: Any) -> Iterator[str]:
    mark, rows = dialect.get("commentChar"), set(dialect.get("commentRows") or ())
    for number, line in enumerate(file, start=1):
        if number not in rows and not (mark and line.startswith(mark)):
            yield line


def _sous_un_entete(reader: Iterator[list[str]], dialect: Any) -> Iterator[list[str]]:
    """Join the rows of the header into one; rows before and between them are no data."""
    ranks = [int(rank) for rank in dialect.get("headerRows") or ()]
    if ranks and dialect.get("header") is not False:
        first = list(itertools.islice(reader, max(ranks)))
        chosen = [row for rank, row in enumerate(first, start=1) if rank in ranks]
        joint = dialect.get("headerJoin") or " "
        yield [joint.join(filter(None, names)) for names in zip(*chosen, strict=False)]
    yield from reader


def _objets_simples(ressource: Ressource, part: Path) -> bool:
    """Tell whether a JSON file is an array of objects."""
    if ressource.dialecte.get("property") or ressource.encodage not in _UTF8:
        return False
    with ouvrir(part, ressource.encodage) as file:
        return "".join(file.read(4096).split())[:2] in ("[{", "[]")


def _json(ressource: Ressource, part: Path, dossier: Path) -> Path:
    try:
        with ouvrir(part, ressource.encodage) as file:
            rows = json.load(file)
        for name in filter(None, str(ressource.dialecte.get("property") or "").split(".")):
            rows = rows[name]
    except (ValueError, LookupError, TypeError):
        raise PaquetError(ressource.nom_du_fichier, "le JSON est illisible") from None
    path = _objets(ressource, rows, dossier / f"{part.name.split('.')[0]}.jsonl")
    simple = path.with_suffix(".json")
    simple.write_text("[" + ",".join(path.read_text("utf-8").splitlines()) + "]", "utf-8")
    return simple


def _objets(ressource: Ressource, rows: Any, path: Path) -> Path:
    """Write rows, objects or lists under a list of names, as JSON lines."""
    names = [item.champ.nom for item in ressource.colonnes]
    try:
        if rows and isinstance(rows[0], list):
            if ressource.dialecte.get("header") is not False:
                names, *rows = rows
            rows = [dict(zip(names, row, strict=True)) for row in rows]
        right = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    except (ValueError, TypeError, LookupError):
        right = False
    if not right:
        raise PaquetError(
            ressource.nom_du_fichier, "les lignes doivent être une liste d'objets ou de listes"
        )
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)
    return path
