"""Packages of others that would harm: refused with their reason, and the others are served."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
import requests

from portal.images import rewrite
from portal.packages.resource import PackageError
from tests.factories import quiet_server, small_places
from tests.factories.small_packages import csv, fields, load, write

pytestmark = pytest.mark.slow

_COLUMNS = fields(v="string")
_DEEP = '{"resources":[' + "[" * 100_000 + "]" * 100_000 + "]}"


def _resource(**told: Any) -> dict[str, Any]:
    return {"name": "donnees", "path": "donnees.csv", "schema": _COLUMNS, **told}


# What a descriptor says, and what the refusal must tell of it.
_DESCRIPTORS: dict[str, tuple[Any, str]] = {
    "nom-long": ([_resource(name="n" * 400)], "caractères"),
    "nom-reserve": ([_resource(name="catalog")], "adresse du portail"),
    "nom-du-portail": ([_resource(name="Tableaux-de-bord")], "adresse du portail"),
    "nom-vide": ([_resource(name="")], "nom"),
    "chemin-long": ([_resource(path="x" * 5000)], "manque"),
    "chemin-nul": ([_resource(path="a\0b")], "manque"),
    "ressources-etranges": ([None, 1, "a", []], "tabulaire"),
    "schema-etrange": ([_resource(schema={"fields": [1, None]})], ""),
    "champs-etranges": ([_resource(schema={"fields": {"a": 1}})], ""),
    "encodage-inconnu": ([_resource(encoding="klingon")], "encod"),
    "encodage-binaire": ([_resource(encoding="base64")], "encod"),
    "encodage-nul": ([_resource(encoding="utf-8\0")], "encod"),
    "delimiteur-long": ([_resource(dialect={"delimiter": ";;;;;"})], "dialect"),
    "delimiteur-vide": ([_resource(dialect={"delimiter": ""})], "dialect"),
    "delimiteur-etrange": ([_resource(dialect={"delimiter": {"a": 1}})], "dialect"),
    "guillemet-long": ([_resource(dialect={"quoteChar": "abc", "commentChar": "#"})], "dialect"),
    "entete-etrange": ([_resource(dialect={"headerRows": ["a"]})], "dialect"),
    "entete-lointaine": ([_resource(dialect={"headerRows": [10**9]})], ""),
}
# What is odd, and served all the same.
_ODD: dict[str, Any] = {
    "date-lointaine": {"modified": "0001-01-01T00:00:00+14:00"},
    "date-finale": {"modified": "9999-12-31T23:59:59-14:00"},
    "date-etrange": {"modified": {"a": 1}},
    "titre-etrange": {"title": ["Un", "Deux"]},
    "version-etrange": {"version": "../../x"},
}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Why each of the packages is not served; ``lieux`` and those that are odd must be."""
    state = tmp_path_factory.mktemp("hostiles")
    root = state / "publications"
    for name, (resources, _) in _DESCRIPTORS.items():
        csv(root / name, "v\na\n", _COLUMNS)
        write(root / name, *resources)
    for name, told in _ODD.items():
        csv(root / name, "v\na\n", _COLUMNS)
        write(root / name, _resource(name=name), **told)
    (root / "profond").mkdir()
    (root / "profond" / "datapackage.json").write_text(_DEEP)
    (root / "boucle").symlink_to(root / "boucle")
    small_places.write(root)
    with quiet_server.serving(root, state) as address:
        listed = requests.get(f"{address}/api/explore/v2.1/catalog/datasets?limit=100", timeout=30)
        served = {item["dataset_id"] for item in listed.json()["results"]}
        assert served == {"lieux", *_ODD}
    told: dict[str, list[str]] = {}
    for line in (state / "journal.txt").read_text().splitlines():
        event = json.loads(line) if line.startswith("{") else {}
        if event.get("event") == "version_refusee":
            told.setdefault(event["dossier"], []).append(event["raison"])
    return {name: " ".join(reasons) for name, reasons in told.items()}


@pytest.mark.parametrize("name", [*_DESCRIPTORS, "profond"])
def test_what_is_hostile_is_refused_with_its_reason(refusals: dict[str, str], name: str) -> None:
    words = _DESCRIPTORS[name][1] if name in _DESCRIPTORS else "JSON"
    assert words in refusals[name]
    assert "code 1" not in refusals[name]


def test_a_compressed_file_opens_to_so_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrite, "_OPENED_BYTES", 1 << 20)
    for rank, text in enumerate(("v\n" + "0" * 50_000_000, "v\n" + "0\n" * 25_000_000)):
        folder = tmp_path / f"bombe{rank}"
        folder.mkdir()
        (folder / "donnees.csv.gz").write_bytes(gzip.compress(text.encode()))
        path = write(folder, _resource(path="donnees.csv.gz"))
        with pytest.raises(PackageError, match=r"s'ouvre sur plus de"):
            load(path)


def test_a_compressed_file_of_rows_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrite, "_OPENED_BYTES", 1 << 20)
    text = "v\n" + "".join(f"{os.urandom(20).hex()}\n" for _ in range(50_000))
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "donnees.csv.gz").write_bytes(gzip.compress(text.encode()))
    _, rows = load(write(tmp_path / "p", _resource(path="donnees.csv.gz")))
    assert len(rows) == 50_000


@pytest.mark.parametrize("content", [b"v\na\n", gzip.compress(b"v\na\n" * 10_000)[:-20], b""])
def test_what_is_no_gzip_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "donnees.csv.gz").write_bytes(content)
    path = write(tmp_path, _resource(path="donnees.csv.gz"))
    with pytest.raises(PackageError, match=r"gzip|vide"):
        load(path)
