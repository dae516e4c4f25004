"""What the models see of the published offer: each version that is public and not withdrawn."""

import datetime as dt
from pathlib import Path

import pytest

from orchestration import kept_catalogues, settings, warehouse
from orchestration.datasets import Dataset
from orchestration.store.versions import POINTER
from tests.factories.small_dashboards import write
from tests.factories.small_datasets import OFFER, lignes

pytestmark = pytest.mark.usefixtures("data_folder")
DAYS = {"2026.3.1": dt.date(2026, 3, 1), "2026.3.2": dt.date(2026, 3, 2)}


def _shown() -> list[tuple[str, str, dt.date]]:
    kept_catalogues.expose()
    with warehouse.vault(read_only=True) as connection:
        return connection.execute(
            f"select siret_of, code_certification, date_chargement "
            f"from coffre.registre.{kept_catalogues.VIEW} order by all"
        ).fetchall()


def _publish(datasets: dict[str, Dataset]) -> Path:
    folder = settings.publications()
    for version, day in DAYS.items():
        name = f"{version[:5]}0{version[5:]}"
        write(folder, datasets[OFFER], name, [x | {"date_chargement": day} for x in lignes(OFFER)])
    return folder / OFFER


def test_before_any_version_there_is_nothing() -> None:
    assert _shown() == []


def test_each_pair_of_each_version_is_there_once(datasets: dict[str, Dataset]) -> None:
    _publish(datasets)
    pairs = {
        (row["siret_of"], f"RNCP{row['code_rncp']}" if row["code_rs"] == -1 else "RS6198")
        for row in lignes(OFFER)
    }
    expected = sorted((*pair, day) for pair in pairs for day in DAYS.values())
    assert _shown() == expected


def test_a_withdrawn_version_and_one_that_was_never_public_tell_nothing(
    datasets: dict[str, Dataset],
) -> None:
    folder = _publish(datasets)
    first = folder / "2026.03.1"
    (first / f"{OFFER}.parquet").unlink()
    assert {day for _, _, day in _shown()} == {dt.date(2026, 3, 2)}
    # The pointer has never named the second one.
    (folder / POINTER).write_text(
        '{"version": "2026.03.1", "manifest_sha256": "", "publie_le": ""}'
    )
    assert _shown() == []
