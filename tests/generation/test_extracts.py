"""The generated extracts: formats, determinism, magnitudes, defects. Small scales, invented data.

Belongs here: what a reader of the extracts relies on. Does not: how the landing treats them.
"""

import dataclasses
import hashlib
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pytest
from lxml import etree

from orchestration import files
from orchestration.generation import (
    consumption,
    demand,
    edof_xml,
    invented_certifications,
    offer,
    reference,
    training_bodies,
)
from orchestration.generation.generator import generate, parse_scale
from orchestration.generation.rates import RATES, Rates

NS = "{https://www.of.moncompteformation.gouv.fr}"
COLUMNS = (
    "id_dossier;id_titulaire;date_validation;date_entree;date_sortie;date_derniere_modification;"
    "statut_dossier;genre;date_naissance;code_commune_residence;code_departement_residence;"
    "situation;csp;code_certification;code_formacode;siret_of;numero_formation;numero_session;"
    "code_departement_lieu;modalite_presence;nombre_heures;prix"
)
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


@pytest.fixture(scope="module")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extraits")
    generate(0.002, "2024-12", 7, folder)
    return folder


@pytest.fixture(scope="module")
def base(extracts: Path) -> duckdb.DuckDBPyConnection:
    """Tables ``versions`` and ``amounts_by_financer`` as delivered, ``dossiers`` with the newest ones."""
    return _load(extracts)


def _load(extracts: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table, source in (("versions", "dossiers"), ("financements", "financements")):
        connection.execute(
            f"create table {table} as select * exclude (filename),"
            " regexp_extract(filename, '(\\d{4}-\\d\\d).csv', 1) as livraison"
            f" from read_csv('{extracts}/{source}/*.csv', delim = ';', header = true,"
            " quote = '\"', all_varchar = true, filename = true)"
        )
    connection.execute(
        "create table dossiers as from versions where try_cast(date_validation as date) is not null"
        " qualify row_number() over (partition by id_dossier"
        " order by date_derniere_modification desc) = 1"
    )
    return connection


def _scalar(base: duckdb.DuckDBPyConnection, query: str) -> float:
    row = base.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_another_seed_other_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(0.001, "2020-02", seed, tmp_path / name)
    first, second, other = (_digests(tmp_path / name) for name in "abc")
    assert len(first) == 7
    assert first == second
    assert first.keys() == other.keys()
    assert not set(first.values()) & set(other.values())


def test_a_month_delivered_does_not_depend_on_the_months_that_follow(tmp_path: Path) -> None:
    generate(0.001, "2020-02", 3, tmp_path / "court")
    generate(0.001, "2020-04", 3, tmp_path / "long")
    short, long = _digests(tmp_path / "court"), _digests(tmp_path / "long")
    deltas = {name for name in short if name.startswith(("dossiers", "financements"))}
    assert len(deltas) == 4
    assert {name: short[name] for name in deltas} == {name: long[name] for name in deltas}


def test_returned_paths_are_the_files_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    paths = generate(0.001, "2020-02", 3, tmp_path)
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for entries in paths.values() for path in entries} == written
    assert {path.name for path in paths["dossiers"]} == {
        "dossiers_2020-01.csv",
        "dossiers_2020-02.csv",
    }
    assert paths["edof"][0].name == "edof_catalogue_2020-02-29.xml"
    assert {path.name for path in tmp_path.iterdir()} == set(paths)


def _write_then_fail(path: Path) -> None:
    with files.atomic_write(path) as temporary:
        temporary.write_text("moitié")
        raise RuntimeError


def test_a_failed_file_leaves_nothing_and_keeps_the_former_one(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("entier")
    with pytest.raises(RuntimeError):
        _write_then_fail(path)
    assert [(file, file.read_text()) for file in tmp_path.iterdir()] == [(path, "entier")]


def test_dossiers_have_the_contract_s_header_and_line_ends(extracts: Path) -> None:
    octets = (extracts / "dossiers" / "dossiers_2022-03.csv").read_bytes()
    assert b"\r" not in octets
    rows = octets.decode("utf-8").splitlines()
    assert rows[0] == COLUMNS
    assert {row.count(";") for row in rows} == {21}


def test_financements_sum_to_the_price_to_the_cent(base: duckdb.DuckDBPyConnection) -> None:
    key = "id_dossier, date_derniere_modification"
    deviations = base.execute(
        f"with sommes as (select {key}, sum(montant::decimal(12, 2)) as total"
        f" from (select distinct {key}, code_financeur, montant from financements) group by all)"
        f" select count(*) filter (total is null), count(*) filter (total <> prix::decimal(12, 2)),"
        f" count(*) from (select distinct {key}, prix from versions where prix not like '-%')"
        f" left join sommes using ({key})"
    ).fetchone()
    assert deviations is not None
    without, wrong, total = deviations
    assert wrong == 0
    assert without / total < 5 * RATES.sans_financement


def test_later_months_revise_older_ones_for_more_than_a_year(
    base: duckdb.DuckDBPyConnection,
) -> None:
    assert (
        1.5 <= _scalar(base, "select count(*) / count(distinct id_dossier) from versions") <= 1.85
    )
    validation_date = "try_cast(date_validation as date)"
    late_revisions = _scalar(
        base,
        f"select count(*) from versions where strftime({validation_date}, '%Y-%m') < livraison"
        f" and date_derniere_modification::date - {validation_date} > 366",
    )
    assert late_revisions > 20
    delivered_early = (
        f"select count(*) from versions where strftime({validation_date}, '%Y-%m') > livraison"
    )
    assert _scalar(base, delivered_early) == 0
    outside_month = (
        "select count(*) from versions where left(date_derniere_modification, 7) <> livraison"
    )
    assert _scalar(base, outside_month) == 0


def test_a_version_is_identified_by_its_dossier_and_date(base: duckdb.DuckDBPyConnection) -> None:
    duplicates = (
        "select count(*) from (select distinct * exclude (livraison) from versions"
        " where id_dossier is not null)"
        " group by id_dossier, date_derniere_modification having count(*) > 1"
    )
    assert base.execute(duplicates).fetchall() == []


@pytest.mark.parametrize(
    ("measure", "target", "tolerance"),
    [
        ("avg((code_certification = 'CPF206')::integer)", 0.22, 0.03),
        ("avg(prix::double) filter (code_certification = 'CPF206')", 1020, 60),
        ("avg(nombre_heures::double) filter (code_certification = 'CPF206')", 18, 1.5),
        ("avg(prix::double)", 1760, 150),
        ("avg((genre = 'F')::integer)", 0.49, 0.035),
        ("avg((situation = 'DEMANDEUR_EMPLOI')::integer)", 0.345, 0.035),
        ("avg((csp = 'CADRE')::integer)", 0.17, 0.03),
        ("avg((date_validation::date - date_naissance::date < 25 * 365.25)::integer)", 0.1, 0.025),
        ("avg((statut_dossier like '%annul%' or statut_dossier = 'Rejeté')::integer)", 0.07, 0.02),
        ("count(*)", 2780, 5),
    ],
)
def test_shares_of_2024(
    base: duckdb.DuckDBPyConnection, measure: str, target: float, tolerance: float
) -> None:
    query = f"select {measure} from dossiers where date_validation like '2024%'"
    assert _scalar(base, query) == pytest.approx(target, abs=tolerance)


def test_titulaires_have_several_dossiers_and_one_identity(
    base: duckdb.DuckDBPyConnection,
) -> None:
    ratio = _scalar(base, "select count(*) / count(distinct id_titulaire) from dossiers")
    assert ratio == pytest.approx(8.6 / 5.75, abs=0.08)
    identities = _scalar(
        base,
        "select max(n) from (select count(distinct date_naissance) as n from dossiers group by"
        " id_titulaire)",
    )
    assert identities == 1


def test_the_flat_participation_starts_in_may_2024_and_spares_job_seekers(
    base: duckdb.DuckDBPyConnection,
) -> None:
    base.execute(
        "create or replace view participations as select dossiers.*, montant"
        " from dossiers left join financements on dossiers.id_dossier = financements.id_dossier"
        " and dossiers.date_derniere_modification = financements.date_derniere_modification"
        " and code_financeur = 'RESTE_A_CHARGE'"
    )
    part = (
        "select avg((montant >= 80)::integer) from (select coalesce(montant::double, 0) as montant"
    )
    after = f"{part} from participations where date_validation >= '2024-05-02' and situation"
    assert _scalar(base, f"{after} = 'EN_EMPLOI')") > 0.9
    assert _scalar(base, f"{after} = 'DEMANDEUR_EMPLOI')") < 0.2
    assert _scalar(base, f"{part} from participations where date_validation < '2024-05-02')") < 0.2


def test_places_include_corsica_overseas_and_remote(base: duckdb.DuckDBPyConnection) -> None:
    residences = {
        row[0]: row[1]
        for row in base.execute(
            "select code_departement_residence, any_value(code_commune_residence) from dossiers"
            " where code_departement_residence is not null group by all"
        ).fetchall()
    }
    assert set(residences) == {d.code for d in reference.departements()}
    assert all(commune.startswith(code) for code, commune in residences.items())
    assert all(len(commune) == 5 for commune in residences.values())
    deviations = "select count(*) from dossiers where (modalite_presence = 'A_DISTANCE')"
    assert _scalar(base, f"{deviations} <> (code_departement_lieu is null)") == 0


def test_dossiers_refer_to_the_offer_two_times_in_five(
    base: duckdb.DuckDBPyConnection, extracts: Path
) -> None:
    root = etree.parse(next((extracts / "edof").iterdir())).getroot()
    numbers = {
        f"{formation.findtext(f'.//{NS}SIRET', '').strip()}_{formation.get('numero')}"
        for formation in root.iter(f"{NS}formation")
    }
    references = [n for (n,) in base.execute("select numero_formation from dossiers").fetchall()]
    assert 0.2 < np.mean([number in numbers for number in references]) < 0.5


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
    bodies = training_bodies.build(0.05, 1)
    drawn_offer = offer.build(0.05, 1, catalog, bodies)
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


def test_national_catalog_has_a_long_tail_of_distinct_certifications() -> None:
    catalog = invented_certifications.build(1.0, 1)
    codes = {c.code for c in catalog.certifications}
    assert len(codes) == len(catalog.certifications)
    assert 3300 < len(codes) < 3500
    used_codes = {code for c in catalog.certifications for code in c.formacodes + c.romes}
    assert used_codes <= reference.labels().keys()


def test_price_factors_give_each_year_its_mean_price() -> None:
    factors = demand.factors(invented_certifications.build(1.0, 1))
    ordinary = factors[~factors["exception"]].set_index("annee")["facteur"]
    assert ordinary.is_monotonic_increasing
    assert 0.8 < ordinary[2024] < 1.2


def test_no_siren_is_a_real_one(extracts: Path) -> None:
    rows = (extracts / "organismes" / "organismes_2024-12-31.csv").read_text("utf-8-sig")
    sirens = [row.split(";")[2] for row in rows.splitlines()[1:]]
    assert len(sirens) > 300
    for siren in sirens:
        duplicates = [int(c) * (1 + rank % 2) for rank, c in enumerate(reversed(siren))]
        assert sum(n - 9 if n > 9 else n for n in duplicates) % 10 != 0


def test_half_of_the_bodies_trade_under_an_establishment_not_listed() -> None:
    bodies = training_bodies.build(0.05, 1)
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
    drawn_offer = offer.build(0.05, 1, catalog, training_bodies.build(0.05, 1))
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


def test_each_defect_of_dossiers_appears_at_its_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    high_rates = {field.name: 0.2 for field in dataclasses.fields(Rates)}
    monkeypatch.setattr(consumption, "RATES", Rates(**high_rates))
    generate(0.002, "2020-03", 3, tmp_path)
    base = _load(tmp_path)
    mesures = {
        "siret_of like chr(9) || '%'": "versions",
        "try_cast(date_validation as date) is null": "versions",
        "prix like '-%'": "versions",
        "id_dossier is null": "versions",
        "genre is null": "versions",
        "csp is null": "versions",
        "code_departement_residence is null": "versions",
        "nombre_heures is null": "versions",
        "code_formacode is null": "versions",
        "code_certification similar to 'RS98\\d{3}'": "versions",
        "code_financeur = 'POLE_EMPLOI'": "financements",
    }
    for measure, table in mesures.items():
        part = _scalar(base, f"select avg(({measure})::integer) from {table}")
        assert part == pytest.approx(0.2, abs=0.06), measure
    assert _scalar(base, "select count(*) - count(distinct versions) from versions") > 100
    orphans = "select count(*) from financements where id_dossier like 'D9%'"
    assert _scalar(base, orphans) > 100


def test_each_defect_of_the_offer_appears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    high_rates = Rates(**{field.name: 0.2 for field in dataclasses.fields(Rates)})
    monkeypatch.setattr(edof_xml, "RATES", high_rates)
    monkeypatch.setattr(training_bodies, "RATES", high_rates)
    paths = generate(0.002, "2020-01", 3, tmp_path)
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


@pytest.mark.parametrize(
    ("text", "expected"), [("demo", 0.01), ("national", 1.0), ("0,5", 0.5), ("2", 2.0)]
)
def test_scales(text: str, expected: float) -> None:
    assert parse_scale(text) == expected


@pytest.mark.parametrize("text", ["", "grand", "0", "-1", "nan", "inf", "11"])
def test_unknown_scales_are_refused_in_french(text: str) -> None:
    with pytest.raises(ValueError, match="échelle"):
        parse_scale(text)


@pytest.mark.parametrize("month", ["2019-12", "2024-13", "2024", "2024-1", "juin"])
def test_invalid_months_are_refused_before_any_writing(tmp_path: Path, month: str) -> None:
    with pytest.raises(ValueError, match="AAAA-MM"):
        generate(0.001, month, 1, tmp_path)
    assert list(tmp_path.iterdir()) == []
