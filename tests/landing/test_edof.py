"""The EDOF catalogue as it lands: values, rejects, duplicates, and no contact person."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from orchestration import settings
from orchestration.landing.land import LandingReport, land
from orchestration.landing.sources.edof.validity import DETAILS
from tests.factories.csv_files import in_vault, rejects, write
from tests.factories.edof_catalogue import (
    ACTION,
    FEES,
    NAMESPACE,
    PERSONS,
    SESSION,
    SIRET,
    catalog,
    formation,
)

pytestmark = pytest.mark.usefixtures("data_folder")

SAMPLE = settings.PROJECT.parent / "shared" / "samples" / "edof_catalogue_exemple.xml"


def _land(
    folder: Path, content: bytes, name: str = "edof_catalogue_2026-05-31.xml"
) -> LandingReport:
    report = land("edof", [write(folder / name, content)])[0]
    assert report.status == "atterri", report.error
    assert report.lus == report.atterris + report.rejetes
    return report


@pytest.mark.skipif(
    not SAMPLE.exists(), reason="the official example is not part of the repository"
)
def test_the_official_example_lands_whole() -> None:
    assert land("edof", [SAMPLE])[0].atterris == 1
    assert in_vault(
        "select siret, code_certification from coffre.atterrissage.edof_formations"
    ) == [("12312312300000", "RNCP40344")]
    assert in_vault(
        "select frais_ttc, heures_centre + heures_entreprise, code_postal "
        "from coffre.atterrissage.edof_actions"
    ) == [(Decimal("600.60"), 21, "91510")]
    assert in_vault("select etat_recrutement from coffre.atterrissage.edof_sessions") == [("1",)]


def test_every_column_is_filled(tmp_path: Path) -> None:
    _land(tmp_path, catalog())
    texts = ("<ul><li>Un été</li></ul>", "Savoir", "Cours", "Points forts")
    prices = (Decimal("20.00"), Decimal("500.50"), Decimal("600.60"))
    updated, creation_date, start, end = (
        dt.date(2026, 5, 26),
        dt.date(2025, 1, 31),
        dt.date(2027, 1, 1),
        dt.date(2027, 12, 1),
    )
    rows = {
        "formations": (
            *("F1", updated, creation_date, "Prévention & sécurité", *texts),
            *("1", "6", "RNCP", "RNCP40344", SIRET),
        ),
        "actions": (1, "A1", updated, "0", "91510", "LARDY", 21, 0, *prices, "FR", "0"),
        "sessions": (1, 1, "S1", start, end, "1", "1"),
    }
    for table, row in rows.items():
        kept = "* exclude (_fichier, _sha256, _date_extraction)"
        assert in_vault(f"select {kept} from coffre.atterrissage.edof_{table}") == [(1, *row)]


def test_harmless_dirt_is_cleaned(tmp_path: Path) -> None:
    dirty_formation = formation(
        "F1",
        (SIRET, f"\t{SIRET} "),
        ("<debut>20270101</debut><fin>20271201</fin>", "<debut/><fin>99999999</fin>"),
        (">21<", "><"),
        ("<nombre-heures-entreprise>0</nombre-heures-entreprise>", ""),
        ("<codepostal>91510</codepostal>", "<codepostal/>"),
        ('info="code-gfe">8', 'info="cle-nouvelle">8'),
        ("Prévention", "<!-- note -->Prévention"),
    )
    assert _land(tmp_path, catalog(dirty_formation)).atterris == 1
    assert in_vault("select siret from coffre.atterrissage.edof_formations") == [(SIRET,)]
    assert in_vault(
        "select heures_centre, heures_entreprise, code_postal from coffre.atterrissage.edof_actions"
    ) == [(None, None, None)]
    assert in_vault("select date_debut, date_fin from coffre.atterrissage.edof_sessions") == [
        (None, None)
    ]


def test_ranks_follow_the_document(tmp_path: Path) -> None:
    many = formation("F1", (ACTION, ACTION + ACTION.replace(SESSION, SESSION * 3)))
    _land(tmp_path, catalog(formation("F0"), many))
    assert in_vault(
        "select _num, rang_action, rang_session from coffre.atterrissage.edof_sessions order by all"
    ) == [(1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 2, 2), (2, 2, 3)]


REJECTS = [
    ((SIRET, SIRET[1:]), "siret_invalide", "SIRET"),
    ((SIRET, "X" + SIRET[1:]), "siret_invalide", "SIRET"),
    (('datemaj="20260526"', 'datemaj="20260230"'), "date_invalide", "datemaj"),
    (('datecrea="20250131"', 'datecrea="2025-01-31"'), "date_invalide", "datecrea"),
    (("<fin>20271201", "<fin>20271131"), "date_invalide", "fin"),
    (("<etat-recrutement>1", "<etat-recrutement>7"), "code_inconnu", "etat-recrutement"),
    (("<etat-recrutement>1", "<etat-recrutement>"), "valeur_absente", "etat-recrutement"),
    (("enseignement>0", "enseignement>3"), "code_inconnu", "modalites-enseignement"),
    ((">RNCP40344<", ">40344<"), "certification_invalide", "code-RNCP"),
    (("<codepostal>91510", "<codepostal>9151"), "code_postal_invalide", "codepostal"),
    ((">21<", ">vingt<"), "nombre_invalide", "nombre-heures-centre"),
    ((FEES, ""), "prix_absent", "frais-ttc"),
    (("600.60", ""), "prix_absent", "frais-ttc"),
    (("600.60", "-600.60"), "prix_invalide", "frais-ttc"),
    (("600.60", "600,60"), "prix_invalide", "frais-ttc"),
    (("500.50", "500.505"), "prix_invalide", "frais-ht"),
    (("20.0<", "20 %<"), "nombre_invalide", "taux-tva"),
    (("Savoir", " \n "), "valeur_absente", "resultats-attendus"),
    (("Savoir", "x" * 3001), "texte_trop_long", "resultats-attendus"),
    (('numero="A1"', 'numero=" "'), "valeur_absente", "numero"),
    ((' datemaj="20260526"', ""), "attribut_absent", "datemaj"),
    (('numero="F1"', 'numero="F1" secret="x"'), "attribut_inattendu", None),
    (("<langue-formation>FR</langue-formation>", ""), "element_absent", "langue-formation"),
    ((SESSION, ""), "element_absent", "session"),
    (("<parcours-de", "<inconnu/><parcours-de"), "element_inattendu", "formation"),
]


@pytest.mark.parametrize(("change", "motif", "column"), REJECTS)
def test_a_defect_rejects_its_formation_alone(
    tmp_path: Path, change: tuple[str, str], motif: str, column: str | None
) -> None:
    report = _land(tmp_path, catalog(formation("F1", change), formation("F2")))
    assert (report.lus, report.atterris, report.rejects_by_reason) == (2, 1, {motif: 1})
    (reject,) = rejects("edof")
    assert (reject["_num"], reject["motif"], reject["colonne"]) == (1, motif, column)
    assert reject["detail"] == f"{DETAILS[motif]}."
    assert 3 <= reject["ligne"] <= 50
    original = formation("F1", change).replace("<formation", f'<formation xmlns="{NAMESPACE}"')
    assert etree.canonicalize(reject["contenu"]) == etree.canonicalize(original.strip())


def test_a_repeated_formation_lands_once(tmp_path: Path) -> None:
    other_body = formation("F1", (SIRET, "98765432100000"))
    report = _land(tmp_path, catalog(formation("F1"), other_body, formation("F1")))
    assert (report.lus, report.atterris, report.rejects_by_reason) == (3, 2, {"doublon": 1})
    (reject,) = rejects("edof")
    assert reject["_num"] == 3
    assert "enregistrement 1 du fichier" in reject["detail"]


def test_a_rejected_formation_does_not_hide_a_good_one(tmp_path: Path) -> None:
    report = _land(tmp_path, catalog(formation("F1", (FEES, "")), formation("F1")))
    assert report.rejects_by_reason == {"prix_absent": 1}


def test_inconsistent_prices_are_counted_not_rejected(tmp_path: Path) -> None:
    inconsistent = [formation("F1", ("600.60", "610.60")), formation("F2", ("600.60", "600.61"))]
    report = _land(tmp_path, catalog(*inconsistent, formation("F3")))
    assert report.atterris == 3
    assert [remark.split()[0] for remark in report.warnings] == ["1"]


def test_contact_persons_go_no_further(tmp_path: Path) -> None:
    _land(tmp_path, catalog(formation("F1"), formation("F2", (SIRET, PERSONS[0]))))
    landed = [path for path in settings.data().rglob("*") if path.is_file()]
    tables = [path for path in landed if path.suffix == ".parquet" and path.stem != "rejets"]
    assert len(tables) == 3
    shown = "".join(str(in_vault(f"from read_parquet('{path}')")) for path in tables)
    assert SIRET in shown
    for person in PERSONS:
        assert person not in shown
        assert all(person.encode() not in path.read_bytes() for path in landed)
    rejects_json = json.dumps([{**row, "contenu": ""} for row in rejects("edof")], default=str)
    assert not [person for person in PERSONS if person in rejects_json]
    assert PERSONS[0] in rejects("edof")[0]["contenu"]
