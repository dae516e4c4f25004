"""The attack finds a leak of each kind in a tiny state, and nothing in a clean one."""

import json
from pathlib import Path

import duckdb
import pytest

from tests.attack import ATTACKS, attack
from tests.attack.access import attack_access
from tests.attack.finding import Finding
from tests.attack.free_text import persons_in
from tests.attack.plants import CONTACTS, SPELLINGS
from tests.attack.tables import GROUPED, OFFER, PURCHASES, USERS, Table
from tests.attack.tiny_state import Raw, Row, TinyState, dossier, dossiers
from tests.attack.truth import canonical

MANY = range(24)
FIRST, SECOND, LATER = "2024-02-29", "2024-03-31", "2025-06-30"


def shared(financer: str, part: int = 400) -> str:
    """Who pays for a dossier of 1,000 €: ``part`` by another, the rest by the rights."""
    return f"TITULAIRE={1000 - part}.00 {financer}={part}.00"


@pytest.fixture
def tiny(tmp_path: Path) -> TinyState:
    """An empty state that only its owner may enter."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return TinyState(folder)


def _found(tiny: TinyState) -> dict[str, Finding]:
    """By all attacks but that on access, which runs ``cpf``."""
    attacks = tuple(each for each in ATTACKS if each is not attack_access)
    return {one.code: one for one in attack(tiny.folder, attacks=attacks) if one.found}


def _publish(tiny: TinyState, first: list[Raw], *later: list[Raw]) -> dict[str, Finding]:
    """A version per delivery; what the attack finds."""
    for day, delivered in zip((FIRST, SECOND), (first, *later), strict=False):
        tiny.deliver(day, delivered)
        tiny.publish()
    return _found(tiny)


def test_a_clean_state_has_nothing(tiny: TinyState) -> None:
    """A new month comes in the second version, its entries later: nobody is told."""
    tiny.deliver(FIRST, dossiers(MANY))
    tiny.publish()
    newer = {"date_validation": "2024-03-02", "date_entree": "2024-04-09"}
    tiny.deliver(SECOND, dossiers(range(100, 130), **newer))
    tiny.publish()
    findings = {one.code: one for one in attack(tiny.folder)}
    assert {code for code, one in findings.items() if one.found} == set()
    looked_at = ("0", "1b", "3", "4", "5", "6", "7a", "11a", "11f", "12a", "12b")
    assert [code for code in looked_at if not findings[code].examined] == []


# Each: a delivery of one version, and the codes that it must be found under.
THERE = {"code_departement_lieu": "13"}
NEWER = {"date_validation": "2024-06-03"}
ONE_VERSION = {
    "three_persons": (dossiers(MANY) + dossiers(range(30, 33), **THERE), "0"),
    "two_bodies": (dossiers(MANY) + dossiers(range(32, 64, 4), **THERE), "5"),
    "one_body_makes_most": (dossiers(range(40, 100, 4)) + dossiers([1, 2]), "5"),
    "three_with_hours": (dossiers(range(3)) + dossiers(range(3, 24), nombre_heures=""), "6"),
    "one_pays_most": ([*dossiers(MANY), dossier(30, prix="900000.00")], "7a"),
    "three_opco": (dossiers(range(21)) + dossiers(range(21, 24), paid=shared("OPCO")), "7a"),
    "all_but_two_have_an_employer": (
        dossiers(range(2)) + dossiers(range(2, 24), paid=shared("EMPLOYEUR")),
        "7c",
    ),
    "all_have_an_employer": (dossiers(MANY, paid=shared("EMPLOYEUR")), "7c"),
    "agefiph_of_a_place": (dossiers(MANY, paid=shared("AGEFIPH")), "7d"),
    "all_rejected": (
        dossiers(MANY) + dossiers(range(30, 54), statut_dossier="Rejeté", **THERE),
        "7e",
    ),
    "few_paid": (dossiers(range(3)) + dossiers(range(3, 24), paid="OPCO=1000.00"), "11b"),
    "three_job_seekers": (
        dossiers(range(3), **NEWER)
        + dossiers(range(3, 24), paid=shared("RESTE_A_CHARGE", 100), **NEWER),
        "2a",
    ),
    "three_cards_among_many_exempt": (
        dossiers(range(12), **NEWER)
        + dossiers(range(12, 15), paid=shared("RESTE_A_CHARGE", 237), **NEWER)
        + dossiers(range(15, 40), paid=shared("RESTE_A_CHARGE", 100), **NEWER),
        "2b",
    ),
}


@pytest.mark.parametrize("name", ONE_VERSION)
def test_a_leak_of_one_version_is_found(tiny: TinyState, name: str) -> None:
    delivered, code = ONE_VERSION[name]
    assert code in _publish(tiny, delivered)


def test_the_rest_of_an_amount_is_found(tiny: TinyState) -> None:
    """OPCO is not told, of three persons: the engaged amount less the rights tells it."""

    def hide(_table: Table, rows: list[Row]) -> list[Row]:
        return [{**row, "montant_opco": None} for row in rows]

    tiny.edit = hide
    delivered = dossiers(range(21)) + dossiers(range(21, 24), paid=shared("OPCO"))
    found = _publish(tiny, delivered)
    assert "7b" in found
    assert "7a" not in found


def test_a_person_who_comes_late_is_found(tiny: TinyState) -> None:
    found = _publish(tiny, dossiers(MANY), [dossier(30)])
    assert {"1b", "3"} <= set(found)
    assert found["1b"].single


def test_a_late_person_is_found_in_a_union_of_rows_only(tiny: TinyState) -> None:
    """Six leave a row for its sibling, with one newcomer: each row moves by six or more."""
    tiny.levels[USERS] = [["annee_entree"]]
    there = {"code_departement_lieu": "13"}
    first = dossiers(range(30)) + dossiers(range(100, 130), **there)
    found = _publish(tiny, first, dossiers([*range(6), 200], **there))
    assert found["1b"].parts["formations nb_dossiers"] > 0
    assert found["1b"].single


def test_an_amount_that_changes_is_found(tiny: TinyState) -> None:
    """Nobody comes or goes: one price is reduced."""
    found = _publish(tiny, dossiers(MANY), [dossier(3, prix="800.00")])
    assert found["3"].single
    assert "1b" not in found


def test_an_edition_compared_with_the_other_is_found(tiny: TinyState) -> None:
    """The provisional row and the definitive one tell two amounts, one person apart."""
    edition = ["provisoire"]

    def say(_table: Table, rows: list[Row]) -> list[Row]:
        return [{**row, "edition": edition[0]} for row in rows]

    tiny.edit = say
    tiny.deliver(FIRST, dossiers(MANY))
    tiny.publish()
    edition[0] = "definitive"
    tiny.deliver(SECOND, [dossier(3, prix="800.00")])
    tiny.publish()
    assert _found(tiny)["3"].single


def test_a_frozen_row_tells_nothing_and_is_counted_by_its_own_day(tiny: TinyState) -> None:
    """The second version repeats the first one's rows while three dossiers changed: no delta."""
    kept: dict[Table, list[Row]] = {}
    tiny.edit = kept.setdefault
    found = _publish(tiny, dossiers(MANY), dossiers(range(3), prix="800.00"))
    assert not {"1b", "3", "12a", "12b"} & set(found)


def test_statuses_that_stay_are_found(tiny: TinyState) -> None:
    kept: dict[Table, list[Row]] = {}
    tiny.edit = kept.setdefault
    numbers = range(120)
    tiny.deliver(FIRST, dossiers(numbers, statut_dossier="Validé"))
    tiny.publish()
    tiny.deliver(LATER, dossiers(numbers))
    tiny.publish()
    found = _found(tiny)
    assert {"1a", "1c"} <= set(found)


def test_spellings_of_one_person_are_found(tiny: TinyState) -> None:
    one = [
        dossier(30 + rank, id_titulaire=spelling, code_departement_lieu="13")
        for rank, spelling in enumerate(SPELLINGS)
    ]
    found = _publish(tiny, dossiers(MANY) + one)
    assert {"0", "9"} <= set(found)
    assert {canonical(spelling) for spelling in SPELLINGS} == {"t999999999"}


def _coarse(tiny: TinyState) -> None:
    """Places that are too small are told together."""
    everything = list(PURCHASES.dimensions)
    tiny.levels[PURCHASES] = [
        everything, [name for name in everything if "lieu" not in name]
    ]  # fmt: skip


def test_cells_that_can_only_be_one_are_found(tiny: TinyState) -> None:
    """Five persons in five certifications: who knows that none is empty knows each."""
    tiny.levels[PURCHASES] = [list(PURCHASES.dimensions), ["annee_validation"]]
    cells = [(place, code) for place in ("13", "69") for code in ("CPF206", "CPF202", "CPF200")]
    small = [
        dossier(30 + rank, code_departement_lieu=place, code_certification=code)
        for rank, (place, code) in enumerate(cells[:5])
    ]
    assert "11c" in _publish(tiny, dossiers(MANY) + small)


def test_a_narrow_interval_is_found(tiny: TinyState) -> None:
    """Seven persons in two places of at most four: each has three or four."""
    _coarse(tiny)
    small = dossiers(range(30, 34), code_departement_lieu="13")
    small += dossiers(range(34, 37), code_departement_lieu="69")
    assert "11d" in _publish(tiny, dossiers(MANY) + small)


def test_a_total_beside_its_parts_is_found(tiny: TinyState) -> None:
    """The coarse row counts everybody: less the finer row, three persons are left."""
    _coarse(tiny)

    def total(table: Table, rows: list[Row]) -> list[Row]:
        coarse = [row for row in rows if row["niveau_diffusion"] == 2]
        if table is PURCHASES:
            coarse[0]["nb_dossiers"] = sum(int(str(row["nb_dossiers"])) for row in rows)
        return rows

    tiny.edit = total
    small = dossiers(range(30, 33), code_departement_lieu="13")
    found = _publish(tiny, dossiers(MANY) + small)
    assert {"11e", "12a", "12b"} <= set(found)


def test_one_table_less_the_other_is_found(tiny: TinyState) -> None:
    late = dossiers(range(30, 36), date_entree="2024-05-01")
    found = _publish(tiny, dossiers(MANY) + late)
    assert "11f" in found
    assert "0" not in found


def test_a_wrong_count_of_persons_is_found(tiny: TinyState) -> None:
    tiny.edit = lambda _table, rows: [{**row, "nb_titulaires": 24} for row in rows]
    found = _publish(tiny, [*dossiers(range(23)), dossier(23, id_titulaire="T000022")])
    assert {"11a", "12a"} <= set(found)


@pytest.mark.parametrize("name", ["secret.json", "secret.html"])
def test_a_report_that_names_a_group_is_found(tiny: TinyState, name: str) -> None:
    group = {"mois_validation": "2024-01", "code_certification": "CPF206"}
    told = {
        "secret.json": json.dumps({"unanimes": [group]}),
        "secret.html": "<ul><li>mois = 2024-01, certification = CPF206</li></ul>",
    }[name]
    tiny.deliver(FIRST, dossiers(MANY))
    tiny.publish()
    (tiny.folder / "publications" / PURCHASES.name / "v1" / name).write_text(told)
    assert _found(tiny)["4"].found == 1


def test_persons_in_the_offer_are_found(tiny: TinyState) -> None:
    tiny.deliver(FIRST, dossiers(MANY))
    tiny.publish()
    folder = tiny.folder / "publications" / OFFER / "v1"
    folder.mkdir(parents=True)
    innocent = "<p>À 24 h/24, dès 01.2024, 0 € ; SIRET 01234567800012 ; M. à jour</p>"
    texts = " union all ".join(f"select '{text}' as points_forts" for text in (*CONTACTS, innocent))
    duckdb.sql(f"copy ({texts}) to '{folder / OFFER}.parquet' (format parquet)")
    found = _found(tiny)["8"]
    assert (found.examined, found.found) == (len(CONTACTS) + 1, len(CONTACTS))


def test_a_contact_of_the_raw_offer_is_recognised() -> None:
    contacts = {"camille exemple", "exemple camille"}
    assert list(persons_in("<p>Vue par Camille&nbsp;<b>Exemple</b></p>", contacts))
    assert not list(persons_in("Cours de Tableur Exemple", contacts))


def test_what_another_user_may_read_is_found(tiny: TinyState) -> None:
    """A warehouse that shows rows which were not published, open to all."""
    tiny.deliver(FIRST, dossiers(MANY))
    tiny.publish()
    published = tiny.folder / "publications" / USERS.name / "v1" / f"{USERS.name}.parquet"
    with duckdb.connect(tiny.folder / "entrepot.duckdb") as warehouse:
        warehouse.execute(
            f"create table {USERS.name} as select * replace (1 as nb_dossiers) from '{published}'"
        )

    def found() -> set[str]:
        return {one.code for one in attack(tiny.folder, attacks=(attack_access,)) if one.found}

    assert found() == {"10b"}
    tiny.folder.chmod(0o755)
    assert found() == {"10a", "10b"}


def test_a_row_given_back_is_judged_with_its_group(tiny: TinyState) -> None:
    """Rows do not tell OPCO; a row without a dossier gives back that of three persons."""

    def give_back(table: Table, rows: list[Row]) -> list[Row]:
        opco = sum(float(str(row["montant_opco"])) for row in rows)
        hidden = [{**row, "montant_opco": 0} for row in rows]
        extra: Row = dict.fromkeys(rows[0], 0) | dict.fromkeys(table.dimensions, GROUPED)
        extra |= {"niveau_diffusion": 10, "montant_opco": opco}
        return [*hidden, extra]

    tiny.edit = give_back
    delivered = dossiers(range(21)) + dossiers(range(21, 24), paid=shared("OPCO"))
    assert "7a" in _publish(tiny, delivered)
