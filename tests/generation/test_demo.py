"""The demo is a part of the country as dense as the country: the same detail, fewer places."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from orchestration.generation import invented_certifications, offer, reference, training_bodies
from orchestration.generation.generator import generate
from orchestration.generation.scales import SCALES, Scale, fraction
from tests.factories.generated import load, scalar

DEMO = SCALES["demo"]
THRESHOLD = 11  # persons behind a row of the users
# Of the entries of 2020, the year with the fewest dossiers, 88 % are measured; as many dossiers
# spread over the whole country give 7 %.
DETAILED_FLOOR = 0.8


def _full_cells(scale: Scale, folder: Path) -> tuple[float, float]:
    """Entries of 2020, and share of them whose finest cell of the users has enough persons."""
    generate(scale, "2020-12", 5, folder)
    base = load(folder)
    return scalar(base, "select count(*) from dossiers"), _detailed_share(base)


def _detailed_share(base: duckdb.DuckDBPyConnection) -> float:
    return scalar(
        base,
        f"""
        with entrees as (
            select
                id_titulaire,
                date_trunc('quarter', date_entree::date) as trimestre,
                date_diff('year', date_naissance::date, date_entree::date) as age,
                code_departement_residence as departement,
                genre,
                if(situation = 'DEMANDEUR_EMPLOI', situation, csp) as csp,
                statut_dossier like 'Clos%' as clos
            from dossiers
            where date_entree is not null and date_entree < '2021'
        ),

        cellules as (
            select
                count(*) as dossiers,
                count(distinct id_titulaire) as titulaires
            from entrees
            group by
                trimestre, departement, genre, csp, clos,
                case when age < 25 then 1 when age < 40 then 2 when age < 50 then 3 else 4 end
        )

        select sum(dossiers) filter (titulaires >= {THRESHOLD}) / sum(dossiers) from cellules
        """,
    )


def test_most_dossiers_of_the_demo_keep_their_detail(tmp_path: Path) -> None:
    dossiers, detailed = _full_cells(DEMO, tmp_path / "demo")
    assert detailed > DETAILED_FLOOR
    spread, blurred = _full_cells(fraction(DEMO.dossiers), tmp_path / "pays")
    assert spread == pytest.approx(dossiers, rel=0.01)
    assert blurred < DETAILED_FLOOR / 4


def test_the_demo_holds_whole_places_of_several_regions() -> None:
    places = [d for d in reference.departements() if d.code in DEMO.departements]
    assert len(places) == len(DEMO.departements)
    assert len({d.code_region for d in places}) >= 3
    assert any(len(d.code) == 3 for d in places)
    inhabitants = sum(d.milliers_habitants for d in places)
    country = sum(d.milliers_habitants for d in reference.departements())
    assert pytest.approx(inhabitants / country) == DEMO.dossiers
    assert set(np.flatnonzero(DEMO.place_shares())) == {
        rank for rank, d in enumerate(reference.departements()) if d in places
    }


def test_the_offer_of_the_demo_is_there_or_remote_as_often_as_elsewhere() -> None:
    catalog = invented_certifications.build(DEMO.offer, 1)
    bodies = training_bodies.build(DEMO, 1, catalog)
    drawn = offer.build(DEMO, 1, catalog, bodies)
    ordinary = np.array([not c.exception for c in catalog.certifications])
    rows = ordinary[drawn.f_certification[drawn.row_formations()]]
    assert np.mean(drawn.l_departement[rows] < 0) == pytest.approx(offer.REMOTE_SHARE, abs=0.04)
    codes = {reference.departements()[rank].code for rank in drawn.l_departement if rank >= 0}
    assert codes == set(DEMO.departements)
    assert {body.departement.code for body in bodies} == set(DEMO.departements)
