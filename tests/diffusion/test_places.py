"""In which provisional row a dossier is, once its cohort becomes definitive."""

import datetime as dt

from tests.factories.diffusion_steps import Row, Vault
from tests.factories.small_datasets import PURCHASES

COHORT, OTHER_COHORT = dt.date(2024, 1, 1), dt.date(2024, 2, 1)
COARSE = "REGROUPE"
# Rows by number: level, département, région, certification, NSF group.
ROWS = {
    20: (2, "75", "11", "RS1", "326"),
    30: (3, COARSE, "11", "RS1", "326"),
    40: (4, COARSE, COARSE, "RS1", "326"),
    50: (5, COARSE, COARSE, COARSE, "326"),
}
CELLS = {
    "row": ("75", "11", "RS1", "326"),
    "region": ("92", "11", "RS1", "326"),
    "certification": ("13", "93", "RS1", "326"),
    "domain": ("75", "11", "RS2", "326"),
    "nowhere": ("75", "11", "RS3", "310"),
}
COLUMNS = (
    "code_departement_lieu_formation",
    "code_region_lieu_formation",
    "code_certification",
    "code_nsf",
)


def _places(sql: dict[str, str], before: dict[str, Row], after: dict[str, str]) -> dict[str, int]:
    """The row of each dossier that has one, by name.

    ``before``: what a row told of it; ``after``: the cell in which it is now.
    """
    numbers = {name: number for number, name in enumerate(after)}
    vault = Vault(sql, PURCHASES)
    vault.put_registry(
        "lignes",
        [
            {"num_ligne": number, "niveau_diffusion": level, "cohorte": COHORT}
            | dict(zip(COLUMNS, values, strict=True))
            for number, (level, *values) in ROWS.items()
        ]
        # A row of another cohort holds nothing of this one.
        + [
            {"num_ligne": 60, "niveau_diffusion": 6, "cohorte": OTHER_COHORT}
            | dict.fromkeys(COLUMNS, COARSE)
        ],
    )
    vault.put_registry("suivis", [row | {"id_dossier": name} for name, row in before.items()])
    vault.put(
        "dossiers",
        [
            {
                "id_dossier": name,
                "numero": numbers[name],
                "cohorte": COHORT,
                "code_certification": CELLS[cell][2],
                "code_departement_lieu": CELLS[cell][0],
            }
            for name, cell in after.items()
        ],
    )
    vault.put(
        "cellules",
        [
            {"cohorte": COHORT, "est_suivie": True, "numeros": [numbers[name]]}
            | dict(zip(COLUMNS, CELLS[cell], strict=True))
            for name, cell in after.items()
        ],
    )
    names = {number: name for name, number in numbers.items()}
    return {names[row["numero"]]: row["num_famille"] for row in vault.run("places")}


def _told(cell: str, row: int, cohort: dt.date = COHORT) -> Row:
    department, _, certification, _ = CELLS[cell]
    return {
        "num_famille": row,
        "cohorte": cohort,
        "code_certification": certification,
        "code_departement_lieu": department,
    }


def test_a_dossier_stays_in_its_row_while_its_cell_is_the_same(following: dict[str, str]) -> None:
    """Even where a finer row would hold it now: the coarse one counted it."""
    before = {"fine": _told("row", 20), "coarse": _told("row", 50)}
    places = _places(following, before, {"fine": "row", "coarse": "row"})
    assert places == {"fine": 20, "coarse": 50}


def test_one_that_came_or_moved_is_in_the_finest_row_that_holds_it(
    following: dict[str, str],
) -> None:
    before = {
        "moved": _told("row", 20),
        "from another month": _told("row", 60, OTHER_COHORT),
    }
    after = {
        "moved": "region",
        "from another month": "row",
        "new": "row",
        "new in its region": "region",
        "new by certification": "certification",
        "new by domain": "domain",
        "new nowhere": "nowhere",
    }
    assert _places(following, before, after) == {
        "moved": 30,
        "from another month": 20,
        "new": 20,
        "new in its region": 30,
        "new by certification": 40,
        "new by domain": 50,
    }


def test_a_first_version_places_nothing(first: dict[str, str]) -> None:
    assert Vault(first, PURCHASES).run("places") == []
