"""What a row may tell of its dossiers, on hand-made ones: k = 5, three training bodies, 85 %."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.factories.diffusion_steps import Row, Vault
from tests.factories.small_datasets import PURCHASES

COHORT, DAY, BEFORE = dt.date(2024, 1, 1), dt.date(2025, 2, 28), dt.date(2024, 1, 31)
FAMILY = 7
FINANCERS = (
    *("titulaire", "reste_a_charge", "employeur", "france_travail", "opco"),
    *("region", "agefiph", "transitions_pro", "autre", "non_ventile"),
)
PLACES = (
    *("code_departement_lieu_formation", "code_region_lieu_formation"),
    *("code_certification", "code_nsf"),
)
STATUS = "Validé"


def _dossier(person: int, **changes: Any) -> Row:
    """A dossier of 20 hours in one of three bodies, for which the person's rights pay 1,000 €."""
    euros = dict.fromkeys(FINANCERS, 0) | {"titulaire": 1000}
    euros |= {name: value for name, value in changes.items() if name in FINANCERS}
    return {
        "num_famille": FAMILY,
        "titulaire": person,
        "siren_of": f"body {person % 3}",
        "heures": Decimal(20),
        "participation": Decimal(0),
        "est_sensible": False,
        "statut_dossier": STATUS,
        "modalite_presence": "Mixte",
        "montant_engage": Decimal(sum(euros.values())),
        **{f"montant_{name}": Decimal(value) for name, value in euros.items()},
        **{name: value for name, value in changes.items() if name not in FINANCERS},
    }


def _crowd(count: int = 15, **changes: Sequence[Any]) -> list[Row]:
    """Dossiers of so many persons; of each name, the values of the first ones."""
    return [
        _dossier(
            person,
            **{name: values[person] for name, values in changes.items() if person < len(values)},
        )
        for person in range(count)
    ]


def _vault(sql: dict[str, str], states: Iterable[Row], edition: str) -> Vault:
    vault = Vault(sql, PURCHASES)
    vault.put("etats", list(states))
    vault.put(
        "editions", [{"cohorte": COHORT, "edition": edition, "livraison": DAY, "est_suivie": True}]
    )
    family = {"num_famille": FAMILY, "cohorte": COHORT, "niveau_diffusion": 2}
    vault.put("groupes", [family | dict.fromkeys(PLACES, "x")])
    vault.put("suites", [{"num_famille": 0, "suite": "revisee"}])
    nothing = {"num_famille": 0, "num_ligne": 0, "est_fine": False}
    vault.put("divisions", [nothing | {"statut_dossier": "", "modalite_presence": ""}])
    return vault


def _line(sql: dict[str, str], states: Iterable[Row], edition: str = "definitive") -> Row:
    """The one row of a family that is not divided."""
    (row,) = _vault(sql, states, edition).run("lignes")
    told = [row[f"montant_{name}"] for name in ("personne", *FINANCERS[2:])]
    assert row["montant_engage"] in (None, sum(amount for amount in told if amount is not None))
    assert (row["prix_moyen"] is None) == (row["montant_engage"] is None)
    return row


def _told(row: Row) -> dict[str, int]:
    """The amounts that a row tells and that are not zero, by financer."""
    return {
        name: int(row[f"montant_{name}"])
        for name in ("personne", *FINANCERS)
        if row[f"montant_{name}"]
    }


def test_all_is_told_of_a_crowd(first: dict[str, str]) -> None:
    row = _line(first, _crowd(opco=[50] * 6))
    assert (row["nb_dossiers"], row["nb_titulaires"]) == (15, 15)
    assert (row["niveau_diffusion"], row["statut_dossier"]) == (2, "REGROUPE")
    assert (row["edition"], row["valeur_du"]) == ("definitive", DAY)
    assert (row["montant_engage"], row["prix_moyen"]) == (15300, Decimal("1020.00"))
    assert row["duree_moyenne"] == 20
    assert _told(row) == {"personne": 15000, "opco": 300}
    # Nobody has it: an amount that is not told would say that somebody does.
    assert row["montant_region"] is None


def test_a_provisional_row_tells_its_amount_and_no_financer(first: dict[str, str]) -> None:
    row = _line(first, _crowd(opco=[50] * 6), "provisoire")
    assert row["montant_engage"] == 15300
    assert _told(row) == {"non_ventile": 15300}
    assert [row[f"montant_{name}"] for name in ("personne", *FINANCERS[:-1])] == [None] * 10


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        pytest.param({"titulaire": [0] * 10}, True, id="five pay"),
        pytest.param({"titulaire": [0] * 11}, False, id="four pay"),
        pytest.param({"titulaire": [70_000], "siren_of": ["four"]}, True, id="one pays 83 %"),
        pytest.param({"titulaire": [140_000]}, False, id="one pays 91 %"),
        pytest.param({"siren_of": ["one", "two"] * 8}, False, id="two bodies"),
        pytest.param({"siren_of": ["one"] * 13}, False, id="a body of 87 %, another one"),
        pytest.param({"siren_of": ["one"] * 13 + ["two"]}, False, id="a body of 87 %, two others"),
        pytest.param({"siren_of": ["one"] * 12 + ["two"]}, True, id="a body of 80 %"),
    ],
)
def test_an_amount_is_that_of_enough_persons_and_bodies(
    first: dict[str, str], changes: dict[str, Sequence[Any]], is_told: bool
) -> None:
    for edition in ("definitive", "provisoire"):
        row = _line(first, _crowd(**changes), edition)
        assert (row["montant_engage"] is not None) == is_told
        assert row["nb_titulaires"] == 15
        if not is_told:
            assert {row[f"montant_{name}"] for name in ("personne", *FINANCERS)} == {None}


@pytest.mark.parametrize(
    ("hours", "mean"),
    [
        pytest.param([None] * 10, Decimal("20.0"), id="five say it"),
        pytest.param([None] * 11, None, id="four say it"),
        pytest.param([Decimal(3000)], None, id="one makes 91 %"),
    ],
)
def test_a_mean_duration_is_that_of_enough_persons(
    first: dict[str, str], hours: list[Decimal | None], mean: Decimal | None
) -> None:
    row = _line(first, _crowd(heures=hours))
    assert row["duree_moyenne"] == mean
    assert row["montant_engage"] == 15000


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(
            {"employeur": [100] * 2, "opco": [50] * 6, "region": [100] * 6},
            {"non_ventile": 16100},
            id="two have an employer",
        ),
        pytest.param(
            {"employeur": [100] * 6, "opco": [50] * 6},
            {"personne": 15000, "employeur": 600, "opco": 300},
            id="six have each",
        ),
        pytest.param(
            {"opco": [9_000] + [100] * 6, "region": [100] * 6, "autre": [1000] * 6},
            {"non_ventile": 31200},
            id="one makes most of it",
        ),
        pytest.param(
            {"opco": [50] * 12},
            {"personne": 15000, "opco": 600},
            id="twelve of fifteen have it",
        ),
        pytest.param(
            {"france_travail": [50] * 12, "opco": [50] * 6},
            {"non_ventile": 15900},
            id="the same, which says something of the three others",
        ),
        pytest.param(
            {"france_travail": [50] * 10},
            {"personne": 15000, "france_travail": 500},
            id="five do not have it",
        ),
        pytest.param(
            {"agefiph": [50] * 10, "opco": [50] * 6},
            {"non_ventile": 15800},
            id="told of the country only",
        ),
    ],
)
def test_a_row_tells_all_its_financers_or_none(
    first: dict[str, str], changes: dict[str, Sequence[int]], told: dict[str, int]
) -> None:
    row = _line(first, _crowd(**changes))
    assert _told(row) == told
    # What is not told is empty, and not zero.
    assert all(row[f"montant_{name}"] is None for name in changes if name not in told)


PAID = Decimal(100)


@pytest.mark.parametrize(
    ("left_to_pay", "participations", "apart"),
    [
        pytest.param([30] * 8, [], True, id="eight pay something"),
        pytest.param([30] * 4, [], False, id="four pay something"),
        pytest.param([100] * 8, [PAID] * 8, True, id="eight pay the flat participation"),
        pytest.param([100] * 11, [PAID] * 11, False, id="four do not"),
        pytest.param([100] * 15, [PAID] * 15, False, id="all do"),
        pytest.param([150] * 2 + [100] * 6, [PAID] * 8, False, id="two add to it"),
        pytest.param([150] * 5 + [100] * 3, [PAID] * 8, True, id="five add to it"),
    ],
)
def test_rights_are_told_apart_once_the_known_participation_is_out(
    first: dict[str, str], left_to_pay: list[int], participations: list[Decimal], apart: bool
) -> None:
    row = _line(first, _crowd(reste_a_charge=left_to_pay, participation=participations))
    assert row["montant_personne"] == 15000 + sum(left_to_pay)
    expected = (15000, sum(left_to_pay)) if apart else (None, None)
    assert (row["montant_titulaire"], row["montant_reste_a_charge"]) == expected


def _divided(
    sql: dict[str, str], *, was_told: bool, suite: str = "revisee", also: Iterable[Row] = ()
) -> list[Row]:
    """The two rows of a family that follows another: of the second one, two bodies are paid."""
    statuses = ["Rejeté"] * 7
    bodies = ["one", "two"] * 3 + ["one"]
    states = _crowd(statut_dossier=statuses, siren_of=bodies)
    vault = _vault(sql, [*states, *also], "definitive")
    family = {"num_ligne": FAMILY, "cohorte": COHORT, "niveau_diffusion": 2, "valeur_du": BEFORE}
    amount = {"montant_engage": Decimal(1) if was_told else None, "duree_moyenne": None}
    other = {"num_ligne": 1, "cohorte": BEFORE, "montant_engage": Decimal(1)}
    other |= {"duree_moyenne": Decimal(1)}
    places = dict.fromkeys(PLACES, "x")
    vault.put_registry("lignes", [family | amount | places, family | other | places])
    vault.put("groupes", [other | places | {"num_famille": 2, "niveau_diffusion": 2}])
    vault.put("suites", [{"num_famille": FAMILY, "suite": suite}])
    vault.put(
        "divisions",
        [
            {"num_famille": FAMILY, "num_ligne": number, "est_fine": True}
            | {"statut_dossier": status, "modalite_presence": "Mixte"}
            for number, status in ((11, STATUS), (12, "Rejeté"))
        ],
    )
    rows = sorted(vault.run("lignes"), key=lambda row: row["num_ligne"])
    assert [(row["num_ligne"], row["nb_titulaires"]) for row in rows] == [(11, 8), (12, 7)]
    assert [row["statut_dossier"] for row in rows] == [STATUS, "Rejeté"]
    assert {row["niveau_diffusion"] for row in rows} == {1}
    return rows


def test_a_family_whose_amount_was_told_tells_all_its_parts_or_none(
    following: dict[str, str],
) -> None:
    """The last part would be told by the others."""
    told = [row["montant_engage"] for row in _divided(following, was_told=False)]
    assert told == [8000, None]
    assert [row["montant_engage"] for row in _divided(following, was_told=True)] == [None, None]


def test_who_is_in_two_rows_of_a_family_is_counted_in_one(following: dict[str, str]) -> None:
    """The sum would tell how many they are, since the provisional row told how many all are."""
    both = [_dossier(person, statut_dossier="Rejeté") for person in (10, 11, 12)]
    rows = _divided(following, was_told=True, also=both)
    assert [row["nb_dossiers"] for row in rows] == [8, 10]


def test_a_row_that_stays_as_it_was_says_of_when_it_is(following: dict[str, str]) -> None:
    """Whether nobody or too few changed."""
    for suite in ("figee", "inchangee"):
        rows = _divided(following, was_told=True, suite=suite)
        assert {row["valeur_du"] for row in rows} == {BEFORE}
    rows = _divided(following, was_told=True)
    assert {row["valeur_du"] for row in rows} == {DAY}
