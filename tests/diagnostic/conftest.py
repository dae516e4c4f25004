"""A portal on small publications of the offer and of what is made of it, one for these tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from orchestration import settings
from orchestration.candidates.candidate import prepare
from orchestration.datasets import Dataset
from tests.browser.fixtures import browser, tab
from tests.factories import quiet_server, reports, small_datasets, small_state
from tests.factories.small_datasets import DIAGNOSIS, FIGURES, OFFER, SIGNALS
from tests.factories.small_publications import publish, without_registry

__all__ = ["browser", "tab"]
Get = Callable[[str], requests.Response]
BODY = "111111111"
# The pages, and what pins what they show by default.
PAGES = {
    "/diagnostic": "",
    f"/diagnostic?siret={BODY}": "",
    "/diagnostic/territoires/REG-11": "?annee=2026&niveau=nsf",
    "/diagnostic/territoires/DEP-2A": "?annee=2025&niveau=nsf",
    f"/diagnostic/organismes/{BODY}/habilitations": "",
    f"/diagnostic/organismes/{BODY}00001/habilitations": "",
    "/diagnostic/habilitations?certificateur=444444444": "",
    "/diagnostic/habilitations?certification=RS6198": "",
    "/chiffres-cles": "",
    "/chiffres-cles/entrees": "",
}


@pytest.fixture(scope="session")
def folder(
    tmp_path_factory: pytest.TempPathFactory, datasets: dict[str, Dataset]
) -> Iterator[Path]:
    """Publications of the offer, the diagnosis, the key figures and the signals."""
    with settings.state_in(tmp_path_factory.mktemp("diagnostic")):
        small_state.land_all_deliveries()
        for name in (OFFER, DIAGNOSIS, FIGURES, SIGNALS):
            dataset = without_registry(datasets[name])
            rows = small_datasets.lignes(name)
            if name == SIGNALS:
                # The body itself is not listed, its other establishment is.
                own = {"siren": BODY, "nom_of": "Organisme d'essai", "nouveau": True}
                rows += [rows[2] | own | {"siret_of": f"{BODY}00001"},
                         rows[0] | own | {"siret_of": f"{BODY}00002"}]  # fmt: skip
            if name == FIGURES:
                rows = [row | {"ruptures": "Une règle (2024) ; Une autre (2025)"} for row in rows]
            if name == DIAGNOSIS:
                # The year that has begun, whose rules have changed.
                rows = [row | ({"mois_couverts": 5, "ruptures": "Une règle (2026)"}
                               if row["annee"] == 2026 else {}) for row in rows]  # fmt: skip
                # What the body sells, where it sells it.
                sold = {"niveau_nomenclature": "certification", "code": "RS6198", "annee": 2026}
                whole = {"niveau_nomenclature": "ensemble", "code": "ENSEMBLE"}
                rows += [rows[4] | sold, rows[2] | sold]
                rows += [row | whole for row in rows[:12]]
            small_state.build_mart(dataset, rows)
            candidate = prepare(dataset)
            publish.publish(dataset, candidate, reports.report(dataset, candidate))
        yield settings.publications()


@pytest.fixture(scope="session")
def site(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a portal on them."""
    with quiet_server.serving(folder, tmp_path_factory.mktemp("etat")) as address:
        yield address


@pytest.fixture(scope="session")
def get(site: str) -> Get:
    """Ask it as a browser does."""
    return lambda path: requests.get(site + path, headers={"accept": "text/html"}, timeout=60)
