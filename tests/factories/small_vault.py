"""A small vault of users, made by hand without dbt: cells, rows, amounts in common, candidate.

What a test plants is one word of :class:`Scenario`; everything else follows from it.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import pandas as pd

from orchestration import warehouse
from orchestration.candidates.candidate import Candidate, prepare
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.checks import (
    judge,
    open_candidate,
)
from orchestration.disclosure.gate.disclosure_report import Rules
from orchestration.disclosure.gate.findings import Finding
from tests.factories import small_state

THRESHOLD = 3
FINANCEURS = (
    *("titulaire", "reste_a_charge", "employeur", "france_travail", "opco"),
    *("region", "agefiph", "transitions_pro", "autre", "non_ventile"),
)
AMOUNTS = tuple(f"montant_{name}" for name in ("engage", *FINANCEURS))
DIMENSIONS = (
    *("csp", "statut", "tranche_age", "genre", "code_departement_residence"),
    *("trimestre_entree", "code_region_residence", "annee_entree"),
)
REGIONS = {"75": "11", "77": "11", "38": "84", "69": "84"}
# The columns that each step of ventilation keeps.
STEPS = {1: ("annee_entree", "code_region_residence"), 2: ()}
Part = dict[str, int]
# département, CSP, status: a cell. A name is a person, with what each financer pays, in euros; what
# follows « # » tells apart the dossiers of one person.
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
    """``lignes``: level and cells; ``pooled``: (row, financer) and the step that tells it again.

    ``pending``: amounts of dossiers that the purchases count and that have not entered yet.
    ``years``: of the cells whose dossiers entered in another year than 2025.
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
    threshold: int = THRESHOLD
    years: dict[int, int] = field(default_factory=dict)

    def with_cell(self, rank: int, persons: dict[str, Part]) -> "Scenario":
        """Return the same with other persons in a cell."""
        cells = list(self.cells)
        cells[rank] = (*cells[rank][:3], persons)
        return replace(self, cells=cells)


def build_vault(dataset: Dataset, scenario: Scenario, *edits: str) -> tuple[Dataset, Candidate]:
    """Write the vault, then what ``edits`` (SQL) change of it, and export the candidate."""
    dataset = replace(dataset, seuil=scenario.threshold, register=None)
    with warehouse.vault() as connection:
        fill(connection, scenario, *edits)
        cursor = connection.execute("from fichier")
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    small_state.build_mart(dataset, rows)
    return dataset, prepare(dataset)


@contextmanager
def memory_vault(scenario: Scenario, *edits: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Make the same vault in memory, where the gate judges it in a tenth of a second."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("attach ':memory:' as coffre")
        fill(connection, scenario, *edits)
        yield connection


def judge_file(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, rules: Rules
) -> tuple[Finding, ...]:
    """Let every rule of the gate judge the vault and the file of a connection."""
    file = "coffre.intermediate.fichier"
    return judge(open_candidate(connection, dataset, rules, file), dataset, rules).findings


def fill(connection: duckdb.DuckDBPyConnection, scenario: Scenario, *edits: str) -> None:
    """Write the tables of a scenario into ``coffre``, then edit them. A statement that edits
    ``fichier``, the rows to publish, comes after the others.
    """
    for schema in ("nomenclatures", "intermediate", "registre"):
        connection.execute(f"create schema if not exists coffre.{schema}")
    connection.execute("use coffre.intermediate")
    _create_code_lists(connection)
    _create_dossiers(connection, scenario)
    _create_cells(connection)
    _create_rows(connection, scenario)
    _create_shared_amounts(connection, scenario)
    _create_dissemination(connection, scenario)
    on_file = [statement for statement in edits if "fichier" in statement]
    for statement in edits:
        if statement not in on_file:
            connection.execute(statement)
    create_file(connection)
    for statement in on_file:
        connection.execute(statement)


def create_file(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the rows to publish from those of the vault, as the mart does."""
    connection.execute(
        "create or replace table fichier as select * exclude (num_ligne, heures, "
        "nb_dossiers_avec_duree), (montant_engage / nullif(nb_dossiers, 0))::decimal(12, 2) as "
        "prix_moyen, (heures / nullif(nb_dossiers_avec_duree, 0))::decimal(8, 1) as duree_moyenne "
        "from int_usagers__diffusion"
    )


def _create_code_lists(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create or replace table coffre.nomenclatures.statuts as select * from (values "
        f"('CLOS', 'Clos'), ('OUVERT', '{IN_PROGRESS}')) as v (statut_dossier, statut_usager)"
    )
    connection.execute(
        "create or replace table coffre.nomenclatures.csp as select * from (values "
        "('Cadre', 'Cadre'), ('Ouvrier', 'Ouvrier'), ('Employé', 'Employé')) as v (code, libelle)"
    )
    places = [("region", code) for code in (*REGIONS.values(), "REGROUPE")]
    places += [("departement", code) for code in (*REGIONS, "REGROUPE")]
    values = ", ".join(f"('{echelon}', '{code}')" for echelon, code in dict.fromkeys(places))
    connection.execute(
        "create or replace table int_lieux__nommes as select echelon, code as cle, code "
        f"from (values {values}) as v (echelon, code)"
    )


def _create_dossiers(connection: duckdb.DuckDBPyConnection, scenario: Scenario) -> None:
    entered = [
        (department, csp, status, name, paid, scenario.years.get(rank, 2025))
        for rank, (department, csp, status, persons) in enumerate(scenario.cells)
        for name, paid in persons.items()
    ]
    waiting = [
        ("75", "Cadre", IN_PROGRESS, f"attente {rank}", paid, None)
        for rank, paid in enumerate(scenario.pending)
    ]
    # Where nobody is, the last one, who is left out again, still says what columns there are.
    nobody = ("75", "Cadre", IN_PROGRESS, "", part(), None)
    dossiers = pd.DataFrame([_dossier(*dossier) for dossier in (*entered, *waiting, nobody)])
    connection.register("_dossiers", dossiers)
    amounts = ", ".join(f"{name}::decimal(12, 2) as {name}" for name in AMOUNTS)
    connection.execute(
        "create or replace table int_dossiers__courants as select * replace (titulaire::uuid as "
        f"titulaire, date_entree::date as date_entree, {amounts}) from _dossiers "
        "where id_dossier <> 'dossier '"
    )
    connection.unregister("_dossiers")


def _dossier(
    department: str, csp: str, status: str, name: str, paid: Part, year: int | None
) -> dict[str, Any]:
    return {
        "id_dossier": f"dossier {name}",
        "titulaire": str(uuid.uuid5(uuid.NAMESPACE_OID, name.split("#", maxsplit=1)[0])),
        "date_entree": f"{year or 2025}-02-03",
        "est_entre": year is not None,
        "statut_dossier": "CLOS" if status == "Clos" else "OUVERT",
        "code_departement_residence": department,
        "code_region_residence": REGIONS[department],
        "code_genre": "F",
        "tranche_age": "25-39 ans",
        "code_situation": "",
        "code_csp": csp,
        "nombre_heures_h": 10.0 + len(name),
        "montant_engage": sum(paid.values()),
        **{f"montant_{financeur}": paid.get(financeur, 0) for financeur in FINANCEURS},
    }


def _create_cells(connection: duckdb.DuckDBPyConnection) -> None:
    sums = ", ".join(f"sum({name}) as {name}" for name in AMOUNTS)
    connection.execute(
        "create or replace table int_usagers__cellules as select csp.libelle as csp, "
        "statut_usager as statut, tranche_age, 'Femme' as genre, code_departement_residence, "
        "strftime(date_entree, '%Y-T1') as trimestre_entree, code_region_residence, "
        "strftime(date_entree, '%Y') as annee_entree, "
        "count(*) as nb_dossiers, count(nombre_heures_h) as nb_dossiers_avec_duree, "
        f"sum(nombre_heures_h) as heures, {sums}, [min(dossiers.rowid)] as numeros, "
        "list(titulaire) as titulaires, count(distinct titulaire) as nb_titulaires from "
        "int_dossiers__courants as dossiers inner join coffre.nomenclatures.statuts using "
        "(statut_dossier) inner join coffre.nomenclatures.csp on csp.code = code_csp "
        "where est_entre group by all"
    )


def _create_rows(connection: duckdb.DuckDBPyConnection, scenario: Scenario) -> None:
    """Rows from their cells: a level gives up its first columns, status and CSP at once."""
    first = [0]
    for *_, persons in scenario.cells:
        first.append(first[-1] + len(persons))
    members = pd.DataFrame(
        [
            (number, level, first[cell])
            for number, (level, cells) in enumerate(scenario.lignes, start=1)
            for cell in cells
        ],
        columns=["num_ligne", "niveau_diffusion", "numero"],
        dtype="int64",
    )
    connection.register("_membres", members)
    kept = ", ".join(
        f"if(niveau_diffusion > {max(1, rank)}, 'REGROUPE', any_value(cellules.{name})) as {name}"
        for rank, name in enumerate(DIMENSIONS)
    )
    sums = ", ".join(
        f"sum({name}) as {name}" for name in ("nb_dossiers_avec_duree", "heures", *AMOUNTS)
    )
    connection.execute(
        "create or replace table int_usagers__partition as select num_ligne::integer as num_ligne, "
        f"niveau_diffusion, {kept}, sum(nb_dossiers)::bigint as nb_dossiers, {sums}, "
        "flatten(list(numeros)) as numeros, "
        "list_unique(flatten(list(titulaires))) as nb_titulaires "
        "from _membres inner join int_usagers__cellules as cellules on numeros[1] = numero "
        "group by num_ligne, niveau_diffusion order by num_ligne"
    )
    connection.unregister("_membres")


def _create_shared_amounts(connection: duckdb.DuckDBPyConnection, scenario: Scenario) -> None:
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


def _create_dissemination(connection: duckdb.DuckDBPyConnection, scenario: Scenario) -> None:
    """What rows say: an amount in common goes to the remainder, and rows of ventilation tell it."""
    told_amounts = ", ".join(
        f"montant_{n} - {_withheld(n)} as montant_{n}" for n in FINANCEURS[:-1]
    )
    own = ", ".join(
        f"coalesce(sum(montant) filter (where financeur = 'montant_{n}'), 0) as montant_{n}"
        for n in FINANCEURS[:-1]
    )
    steps = " ".join(
        f"union all by name select null as num_ligne, "
        f"{len(DIMENSIONS) + step} as niveau_diffusion, "
        + ", ".join(f"p.{n}" if n in kept else f"'REGROUPE' as {n}" for n in DIMENSIONS)
        + ", 0 as nb_dossiers, 0 as nb_dossiers_avec_duree, 0 as heures, 0 as montant_engage, "
        f"{own}, -sum(montant) as montant_non_ventile, {scenario.threshold} as nb_titulaires "
        "from int_usagers__communs inner join int_usagers__partition as p using (num_ligne) "
        f"where etape = {step} "
        + (f"group by {', '.join(f'p.{n}' for n in kept)}" if kept else "having count(*) > 0")
        for step, kept in STEPS.items()
    )
    connection.execute(
        "create or replace table int_usagers__diffusion as select num_ligne, niveau_diffusion, "
        f"{', '.join(DIMENSIONS)}, nb_dossiers, nb_dossiers_avec_duree, heures, montant_engage, "
        f"{told_amounts}, montant_non_ventile + {_withheld('%')} as montant_non_ventile, "
        f"nb_titulaires from int_usagers__partition as p {steps}"
    )


def build_totals_mart(dataset: Dataset, hidden: tuple[str, ...]) -> None:
    """Make the mart of ``dataset``: one row, the amounts of dossiers save the ``hidden`` ones."""
    with warehouse.vault(read_only=True) as connection:
        cursor = connection.execute(totals_query(hidden))
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    small_state.build_mart(dataset, rows)


def totals_query(hidden: tuple[str, ...] = ()) -> str:
    """Return the query of the totals of every dossier, the ``hidden`` ones among the remainder."""
    sums = ", ".join(
        f"{'0' if name in hidden else f'sum(montant_{name})'} as montant_{name}"
        for name in ("engage", *FINANCEURS[:-1])
    )
    rest = " + ".join(f"sum(montant_{name})" for name in ("non_ventile", *hidden))
    return (
        f"select {sums}, {rest} as montant_non_ventile "
        "from coffre.intermediate.int_dossiers__courants"
    )
