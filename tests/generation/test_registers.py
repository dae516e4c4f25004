"""The public registers that are generated: certifications, partners, training bodies."""

import csv
import datetime as dt
import re
import zipfile
from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import pytest

from orchestration.generation import (
    invented_certifications,
    offer,
    partner_list,
    reference,
    register_tables,
    training_bodies,
)
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


def _columns(extracts: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(extracts / "certifications" / "export-fiches-csv-2024-12-31.zip") as z:
        (member,) = (member for member in z.namelist() if f"_{name}_" in member)
        return list(csv.DictReader(z.read(member).decode().splitlines(), delimiter=";"))


def _listed(extracts: Path) -> list[dict[str, str]]:
    text = (extracts / "organismes" / "organismes_2024-12-31.csv").read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def test_the_list_of_bodies_writes_days_first(extracts: Path) -> None:
    rows = _listed(extracts)
    for name in ("dateDerniereDeclaration", "debutExercice", "finExercice"):
        dates = {row[f"informationsDeclarees.{name}"] for row in rows}
        assert all(re.fullmatch(r"[0-3]\d/(0[1-9]|1[0-2])/20\d\d", date) for date in dates)
    days = [int(row["informationsDeclarees.dateDerniereDeclaration"][:2]) for row in rows]
    assert max(days) > 12  # which a month is not


def test_partners_have_the_three_real_authorisations(extracts: Path) -> None:
    given = Counter(row["Habilitation_Partenaire"] for row in _columns(extracts, "Partenaires"))
    assert set(given) == {
        "HABILITATION_ORGA_FORM",
        "HABILITATION_FORMER",
        "HABILITATION_ORGANISER",
    }
    assert given["HABILITATION_ORGA_FORM"] == max(given.values())


def test_a_third_of_the_certifiers_tell_no_siret() -> None:
    catalog = invented_certifications.build(1.0, 1)
    on_sale = [sold for sold in catalog.certifications if not sold.exception]
    table = register_tables.certifiers(on_sale, np.random.default_rng(1))
    told = {name: siret for _, siret, name in table.rows}
    untold = np.mean([not siret for siret in told.values()])
    assert untold == pytest.approx(RATES.certificateur_sans_siret, abs=0.05)


def test_a_twentieth_of_the_bodies_hold_a_seventh_of_the_establishments() -> None:
    catalog = invented_certifications.build(1.0, 1)
    bodies = training_bodies.build(fraction(1.0), 1, catalog)
    several = [body for body in bodies if body.branches]
    assert len(several) / len(bodies) == pytest.approx(0.05, abs=0.006)
    held = sum(len(body.sirets) for body in several) / sum(len(body.sirets) for body in bodies)
    assert held == pytest.approx(0.15, abs=0.02)
    sirets = [siret for body in bodies for siret in body.sirets]
    assert len(set(sirets)) == len(sirets)


def test_branches_are_listed_and_sell(extracts: Path, base: duckdb.DuckDBPyConnection) -> None:
    listed: dict[str, set[str]] = {}
    for row in _listed(extracts):
        listed.setdefault(row["siren"], set()).add(row["siretEtablissementDeclarant"])
    assert any(len(sirets) >= 3 for sirets in listed.values())
    sold = base.execute(
        "select left(trim(siret_of, chr(9)), 9), list(distinct trim(siret_of, chr(9))) "
        "from dossiers group by 1"
    ).fetchall()
    branched = {siren for siren, sirets in sold if len(sirets) > 1}
    assert 0.01 < len(branched) / len(sold) < 0.1
    assert any(len(listed.get(siren, ())) > 1 for siren in branched)


def test_one_body_has_moved(base: duckdb.DuckDBPyConnection) -> None:
    catalog = invented_certifications.build(0.002, 7)
    (moved,) = (b for b in training_bodies.build(fraction(0.002), 7, catalog) if b.moved)
    periods = base.execute(
        "select trim(siret_of, chr(9)), min(date_validation), max(date_validation) "
        f"from dossiers where trim(siret_of, chr(9)) like '{moved.siren}%' group by 1"
    ).fetchall()
    by_siret = {siret: (str(first), str(last)) for siret, first, last in periods}
    assert set(by_siret) == {moved.siret, moved.former_siret}
    day = training_bodies.MOVED_ON.isoformat()
    assert by_siret[str(moved.former_siret)][1] < day <= by_siret[moved.siret][0]


def test_what_has_ended_and_was_replaced_is_still_sold(
    extracts: Path, base: duckdb.DuckDBPyConnection
) -> None:
    ended = {
        row["Numero_Fiche"] for row in _columns(extracts, "Standard") if row["Actif"] == "INACTIVE"
    }
    replaced = {
        row["Numero_Fiche"]
        for row in _columns(extracts, "Ancienne_Nouvelle_Certification")
        if row["Nouvelle_Certification"]
    }
    sold = base.execute(
        "select code_certification, min(date_validation)::varchar from dossiers group by 1"
    ).fetchall()
    late = {code: first for code, first in sold if code in ended & replaced}
    assert late
    assert min(late.values()) > register_tables.FORMER_END.isoformat()
    offered = (extracts / "edof" / "edof_catalogue_2024-12-31.xml").read_text("latin-1")
    assert set(re.findall(r"<code-(?:RNCP|RS)>(\w+)<", offered)) & ended & replaced


def _list(seed: int) -> tuple[list[partner_list.Partner], set[tuple[str, str]]]:
    """The partners of a middling world, and who sells what there: codes and SIRENs."""
    catalog = invented_certifications.build(0.05, seed)
    bodies = training_bodies.build(fraction(0.05), seed, catalog)
    drawn = offer.build(fraction(0.05), seed, catalog, bodies)
    given = offer.authorisations(drawn, catalog.certifications, seed)
    day = dt.date(2026, 3, 31)
    partners = partner_list.build(catalog, bodies, given, day, np.random.default_rng(seed))
    sold = {
        (catalog.certifications[certification].code, bodies[body].siren)
        for certification, body in zip(drawn.f_certification, drawn.f_body, strict=True)
    }
    return partners, sold


def test_the_list_of_partners_has_every_case() -> None:
    partners, sold = _list(1)
    removed = [x for x in partners if x.state == partner_list.REMOVED]
    back = {(x.code, x.siret) for x in removed} & {
        (x.code, x.siret) for x in partners if x.state == partner_list.ACTIVE
    }
    assert back
    assert len(removed) > len(back)
    assert all(x.since <= x.changed < dt.date(2026, 3, 31) for x in partners)
    untold = sum(not x.siret for x in partners) / len(partners)
    assert untold == pytest.approx(RATES.partenaire_sans_siret, abs=0.01)
    examining = {x.code for x in partners if x.authorisation == "HABILITATION_ORGANISER"}
    assert examining
    assert {(x.code, x.siret[:9]) for x in partners if x.siret} <= sold


def test_one_body_certifies_what_it_sells_and_is_no_partner() -> None:
    catalog = invented_certifications.build(0.05, 1)
    bodies = training_bodies.build(fraction(0.05), 1, catalog)
    drawn = offer.build(fraction(0.05), 1, catalog, bodies)
    given = offer.authorisations(drawn, catalog.certifications, 1)
    own = partner_list.certifying_bodies(catalog, given)
    assert [x.listed for x in own] == [True, False]
    partners, _ = _list(1)
    listed = {(x.code, x.siret[:9]) for x in partners}
    pairs = [(catalog.certifications[x.certification].code, bodies[x.body].siren) for x in own]
    assert pairs[1] not in listed


def test_the_flow_tells_of_its_register_what_the_csv_tells(extracts: Path) -> None:
    folder = extracts / "certifications"
    with zipfile.ZipFile(folder / "export-fiches-rs-v4-1-2024-12-31.zip") as archive:
        (member,) = archive.namelist()
        flow = archive.read(member).decode()
    cards = re.findall("<NUMERO_FICHE>([^<]*)<", flow)
    standard = [row["Numero_Fiche"] for row in _columns(extracts, "Standard")]
    assert cards == [code for code in standard if code.startswith("RS")]
    assert flow.count("<ETAT_HABILITATION>Supprimé<") > 0
    active = flow.count("<ETAT_HABILITATION>Actif<")
    told = [x for x in _columns(extracts, "Partenaires") if x["Numero_Fiche"].startswith("RS")]
    assert active == len(told) > 0


def test_one_body_that_sells_is_listed_without_a_certificate(extracts: Path) -> None:
    catalog = invented_certifications.build(0.002, 7)
    bodies = training_bodies.build(fraction(0.002), 7, catalog)
    plain = training_bodies.uncertified(bodies)
    certified = {
        row["siren"]: row["certifications.actionsDeFormation"] for row in _listed(extracts)
    }
    sellers = {body.siren for body in bodies}
    assert [x for x in sellers if certified.get(x) == "false"] == [plain.siren]
