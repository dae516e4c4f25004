"""A small population of users and how it is published: cells, rows, amounts in common.

What a test plants is one word of :class:`Scenario`; all tables follow from it (``small_vault``).
"""

from dataclasses import dataclass, field, replace

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
