"""What a file is, told from its first bytes: a wrong one is named for what it is."""

import re
from pathlib import Path

PARQUET = b"PAR1"
_SIGNATURES = {
    PARQUET: "fichier Parquet",
    b"%PDF": "fichier PDF",
    b"\xd0\xcf\x11\xe0": "fichier Excel ancien (.xls)",
    b"7z\xbc\xaf": "fichier d'archive 7z",
    b"Rar!": "fichier d'archive RAR",
}
_HTML = re.compile(rb"<(!doctype html|html|head|body)\b", re.IGNORECASE)
# Possessive: an endless prolog is read once.
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_JSON = re.compile(rb"[\[{]\s*[\"{\[\]}]")
_KNOWN_ROOTS = {
    b"lheo": "catalogue EDOF en XML (source edof)",
    b"FICHES": "export XML du registre RNCP ou RS (source certifications)",
}


def is_parquet(path: Path) -> bool:
    """Tell whether a file is a Parquet file."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(PARQUET)) == PARQUET


def kind_of(head: bytes) -> str | None:
    """Say in French what the first bytes are, if they are not of a CSV; None when they may be."""
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return kind
    prolog = _PROLOG.match(head)
    start = head[prolog.end() if prolog else 0 :][:256]
    if _HTML.match(start):
        return "page HTML (souvent une page d'erreur enregistrée)"
    if start.startswith(b"<!"):
        return "fichier XML"
    root = _ROOT.match(start)
    if root:
        return _KNOWN_ROOTS.get(root[1], "fichier XML")
    return "fichier JSON" if _JSON.match(start) else None
