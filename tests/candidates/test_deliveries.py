"""What is published of the deliveries: of a personal source, nothing that a guess confirms."""

import datetime as dt
from dataclasses import replace

import pytest

from orchestration.candidates.deliveries import Extract, Supply, supply
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


def test_what_is_made_of_versions_is_dated_by_the_newest() -> None:
    """An offer of today beside purchases of last month: its figures are of today."""
    extracts = tuple(
        Extract(source, "f", "0" * 64, day, f"{day}T00:00:00Z", 1, 1, 0)
        for source, day in ((PURCHASES, "2026-11-30"), (OFFER, "2026-12-05"))
    )
    one = Supply((PURCHASES,), (), extracts)
    assert str(one.latest_date) == "2026-11-30"
    assert str(replace(one, dating=(PURCHASES, OFFER)).latest_date) == "2026-12-05"
    assert Supply((), (), extracts).latest_date is None
