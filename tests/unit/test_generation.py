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

from orchestration.generation import (
    certifications,
    consommation,
    demande,
    edof,
    fichiers,
    offre,
    organismes,
    reference,
)
from orchestration.generation.generator import generate, parse_scale
from orchestration.generation.rates import RATES, Rates

NS = "{https://www.of.moncompteformation.gouv.fr}"
COLONNES = (
    "id_dossier;id_titulaire;date_validation;date_entree;date_sortie;date_derniere_modification;"
    "statut_dossier;genre;date_naissance;code_commune_residence;code_departement_residence;"
    "situation;csp;code_certification;code_formacode;siret_of;numero_formation;numero_session;"
    "code_departement_lieu;modalite_presence;nombre_heures;prix"
)
ORDRE_FORMATION = [
    "intitule-formation", "objectif-formation", "resultats-attendus", "contenu-formation",
    "parcours-de-formation", "objectif-general-formation", "certification", "action",
    "organisme-formation-responsable", "extras",
]  # fmt: skip
ORDRE_ACTION = [
    "niveau-entree-obligatoire", "modalites-enseignement", "lieu-de-formation",
    "modalites-entrees-sorties", "url-action", "session", "acces-handicapes", "langue-formation",
    "code-perimetre-recrutement", "nombre-heures-centre", "nombre-heures-entreprise", "extras",
]  # fmt: skip


@pytest.fixture(scope="module")
def extraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dossier = tmp_path_factory.mktemp("extraits")
    generate(0.002, "2024-12", 7, dossier)
    return dossier


@pytest.fixture(scope="module")
def base(extraits: Path) -> duckdb.DuckDBPyConnection:
    """Tables ``versions`` and ``financements`` as delivered, ``dossiers`` with the newest ones."""
    return _charge(extraits)


def _charge(extraits: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table, source in (("versions", "dossiers"), ("financements", "financements")):
        connection.execute(
            f"create table {table} as select * exclude (filename),"
            " regexp_extract(filename, '(\\d{4}-\\d\\d).csv', 1) as livraison"
            f" from read_csv('{extraits}/{source}/*.csv', delim = ';', header = true,"
            " quote = '\"', all_varchar = true, filename = true)"
        )
    connection.execute(
        "create table dossiers as from versions where try_cast(date_validation as date) is not null"
        " qualify row_number() over (partition by id_dossier"
        " order by date_derniere_modification desc) = 1"
    )
    return connection


def _un(base: duckdb.DuckDBPyConnection, requete: str) -> float:
    ligne = base.execute(requete).fetchone()
    assert ligne is not None
    return float(ligne[0])


def _empreintes(dossier: Path) -> dict[str, str]:
    return {
        str(chemin.relative_to(dossier)): hashlib.sha256(chemin.read_bytes()).hexdigest()
        for chemin in sorted(dossier.rglob("*"))
        if chemin.is_file()
    }


def test_same_seed_same_bytes_another_seed_other_bytes(tmp_path: Path) -> None:
    for nom, graine in (("a", 3), ("b", 3), ("c", 4)):
        generate(0.001, "2020-02", graine, tmp_path / nom)
    une, deux, autre = (_empreintes(tmp_path / nom) for nom in "abc")
    assert len(une) == 7
    assert une == deux
    assert une.keys() == autre.keys()
    assert not set(une.values()) & set(autre.values())


def test_a_month_delivered_does_not_depend_on_the_months_that_follow(tmp_path: Path) -> None:
    generate(0.001, "2020-02", 3, tmp_path / "court")
    generate(0.001, "2020-04", 3, tmp_path / "long")
    court, long = _empreintes(tmp_path / "court"), _empreintes(tmp_path / "long")
    deltas = {nom for nom in court if nom.startswith(("dossiers", "financements"))}
    assert len(deltas) == 4
    assert {nom: court[nom] for nom in deltas} == {nom: long[nom] for nom in deltas}


def test_returned_paths_are_the_files_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    chemins = generate(0.001, "2020-02", 3, tmp_path)
    ecrits = {chemin for chemin in tmp_path.rglob("*") if chemin.is_file()}
    assert {chemin for liste in chemins.values() for chemin in liste} == ecrits
    assert {chemin.name for chemin in chemins["dossiers"]} == {
        "dossiers_2020-01.csv",
        "dossiers_2020-02.csv",
    }
    assert chemins["edof"][0].name == "edof_catalogue_2020-02-29.xml"
    assert {chemin.name for chemin in tmp_path.iterdir()} == set(chemins)


def _ecrit_et_echoue(chemin: Path) -> None:
    with fichiers.remplace(chemin) as provisoire:
        provisoire.write_text("moitié")
        raise RuntimeError


def test_a_failed_file_leaves_nothing_and_keeps_the_former_one(tmp_path: Path) -> None:
    chemin = tmp_path / "x.csv"
    chemin.write_text("entier")
    with pytest.raises(RuntimeError):
        _ecrit_et_echoue(chemin)
    assert [(fichier, fichier.read_text()) for fichier in tmp_path.iterdir()] == [
        (chemin, "entier")
    ]


def test_dossiers_have_the_contract_s_header_and_line_ends(extraits: Path) -> None:
    octets = (extraits / "dossiers" / "dossiers_2022-03.csv").read_bytes()
    assert b"\r" not in octets
    lignes = octets.decode("utf-8").splitlines()
    assert lignes[0] == COLONNES
    assert {ligne.count(";") for ligne in lignes} == {21}


def test_financements_sum_to_the_price_to_the_cent(base: duckdb.DuckDBPyConnection) -> None:
    cle = "id_dossier, date_derniere_modification"
    ecarts = base.execute(
        f"with sommes as (select {cle}, sum(montant::decimal(12, 2)) as total"
        f" from (select distinct {cle}, code_financeur, montant from financements) group by all)"
        f" select count(*) filter (total is null), count(*) filter (total <> prix::decimal(12, 2)),"
        f" count(*) from (select distinct {cle}, prix from versions where prix not like '-%')"
        f" left join sommes using ({cle})"
    ).fetchone()
    assert ecarts is not None
    sans, faux, total = ecarts
    assert faux == 0
    assert sans / total < 5 * RATES.sans_financement


def test_later_months_revise_older_ones_for_more_than_a_year(
    base: duckdb.DuckDBPyConnection,
) -> None:
    assert 1.5 <= _un(base, "select count(*) / count(distinct id_dossier) from versions") <= 1.85
    valide = "try_cast(date_validation as date)"
    rappels = _un(
        base,
        f"select count(*) from versions where strftime({valide}, '%Y-%m') < livraison"
        f" and date_derniere_modification::date - {valide} > 366",
    )
    assert rappels > 20
    avances = f"select count(*) from versions where strftime({valide}, '%Y-%m') > livraison"
    assert _un(base, avances) == 0
    hors_mois = (
        "select count(*) from versions where left(date_derniere_modification, 7) <> livraison"
    )
    assert _un(base, hors_mois) == 0


def test_a_version_is_identified_by_its_dossier_and_date(base: duckdb.DuckDBPyConnection) -> None:
    doubles = (
        "select count(*) from (select distinct * exclude (livraison) from versions"
        " where id_dossier is not null)"
        " group by id_dossier, date_derniere_modification having count(*) > 1"
    )
    assert base.execute(doubles).fetchall() == []


@pytest.mark.parametrize(
    ("mesure", "cible", "tolerance"),
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
    base: duckdb.DuckDBPyConnection, mesure: str, cible: float, tolerance: float
) -> None:
    requete = f"select {mesure} from dossiers where date_validation like '2024%'"
    assert _un(base, requete) == pytest.approx(cible, abs=tolerance)


def test_titulaires_have_several_dossiers_and_one_identity(
    base: duckdb.DuckDBPyConnection,
) -> None:
    ratio = _un(base, "select count(*) / count(distinct id_titulaire) from dossiers")
    assert ratio == pytest.approx(8.6 / 5.75, abs=0.08)
    identites = _un(
        base,
        "select max(n) from (select count(distinct date_naissance) as n from dossiers group by"
        " id_titulaire)",
    )
    assert identites == 1


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
    apres = f"{part} from participations where date_validation >= '2024-05-02' and situation"
    assert _un(base, f"{apres} = 'EN_EMPLOI')") > 0.9
    assert _un(base, f"{apres} = 'DEMANDEUR_EMPLOI')") < 0.2
    assert _un(base, f"{part} from participations where date_validation < '2024-05-02')") < 0.2


def test_places_include_corsica_overseas_and_remote(base: duckdb.DuckDBPyConnection) -> None:
    residences = {
        ligne[0]: ligne[1]
        for ligne in base.execute(
            "select code_departement_residence, any_value(code_commune_residence) from dossiers"
            " where code_departement_residence is not null group by all"
        ).fetchall()
    }
    assert set(residences) == {d.code for d in reference.departements()}
    assert all(commune.startswith(code) for code, commune in residences.items())
    assert all(len(commune) == 5 for commune in residences.values())
    ecarts = "select count(*) from dossiers where (modalite_presence = 'A_DISTANCE')"
    assert _un(base, f"{ecarts} <> (code_departement_lieu is null)") == 0


def test_dossiers_refer_to_the_offer_two_times_in_five(
    base: duckdb.DuckDBPyConnection, extraits: Path
) -> None:
    racine = etree.parse(next((extraits / "edof").iterdir())).getroot()
    numeros = {
        f"{formation.findtext(f'.//{NS}SIRET', '').strip()}_{formation.get('numero')}"
        for formation in racine.iter(f"{NS}formation")
    }
    references = [n for (n,) in base.execute("select numero_formation from dossiers").fetchall()]
    assert 0.2 < np.mean([numero in numeros for numero in references]) < 0.5


def test_the_catalogue_follows_the_schema_s_order(extraits: Path) -> None:
    chemin = extraits / "edof" / "edof_catalogue_2024-12-31.xml"
    assert chemin.read_bytes().startswith(b'<?xml version="1.0" encoding="ISO-8859-1"?>')
    arbre = etree.parse(chemin)
    assert arbre.docinfo.encoding == "ISO-8859-1"
    for nom, ordre in (("formation", ORDRE_FORMATION), ("action", ORDRE_ACTION)):
        elements = list(arbre.getroot().iter(f"{NS}{nom}"))
        assert len(elements) > 300
        for element in elements:
            assert {"numero", "datemaj", "datecrea"} == set(element.attrib)
            rangs = [ordre.index(str(fils.tag).removeprefix(NS)) for fils in element]
            assert rangs == sorted(rangs)
    for session in arbre.getroot().iter(f"{NS}session"):
        assert session.findtext(f"{NS}etat-recrutement") in {"1", "2"}
    textes = [t for t in arbre.getroot().itertext(f"{NS}contenu-formation") if t.strip()]
    assert 300 < np.mean([len(texte) for texte in textes]) < 1500
    assert max(len(texte) for texte in textes) <= 3000


def test_shares_of_the_offer() -> None:
    catalogue = certifications.construit(0.05, 1)
    bodies = organismes.construit(0.05, 1)
    tirees = offre.construit(0.05, 1, catalogue, bodies)
    lignes = tirees.formation_des_lignes()
    vendues = [catalogue.certifications[rang] for rang in tirees.f_certification[lignes]]
    ordinaires = np.array([not c.exception for c in vendues])
    codes = np.array([c.code for c in vendues])[ordinaires]
    assert len(codes) == 10_000
    assert np.mean(tirees.l_departement[ordinaires] < 0) == pytest.approx(0.22, abs=0.02)
    assert np.mean([code.startswith("RNCP") for code in codes]) == pytest.approx(0.24, abs=0.02)
    assert np.mean(tirees.f_heures == 0) == pytest.approx(0.64, abs=0.02)
    effectifs = np.sort(np.unique(codes, return_counts=True)[1])
    assert effectifs[-10:].sum() / len(codes) == pytest.approx(0.42, abs=0.03)
    premieres = tirees.debut_actions[:-1][ordinaires]
    assert np.median(tirees.a_prix[premieres]) / 100 == pytest.approx(1600, abs=250)
    assert np.mean(tirees.a_prix[premieres]) / 100 == pytest.approx(2260, abs=250)
    cles = set(zip(lignes.tolist(), tirees.l_departement.tolist(), strict=True))
    assert len(cles) == len(lignes)


def test_national_catalogue_has_a_long_tail_of_distinct_certifications() -> None:
    catalogue = certifications.construit(1.0, 1)
    codes = {c.code for c in catalogue.certifications}
    assert len(codes) == len(catalogue.certifications)
    assert 3300 < len(codes) < 3500
    utilises = {code for c in catalogue.certifications for code in c.formacodes + c.romes}
    assert utilises <= reference.libelles().keys()


def test_price_factors_give_each_year_its_mean_price() -> None:
    facteurs = demande.facteurs(certifications.construit(1.0, 1))
    ordinaires = facteurs[~facteurs["exception"]].set_index("annee")["facteur"]
    assert ordinaires.is_monotonic_increasing
    assert 0.8 < ordinaires[2024] < 1.2


def test_no_siren_is_a_real_one(extraits: Path) -> None:
    lignes = (extraits / "organismes" / "organismes_2024-12-31.csv").read_text("utf-8-sig")
    sirens = [ligne.split(";")[2] for ligne in lignes.splitlines()[1:]]
    assert len(sirens) > 300
    for siren in sirens:
        doubles = [int(c) * (1 + rang % 2) for rang, c in enumerate(reversed(siren))]
        assert sum(n - 9 if n > 9 else n for n in doubles) % 10 != 0


def test_half_of_the_bodies_trade_under_an_establishment_not_listed() -> None:
    bodies = organismes.construit(0.05, 1)
    ailleurs = np.mean([body.siret != body.siret_declarant for body in bodies])
    assert ailleurs == pytest.approx(0.5, abs=0.06)
    assert all(body.siret[:9] == body.siret_declarant[:9] == body.siren for body in bodies)


def test_the_register_has_the_quirks_of_the_real_export(extraits: Path) -> None:
    with zipfile.ZipFile(extraits / "certifications" / "export-fiches-csv-2024-12-31.zip") as z:
        noms = z.namelist()
        textes = {nom.removeprefix("export_fiches_CSV_")[:4]: z.read(nom).decode() for nom in noms}
        assert {entree.flag_bits for entree in z.infolist()} == {0}
    assert len(noms) == 10
    assert "export_fiches_CSV_Blocs_De_Comp├⌐tences_2024_12_31.csv" in noms
    assert "export_fiches_CSV_VoixdAccès_2024_12_31.csv" in noms
    assert ';"\t' in textes["Cert"]
    assert ';"\t' in textes["Part"]
    assert ";;" in textes["Part"]
    assert '"REPRISE"' in textes["Stan"]
    assert '"15052";"15052 : Bureautique"' in textes["Form"]
    assert "''" in textes["Rome"]


def test_partners_authorise_nearly_every_offer() -> None:
    catalogue = certifications.construit(0.05, 1)
    tirees = offre.construit(0.05, 1, catalogue, organismes.construit(0.05, 1))
    offerts = {
        couple
        for couple in zip(tirees.f_certification.tolist(), tirees.f_organisme.tolist(), strict=True)
        if not catalogue.certifications[couple[0]].exception
    }
    connus = set(offre.habilitations(tirees, catalogue.certifications, 1))
    assert connus < offerts
    assert 1 - len(connus) / len(offerts) == pytest.approx(RATES.offre_non_habilitee, abs=0.01)


def test_each_defect_of_dossiers_appears_at_its_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forts = {champ.name: 0.2 for champ in dataclasses.fields(Rates)}
    monkeypatch.setattr(consommation, "RATES", Rates(**forts))
    generate(0.002, "2020-03", 3, tmp_path)
    base = _charge(tmp_path)
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
    for mesure, table in mesures.items():
        part = _un(base, f"select avg(({mesure})::integer) from {table}")
        assert part == pytest.approx(0.2, abs=0.06), mesure
    assert _un(base, "select count(*) - count(distinct versions) from versions") > 100
    orphelins = "select count(*) from financements where id_dossier like 'D9%'"
    assert _un(base, orphelins) > 100


def test_each_defect_of_the_offer_appears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forts = Rates(**{champ.name: 0.2 for champ in dataclasses.fields(Rates)})
    monkeypatch.setattr(edof, "RATES", forts)
    monkeypatch.setattr(organismes, "RATES", forts)
    chemins = generate(0.002, "2020-01", 3, tmp_path)
    formations = list(etree.parse(chemins["edof"][0]).getroot().iter(f"{NS}formation"))
    sirets = [formation.findtext(f".//{NS}SIRET", "") for formation in formations]
    codes = [formation.findtext(f".//{NS}code-RS") or "" for formation in formations]
    cles = {(s.strip(), f.get("numero")) for s, f in zip(sirets, formations, strict=True)}
    parts = {
        "impossible date": np.mean([f.get("datemaj") == edof.DATE_IMPOSSIBLE for f in formations]),
        "tab": np.mean([siret.startswith("\t") for siret in sirets]),
        "unknown code": np.mean([code.startswith("RS99") for code in codes]),
        "duplicate": 1 - len(cles) / len(formations),
    }
    assert all(0.08 < part < 0.3 for part in parts.values()), parts
    liste = chemins["organismes"][0].read_text("utf-8-sig").splitlines()[1:]
    courts = np.mean([len(ligne.split(";")[2]) < 9 for ligne in liste])
    assert courts == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize(
    ("texte", "attendu"), [("demo", 0.01), ("national", 1.0), ("0,5", 0.5), ("2", 2.0)]
)
def test_scales(texte: str, attendu: float) -> None:
    assert parse_scale(texte) == attendu


@pytest.mark.parametrize("texte", ["", "grand", "0", "-1", "nan", "inf", "11"])
def test_unknown_scales_are_refused_in_french(texte: str) -> None:
    with pytest.raises(ValueError, match="échelle"):
        parse_scale(texte)


@pytest.mark.parametrize("mois", ["2019-12", "2024-13", "2024", "2024-1", "juin"])
def test_invalid_months_are_refused_before_any_writing(tmp_path: Path, mois: str) -> None:
    with pytest.raises(ValueError, match="AAAA-MM"):
        generate(0.001, mois, 1, tmp_path)
    assert list(tmp_path.iterdir()) == []
