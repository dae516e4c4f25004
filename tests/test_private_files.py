"""Who may read what lies under ``$CPF_DATA``, whatever the umask: the public, what is public."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import settings, warehouse
from orchestration.candidates.candidate import prepare
from orchestration.datasets import Dataset
from orchestration.generation.generator import generate
from orchestration.generation.scales import fraction
from orchestration.landing.land import land_pending
from orchestration.progress import instance
from orchestration.release.published_tables import refresh_warehouse
from orchestration.site.expose import expose_site
from tests.factories import reports, small_datasets, small_state
from tests.factories.modes import PUBLIC, mode, readable_by_others
from tests.factories.small_datasets import OFFER, PURCHASES
from tests.factories.small_publications import publish_dataset

PRIVATE = {"extraits", "atterrissage", "coffre", "candidats", "registre", "temporaire", "dagster"}


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=["000", "022", "077"])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.slow
@pytest.mark.usefixtures("_umask")
def test_the_public_reads_what_is_public(data_folder: Path, datasets: dict[str, Dataset]) -> None:
    data_folder.chmod(0o755)
    generate(fraction(0.0005), "2020-02", 3, settings.extracts())
    for source in settings.SOURCES:
        land_pending(source)
    small_state.land_all_deliveries()
    published, refused = datasets[OFFER], datasets[PURCHASES]
    publish_dataset(published)
    refresh_warehouse()
    expose_site()
    small_state.build_mart(refused, small_datasets.lignes(PURCHASES))
    candidate = prepare(refused)
    reports.report(refused, candidate, reports.result("cle_unique", success=False))
    with instance():
        pass
    assert {path.name for path in data_folder.iterdir() if path.is_dir()} >= PRIVATE
    readable = readable_by_others(data_folder)
    assert {path.relative_to(data_folder).parts[0] for path in readable} == PUBLIC
    public = [
        path for name in PUBLIC for path in (data_folder / name, *data_folder.glob(f"{name}/**/*"))
    ]
    assert [path for path in public if not mode(path) & stat.S_IROTH] == []
    assert len(public) > 20
    for name in ("extraits", "candidats"):
        tree = list((data_folder / name).rglob("*"))
        assert len(tree) > 5
        kept = [path for path in tree if path.is_dir() or path.stat().st_nlink == 1]
        assert {mode(path) for path in kept if path.is_dir()} == {0o700}
        assert {mode(path) for path in kept if path.is_file()} == {0o600}
    assert mode(settings.vault_path()) == 0o600
    assert {mode(path) for path in candidate.folder.iterdir()} == {0o600}


def test_a_vault_without_its_folder_is_left_behind_by_none(data_folder: Path) -> None:
    former = [data_folder / name for name in ("coffre.duckdb", "coffre.duckdb.wal")]
    for path in former:
        path.write_bytes(b"a vault of before")
    with warehouse.vault():
        pass
    assert [path.exists() for path in former] == [False, False]
    assert settings.vault_path().exists()
