"""What becomes of a provisional row, by who changes in it: k = 5."""

import datetime as dt
from collections.abc import Sequence

import pytest

from tests.factories.diffusion_steps import Row, Vault
from tests.factories.small_datasets import PURCHASES

COHORT = dt.date(2024, 1, 1)
EUROS, HOURS = 1000, 20
# A person's dossier: its row, its person, its euros and hours.
Dossier = tuple[int, int, int, int | None]


def _dossiers(row: int, persons: Sequence[int]) -> list[Dossier]:
    return [(row, person, EUROS, HOURS) for person in persons]


def _suites(sql: dict[str, str], before: list[Dossier], after: list[Dossier]) -> dict[int, str]:
    """What becomes of each row."""
    vault = Vault(sql, PURCHASES)
    vault.put("editions", [{"cohorte": COHORT, "est_suivie": True}])
    vault.put_registry(
        "suivis", [_state(dossier) | {"num_famille": dossier[0]} for dossier in before]
    )
    vault.put("dossiers", [_state(dossier) | {"numero": n} for n, dossier in enumerate(after)])
    vault.put("places", [{"numero": n, "num_famille": d[0]} for n, d in enumerate(after)])
    return {row["num_famille"]: row["suite"] for row in vault.run("suites")}


def _state(dossier: Dossier) -> Row:
    _, person, euros, hours = dossier
    return {
        "id_dossier": f"D{person:010}",
        "cohorte": COHORT,
        "titulaire": person,
        "montant_engage": euros,
        "heures": hours,
    }


CROWD = _dossiers(1, range(20))


def _with(changes: dict[int, Dossier | None]) -> list[Dossier]:
    """The crowd once some dossiers have changed, or gone."""
    changed = [changes.get(person, dossier) for person, dossier in enumerate(CROWD)]
    return [dossier for dossier in changed if dossier]


def _paying(*amounts: int) -> list[Dossier]:
    """The crowd once the first ones pay so much more."""
    return _with({n: (1, n, EUROS + more, HOURS) for n, more in enumerate(amounts)})


@pytest.mark.parametrize(
    ("after", "suite"),
    [
        pytest.param(CROWD, "inchangee", id="nobody changes"),
        pytest.param(_paying(10, 10, 10, 10), "figee", id="four change"),
        pytest.param(_paying(10, 10, 10, 10, 10), "revisee", id="five change evenly"),
        pytest.param(_paying(10, -10, 10, -10, 10), "revisee", id="five change both ways"),
        pytest.param(_paying(10, 10, 10, 10, 360), "figee", id="five, one of whom makes 90 %"),
        pytest.param(_paying(10, 10, 10, 10, 10, 360), "figee", id="six, one of whom makes 87 %"),
        pytest.param(_with(dict.fromkeys(range(4))), "figee", id="four leave"),
        pytest.param(_with(dict.fromkeys(range(5))), "revisee", id="five leave"),
        pytest.param(_with(dict.fromkeys(range(16))), "figee", id="four stay"),
        pytest.param(_with(dict.fromkeys(range(20))), "revisee", id="all leave"),
        pytest.param(CROWD + _dossiers(1, range(20, 24)), "figee", id="four come"),
        pytest.param(CROWD + _dossiers(1, range(20, 25)), "revisee", id="five come"),
        pytest.param(CROWD + _dossiers(1, range(4)), "figee", id="four have one more dossier"),
        pytest.param(CROWD + _dossiers(1, range(5)), "revisee", id="five have one more dossier"),
        pytest.param(
            _with({n: (1, n, EUROS, HOURS + 1) for n in range(4)}), "figee", id="hours of four"
        ),
        pytest.param(
            _with({n: (1, n, EUROS, None) for n in range(5)}), "revisee", id="hours of five, lost"
        ),
        pytest.param(
            _with({n: (1, n, EUROS + 10 * (n < 5), HOURS + (n == 7)) for n in range(8)}),
            "figee",
            id="the euros of five, the hours of one",
        ),
    ],
)
def test_a_row_is_brought_up_to_date_by_five_persons_or_none(
    following: dict[str, str], after: list[Dossier], suite: str
) -> None:
    # A row of others keeps the table of dossiers from being empty.
    others = _dossiers(2, range(100, 110))
    suites = _suites(following, CROWD + others, after + others)
    assert suites == {1: suite, 2: "inchangee"}


def test_who_moves_between_two_rows_is_not_enough(following: dict[str, str]) -> None:
    """Their sum would tell that nobody moved, each of them who did."""
    before = _dossiers(1, range(20)) + _dossiers(2, range(100, 120))
    moved = _dossiers(1, range(5, 20)) + _dossiers(2, [*range(100, 120), *range(5)])
    assert _suites(following, before, moved) == {1: "figee", 2: "figee"}
    # Five others who leave besides each row are.
    gone = _dossiers(1, range(10, 20)) + _dossiers(2, [*range(105, 120), *range(5)])
    assert _suites(following, before, gone) == {1: "revisee", 2: "revisee"}


def test_who_leaves_for_another_cohort_changes_there_too(following: dict[str, str]) -> None:
    """A sum of both, each once it is definitive, would tell nothing of these."""
    vault = Vault(following, PURCHASES)
    vault.put("editions", [{"cohorte": COHORT, "est_suivie": True}])
    vault.put_registry("suivis", [_state(dossier) | {"num_famille": 1} for dossier in CROWD])
    stay, leave = CROWD[5:], CROWD[:5]
    vault.put("places", [{"numero": n, "num_famille": 1} for n in range(len(stay))])
    elsewhere = {"cohorte": dt.date(2024, 3, 1)}
    vault.put(
        "dossiers",
        [
            *(_state(dossier) | {"numero": n} for n, dossier in enumerate(stay)),
            *(_state(dossier) | {"numero": 100 + n} | elsewhere for n, dossier in enumerate(leave)),
        ],
    )
    assert [row["suite"] for row in vault.run("suites")] == ["figee"]


def test_a_cohort_that_is_not_due_is_not_looked_at(following: dict[str, str]) -> None:
    vault = Vault(following, PURCHASES)
    vault.put("editions", [{"cohorte": dt.date(2023, 1, 1), "est_suivie": True}])
    vault.put_registry("suivis", [_state(dossier) | {"num_famille": 1} for dossier in CROWD])
    vault.put("dossiers", [_state(CROWD[0]) | {"numero": 0, "cohorte": dt.date(2023, 1, 1)}])
    vault.put("places", [{"numero": 0, "num_famille": 2}])
    assert [row["num_famille"] for row in vault.run("suites")] == [2]


def test_a_first_version_follows_nothing(first: dict[str, str]) -> None:
    assert Vault(first, PURCHASES).run("suites") == []
