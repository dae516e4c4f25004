"""Publishing: what a version holds, and when there is none."""

import datetime as dt
import hashlib
import json
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration import files, settings
from orchestration.candidates.formats import FORMATS
from orchestration.datasets import Dataset
from orchestration.metadata.documents import DOCUMENTS
from orchestration.quality.report import read_report
from orchestration.release import publish
from orchestration.release.publish import PublicationRefusedError
from orchestration.store.versions import Version, next_version, versions
from tests.factories import reports
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_publications import (
    export_candidate,
    folder,
    is_intact,
    pointer,
    publish_dataset,
    without_registry,
)


@pytest.fixture
def dataset(state: Path, datasets: dict[str, Dataset]) -> Dataset:
    return without_registry(datasets[PURCHASES])


def test_a_version_binds_everything(dataset: Dataset) -> None:
    publication = publish_dataset(dataset)
    manifest = json.loads((publication.path / "manifest.json").read_text())
    names = {path.name for path in publication.path.iterdir()}
    data = {f"{dataset.nom}.{extension}" for extension in ("parquet", *FORMATS)}
    report_files = {"qualite.json", "qualite.html", "secret.json", "secret.html", "changements.md"}
    documents = {name.format(dataset=dataset.nom) for name in DOCUMENTS}
    assert names == data | report_files | documents | {"manifest.json", "SHA256SUMS"}
    assert {file["nom"] for file in manifest["fichiers"]} == data | report_files | documents
    for file in manifest["fichiers"]:
        content = (publication.path / file["nom"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert len(content) == file["octets"]
        assert file.get("lignes", 12) == 12
    assert manifest["version"] == publication.version == f"{dt.datetime.now(dt.UTC):%Y.%m}.1"
    assert manifest["seuil"] == 5
    assert manifest["filiere"] == ["dossiers", "financements", "certifications"]
    assert {item["source"] for item in manifest["extraits"]} == set(manifest["filiere"])
    assert manifest["controle"]["reussies"] == manifest["controle"]["regles"] == 1
    assert manifest["version_precedente"] is None
    assert set(manifest["code"]) in ({"commit", "modifie"}, {"version"})
    assert pointer(dataset)["manifest_sha256"] == files.sha256(publication.path / "manifest.json")
    assert publication.version in (publication.path / "qualite.html").read_text()


def test_sums_are_those_of_sha256sum(dataset: Dataset) -> None:
    publication = publish_dataset(dataset)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=publication.path,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(b"OK") == 10 + len(DOCUMENTS)


def test_published_files_are_read_only(dataset: Dataset) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in publish_dataset(dataset).path.iterdir()}
    assert modes == {0o444}


def test_a_new_content_is_a_new_version_chained_to_the_last(dataset: Dataset) -> None:
    first, second = publish_dataset(dataset), publish_dataset(dataset, dossiers=41)
    manifest = json.loads((second.path / "manifest.json").read_text())
    assert (first.status, second.status) == ("publie", "publie")
    assert second.version == first.version[:-1] + "2"
    assert manifest["version_precedente"] == {
        "version": first.version,
        "manifest_sha256": files.sha256(first.path / "manifest.json"),
    }
    assert pointer(dataset)["version"] == second.version
    assert is_intact(dataset)


def test_the_same_content_is_no_new_version(dataset: Dataset) -> None:
    first = publish_dataset(dataset)
    before = {path: path.stat().st_mtime_ns for path in folder(dataset).rglob("*")}
    again = publish_dataset(dataset)
    assert again == replace(first, status="inchange")
    assert {path: path.stat().st_mtime_ns for path in folder(dataset).rglob("*")} == before


def test_the_same_content_replaces_a_damaged_version(dataset: Dataset) -> None:
    first = publish_dataset(dataset)
    _damage(first.path / f"{dataset.nom}.csv")
    again = publish_dataset(dataset)
    assert (again.status, again.version) == ("publie", first.version[:-1] + "2")


def _damage(path: Path) -> None:
    """Flip one byte, on a copy: published files share their bytes with the candidate's."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(bytes(content))


def test_a_critical_failure_blocks_and_leaves_its_report(dataset: Dataset) -> None:
    first = publish_dataset(dataset)
    candidate = export_candidate(dataset, dossiers=41)
    verdicts = reports.result("cle_unique", success=False)
    report = reports.report(dataset, candidate, verdicts)
    with pytest.raises(PublicationRefusedError, match="cle_unique"):
        publish.publish(dataset, candidate, report)
    assert pointer(dataset)["version"] == first.version
    assert read_report(dataset) == report
    assert "Bloqué" in (settings.candidates(dataset.nom) / "qualite.html").read_text()


def test_a_warning_does_not_block(dataset: Dataset) -> None:
    candidate = export_candidate(dataset)
    verdict = reports.result("intitules", success=False, severity="alerte")
    publication = publish.publish(dataset, candidate, reports.report(dataset, candidate, verdict))
    manifest = json.loads((publication.path / "manifest.json").read_text())
    assert manifest["controle"]["alertes"] == ["intitules"]


def test_a_file_changed_after_its_check_is_refused(dataset: Dataset) -> None:
    candidate = export_candidate(dataset)
    report = reports.report(dataset, candidate)
    _damage(candidate.path("parquet"))
    with pytest.raises(PublicationRefusedError, match=r"parquet a changé depuis le contrôle"):
        publish.publish(dataset, candidate, report)
    assert versions(folder(dataset)) == []
    candidate.path("csv").unlink()
    with pytest.raises(PublicationRefusedError, match=r"a changé|a disparu"):
        publish.publish(dataset, candidate, report)
    assert list(folder(dataset).iterdir()) == []


def test_the_report_of_another_candidate_is_refused(dataset: Dataset) -> None:
    report = reports.report(dataset, export_candidate(dataset))
    other = export_candidate(dataset, dossiers=41)
    with pytest.raises(PublicationRefusedError, match="contrôlé tel quel"):
        publish.publish(dataset, other, report)
    with pytest.raises(PublicationRefusedError, match="contrôlé tel quel"):
        # Controlled with another threshold than the one now declared.
        publish.publish(replace(dataset, seuil=10), other, reports.report(dataset, other))


def test_numbers_follow_the_month_and_never_go_back(tmp_path: Path) -> None:
    march, april = dt.datetime(2026, 3, 9, tzinfo=dt.UTC), dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    assert next_version(tmp_path, march) == Version(2026, 3, 1)
    for name in ("2026.02.1", "2026.03.1", "2026.03.9", "2026.03.10"):
        (tmp_path / name).mkdir()
    assert str(next_version(tmp_path, march)) == "2026.03.11"
    assert str(next_version(tmp_path, april)) == "2026.04.1"
    assert str(next_version(tmp_path, march - dt.timedelta(days=60))) == "2026.03.11"
