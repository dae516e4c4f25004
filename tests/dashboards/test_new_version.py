"""A version that is published while the portal runs: pages change, addresses of before do not."""

import shutil
import time
from pathlib import Path

import pytest
import requests

from orchestration.datasets import Dataset
from tests.factories import quiet_server, small_dashboards
from tests.factories.small_dashboards import CURRENT
from tests.factories.small_datasets import USERS

pytestmark = pytest.mark.xdist_group("tableaux")

NEXT = "2026.12.1"


def test_pages_follow_the_pointer_without_restart(
    publications: Path, datasets: dict[str, Dataset], tmp_path: Path
) -> None:
    folder = tmp_path / "publications"
    ours = (USERS, f"{USERS}_totaux")
    for name in ours:
        shutil.copytree(publications / name, folder / name)
    with quiet_server.serving(folder, tmp_path) as address:
        page = f"{address}/tableaux-de-bord/usagers"
        before = requests.get(page, timeout=30).text
        assert f"Version {CURRENT}" in before
        old = requests.get(f"{page}/ages.csv?version={CURRENT}", timeout=30).content
        for name in ours:
            rows = small_dashboards.rows_of(datasets, datasets[name], 5000)
            small_dashboards.write(folder, datasets[name], NEXT, rows)
        for _ in range(100):
            after = requests.get(page, timeout=30).text
            if f"Version {NEXT}" in after:
                break
            time.sleep(0.2)
        assert f"Version {NEXT}" in after
        assert requests.get(f"{page}/ages.csv", timeout=30).content != old
        assert requests.get(f"{page}/ages.csv?version={CURRENT}", timeout=30).content == old
        pinned = requests.get(f"{page}?version={CURRENT}", timeout=30).text
        assert "Une version plus récente existe" in pinned
