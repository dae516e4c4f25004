"""The public registers that are generated: certifications, partners, training bodies."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from orchestration.generation import invented_certifications, offer, reference, training_bodies
from orchestration.generation.rates import RATES
from orchestration.generation.scales import fraction


def test_national_catalog_has_a_long_tail_of_distinct_certifications() -> None:
    catalog = invented_certifications.build(1.0, 1)
    codes = {c.code for c in catalog.certifications}
    assert len(codes) == len(catalog.certifications)
    assert 3300 < len(codes) < 3500
    used_codes = {code for c in catalog.certifications for code in c.formacodes + c.romes}
    assert used_codes <= reference.labels().keys()


def test_no_siren_is_a_real_one(extracts: Path) -> None:
    rows = (extracts / "organismes" / "organismes_2024-12-31.csv").read_text("utf-8-sig")
    sirens = [row.split(";")[2] for row in rows.splitlines()[1:]]
    assert len(sirens) > 300
    for siren in sirens:
        duplicates = [int(c) * (1 + rank % 2) for rank, c in enumerate(reversed(siren))]
        assert sum(n - 9 if n > 9 else n for n in duplicates) % 10 != 0


def test_half_of_the_bodies_trade_under_an_establishment_not_listed() -> None:
    catalog = invented_certifications.build(0.05, 1)
    bodies = training_bodies.build(fraction(0.05), 1, catalog)
    elsewhere = np.mean([body.siret != body.declared_siret for body in bodies])
    assert elsewhere == pytest.approx(0.5, abs=0.06)
    assert all(body.siret[:9] == body.declared_siret[:9] == body.siren for body in bodies)


def test_the_register_has_the_quirks_of_the_real_export(extracts: Path) -> None:
    with zipfile.ZipFile(extracts / "certifications" / "export-fiches-csv-2024-12-31.zip") as z:
        names = z.namelist()
        texts = {
            name.removeprefix("export_fiches_CSV_")[:4]: z.read(name).decode() for name in names
        }
        assert {entry.flag_bits for entry in z.infolist()} == {0}
    assert len(names) == 10
    assert "export_fiches_CSV_Blocs_De_Comp├⌐tences_2024_12_31.csv" in names
    assert "export_fiches_CSV_VoixdAccès_2024_12_31.csv" in names
    assert ';"\t' in texts["Cert"]
    assert ';"\t' in texts["Part"]
    assert ";;" in texts["Part"]
    assert '"REPRISE"' in texts["Stan"]
    assert '"15052";"15052 : Bureautique"' in texts["Form"]
    assert "''" in texts["Rome"]


def test_partners_authorise_nearly_every_offer() -> None:
    catalog = invented_certifications.build(0.05, 1)
    bodies = training_bodies.build(fraction(0.05), 1, catalog)
    drawn_offer = offer.build(fraction(0.05), 1, catalog, bodies)
    offered = {
        pair
        for pair in zip(
            drawn_offer.f_certification.tolist(), drawn_offer.f_body.tolist(), strict=True
        )
        if not catalog.certifications[pair[0]].exception
    }
    known = set(offer.authorisations(drawn_offer, catalog.certifications, 1))
    assert known < offered
    assert 1 - len(known) / len(offered) == pytest.approx(RATES.offre_non_habilitee, abs=0.01)
