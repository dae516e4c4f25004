"""The answers known on the real sample of the catalogue (NSF 326): concentration and prices.

They were worked out by SIRET and by line (a training in a département): so are they here, where the
diagnosis counts by SIREN and a training once in a territory.
"""

import csv
import datetime as dt
from collections.abc import Mapping

import pytest

from orchestration import settings
from tests.factories.rendered_models import Edit, Models
from tests.factories.small_diagnostic import Diagnosis, Row, purchases

SAMPLE = settings.PROJECT.parent / "shared" / "samples" / "catalogue_nsf326_2024-07.csv"
pytestmark = pytest.mark.skipif(not SAMPLE.is_file(), reason="the real samples are not here")
CATALOGUE = "models/intermediate/diagnostic/int_diagnostic__catalogue.sql"
BY_SIRET = Models(Edit(CATALOGUE, "left(siret_of, 9) as siren", "siret_of as siren"))
EXCEL, RNCP37674, RNCP37873, RS6561 = "RS5252", "RNCP37674", "RNCP37873", "RS6561"


def lines() -> list[Row]:
    """The lines of the sample, each a training of its own."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return [
        {
            "version": "2024.07.1",
            "date_chargement": dt.date.fromisoformat(row["date_extract"][:10]),
            "type_referentiel": row["type_referentiel"],
            "code_rs": int(row["code_inventaire"]),
            "code_rncp": int(row["code_rncp"]),
            "intitule_certification": row["intitule_certification"],
            "code_nsf_1": "326",
            "code_formacode_1": row["code_formacode_1"],
            "siret_of": row["siret"],
            "numero_formation": str(number),
            "nb_session_active": int(row["nb_session_active"]),
            "frais_ttc_tot_mean": float(row["frais_ttc_tot_mean"]),
            "code_region": row["code_region"] or None,
            "code_departement": row["code_departement"] or None,
        }
        for number, row in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def found() -> Mapping[str, Row]:
    """The rows of France, by certification."""
    diagnosis = Diagnosis(lines(), purchases(60, year=2024), models=BY_SIRET)
    rows = diagnosis.rows("niveau_nomenclature = 'certification' and territoire = 'FR'")
    return {row["code"]: row for row in rows}


@pytest.mark.parametrize(
    ("code", "bodies", "hhi"),
    [(EXCEL, 23, 0.441), (RNCP37674, 29, 0.108), (RNCP37873, 19, 0.148), (RS6561, 4, 0.924)],
)
def test_concentration(found: Mapping[str, Row], code: str, bodies: int, hhi: float) -> None:
    row = found[code]
    assert row["organismes"] == bodies
    assert float(row["hhi_sessions"]) == pytest.approx(hhi, abs=5e-4)
    assert float(row["equivalent_organismes"]) == pytest.approx(1 / hhi, rel=0.01)


@pytest.mark.parametrize(
    ("code", "median", "dispersion"), [(EXCEL, 1469, 0.114), (RNCP37674, 2995, 0.392)]
)
def test_prices(found: Mapping[str, Row], code: str, median: float, dispersion: float) -> None:
    assert found[code]["prix_median"] == median
    assert float(found[code]["dispersion_prix"]) == pytest.approx(dispersion, abs=5e-4)


def test_the_highest_dispersion(found: Mapping[str, Row]) -> None:
    told = [float(row["dispersion_prix"]) for row in found.values() if row["dispersion_prix"]]
    assert max(told) == pytest.approx(0.645, abs=5e-4)


def test_a_body_counts_once_whatever_its_establishments() -> None:
    """Twenty-nine establishments of the sample are twenty-seven companies."""
    row = Diagnosis(lines(), purchases(60, year=2024)).row("FR", RNCP37674, 2024, "certification")
    assert row["organismes"] == 27
