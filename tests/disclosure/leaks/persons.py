"""Leaks of persons that one version shows by itself: rows of few, figures that tell of few."""

from collections.abc import Iterator
from dataclasses import replace

from tests.disclosure.leaks.planting import FEW, Plant, Planted
from tests.factories.safe_partition import THRESHOLD, Population, co_fund
from tests.factories.scenario import Part, part

# Rows that show a small group, alone or by subtraction.


def _leaf(population: Population) -> Iterator[Planted]:
    for _, cell in population.hidden:
        yield population.with_rows((1, [cell])), ()


def _absorbed_neighbour(population: Population) -> Iterator[Planted]:
    """Publish a sibling that a block had to take in: the block shrinks by it."""
    for block in population.blocks:
        if block.absorbed:
            shrunk = population.with_row(block.row, 2, list(block.small))
            yield replace(shrunk, lignes=[*shrunk.lignes, (1, list(block.absorbed))]), ()


def _parent_minus_leaf(population: Population) -> Iterator[Planted]:
    for _, cell in population.hidden:
        department = population.scenario.cells[cell][0]
        others = [
            rank
            for rank, other in enumerate(population.scenario.cells)
            if other[0] == department and rank != cell
        ]
        yield population.with_rows((3, others)), ()


def _single_cell_block(population: Population) -> Iterator[Planted]:
    for block in population.blocks:
        for cell in block.small:
            alone = population.with_row(block.row, 2, [cell])
            others = [other for other in block.cells if other != cell]
            yield replace(alone, lignes=[*alone.lignes, (3, others)]), ()


def _narrow_interval(population: Population) -> Iterator[Planted]:
    """Fill the cells of a block to k − 1 persons: who knows the rule knows them all."""
    for block in population.blocks:
        for missing in (0, 1, 2) if not block.absorbed else ():
            scenario = population.scenario
            for rank, cell in enumerate(block.small):
                size = FEW - missing if rank == 0 else FEW
                scenario = scenario.with_cell(cell, _planted(cell, size))
            yield co_fund(scenario, block, FEW), ()


def _told_twice(population: Population) -> Iterator[Planted]:
    """Count a cell twice, and one of the same size not at all: totals say nothing of it."""
    for block in population.blocks:
        dropped, repeated, *others = block.cells
        scenario = population.scenario
        for cell in (dropped, repeated):
            scenario = scenario.with_cell(cell, _planted(cell, FEW))
        scenario = co_fund(scenario, replace(block, small=(), absorbed=tuple(others)), FEW - 1)
        lignes = list(scenario.lignes)
        lignes[block.row - 1] = (2, [repeated, repeated, *others])
        yield replace(scenario, lignes=lignes), ()


def _dossiers_for_persons(population: Population) -> Iterator[Planted]:
    """Let few persons have k dossiers together, and publish them for that."""
    said = "set nb_titulaires = nb_dossiers where num_ligne ="
    for count in (1, 2, FEW):
        for row, cell in population.alone:
            names = [f"planté {cell} {number % count}#{number}" for number in range(THRESHOLD)]
            scenario = population.scenario.with_cell(cell, {name: part() for name in names})
            yield (
                scenario,
                (
                    f"update int_usagers__partition {said} {row}",
                    f"update int_usagers__diffusion {said} {row}",
                ),
            )


def _persons_of_several_cells(population: Population) -> Iterator[Planted]:
    """Let the cells of a block be of the same few persons: they add up to k, and are fewer."""
    for block in population.blocks:
        for count in (3, FEW):
            scenario = population.scenario
            for cell in block.cells:
                names = [f"planté {block.row} {number}#{cell}" for number in range(count)]
                scenario = scenario.with_cell(cell, {name: part() for name in names})
            yield co_fund(scenario, block, 1), ()


def _miscounted_row(population: Population) -> Iterator[Planted]:
    """Count persons once for each of their dossiers: the next version would build on it."""
    for row, cell in population.alone:
        persons = population.persons(cell)
        twice = {f"{name}#2": paid for name, paid in persons.items()}
        yield (
            population.scenario.with_cell(cell, {**persons, **twice}),
            (
                "update int_usagers__partition set nb_titulaires = nb_dossiers "
                f"where num_ligne = {row}",
            ),
        )


def _planted(cell: int, size: int) -> dict[str, Part]:
    return {f"planté {cell} {number}": part() for number in range(size)}


# Figures of the file that are not those of its rows.


def _in_file(population: Population, row: int, change: str) -> Planted:
    level, cells = population.scenario.lignes[row - 1]
    department, csp, status, _ = population.scenario.cells[cells[0]]
    where = f"niveau_diffusion = {level} and code_departement_residence = '{department}'"
    if level == 1:
        where += f" and csp = '{csp}' and statut = '{status}'"
    return population.scenario, (f"update fichier set {change} where {where}",)


def _total(persons: dict[str, Part]) -> int:
    return sum(sum(paid.values()) for paid in persons.values())


def _mean_of_a_hidden_cell(population: Population) -> Iterator[Planted]:
    for row, cell in population.hidden:
        persons = population.persons(cell)
        yield _in_file(population, row, f"prix_moyen = {_total(persons) / len(persons):.2f}")


def _mean_of_all_others(population: Population) -> Iterator[Planted]:
    """Give the mean without a cell: with the total it gives that of the cell."""
    for block in population.blocks:
        for cell in block.small:
            others = [population.persons(other) for other in block.cells if other != cell]
            mean = sum(map(_total, others)) / sum(map(len, others))
            yield _in_file(population, block.row, f"prix_moyen = {mean:.2f}")


def _extreme_price(population: Population) -> Iterator[Planted]:
    for row, cell in population.hidden:
        prices = [sum(paid.values()) for paid in population.persons(cell).values()]
        if len(prices) > 1:
            yield _in_file(population, row, f"prix_moyen = {max(prices)}")


def _extreme_duration(population: Population) -> Iterator[Planted]:
    for row, cell in population.hidden:
        longest = max(10.0 + len(name) for name in population.persons(cell))
        yield _in_file(population, row, f"duree_moyenne = {longest + 1}")


def _share_and_denominator(population: Population) -> Iterator[Planted]:
    """Add to the file, and to it alone, a row that counts a hidden cell as if of k persons."""
    for _, cell in population.hidden:
        department, csp, status, persons = population.scenario.cells[cell]
        yield (
            population.scenario,
            (
                f"insert into fichier select * replace (1 as niveau_diffusion, '{csp}' as csp, "
                f"'{status}' as statut, {len(persons)} as nb_dossiers, {THRESHOLD} as "
                "nb_titulaires) from fichier where niveau_diffusion = 2 "
                f"and code_departement_residence = '{department}'",
            ),
        )


KINDS: dict[str, Plant] = {
    "une_feuille_d_un_bloc": _leaf,
    "voisine_absorbee_publiee": _absorbed_neighbour,
    "parent_moins_une_feuille": _parent_minus_leaf,
    "bloc_d_une_cellule": _single_cell_block,
    "intervalle_etroit": _narrow_interval,
    "cellule_dite_deux_fois": _told_twice,
    "dossiers_au_lieu_de_personnes": _dossiers_for_persons,
    "memes_personnes_de_plusieurs_cellules": _persons_of_several_cells,
    "personnes_mal_comptees": _miscounted_row,
    "moyenne_d_un_statut_cache": _mean_of_a_hidden_cell,
    "moyenne_de_tous_les_autres": _mean_of_all_others,
    "prix_extreme_d_un_petit_groupe": _extreme_price,
    "duree_extreme_d_un_petit_groupe": _extreme_duration,
    "part_et_son_denominateur": _share_and_denominator,
}
