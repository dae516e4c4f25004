"""The signals of a generated world: the planted are found, nothing is said of the sound.

Both are counted again from the raw files, without any of the models.
"""

import csv
import io
import zipfile
from pathlib import Path

import duckdb
import pytest

from orchestration.generation import invented_certifications, offer, training_bodies
from orchestration.generation.rates import RATES
from orchestration.generation.scales import fraction
from tests.integration.conftest import SCALE, SEED, World

SIGNALS = "signaux_habilitation"
Pair = tuple[str, str]


def listed(extracts: Path) -> set[Pair]:
    """Code and SIRET of who may train, as the CSV of the register lists them."""
    (path,) = (extracts / "certifications").glob("export-fiches-csv-*.zip")
    with zipfile.ZipFile(path) as archive:
        (name,) = (x for x in archive.namelist() if "Partenaires" in x)
        text = archive.read(name).decode()
    return {
        (row["Numero_Fiche"], row["Siret_Partenaire"].strip())
        for row in csv.DictReader(io.StringIO(text), delimiter=";")
        if row["Habilitation_Partenaire"] != "HABILITATION_ORGANISER"
    }


def certified(extracts: Path) -> set[str]:
    """SIRENs that the list of bodies says to be certified."""
    (path,) = (extracts / "organismes").glob("*.csv")
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";")
    return {row["siren"] for row in rows if row["certifications.actionsDeFormation"] == "true"}


def planted() -> tuple[set[Pair], set[Pair]]:
    """Code and SIREN of the pairs that were sold, and of those that nobody authorised."""
    seed, scale = int(SEED), fraction(float(SCALE))
    catalog = invented_certifications.build(scale.offer, seed)
    bodies = training_bodies.build(scale, seed, catalog)
    drawn = offer.build(scale, seed, catalog, bodies)
    sold = {
        (catalog.certifications[certification].code, bodies[body].siren)
        for certification, body in zip(drawn.f_certification, drawn.f_body, strict=True)
    }
    given = {
        (catalog.certifications[certification].code, bodies[body].siren)
        for certification, body in offer.authorisations(drawn, catalog.certifications, seed)
    }
    return sold, {pair for pair in sold - given if not pair[0].startswith("CPF")}


@pytest.fixture(scope="module")
def signals(published: World) -> dict[Pair, tuple[str, int]]:
    """Signal and severity by code and SIRET."""
    folder = published.version(SIGNALS)
    assert folder
    rows = duckdb.sql(
        "select code_certification, siret_of, code_signal, severite "
        f"from '{folder / SIGNALS}.parquet'"
    ).fetchall()
    return {(code, siret): (signal, severity) for code, siret, signal, severity in rows}


def check_world(signals: dict[Pair, tuple[str, int]], extracts: Path) -> None:
    """Hold the signals to what the raw files say."""
    sold, missing = planted()
    may_train, known = listed(extracts), certified(extracts)
    sound = {pair for pair in signals if pair in may_train and pair[1][:9] in known}
    assert len(sound) > len(signals) * 0.8
    assert {signals[pair] for pair in sound} == {("S0", 0)}
    found = {pair for pair in signals if (pair[0], pair[1][:9]) in missing}
    assert len(found) / len(signals) == pytest.approx(RATES.offre_non_habilitee, abs=0.02)
    # Seen for the first time today: its list may be late.
    assert {signals[pair] for pair in found} == {("S5", 2)}
    # Exceptions are sold too, and are no pairs.
    assert {code for code, _ in sold if code.startswith("CPF")}
    assert not {code for code, _ in signals if code.startswith("CPF")}
    assert {"S1", "S2", "S3", "S12"} <= {code for code, _ in signals.values()}


def test_planted_pairs_are_found_and_sound_ones_are_left_alone(
    published: World, signals: dict[Pair, tuple[str, int]]
) -> None:
    check_world(signals, published.data / "extraits")
