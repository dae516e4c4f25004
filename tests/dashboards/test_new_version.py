"""A version that is published, or withdrawn, while the portal runs: what its addresses say then."""

import shutil
import time
from pathlib import Path

import pytest
import requests
from lxml import html

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.release.withdraw import withdraw_version
from tests.factories import quiet_server, small_dashboards
from tests.factories.small_dashboards import CURRENT, OLD
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


def test_the_address_of_a_withdrawn_version_says_that_it_is_gone_and_why(
    publications: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "publications"
    for name in (USERS, f"{USERS}_totaux"):
        shutil.copytree(publications / name, folder / name)
    with quiet_server.serving(folder, tmp_path) as address:
        page = f"{address}/tableaux-de-bord/usagers"
        pinned = f"?version={OLD}"
        assert requests.get(page + pinned, timeout=30).status_code == 200
        with settings.state_in(tmp_path):
            withdraw_version(USERS, OLD, "Une région y comptait deux fois.", CURRENT)
        frame = f"{address}/integrer/usagers/ages{pinned}"
        for gone in (page + pinned, frame, f"{page}/ages.csv{pinned}", f"{page}/ages.json{pinned}"):
            answer = requests.get(gone, timeout=30)
            assert answer.status_code == 410, gone
            assert f"La version {OLD} de {USERS} a été retirée le " in answer.text
            assert "Une région y comptait deux fois." in answer.text
            assert f"La version {CURRENT} la remplace." in answer.text
        links = html.fromstring(requests.get(page + pinned, timeout=30).content).xpath("//a/@href")
        assert page in links
        assert requests.get(page, timeout=30).status_code == 200
        assert requests.get(f"{page}?version={CURRENT}", timeout=30).status_code == 200
