"""The publications as the catalogue and the pages see them."""

import pytest

from orchestration.datasets import Dataset
from orchestration.site.published import read_published_site
from orchestration.store import versions
from tests.factories.small_datasets import USERS
from tests.factories.small_publications import folder, publish_dataset

pytestmark = pytest.mark.usefixtures("shared_state")


def test_only_what_the_pointer_named_is_seen(datasets: dict[str, Dataset]) -> None:
    dataset = datasets[USERS]
    first, second = publish_dataset(dataset, dossiers=40), publish_dataset(dataset, dossiers=41)
    (seen,) = (
        published_dataset
        for published_dataset in read_published_site().datasets
        if published_dataset.current.dataset.nom == USERS
    )
    assert seen.current.version == second.version
    assert [card.version for card in seen.version_cards][:2] == [second.version, first.version]
    assert {file.nom for file in seen.current.data_files} >= {f"{USERS}.csv", f"{USERS}.parquet"}
    assert seen.current.lignes == second.lignes
    later = versions.Version(9999, 1, 1)
    (folder(dataset) / str(later)).mkdir()
    try:
        assert read_published_site().datasets[0].current.version == second.version
    finally:
        (folder(dataset) / str(later)).rmdir()
