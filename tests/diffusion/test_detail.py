"""What the definitive edition shows inside each family, on hand-made cells: k = 11, or 5."""

import datetime as dt
from itertools import count

import pytest

from tests.factories.diffusion_steps import Row, Vault
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.steps import model

COHORT = dt.date(2024, 1, 1)
FAMILY = 7
# The two columns that the definitive edition adds, by dataset.
FINES = {PURCHASES: ("statut_dossier", "modalite_presence"), USERS: ("csp", "statut")}
PLACES = {
    PURCHASES: (
        *("code_departement_lieu_formation", "code_region_lieu_formation"),
        *("code_certification", "code_nsf"),
    ),
    USERS: ("tranche_age", "genre", "code_departement_residence", "code_region_residence"),
}
Cell = tuple[str, str]
Cells = dict[Cell, int | list[int]]


def _detail(
    sql: dict[str, str],
    dataset: str,
    cells: Cells,
    *,
    sensitive: tuple[str, ...] = (),
    edition: str = "definitive",
    level: int = 2,
    follows: bool = False,
) -> list[Row]:
    """The rows of the step, for one family."""
    vault = Vault(sql, dataset)
    vault.put("editions", [{"cohorte": COHORT, "edition": edition, "est_suivie": False}])
    family = {"num_famille": FAMILY, "cohorte": COHORT, "niveau_diffusion": level}
    vault.put("groupes", [family | dict.fromkeys(PLACES[dataset], "x")])
    numbers = count(1_000_000)
    states = [
        dict(zip(FINES[dataset], cell, strict=True))
        | {"num_famille": FAMILY, "titulaire": person, "est_sensible": cell[0] in sensitive}
        for cell, size in cells.items()
        for person in (size if isinstance(size, list) else [next(numbers) for _ in range(size)])
    ]
    vault.put("etats", states)
    vault.put("suites", [{"num_famille": FAMILY if follows else -FAMILY}])
    rows = vault.run("detail")
    own = [row["num_ligne"] for row in rows if row["est_fine"]]
    assert len(set(own)) == len(own)
    assert all(number > FAMILY for number in own)
    assert {row["num_ligne"] for row in rows if not row["est_fine"]} <= {FAMILY}
    return rows


def _shown(sql: dict[str, str], dataset: str, cells: Cells, **options: object) -> set[Cell]:
    """The cells that are rows of their own."""
    rows = _detail(sql, dataset, cells, **options)  # type: ignore[arg-type]
    assert len(rows) == len(cells)
    return {tuple(row[name] for name in FINES[dataset]) for row in rows if row["est_fine"]}


def _by_csp(*sizes: int | list[int]) -> Cells:
    return {(f"csp {number}", "Clos"): size for number, size in enumerate(sizes)}


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        pytest.param((14,), {0}, id="one cell is the family"),
        pytest.param((11, 11, 11), {0, 1, 2}, id="all are enough"),
        pytest.param((25, 12, 3), {0}, id="the smallest is taken in: 3 + 12"),
        pytest.param((10, 10), set(), id="a sum that says its parts"),
        pytest.param((10, 10, 30), set(), id="nothing would be left"),
        pytest.param((8, 8, 30), {2}, id="two small ones hide each other"),
        pytest.param((2, 2, 30, 40), {3}, id="fewer than k together take one in"),
        pytest.param((9, 1, 30, 40), {3}, id="ten in two cells are fewer than k"),
        pytest.param((11, 11, 2), set(), id="two rows of eleven do not hide two persons"),
    ],
)
def test_known_answers_of_users(
    first: dict[str, str], sizes: tuple[int, ...], shown: set[int]
) -> None:
    assert _shown(first, USERS, _by_csp(*sizes)) == {(f"csp {number}", "Clos") for number in shown}


@pytest.mark.parametrize(("follows", "shown"), [(False, {0, 1, 2}), (True, {2})])
def test_who_is_in_two_cells_of_a_row_told_before_is_counted_in_one(
    first: dict[str, str], shown: set[int], *, follows: bool
) -> None:
    """The other one has enough persons without these."""
    cells = _by_csp(list(range(12)), list(range(10, 30)), 60)
    assert {int(csp[4:]) for csp, _ in _shown(first, USERS, cells, follows=follows)} == shown


def test_persons_are_counted_not_dossiers(first: dict[str, str]) -> None:
    assert _shown(first, USERS, _by_csp([1, 2, 3, 4] * 3, 30)) == set()
    same = list(range(6))
    assert _shown(first, USERS, _by_csp(same, same, 30, 40)) == {("csp 3", "Clos")}
    assert _shown(first, USERS, _by_csp(6, 6, 30, 40)) == {("csp 2", "Clos"), ("csp 3", "Clos")}


TOTAL, REFUSED, CANCELLED = "Clos - Réalisation Totale", "Rejeté", "Dossier annulé gestionnaire"


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        pytest.param(
            {(REFUSED, "Mixte"): 9, (TOTAL, "Mixte"): 8},
            {(REFUSED, "Mixte"), (TOTAL, "Mixte")},
            id="a sensitive status among others",
        ),
        pytest.param(
            {(REFUSED, "Mixte"): 9, (CANCELLED, "Mixte"): 8},
            {(REFUSED, "Mixte"), (CANCELLED, "Mixte")},
            id="one of two sensitive ones",
        ),
        pytest.param({(REFUSED, "Mixte"): 9}, set(), id="all of the family"),
        pytest.param(
            {(REFUSED, "Mixte"): 9, (TOTAL, "À distance"): 8, (TOTAL, "En présentiel"): 12},
            {(TOTAL, "En présentiel")},
            id="all of a modality: it takes in the smallest",
        ),
        pytest.param(
            {(TOTAL, "Mixte"): 9, (TOTAL, "À distance"): 8},
            {(TOTAL, "Mixte"), (TOTAL, "À distance")},
            id="a status that is not sensitive",
        ),
    ],
)
def test_a_sensitive_status_is_never_that_of_all(
    first: dict[str, str], cells: Cells, shown: set[Cell]
) -> None:
    assert _shown(first, PURCHASES, cells, sensitive=(REFUSED, CANCELLED)) == shown


def test_only_level_2_of_the_definitive_edition_is_divided(first: dict[str, str]) -> None:
    assert len(_detail(first, USERS, _by_csp(14, 15))) == 2
    assert _detail(first, USERS, _by_csp(14, 15), edition="provisoire") == []
    assert _detail(first, USERS, _by_csp(14, 15), level=3) == []


def test_new_rows_are_numbered_after_all_others(following: dict[str, str]) -> None:
    assert model(USERS, "detail") in following
    vault = Vault(following, USERS)
    vault.put("editions", [{"cohorte": COHORT, "edition": "definitive", "est_suivie": True}])
    empty = {"num_famille": 3, "cohorte": dt.date(2020, 1, 1), "niveau_diffusion": 3}
    places = dict.fromkeys(PLACES[USERS], "x")
    vault.put("groupes", [empty | places])
    line = {"cohorte": COHORT, "niveau_diffusion": 2, "valeur_du": COHORT, "montant_engage": 1}
    line |= {"duree_moyenne": 1}
    vault.put_registry(
        "lignes", [line | places | {"num_ligne": FAMILY}, line | places | {"num_ligne": 90}]
    )
    states = [
        {"num_famille": FAMILY, "titulaire": n, "csp": f"csp {n % 2}", "statut": "Clos"}
        | {"est_sensible": False}
        for n in range(30)
    ]
    vault.put("etats", states)
    vault.put("suites", [{"num_famille": FAMILY}])
    assert sorted(row["num_ligne"] for row in vault.run("detail")) == [91, 92]
