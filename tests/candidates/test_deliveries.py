"""What is published of the deliveries: of a personal source, nothing that a guess confirms."""

import datetime as dt

import pytest

from orchestration.candidates.deliveries import supply
from orchestration.datasets import Dataset
from tests.factories import small_state
from tests.factories.csv_files import in_vault
from tests.factories.small_datasets import OFFER, PURCHASES

pytestmark = pytest.mark.usefixtures("data_folder")
DAY = dt.date(2026, 11, 1)


def test_a_small_personal_delivery_shows_neither_its_hash_nor_its_counts(
    datasets: dict[str, Dataset],
) -> None:
    small_state.land_deliveries(("dossiers", DAY), ("financements", DAY), ("edof", DAY))
    landed = dict(in_vault("select source, sha256 from coffre.atterrissage.depots"))
    assert len(landed) == 3
    for extract in supply(datasets[PURCHASES]).extraits:
        assert extract.sha256 != landed[extract.source]
        assert len(extract.sha256) == 64
        assert (extract.lus, extract.atterris, extract.rejetes) == (0, 0, 0)
    (offer,) = (e for e in supply(datasets[OFFER]).extraits if e.source == "edof")
    assert offer.sha256 == landed["edof"]
    assert offer.lus > 0
