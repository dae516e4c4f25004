"""A small vault of users, made by hand without dbt: cells, rows, amounts in common, candidate.

What a test plants is one word of :class:`Scenario`; everything else follows from it.
"""

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from orchestration import warehouse
from orchestration.candidates.candidate import Candidate, prepare
from orchestration.datasets import Dataset
from tests.factories import small_state

THRESHOLD = 3
FINANCEURS = (
    *("titulaire", "reste_a_charge", "employeur", "france_travail", "opco"),
    *("region", "agefiph", "transitions_pro", "autre", "non_ventile"),
)
DIMENSIONS = (
    *("csp", "statut", "tranche_age", "genre", "code_departement_residence"),
    *("trimestre_entree", "code_region_residence", "annee_entree"),
)
Part = dict[str, int]
# département, CSP, status: a cell. A letter is a person, with what each financer pays, in euros.
Cell = tuple[str, str, str, dict[str, Part]]
IN_PROGRESS = "En cours"


def part(titulaire: int = 100, **others: int) -> Part:
    """Return the amounts of a dossier."""
    return {"titulaire": titulaire, **others}


def self_funded(persons: str, titulaire: int = 100) -> dict[str, Part]:
    """Return persons who pay by themselves."""
    return {person: part(titulaire) for person in persons}


CO_FUNDED = part(50, employeur=50)


def _departement_cells(code: str, letters: str) -> list[Cell]:
    a, b, c, d = letters
    return [
        (code, "Cadre", "Clos", {a: part(), b: CO_FUNDED}),
        (code, "Ouvrier", IN_PROGRESS, {c: CO_FUNDED}),
        (code, "Employé", IN_PROGRESS, {d: part()}),
    ]


@dataclass(frozen=True)
class Scenario:
    """``lignes``: level and cells; ``communs``: (row, financer) and the step that tells it again.

    ``attente``: amounts of dossiers that the purchases count and that have not entered yet.
    """

    cells: list[Cell] = field(
        default_factory=lambda: [
            ("75", "Employé", "Clos", self_funded("abcde")),
            *_departement_cells("75", "fghi"),
            *_departement_cells("77", "jklm"),
        ]
    )
    lignes: list[tuple[int, list[int]]] = field(
        default_factory=lambda: [(1, [0]), (2, [1, 2, 3]), (2, [4, 5, 6])]
    )
    pooled: dict[tuple[int, str], int | None] = field(
        default_factory=lambda: {
            (2, "titulaire"): 1,
            (2, "employeur"): None,
            (3, "titulaire"): 1,
            (3, "employeur"): None,
        }
    )
    pending: list[Part] = field(default_factory=list)

    def with_cell(self, rank: int, persons: dict[str, Part]) -> "Scenario":
        """Return the same with other persons in a cell."""
        cells = list(self.cells)
        cells[rank] = (*cells[rank][:3], persons)
        return replace(self, cells=cells)


def build_vault(dataset: Dataset, scenario: Scenario, *edits: str) -> tuple[Dataset, Candidate]:
    """Write the vault, then what ``edits`` (SQL) change of it, and export the candidate."""
    dataset = replace(dataset, seuil=THRESHOLD, register=None)
    with warehouse.vault() as connection:
        connection.execute("create schema if not exists coffre.nomenclatures")
        connection.execute("create schema if not exists coffre.intermediate")
        connection.execute("use coffre.intermediate")
        _create_code_lists(connection)
        _create_dossiers(connection, scenario)
        _create_cells(connection, scenario)
        _rows(connection, scenario)
        for statement in edits:
            connection.execute(statement)
        cursor = connection.execute("select * exclude (num_ligne) from int_usagers__diffusion")
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    small_state.build_mart(dataset, rows)
    return dataset, prepare(dataset)


def _create_code_lists(connection: Any) -> None:
    connection.execute(
        "create or replace table coffre.nomenclatures.statuts as select * from (values "
        f"('CLOS', 'Clos'), ('OUVERT', '{IN_PROGRESS}')) as v (statut_dossier, statut_usager)"
    )
    connection.execute(
        "create or replace table coffre.nomenclatures.csp as select unnest(['Cadre', 'Ouvrier', "
        "'Employé']) as libelle, libelle as code"
    )


def _create_dossiers(connection: Any, scenario: Scenario) -> None:
    amounts = ", ".join(f"montant_{name} decimal(12, 2)" for name in FINANCEURS)
    connection.execute(
        "create or replace table int_dossiers__courants (id_dossier varchar, titulaire uuid, "
        "date_entree date, est_entre boolean, statut_dossier varchar, code_departement_residence "
        "varchar, code_genre varchar, tranche_age varchar, code_situation varchar, code_csp "
        f"varchar, montant_engage decimal(12, 2), {amounts})"
    )
    entered = [
        (True, department, csp, status, person, amounts)
        for department, csp, status, persons in scenario.cells
        for person, amounts in persons.items()
    ]
    waiting = [
        (False, "75", "Cadre", IN_PROGRESS, f"attente {rank}", amounts)
        for rank, amounts in enumerate(scenario.pending)
    ]
    for rank, (inside, department, csp, status, person, paid) in enumerate([*entered, *waiting]):
        values = [
            *(f"d{rank}", uuid.uuid5(uuid.NAMESPACE_OID, person), "2025-02-03", inside),
            *("CLOS" if status == "Clos" else "OUVERT", department, "F", "25-39 ans", None, csp),
            sum(paid.values()),
            *(paid.get(name, 0) for name in FINANCEURS),
        ]
        marks = ", ".join("?" for _ in values)
        connection.execute(f"insert into int_dossiers__courants values ({marks})", values)


def _create_cells(connection: Any, scenario: Scenario) -> None:
    sums = ", ".join(f"sum(montant_{name}) as montant_{name}" for name in ("engage", *FINANCEURS))
    connection.execute(
        "create or replace table int_usagers__cellules as select csp.libelle as csp, "
        "statut_usager as statut, tranche_age, 'Femme' as genre, code_departement_residence, "
        "'2025-T1' as trimestre_entree, '11' as code_region_residence, '2025' as annee_entree, "
        f"count(*) as nb_dossiers, {sums}, [min(dossiers.rowid)] as numeros, list(titulaire) as "
        "titulaires, count(distinct titulaire) as nb_titulaires from int_dossiers__courants as "
        "dossiers inner join coffre.nomenclatures.statuts using (statut_dossier) inner join "
        "coffre.nomenclatures.csp on csp.code = code_csp where est_entre group by all"
    )


def _rows(connection: Any, scenario: Scenario) -> None:
    """Rows from their cells, then what they say: an amount in common goes to the remainder."""
    first = [0]
    for *_, persons in scenario.cells:
        first.append(first[-1] + len(persons))
    given_up = {1: 0, 2: 2, 3: 3}
    rows = []
    for number, (level, cells) in enumerate(scenario.lignes, start=1):
        kept = ", ".join(
            f"'REGROUPE' as {name}"
            if rank < given_up[level]
            else f"any_value(cellules.{name}) as {name}"
            for rank, name in enumerate(DIMENSIONS)
        )
        numbers = ", ".join(str(first[cell]) for cell in cells)
        sums = ", ".join(f"sum(montant_{n}) as montant_{n}" for n in ("engage", *FINANCEURS))
        rows.append(
            f"select {number} as num_ligne, {level} as niveau_diffusion, {kept}, "
            f"sum(nb_dossiers)::bigint as nb_dossiers, {sums}, flatten(list(numeros)) as numeros, "
            "list_unique(flatten(list(titulaires))) as nb_titulaires from int_usagers__cellules as "
            f"cellules where numeros[1] in ({numbers})"
        )
    connection.execute(
        f"create or replace table int_usagers__partition as {' union all '.join(rows)}"
    )
    _create_shared_amounts(connection, scenario)
    _dissemination_tables(connection)


def _create_shared_amounts(connection: Any, scenario: Scenario) -> None:
    connection.execute(
        "create or replace table int_usagers__communs (num_ligne integer, financeur varchar, "
        "montant decimal(18, 2), etape integer)"
    )
    for (row, name), step in scenario.pooled.items():
        connection.execute(
            f"insert into int_usagers__communs select {row}, 'montant_{name}', montant_{name}, ? "
            f"from int_usagers__partition where num_ligne = {row}",
            [step],
        )


def _withheld(financeur: str) -> str:
    """Return the query of what a row ``p`` puts in common of a financer (``%``: of all)."""
    return (
        "coalesce((select sum(montant) from int_usagers__communs as c where "
        f"c.num_ligne = p.num_ligne and c.financeur like 'montant_{financeur}'), 0)"
    )


def _dissemination_tables(connection: Any) -> None:
    told_amounts = ", ".join(
        f"montant_{n} - {_withheld(n)} as montant_{n}" for n in FINANCEURS[:-1]
    )
    own = ", ".join(
        f"coalesce(sum(montant) filter (where financeur = 'montant_{n}'), 0) as montant_{n}"
        for n in FINANCEURS[:-1]
    )
    dimensions = ", ".join(DIMENSIONS)
    steps = " ".join(
        "union all by name select null as num_ligne, "
        f"{9 + step - 1} as niveau_diffusion, "
        + ", ".join(
            f"any_value(p.{n}) as {n}" if n in kept else f"'REGROUPE' as {n}" for n in DIMENSIONS
        )
        + f", 0 as nb_dossiers, 0 as montant_engage, {own}, -sum(montant) as montant_non_ventile, "
        f"{THRESHOLD} as nb_titulaires from int_usagers__communs inner join int_usagers__partition "
        f"as p using (num_ligne) where etape = {step} having count(*) > 0"
        for step, kept in [(1, ("annee_entree", "code_region_residence")), (2, ())]
    )
    connection.execute(
        "create or replace table int_usagers__diffusion as select num_ligne, niveau_diffusion, "
        f"{dimensions}, nb_dossiers, montant_engage, {told_amounts}, montant_non_ventile + "
        f"{_withheld('%')} as montant_non_ventile, nb_titulaires "
        f"from int_usagers__partition as p {steps}"
    )


def build_totals_mart(dataset: Dataset, hidden: tuple[str, ...]) -> None:
    """Make the mart of ``dataset``: one row, the amounts of every dossier save those ``cachees``."""
    sums = ", ".join(
        f"{'0' if name in hidden else f'sum(montant_{name})'} as montant_{name}"
        for name in ("engage", *FINANCEURS[:-1])
    )
    rest = " + ".join(f"sum(montant_{name})" for name in ("non_ventile", *hidden))
    with warehouse.vault(read_only=True) as connection:
        cursor = connection.execute(
            f"select {sums}, {rest} as montant_non_ventile from "
            "coffre.intermediate.int_dossiers__courants"
        )
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    small_state.build_mart(dataset, rows)
