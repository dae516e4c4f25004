"""Small publications made by hand, and what a bucket holds, for the tests of the bucket.

The versions verify, whatever their bytes; a bucket is read without the code under test.
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
from orchestration.files import checksums, describe, indented_json, sha256
from orchestration.store.versions import CHECKSUMS_FILE, MANIFEST, POINTER
from tests.factories.s3_server import BUCKET

CPF = Path(sys.executable).with_name("cpf")
MONTH = "2026.03"
DATASET = "un_jeu"


def publish_bytes(dataset: str, number: int, contents: dict[str, bytes]) -> Path:
    """Publish one more version in ``$CPF_DATA``; return its folder."""
    folder = settings.publications(dataset)
    version = folder / f"{MONTH}.{number}"
    version.mkdir(parents=True)
    for name, content in contents.items():
        (version / name).write_bytes(content)
    manifest: dict[str, Any] = {
        "jeu": dataset,
        "version": version.name,
        "publie_le": f"2026-03-{number:02}T06:00:00Z",
        "fichiers": [asdict(describe(version / name)) for name in contents],
        "version_precedente": None,
    }
    if (folder / POINTER).exists():
        before = json.loads((folder / POINTER).read_text())
        manifest["version_precedente"] = {
            name: before[name] for name in ("version", "manifest_sha256")
        }
    (version / MANIFEST).write_bytes(indented_json(manifest))
    sums = {item["nom"]: item["sha256"] for item in manifest["fichiers"]}
    (version / CHECKSUMS_FILE).write_bytes(checksums(sums | {MANIFEST: sha256(version / MANIFEST)}))
    pointer(version)
    return version


def publish_two_versions() -> tuple[Path, Path]:
    """Publish twice."""
    return (
        publish_bytes(DATASET, 1, {"a.csv": b"1", "b.parquet": b"un"}),
        publish_bytes(DATASET, 2, {"a.csv": b"2", "b.parquet": b"deux"}),
    )


def pointer(version: Path) -> None:
    """Make a version the current one."""
    content = {
        "version": version.name,
        "manifest_sha256": sha256(version / MANIFEST),
        "publie_le": json.loads((version / MANIFEST).read_text())["publie_le"],
    }
    (version.parent / POINTER).write_bytes(indented_json(content))


def octets(seed: int, count: int) -> bytes:
    """Bytes that nothing compresses, the same for the same seed."""
    return random.Random(seed).randbytes(count)  # noqa: S311 (content, not secrets)


def fichiers(folder: Path) -> dict[str, str]:
    """Hash of every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in folder.rglob("*")
        if path.is_file()
    }


def objects(store: S3Store, prefix: str) -> dict[str, str]:
    """Hash of every object below a prefix, by its name, from its own bytes."""
    return {
        str(item["path"]).removeprefix(f"{prefix}/"): hashlib.sha256(
            bytes(obstore.get(store, item["path"]).bytes())
        ).hexdigest()
        for item in obstore.list(store, f"{prefix}/").collect()
    }


def address(prefix: str) -> str:
    """Return the address of a prefix, as the command line takes it."""
    return f"s3://{BUCKET}/{prefix}"


def say_nothing(_: str) -> None:
    """Say nothing."""


def cpf(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the true command in a process of its own, with this process's environment."""
    return subprocess.run(
        [CPF, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
