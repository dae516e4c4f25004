"""Dossiers: what lands, what is rejected and why, what never leaves memory in clear."""

import datetime as dt
import hmac
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration import keys, settings
from orchestration.landing.land import land
from tests.factories.csv_files import DOSSIER, in_vault, rejects, text, write

FUTURE_DATE = (dt.datetime.now(dt.UTC) + dt.timedelta(days=800)).date().isoformat()

OPTIONAL_COLUMNS = (
    *("date_entree", "date_sortie", "genre", "date_naissance", "code_commune_residence"),
    *("code_departement_residence", "situation", "csp", "code_formacode", "numero_formation"),
    *("numero_session", "code_departement_lieu", "nombre_heures"),
)

# change of a good record → (reason, column)
BAD_DOSSIERS: list[tuple[dict[str, str], str, str]] = [
    ({"id_dossier": ""}, "valeur_absente", "id_dossier"),
    ({"id_titulaire": " \t "}, "valeur_absente", "id_titulaire"),
    ({"prix": ""}, "valeur_absente", "prix"),
    ({"id_dossier": "D" * 65}, "identifiant_invalide", "id_dossier"),
    ({"id_titulaire": "\u200b-"}, "valeur_absente", "id_titulaire"),
    ({"id_titulaire": "D000000001"}, "identifiant_invalide", "id_titulaire"),
    ({"statut_dossier": "Perdu"}, "code_inconnu", "statut_dossier"),
    ({"genre": "X"}, "code_inconnu", "genre"),
    ({"situation": "RETRAITE"}, "code_inconnu", "situation"),
    ({"csp": "PDG"}, "code_inconnu", "csp"),
    ({"modalite_presence": "presentiel"}, "code_inconnu", "modalite_presence"),
    ({"code_certification": "RNCP12X"}, "certification_invalide", "code_certification"),
    ({"code_formacode": "1505"}, "formacode_invalide", "code_formacode"),
    ({"siret_of": "4033034230003"}, "siret_invalide", "siret_of"),
    ({"date_validation": "2023-02-29"}, "date_invalide", "date_validation"),
    ({"date_entree": "01/02/2023"}, "date_invalide", "date_entree"),
    ({"date_sortie": "2023-3-1"}, "date_invalide", "date_sortie"),
    ({"date_naissance": "1985-06-07T00:00"}, "date_invalide", "date_naissance"),
    ({"date_validation": "2019-10-31"}, "date_hors_bornes", "date_validation"),
    ({"date_derniere_modification": FUTURE_DATE}, "date_hors_bornes", "date_derniere_modification"),
    ({"date_entree": "2018-01-01"}, "date_hors_bornes", "date_entree"),
    ({"date_naissance": "1899-12-31"}, "date_hors_bornes", "date_naissance"),
    ({"date_naissance": "2023-01-06"}, "date_hors_bornes", "date_naissance"),
    ({"date_sortie": "2023-01-31"}, "dates_incoherentes", "date_sortie"),
    ({"nombre_heures": "21,5"}, "nombre_invalide", "nombre_heures"),
    ({"prix": "1e3"}, "nombre_invalide", "prix"),
    ({"prix": "12.345"}, "nombre_invalide", "prix"),
    ({"prix": "-0.01"}, "nombre_hors_bornes", "prix"),
    ({"prix": "1000000"}, "nombre_hors_bornes", "prix"),
    ({"nombre_heures": "-1"}, "nombre_hors_bornes", "nombre_heures"),
    # The first rule broken is the reason given.
    ({"id_dossier": "", "prix": "mille"}, "valeur_absente", "id_dossier"),
]
GOOD_DOSSIERS: list[dict[str, str]] = [
    {},
    {"siret_of": "\t40330342300038 "},
    {"id_dossier": " d-1", "code_certification": "CPF206", "code_departement_lieu": ""},
    dict.fromkeys(OPTIONAL_COLUMNS, ""),
    {"numero_session": '12" ; "B"', "prix": "0"},
]
# Where somebody lives or trains never rejects a dossier: (delivered, landed).
PLACES = [("978", "978"), ("975", "975"), ("99", "99"), ("2a", "2A"), ("1", "01"), ("20", None)]
PLACES += [("FR", None), ("99109", None)]


@pytest.fixture(scope="module", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One state for all these tests, in place of one for each."""
    folder = tmp_path_factory.mktemp("deltas")
    with settings.state_in(folder / "data"):
        yield folder


@pytest.fixture(scope="module", autouse=True)
def landed(own_state: Path) -> Path:
    """One delivery: the bad records, then the good ones."""
    bad = [
        {"id_dossier": f"D90{number}"} | change
        for number, (change, _, _) in enumerate(BAD_DOSSIERS)
    ]
    good = [{"id_dossier": f"D10{number}"} | row for number, row in enumerate(GOOD_DOSSIERS)]
    good += [
        {"id_dossier": f"D20{number}", "code_commune_residence": f"{place}C"}
        | dict.fromkeys(("code_departement_residence", "code_departement_lieu"), place)
        for number, (place, _) in enumerate(PLACES)
    ]
    path = write(own_state / "dossiers_2023-03.csv", text([*bad, *good], DOSSIER))
    report = land("dossiers", [path])[0]
    assert report.status == "atterri", report.error
    assert (report.lus, report.rejetes) == (len(bad) + len(good), len(bad))
    assert report.warnings[0].startswith("6 lieu(x)")
    return path


@pytest.mark.parametrize("number", range(len(BAD_DOSSIERS)))
def test_each_reason_to_reject_a_dossier(number: int) -> None:
    change, motif, column = BAD_DOSSIERS[number]
    reject = rejects("dossiers")[number]
    assert (reject["_num"], reject["ligne"]) == (number + 1, number + 2)
    assert (reject["motif"], reject["colonne"]) == (motif, column)
    assert not any(value.strip() and value in reject["detail"] for value in change.values())


def test_a_reject_keeps_its_original_text(landed: Path) -> None:
    lines = landed.read_text(encoding="utf-8").splitlines()
    assert [reject["contenu"] for reject in rejects("dossiers")] == lines[1 : len(BAD_DOSSIERS) + 1]


def test_good_dossiers_land_typed_in_the_order_of_the_file() -> None:
    rows = in_vault(
        "select _num, id_dossier, siret_of, code_departement_lieu, date_entree, nombre_heures, "
        "prix, numero_session, _fichier, _date_extraction from coffre.atterrissage.dossiers "
        "where id_dossier not like 'D000000020%'"
    )
    first = len(BAD_DOSSIERS) + 1
    assert [row[0] for row in rows] == list(range(first, first + len(GOOD_DOSSIERS)))
    assert {row[2] for row in rows} == {DOSSIER["siret_of"]}
    assert rows[2][1:4] == ("D0000000001", DOSSIER["siret_of"], None)
    assert rows[3][3:6] == (None, None, None)
    assert rows[0][4:7] == (dt.date(2023, 2, 1), Decimal("21.50"), Decimal("1200.50"))
    assert rows[4][7] == '12" ; "B"'
    assert rows[0][8:] == ("dossiers_2023-03.csv", dt.date(2023, 3, 31))


def test_a_dossier_is_never_lost_because_of_a_place() -> None:
    rows = in_vault(
        "select code_departement_residence, code_departement_lieu, code_commune_residence, prix "
        "from coffre.atterrissage.dossiers where id_dossier like 'D000000020%'"
    )
    assert rows == [(place, place, None, Decimal("1200.50")) for _, place in PLACES]


def test_pseudonym_is_python_hmac() -> None:
    expected = hmac.digest(keys.derive("pseudonyme"), DOSSIER["id_titulaire"].encode(), "sha256")
    rows = in_vault("select distinct titulaire from coffre.atterrissage.dossiers")
    assert rows == [(uuid.UUID(bytes=expected[:16]),)]


def test_nothing_of_a_person_is_readable_in_what_landed() -> None:
    hidden = [DOSSIER["id_titulaire"], DOSSIER["id_dossier"], "Perdu", "2A004", "mille"]
    files = [path for path in settings.data().rglob("*") if path.is_file()]
    assert any(path.suffix == ".parquet" for path in files)
    for path in files:
        content = path.read_bytes()
        assert not [value for value in hidden if value.encode() in content], path.name
