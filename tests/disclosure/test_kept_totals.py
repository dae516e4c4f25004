"""Totals that keep an older value: what whoever reads them knows of what they count today."""

import duckdb
import numpy as np
import pytest
from scipy import sparse

from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.totals_attack import few_together
from orchestration.disclosure.gate.totals_unknowns import unknowns_of
from orchestration.disclosure.tabular.line_mask import LineMask
from orchestration.disclosure.tabular.table import Case
from orchestration.totals_tables import TotalsTable

# A cell that told 10 dossiers and counts 12: two persons joined, each with a few hours.
CELL = {
    "numero": 1,
    "est_en_vue": True,
    "se_dit": True,
    "etait_la": True,
    "etait_a_jour": True,
    "fut_a_jour": None,
    "est_absente": False,
    "est_gardee": False,
    "titulaires": 12,
    "titulaires_dits": 12,
    "diffusion": "publie",
    "nb_dossiers": 12,
    "dossiers_egaux": False,
    "montant_egaux": False,
    "heures_egaux": True,
    "dossiers_dits": 10,
    "dossiers_avant": 10,
    "duree_avant": 21.1,
    "montant_dit": 100_000,
    "duree_dite": 21.1,
    "nb_dossiers_non_dits": 12,
    "nb_montant_non_dits": 12,
    "nb_heures_non_dits": 12,
}


def known(cell: dict[str, object], persons_of_hours: int) -> dict[str, object]:
    connection = duckdb.connect()
    with connection:
        for table, row in {
            "cellules_totaux": cell,
            "exposes_totaux": {"numero": 1, "nb_dossiers": 12, "nb_montant": 12, "nb_heures": 12},
            "evolutions": {
                "numero": 1, "nb_dossiers": 2, "nb_montant": 2, "nb_heures": persons_of_hours,
            },
        }.items():  # fmt: skip
            columns = ", ".join(f"? as {name}" for name in row)
            connection.execute(f"create temp table {table} as select {columns}", [*row.values()])
        evidence = Evidence(connection, {"seuil": 5, "suit": True})
        found = evidence.columns("inconnues", folder="totaux", au_plus=1)
        return {name: value[0] for name, value in found.items()}


def test_a_mean_that_is_still_so_does_not_tell_hours_of_more_dossiers() -> None:
    """By chance: how many dossiers it is the mean of is not known."""
    cell = known(CELL, persons_of_hours=2)
    assert not cell["heures_connus"]
    assert cell["heures_exposes"] == 2


@pytest.mark.parametrize(
    ("changes", "persons"),
    [({"dossiers_egaux": True}, 2), ({}, 0)],
    ids=["as many dossiers", "nobody's hours changed"],
)
def test_hours_are_known(changes: dict[str, object], persons: int) -> None:
    assert known(CELL | changes, persons)["heures_connus"]


def test_what_a_stale_cell_exposes_is_what_changed() -> None:
    cell = known(CELL, persons_of_hours=2)
    assert (cell["dossiers_connus"], cell["dossiers_exposes"]) == (False, 2)


def test_a_value_that_is_still_so_by_chance_is_not_known() -> None:
    """As many left as joined: it was kept, and whoever reads it cannot know."""
    same = {"dossiers_egaux": True, "montant_egaux": True, "est_gardee": True}
    cell = known(CELL | same, persons_of_hours=2)
    assert (cell["dossiers_connus"], cell["dossiers_exposes"]) == (False, 2)
    assert not cell["dossiers_change_connus"]
    assert known(CELL | same | {"est_gardee": False}, 2)["dossiers_connus"]


def test_who_joined_a_total_that_stays_behind_is_counted() -> None:
    """Of versions before this one, too."""
    joined = known(CELL | {"est_gardee": True, "titulaires_dits": 4}, persons_of_hours=2)
    assert joined["dossiers_exposes"] == 8


@pytest.mark.parametrize(
    ("cell", "is_known"),
    [
        ({}, True),
        ({"etait_a_jour": False}, False),
        ({"se_dit": False, "est_gardee": True}, True),
        ({"se_dit": False, "est_gardee": True, "fut_a_jour": False}, False),
    ],
    ids=["told both times", "hidden before", "of a period told since", "hidden when it was told"],
)
def test_a_change_is_known_from_two_told_values(cell: dict[str, object], is_known: bool) -> None:
    told = CELL | {"dossiers_egaux": True, "montant_egaux": True} | cell
    assert known(told, persons_of_hours=2)["dossiers_change_connus"] == is_known


# A quarter that was told, and of which some have changed since; beside it its dossiers by status,
# most of them told, for the first time, and a few that are hidden.
QUARTER, CLOSED, OPENED, LOST = range(4)


@pytest.mark.parametrize(
    ("hidden", "changed", "is_leak"),
    [(1, 1, True), (3, 1, True), (5, 1, True), (1, 4, True), (6, 1, False), (1, 6, False)],
)
@pytest.mark.parametrize("was_told", [False, True], ids=["for the first time", "told before too"])
def test_a_kept_total_is_known_as_it_was(
    hidden: int, changed: int, *, is_leak: bool, was_told: bool
) -> None:
    """Who is hidden and who changed are the difference, but for who joined and is hidden."""
    exposed = np.array([changed, 30.0, 40.0, hidden])
    links = [(np.zeros(3, dtype=int), np.array([CLOSED, OPENED, LOST]))]
    kept = np.array([True, was_told, was_told, False])
    known = np.array([False, True, True, False])
    unknowns = unknowns_of(exposed, known, links, was_told=kept)
    assert few_together(unknowns, 5).tolist() == [is_leak and not was_told]
    primary = ~known
    case = Case(
        ids=("quarter", "closed", "opened", "lost"),
        values=exposed,
        published=np.ones(4, dtype=bool),
        lower=np.zeros(4),
        upper=np.full(4, np.inf),
        equations=sparse.csr_matrix([[1.0, -1.0, -1.0, -1.0]]),
        weights=exposed,
        primary=primary,
        min_width=0.0,
    )
    mask = LineMask(case, 5, was_told=kept).find()
    assert (mask != primary).any() == (is_leak and not was_told)
    again = unknowns_of(exposed, ~mask, links, was_told=kept)
    assert not few_together(again, 5).any()
    # Nobody looked at what it was.
    assert (LineMask(case, 5).find() == primary).all()


def test_what_changed_in_parts_that_are_kept_too_is_not_told() -> None:
    """A quarter and its only month that stay as they were, with the same change."""
    links = [(np.zeros(1, dtype=int), np.array([1]))]
    unknowns = unknowns_of(
        np.array([2.0, 2.0]), np.zeros(2, dtype=bool), links, was_told=np.ones(2, dtype=bool)
    )
    assert not few_together(unknowns, 5).any()


# A month that a row of six persons tells whole, one of whom paid 1,150 € less the second time.
def changed(*, told_before: bool, told_now: bool) -> int:
    """Return how many persons are seen to have changed the month's euros, beside its row."""
    connection = duckdb.connect()
    with connection:
        connection.execute(
            """
            create temp table mouvements_totaux as
            select
                signe, 1 as sens, 7 as num_famille, 'p' || numero as titulaire,
                date '2025-01-01' as cohorte, 100 as heures, 2 as niveau, true as duree_est_dite,
                if(signe = 1, $1, $2) as montant_est_dit,
                if(signe = 1 and numero = 1, 460000, 575000) as montant_engage
            from range(6) as persons(numero)
            cross join (values (1), (-1)) as versions(signe)
            """,
            [told_now, told_before],
        )
        connection.execute(
            "create temp table cellules_totaux as select 1 as numero, 'mois' as tableau, "
            "date '2025-01-01' as debut, true as est_en_vue"
        )
        evidence = Evidence(connection, {"tableaux": [TotalsTable("mois", "mois", (), 6, False)]})
        found = evidence.columns("evolutions_totaux", folder="totaux")
        return int((found["montant"] != 0).sum())


@pytest.mark.parametrize(
    ("told_before", "told_now", "persons"),
    [(True, True, 0), (True, False, 1), (False, True, 1), (False, False, 1)],
    ids=["the row tells it both times", "it fell silent", "it tells it now", "it never told it"],
)
def test_a_row_that_falls_silent_hides_no_change(
    told_before: bool, told_now: bool, persons: int
) -> None:
    """Told, then silent, it was taken to hide all six: the version before still says it."""
    assert changed(told_before=told_before, told_now=told_now) == persons
