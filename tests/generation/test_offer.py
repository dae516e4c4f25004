"""The offer that is generated: the catalogue's XML, its shares, its defects."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from orchestration.generation import (
    edof_xml,
    invented_certifications,
    offer,
    training_bodies,
)
from orchestration.generation.generator import generate
from orchestration.generation.rates import Rates
from orchestration.generation.scales import fraction
from tests.factories.generated import NS

FORMATION_ORDER = [
    "intitule-formation", "objectif-formation", "resultats-attendus", "contenu-formation",
    "parcours-de-formation", "objectif-general-formation", "certification", "action",
    "organisme-formation-responsable", "extras",
]  # fmt: skip
ACTION_ORDER = [
    "niveau-entree-obligatoire", "modalites-enseignement", "lieu-de-formation",
    "modalites-entrees-sorties", "url-action", "session", "acces-handicapes", "langue-formation",
    "code-perimetre-recrutement", "nombre-heures-centre", "nombre-heures-entreprise", "extras",
]  # fmt: skip


def test_the_catalog_follows_the_schema_s_order(extracts: Path) -> None:
    path = extracts / "edof" / "edof_catalogue_2024-12-31.xml"
    assert path.read_bytes().startswith(b'<?xml version="1.0" encoding="ISO-8859-1"?>')
    tree = etree.parse(path)
    assert tree.docinfo.encoding == "ISO-8859-1"
    for name, order in (("formation", FORMATION_ORDER), ("action", ACTION_ORDER)):
        elements = list(tree.getroot().iter(f"{NS}{name}"))
        assert len(elements) > 300
        for element in elements:
            assert {"numero", "datemaj", "datecrea"} == set(element.attrib)
            ranks = [order.index(str(child.tag).removeprefix(NS)) for child in element]
            assert ranks == sorted(ranks)
    for session in tree.getroot().iter(f"{NS}session"):
        assert session.findtext(f"{NS}etat-recrutement") in {"1", "2"}
    texts = [t for t in tree.getroot().itertext(f"{NS}contenu-formation") if t.strip()]
    assert 300 < np.mean([len(text) for text in texts]) < 1500
    assert max(len(text) for text in texts) <= 3000


def test_shares_of_the_offer() -> None:
    catalog = invented_certifications.build(0.05, 1)
    bodies = training_bodies.build(fraction(0.05), 1, catalog)
    drawn_offer = offer.build(fraction(0.05), 1, catalog, bodies)
    rows = drawn_offer.row_formations()
    sold = [catalog.certifications[rank] for rank in drawn_offer.f_certification[rows]]
    ordinary = np.array([not c.exception for c in sold])
    codes = np.array([c.code for c in sold])[ordinary]
    assert len(codes) == 10_000
    assert np.mean(drawn_offer.l_departement[ordinary] < 0) == pytest.approx(0.22, abs=0.02)
    assert np.mean([code.startswith("RNCP") for code in codes]) == pytest.approx(0.24, abs=0.02)
    assert np.mean(drawn_offer.f_hours == 0) == pytest.approx(0.64, abs=0.02)
    counts = np.sort(np.unique(codes, return_counts=True)[1])
    assert counts[-10:].sum() / len(codes) == pytest.approx(0.42, abs=0.03)
    first_actions = drawn_offer.action_offsets[:-1][ordinary]
    assert np.median(drawn_offer.a_prices[first_actions]) / 100 == pytest.approx(1600, abs=250)
    assert np.mean(drawn_offer.a_prices[first_actions]) / 100 == pytest.approx(2260, abs=250)
    keys = set(zip(rows.tolist(), drawn_offer.l_departement.tolist(), strict=True))
    assert len(keys) == len(rows)


def test_each_defect_of_the_offer_appears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    high_rates = Rates(**{field.name: 0.2 for field in dataclasses.fields(Rates)})
    monkeypatch.setattr(edof_xml, "RATES", high_rates)
    monkeypatch.setattr(training_bodies, "RATES", high_rates)
    paths = generate(fraction(0.002), "2020-01", 3, tmp_path)
    formations = list(etree.parse(paths["edof"][0]).getroot().iter(f"{NS}formation"))
    sirets = [formation.findtext(f".//{NS}SIRET", "") for formation in formations]
    codes = [formation.findtext(f".//{NS}code-RS") or "" for formation in formations]
    keys = {(s.strip(), f.get("numero")) for s, f in zip(sirets, formations, strict=True)}
    parts = {
        "impossible date": np.mean(
            [f.get("datemaj") == edof_xml.IMPOSSIBLE_DATE for f in formations]
        ),
        "tab": np.mean([siret.startswith("\t") for siret in sirets]),
        "unknown code": np.mean([code.startswith("RS99") for code in codes]),
        "duplicate": 1 - len(keys) / len(formations),
    }
    assert all(0.08 < part < 0.3 for part in parts.values()), parts
    entries = paths["organismes"][0].read_text("utf-8-sig").splitlines()[1:]
    short_share = np.mean([len(row.split(";")[2]) < 9 for row in entries])
    assert short_share == pytest.approx(0.2, abs=0.05)
