"""Small publications made by hand, and what a bucket holds, for the tests of the bucket.

Belongs here: versions that verify, of any bytes; reading a bucket without the code under test.
"""

import hashlib
import json
import random
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import obstore
from obstore.store import S3Store

from orchestration import settings
from orchestration.publication.fichiers import decrire, json_lisible, sha256, sommes
from orchestration.publication.versions import MANIFESTE, POINTEUR, SOMMES
from tests.unit.serveur_s3 import SEAU

CPF = Path(sys.executable).with_name("cpf")
MOIS = "2026.03"
JEU = "un_jeu"


def publier_octets(jeu: str, numero: int, contenus: dict[str, bytes]) -> Path:
    """Publish one more version in ``$CPF_DATA``; return its folder."""
    folder = settings.publications(jeu)
    version = folder / f"{MOIS}.{numero}"
    version.mkdir(parents=True)
    for name, content in contenus.items():
        (version / name).write_bytes(content)
    manifest: dict[str, Any] = {
        "jeu": jeu,
        "version": version.name,
        "publie_le": f"2026-03-{numero:02}T06:00:00Z",
        "fichiers": [asdict(decrire(version / name)) for name in contenus],
        "version_precedente": None,
    }
    if (folder / POINTEUR).exists():
        before = json.loads((folder / POINTEUR).read_text())
        manifest["version_precedente"] = {
            name: before[name] for name in ("version", "manifest_sha256")
        }
    (version / MANIFESTE).write_bytes(json_lisible(manifest))
    sums = {item["nom"]: item["sha256"] for item in manifest["fichiers"]}
    (version / SOMMES).write_bytes(sommes(sums | {MANIFESTE: sha256(version / MANIFESTE)}))
    pointer(version)
    return version


def deux_versions() -> tuple[Path, Path]:
    """Publish twice."""
    return (
        publier_octets(JEU, 1, {"a.csv": b"1", "b.parquet": b"un"}),
        publier_octets(JEU, 2, {"a.csv": b"2", "b.parquet": b"deux"}),
    )


def pointer(version: Path) -> None:
    """Make a version the current one."""
    content = {
        "version": version.name,
        "manifest_sha256": sha256(version / MANIFESTE),
        "publie_le": json.loads((version / MANIFESTE).read_text())["publie_le"],
    }
    (version.parent / POINTEUR).write_bytes(json_lisible(content))


def octets(graine: int, nombre: int) -> bytes:
    """Bytes that nothing compresses, the same for the same seed."""
    return random.Random(graine).randbytes(nombre)  # noqa: S311 (content, not secrets)


def fichiers(dossier: Path) -> dict[str, str]:
    """Hash of every file below a folder, by its path."""
    return {
        path.relative_to(dossier).as_posix(): sha256(path)
        for path in dossier.rglob("*")
        if path.is_file()
    }


def objets(store: S3Store, prefixe: str) -> dict[str, str]:
    """Hash of every object below a prefix, by its name, from its own bytes."""
    return {
        str(item["path"]).removeprefix(f"{prefixe}/"): hashlib.sha256(
            bytes(obstore.get(store, item["path"]).bytes())
        ).hexdigest()
        for item in obstore.list(store, f"{prefixe}/").collect()
    }


def adresse(prefixe: str) -> str:
    """Return the address of a prefix, as the command line takes it."""
    return f"s3://{SEAU}/{prefixe}"


def taire(_: str) -> None:
    """Say nothing."""


def cpf(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the true command in a process of its own, with this process's environment."""
    return subprocess.run(
        [CPF, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
