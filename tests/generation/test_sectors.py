"""Bodies are named for what they sell, in the offer and in the dossiers."""

from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import pytest

from orchestration.generation import invented_certifications, offer, reference, training_bodies
from orchestration.generation.invented_certifications import Catalog
from orchestration.generation.scales import fraction

GENERAL = next(s for s in reference.sectors() if s.secteur == reference.GENERAL_SECTOR)


def _says(name: str, words: tuple[str, ...]) -> bool:
    return any(f" {word} " in f" {name} " for word in words)


def test_every_domain_has_one_sector_and_every_word_one_meaning() -> None:
    for domain in reference.domains():
        assert sum(domain.nsf in sector.nsf for sector in reference.sectors()) == 1
    for one, other in combinations(reference.sectors(), 2):
        assert not set(one.mots) & set(other.mots)
    with pytest.raises(KeyError):
        reference.sector("999", exception=False)


@pytest.mark.parametrize("seed", [1, 2])
def test_names_say_what_each_training_of_the_offer_is_about(seed: int) -> None:
    catalog = invented_certifications.build(0.02, seed)
    bodies = training_bodies.build(fraction(0.02), seed, catalog)
    drawn = offer.build(fraction(0.02), seed, catalog, bodies)
    pairs = [
        (catalog.certifications[certification].sector, bodies[body].denomination)
        for certification, body in zip(drawn.f_certification, drawn.f_body, strict=True)
    ]
    named = [_says(name, sector.mots) for sector, name in pairs]
    assert np.mean(named) == pytest.approx(1 - offer.GENERALIST_SHARE, abs=0.03)
    others = [name for (_, name), said in zip(pairs, named, strict=True) if not said]
    assert all(_says(name, GENERAL.mots) for name in others)
    assert training_bodies.build(fraction(0.02), seed, catalog) == bodies


def _sectors(catalog: Catalog) -> dict[str, reference.Sector]:
    return {c.code: c.sector for c in catalog.certifications}


def test_names_say_what_is_bought(extracts: Path, base: duckdb.DuckDBPyConnection) -> None:
    catalog = invented_certifications.build(0.002, 7)  # the extracts' own scale and seed
    bodies = training_bodies.build(fraction(0.002), 7, catalog)
    names = {body.siren: body.denomination for body in bodies}
    sectors = _sectors(catalog)
    sold = base.execute(
        "select code_certification, trim(siret_of, chr(9)) from dossiers using sample 3000 rows"
    ).fetchall()
    named = [
        _says(names[siret[:9]], sectors[code].mots) or _says(names[siret[:9]], GENERAL.mots)
        for code, siret in sold
        if code in sectors
    ]
    assert len(named) > 2900
    assert all(named)
