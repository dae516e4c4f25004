"""Published rows, counted again from the raw extracts in plain Python."""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest

from tests.integration import crowd, raw_extracts
from tests.integration.conftest import DATASETS, World
from tests.integration.raw_extracts import Dossier

pytestmark = pytest.mark.xdist_group("world")
Row = dict[str, str]
_, PURCHASES, USERS = DATASETS
ENTRIES = "entree_sortie_formation"
COUNTERS = {
    "entrees_formation": "",
    "sorties_realisation_partielle": "Clos - Réalisation Partielle",
    "sorties_realisation_totale": "Clos - Réalisation Totale",
}
BEGUN = {"Entrée en formation", "Sortie de formation", *COUNTERS.values()} - {""}
MODALITIES = {"PRESENTIEL": "En présentiel", "A_DISTANCE": "À distance", "MIXTE": "Mixte"}
# What a row of a level keeps, but its month: the columns, and where a dossier says the same.
CELL: dict[str, Callable[[Dossier], str]] = {
    "code_certification": lambda dossier: dossier.certification,
    "code_departement_lieu_formation": lambda dossier: dossier.department,
}
FINE: dict[str, Callable[[Dossier], str]] = CELL | {
    "statut_dossier": lambda dossier: dossier.status,
    "modalite_presence": lambda dossier: MODALITIES[dossier.modality],
}


@pytest.fixture(scope="module")
def dossiers(published: World) -> list[Dossier]:
    return raw_extracts.newest_dossiers(published)


@pytest.fixture(scope="module")
def purchases(published: World) -> list[Row]:
    return _published(published, PURCHASES)


def _published(world: World, dataset: str) -> list[Row]:
    answer = world.cpf("sql", "--csv", f"select * from {dataset}").stdout
    return list(csv.DictReader(io.StringIO(answer), delimiter=";"))


def _month(day: dt.date) -> str:
    return f"{day:%Y-%m}"


def _quarter(day: dt.date) -> str:
    return f"{day.year}-T{(day.month + 2) // 3}"


def _behind(
    row: Row, dossiers: Iterable[Dossier], columns: dict[str, Callable[[Dossier], str]]
) -> list[Dossier]:
    """The dossiers of the month of a row that share its values of some columns."""
    return [
        dossier
        for dossier in dossiers
        if _month(dossier.validated) == row["mois_validation"]
        and all(of(dossier) == row[column] for column, of in columns.items())
    ]


def _dossiers_by(rows: Iterable[Row], *columns: str) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        counts[tuple(row[column] for column in columns)] += int(row["nb_dossiers"])
    return counts


def test_no_purchase_of_a_month_is_lost(purchases: list[Row], dossiers: list[Dossier]) -> None:
    """Every delivered month has ended: each dossier is in a row, and in one only."""
    expected = Counter((_month(dossier.validated),) for dossier in dossiers)
    assert len(expected) == 18
    assert _dossiers_by(purchases, "mois_validation") == expected


def test_no_entry_of_a_quarter_is_lost(published: World, dossiers: list[Dossier]) -> None:
    """An entry later than the last delivery is only planned, or without a status that says it."""
    last = raw_extracts.last_delivery(published)
    dated = [dossier for dossier in dossiers if dossier.entered]
    entered = [dossier.entered for dossier in dated if dossier.entered and dossier.status in BEGUN]
    assert any(dossier.entered > last for dossier in dated if dossier.entered)
    assert any(x.entered <= last for x in dated if x.entered and x.status not in BEGUN)
    expected = Counter((_quarter(day),) for day in entered if day <= last)
    users = _published(published, USERS)
    assert _dossiers_by(users, "trimestre_entree") == expected
    assert {row["valeur_du"] for row in users} == {str(last)}


def test_entries_and_exits_of_a_quarter_are_those_of_the_extracts(
    published: World, dossiers: list[Dossier]
) -> None:
    """Entries are the users'."""
    last = raw_extracts.last_delivery(published)
    begun = [
        dossier
        for dossier in dossiers
        if dossier.status in BEGUN and dossier.entered and dossier.entered <= last
    ]
    rows = _published(published, ENTRIES)
    told = {
        name: Counter[tuple[str, ...]](
            {(quarter,): 0 for quarter in {row["trimestre"] for row in rows}}
        )
        for name in COUNTERS
    }
    for row in rows:
        for name in COUNTERS:
            told[name][(row["trimestre"],)] += int(row[name] or 0)
    entries = Counter((_quarter(dossier.entered),) for dossier in begun if dossier.entered)
    assert told["entrees_formation"] == entries
    assert len(entries) == 6
    assert _dossiers_by(_published(published, USERS), "trimestre_entree") == entries
    for name, status in COUNTERS.items():
        if status:
            left = Counter(
                (_quarter(dossier.left),)
                for dossier in begun
                if dossier.status == status and dossier.left and dossier.left <= last
            )
            # Those of a quarter where they are too few wait.
            waits = {key: count for key, count in left.items() if told[name][key] != count}
            assert all(not told[name][key] and count < 20 for key, count in waits.items())
            assert sum(told[name].values()) > 0


def test_a_month_is_definitive_thirteen_months_after_its_end(
    published: World, purchases: list[Row]
) -> None:
    last = raw_extracts.last_delivery(published)
    assert {row["valeur_du"] for row in purchases} == {str(last)} == {"2021-06-30"}
    for row in purchases:
        edition = "definitive" if row["mois_validation"] <= "2020-05" else "provisoire"
        assert row["edition"] == edition
        told = [row[name] for name in row if name.startswith("montant_")]
        if edition == "provisoire":
            assert row["statut_dossier"] == row["modalite_presence"] == "REGROUPE"
            # In all and in common: by no financer.
            assert sum(bool(amount) for amount in told) in (0, 2)
    assert {row["edition"] for row in purchases} == {"provisoire", "definitive"}


def test_a_row_of_a_provisional_cell_is_that_of_its_dossiers(
    purchases: list[Row], dossiers: list[Dossier]
) -> None:
    rows = [
        row for row in purchases if (row["niveau_diffusion"], row["edition"]) == ("2", "provisoire")
    ]
    assert len(rows) > 20
    for row in rows:
        _check_figures(row, _behind(row, dossiers, CELL))
    assert any(row["montant_engage"] for row in rows)
    assert any(row["duree_moyenne"] for row in rows)


def test_definitive_rows_of_a_cell_add_up_to_its_dossiers(
    purchases: list[Row], dossiers: list[Dossier]
) -> None:
    rows = [
        row
        for row in purchases
        if row["edition"] == "definitive" and row["niveau_diffusion"] in ("1", "2")
    ]
    for keys, count in _dossiers_by(rows, "mois_validation", *CELL).items():
        row = dict(zip(("mois_validation", *CELL), keys, strict=True))
        assert count == len(_behind(row, dossiers, CELL))
    fine = [row for row in rows if row["niveau_diffusion"] == "1"]
    assert fine
    for row in fine:
        _check_figures(row, _behind(row, dossiers, FINE))


def test_a_crowd_is_told_by_status(purchases: list[Row]) -> None:
    rows = {
        row["statut_dossier"]: row
        for row in purchases
        if row["niveau_diffusion"] == "1"
        and row["mois_validation"] == crowd.MONTH
        and row["code_certification"] == crowd.CERTIFICATION
        and row["code_departement_lieu_formation"] == crowd.DEPARTMENT
    }
    finished, others = rows[crowd.FINISHED], rows[crowd.OTHERS]
    assert (finished["nb_titulaires"], others["nb_titulaires"]) == ("9", "11")
    amounts = ("montant_engage", "montant_personne", "montant_france_travail")
    assert [finished[name] and Decimal(finished[name]) for name in amounts] == [9000, 9000, ""]
    assert [Decimal(others[name]) for name in amounts] == [11000, 9000, 2000]


def test_no_row_counts_more_than_those_who_share_what_it_says(
    purchases: list[Row], dossiers: list[Dossier]
) -> None:
    levels = {row["niveau_diffusion"] for row in purchases}
    assert {"1", "2", "3", "4", "5", "6"} >= levels >= {"1", "2", "4", "6"}
    for row in purchases:
        kept = {column: of for column, of in FINE.items() if row[column] != "REGROUPE"}
        behind = _behind(row, dossiers, kept)
        assert 5 <= int(row["nb_titulaires"]) <= int(row["nb_dossiers"]) <= len(behind)


def _check_figures(row: Row, behind: list[Dossier]) -> None:
    """A row says how many dossiers and persons it has; and of euros and hours, if it says them."""
    assert int(row["nb_dossiers"]) == len(behind)
    assert int(row["nb_titulaires"]) == len({dossier.person for dossier in behind})
    if row["montant_engage"]:
        cents = sum(dossier.cents for dossier in behind)
        assert Decimal(row["montant_engage"]) == Decimal(cents) / 100
        assert abs(Decimal(row["prix_moyen"]) - Decimal(cents) / 100 / len(behind)) <= Decimal(
            "0.01"
        )
    if row["duree_moyenne"]:
        hours = [dossier.hours for dossier in behind if dossier.hours is not None]
        assert abs(float(row["duree_moyenne"]) - sum(hours) / len(hours)) <= 0.06
