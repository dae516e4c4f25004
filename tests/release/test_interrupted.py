"""Publications stopped at each of their writes: what is left, and how the next one cleans it."""

from pathlib import Path

import pytest

from orchestration import files
from orchestration.datasets import Dataset
from orchestration.release import edition, publish
from orchestration.release.publish import clean
from orchestration.store.versions import PointerError, versions
from tests.factories import reports
from tests.factories.crashes import CrashError, Steps
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


WRITES = (
    (edition, "write"),
    (edition, "fsync"),
    (publish, "replace_file"),
    (files, "write"),
    (files, "fsync"),
    (Path, "rename"),
    (Path, "replace"),
    (Path, "hardlink_to"),
    (Path, "chmod"),
    (Path, "mkdir"),
)


def test_a_crash_before_any_write_leaves_the_old_or_the_new(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = publish_dataset(dataset)
    candidate = export_candidate(dataset, dossiers=41)
    report = reports.report(dataset, candidate)
    crash, outcomes = 0, list[str | None]()
    while not outcomes or outcomes[-1] is not None:
        crash += 1
        with monkeypatch.context() as patch:
            Steps(patch, crash, *WRITES)
            try:
                publish.publish(dataset, candidate, report)
                outcomes.append(None)
            except CrashError:
                outcomes.append(pointer(dataset)["version"])
        assert is_intact(dataset)
        if outcomes[-1] not in (None, old.version):
            break  # the pointer has moved: the next call finds the new version current
    new = publish.publish(dataset, candidate, report)
    assert crash > 20
    assert set(outcomes) <= {old.version, new.version, None}
    assert new.version == old.version[:-1] + "2"
    assert sorted(path.name for path in folder(dataset).iterdir()) == [
        old.version,
        new.version,
        "current.json",
    ]


def test_a_complete_version_that_was_never_current_is_removed(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = publish_dataset(dataset)
    with monkeypatch.context() as patch:
        patch.setattr(publish, "replace_file", lambda *_: (_ for _ in ()).throw(CrashError))
        with pytest.raises(CrashError):
            publish_dataset(dataset, dossiers=41)
    left = old.version[:-1] + "2"
    assert (folder(dataset) / left / "manifest.json").exists()
    assert is_intact(dataset)
    assert pointer(dataset)["version"] == old.version
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", _kill_after_the_manifest)
        with pytest.raises(CrashError):
            clean(dataset.nom)
    assert is_intact(dataset)
    assert clean(dataset.nom) == [f".en_cours-{left}"]
    assert publish_dataset(dataset, dossiers=42).version == left


def _kill_after_the_manifest(path: Path) -> None:
    (path / "manifest.json").unlink()
    raise CrashError


def test_a_lost_pointer_never_costs_a_version(dataset: Dataset) -> None:
    first = publish_dataset(dataset)
    publish_dataset(dataset, dossiers=41)
    pointer = folder(dataset) / "current.json"
    pointer.unlink()
    with pytest.raises(PointerError, match="restaurer"):
        clean(dataset.nom)
    pointer.write_text('{"version": "' + first.version)
    with pytest.raises(PointerError, match="illisible"):
        clean(dataset.nom)
    assert len(versions(folder(dataset))) == 2
    assert not is_intact(dataset)


def test_an_interrupted_first_publication_is_forgotten(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publish, "replace_file", lambda *_: (_ for _ in ()).throw(CrashError))
        with pytest.raises(CrashError):
            publish_dataset(dataset)
    assert is_intact(dataset)
    assert publish_dataset(dataset, dossiers=41).version.endswith(".1")
    assert is_intact(dataset)
