"""The small CSV sources: the liste publique of bodies and the portal's export of the offer."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration import settings
from orchestration.landing.intake import records, schemas
from orchestration.landing.land import LandingReport, land
from tests.factories.csv_files import OFFER, ORGANISME, SIRET, in_vault, rejects, text, write
from tests.factories.odd_offers import SET_ASIDE

pytestmark = pytest.mark.usefixtures("data_folder")

SAMPLE = settings.PROJECT.parent / "shared" / "samples" / "catalogue_nsf326_2024-07.csv"
CATALOG = "coffre.atterrissage.portail_catalogue"


@pytest.fixture
def landed(tmp_path: Path) -> Callable[[str, str | bytes], LandingReport]:
    def land_content(source: str, content: str | bytes) -> LandingReport:
        return land(source, [write(tmp_path / f"{source}_2024-07-20.csv", content)])[0]

    return land_content


Landed = Callable[[str, str | bytes], LandingReport]
Changes = dict[str, str]


def _by_reason(changes: list[tuple[Changes, str]]) -> list[tuple[int, str]]:
    return [(number, motif) for number, (_, motif) in enumerate(changes, 1)]


def test_each_reason_to_reject_an_offer(landed: Landed) -> None:
    rows = [
        {"numero_formation": f"{SIRET}_{number}"} | change
        for number, (change, _) in enumerate(SET_ASIDE)
    ]
    report = landed("portail", text([*rows, {}, {}], OFFER))
    assert (report.status, report.lus, report.atterris) == ("atterri", len(rows) + 2, 1)
    expected = [*_by_reason(SET_ASIDE), (len(rows) + 2, "doublon")]
    assert [(row["_num"], row["motif"]) for row in rejects("portail")] == expected


def test_an_offer_lands_typed_with_its_zeros_and_absent_columns_null(landed: Landed) -> None:
    remote = {"code_departement": "", "code_region": "", "nb_session_a_distance": "3"}
    landed("portail", text([{}, remote], OFFER))
    columns = (
        "code_departement, code_region, code_formacode_1, code_nsf_1, siret_of, "
        "nombre_heures_total_max, frais_ttc_tot_mean, nom_of, nb_session_a_distance, "
        "_date_extraction"
    )
    day = dt.date(2024, 7, 11)
    measures = (21, Decimal("200.25"), None)
    assert in_vault(f"select {columns} from {CATALOG}") == [
        ("06", "93", "05052", "326", SIRET, *measures, 0, day),
        (None, None, "05052", "326", SIRET, *measures, 3, day),
    ]


def test_lines_and_records_are_counted_across_multi_line_texts(landed: Landed) -> None:
    long = 'première ligne\r\nseconde ; avec "guillemets"\n\ndernière'
    rows = [
        {"contenu_formation": long},
        {"numero_formation": "", "contenu_formation": long},
        {"numero_formation": f"{SIRET}_2", "contenu_formation": " \t "},
        {"numero_formation": ""},
    ]
    content = text(rows, OFFER).replace(f"{SIRET}_2", f'"{SIRET}_2"') + "\n"
    assert landed("portail", content.encode()).lus == 5
    assert [(row["_num"], row["ligne"], row["motif"]) for row in rejects("portail")] == [
        (2, 6, "cle_absente"),
        (4, 11, "cle_absente"),
        (5, 12, "ligne_vide"),
    ]
    assert rejects("portail")[0]["contenu"] == text(rows[1:2], OFFER).split("\n", 1)[1][:-1]
    assert in_vault(f"select _num, contenu_formation from {CATALOG}") == [
        (1, long.replace("\r\n", "\n")),
        (3, None),
    ]


def test_every_record_counts_whatever_the_batches(
    landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_BATCH", 2)
    rows = [{"numero_formation": f"{SIRET}_{number}"} for number in range(5)]
    assert landed("portail", text(rows, OFFER)).atterris == 5
    assert in_vault(f"select _num from {CATALOG}") == [(number,) for number in range(1, 6)]


def test_misplaced_quotes_reject_one_record(landed: Landed) -> None:
    content = text([{}, {"numero_formation": "QQ"}, {"numero_formation": f"{SIRET}_3"}], OFFER)
    report = landed("portail", content.replace("QQ", '"Q"Q'))
    assert (report.lus, report.atterris) == (3, 2)
    assert rejects("portail")[0]["motif"] == "csv_invalide"


@pytest.mark.skipif(not SAMPLE.exists(), reason="the real sample is not beside the repository")
def test_the_real_sample_of_the_portal() -> None:
    report = land("portail", [SAMPLE])[0]
    assert (report.status, report.lus, report.atterris) == ("atterri", 830, 97)
    assert report.rejects_by_reason == {"cle_absente": 733}
    (fetched,) = in_vault(
        f"select count(*), min(length(siret_of)), max(length(siret_of)), "
        f"min(length(code_departement)), count(*) filter ((code_rs = -1) = (code_rncp = -1)), "
        f"count(*) filter (not starts_with(numero_formation, siret_of || '_')), "
        f"count(distinct (numero_formation, code_departement)), max(_date_extraction) "
        f"from {CATALOG}"
    )
    assert fetched == (97, 14, 14, 2, 0, 0, 97, dt.date(2024, 7, 25))


BAD_ORGANISMES: list[tuple[Changes, str]] = [
    ({"numeroDeclarationActivite": ""}, "valeur_absente"),
    ({"siren": "403303424"}, "siren_invalide"),
    ({"siren": "40330342"}, "siren_invalide"),
    ({"siretEtablissementDeclarant": "4033034230003A"}, "siret_invalide"),
    ({"certifications.VAE": "peut-être"}, "booleen_invalide"),
    ({"informationsDeclarees.finExercice": "31/02/2023"}, "date_invalide"),
    ({"informationsDeclarees.nbStagiaires": "douze"}, "nombre_invalide"),
    ({"informationsDeclarees.effectifFormateurs": "-3"}, "nombre_hors_bornes"),
]


def test_new_columns_of_the_public_list_are_left_aside_and_told(landed: Landed) -> None:
    head, row, _ = text([{}], ORGANISME).split("\n")
    report = landed("organismes", f"{head};organismeEtranger.siren;effectif\n{row};x;y\n")
    assert (report.status, report.atterris) == ("atterri", 1)
    assert "organismeEtranger.siren, effectif" in report.warnings[0]


def test_organismes_landed_and_rejected(landed: Landed) -> None:
    rows = [
        {"numeroDeclarationActivite": str(number)} | change
        for number, (change, _) in enumerate(BAD_ORGANISMES)
    ]
    good = {"siretEtablissementDeclarant": f"\t{SIRET}"}
    content = "\ufeff" + text([*rows, good, {}], ORGANISME).replace("\n", "\r\n")
    report = landed("organismes", content)
    assert (report.status, report.atterris) == ("atterri", 1)
    expected = [*_by_reason(BAD_ORGANISMES), (len(rows) + 2, "doublon")]
    assert [(row["_num"], row["motif"]) for row in rejects("organismes")] == expected
    fetched: list[tuple[Any, ...]] = in_vault(
        "select denomination, siret_etablissement_declarant, vae, actions_de_formation, "
        "bilans_de_competences, nb_stagiaires, date_derniere_declaration, fin_exercice, voie "
        "from coffre.atterrissage.organismes"
    )
    assert fetched == [
        ("ÉCOLE D'ESSAI", SIRET, True, False, None, 12, dt.date(2023, 5, 30), None, None)
    ]


def test_the_portal_has_the_forty_seven_columns() -> None:
    assert len(schemas.SOURCES["portail"]["catalogue"]) == 47
