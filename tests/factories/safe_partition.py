"""Random populations of users, and the rows that publish them without a leak (:class:`Scenario`).

Four départements, two by région. In the first of each, three small cells make a block; in the other
two small ones take in a sibling. The other cells are rows. In each block some persons are paid
for by their employer too: too few to be told by the row, enough by région.
"""

from dataclasses import dataclass, replace

import numpy as np

from tests.factories.small_vault import IN_PROGRESS, REGIONS, Cell, Part, Scenario, part

THRESHOLD = 5
COLUMNS = [
    (csp, status) for csp in ("Cadre", "Ouvrier", "Employé") for status in ("Clos", IN_PROGRESS)
]
CO_FUNDED_BY_BLOCK = 3


@dataclass(frozen=True)
class Block:
    """A row of several cells: its number, its small cells, and the large ones that it took in."""

    row: int
    small: tuple[int, ...]
    absorbed: tuple[int, ...]

    @property
    def cells(self) -> list[int]:
        """All its cells."""
        return [*self.small, *self.absorbed]


@dataclass(frozen=True)
class Population:
    """What is published of random persons: two blocks by région, the other rows hold one cell."""

    scenario: Scenario
    blocks: tuple[Block, ...]

    @property
    def alone(self) -> list[tuple[int, int]]:
        """Each row of one cell, and that cell."""
        return [
            (number, cells[0])
            for number, (level, cells) in enumerate(self.scenario.lignes, start=1)
            if level == 1
        ]

    @property
    def hidden(self) -> list[tuple[int, int]]:
        """Each small cell, after the row that hides it."""
        return [(block.row, cell) for block in self.blocks for cell in block.small]

    @property
    def by_region(self) -> list[tuple[Block, ...]]:
        """The two blocks of each région."""
        regions = dict.fromkeys(map(self.region, self.blocks))
        return [
            tuple(block for block in self.blocks if self.region(block) == region)
            for region in regions
        ]

    def region(self, block: Block) -> str:
        """Région of a block."""
        return REGIONS[self.scenario.cells[block.cells[0]][0]]

    def persons(self, cell: int) -> dict[str, Part]:
        """Persons of a cell, and what each financer pays."""
        return self.scenario.cells[cell][3]

    def with_rows(self, *lignes: tuple[int, list[int]]) -> Scenario:
        """Return the scenario with further rows."""
        return replace(self.scenario, lignes=[*self.scenario.lignes, *lignes])

    def with_row(self, number: int, level: int, cells: list[int]) -> Scenario:
        """Return the scenario with another row under this number."""
        lignes = list(self.scenario.lignes)
        lignes[number - 1] = (level, cells)
        return replace(self.scenario, lignes=lignes)


def population(seed: int) -> Population:
    """Return random persons, published soundly."""
    rng = np.random.default_rng(seed)
    cells: list[Cell] = []
    lignes: list[tuple[int, list[int]]] = []
    members: list[tuple[list[int], list[int]]] = []
    for rank, department in enumerate(REGIONS):
        small, absorbed = _block_sizes(rng, takes_in=rank % 2 == 1)
        sizes = [*small, *absorbed, *rng.integers(5, 9, len(COLUMNS) - len(small + absorbed))]
        start = len(cells)
        for (csp, status), size in zip(rng.permutation(COLUMNS), sizes, strict=True):
            names = [f"{department} {len(cells)} {number}" for number in range(size)]
            cells.append((department, str(csp), str(status), _persons(rng, names)))
        first_large = start + len(small) + len(absorbed)
        lignes += [(1, [cell]) for cell in range(first_large, len(cells))]
        members.append(
            ([*range(start, start + len(small))], [*range(start + len(small), first_large)])
        )
        lignes.append((2, [*members[-1][0], *members[-1][1]]))
    numbers = [number for number, (level, _) in enumerate(lignes, start=1) if level > 1]
    blocks = tuple(
        Block(number, tuple(small), tuple(absorbed))
        for number, (small, absorbed) in zip(numbers, members, strict=True)
    )
    pooled: dict[tuple[int, str], int | None] = {}
    for block in blocks:
        pooled |= {(block.row, "titulaire"): 1, (block.row, "employeur"): None}
    scenario = Scenario(cells, lignes, pooled, threshold=THRESHOLD)
    for block in blocks:
        scenario = co_fund(scenario, block, CO_FUNDED_BY_BLOCK)
    return Population(scenario, blocks)


def co_fund(scenario: Scenario, block: Block, count: int) -> Scenario:
    """Let so many persons of a block, and no other there, be paid for by their employer too."""
    left = count
    for cell in block.cells:
        persons = scenario.cells[cell][3]
        chosen = list(persons)[:left]
        left -= len(chosen)
        paid = {name: {"titulaire": amounts["titulaire"]} for name, amounts in persons.items()}
        paid |= {name: {**paid[name], "employeur": 40 + len(name)} for name in chosen}
        scenario = scenario.with_cell(cell, paid)
    return scenario


def _block_sizes(rng: np.random.Generator, *, takes_in: bool) -> tuple[list[int], list[int]]:
    """Return how many persons the small cells have, and the larger one that they take in.

    Whoever knows the threshold is left with 0 to 4 persons for each small cell.
    """
    if takes_in:
        return rng.integers(2, 5, 2).tolist(), rng.integers(6, 10, 1).tolist()
    while True:
        sizes = rng.integers(1, 5, 3).tolist()
        if THRESHOLD <= sum(sizes) <= 2 * (THRESHOLD - 1):
            return sizes, []


def _persons(rng: np.random.Generator, names: list[str]) -> dict[str, Part]:
    """Return what persons pay, and in half of the cells what the region pays to all of them."""
    region = {"region": int(rng.integers(30, 60))} if rng.random() < 1 / 2 else {}
    return {name: part(int(rng.integers(80, 120)), **region) for name in names}
