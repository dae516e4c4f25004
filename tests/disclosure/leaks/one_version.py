"""Leaks that one version shows by itself: each kind, wherever a population has room for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.factories.safe_partition import THRESHOLD, Block, Population, co_fund
from tests.factories.small_vault import DIMENSIONS, Part, Scenario, part

FEW = THRESHOLD - 1
FIRST_STEP = len(DIMENSIONS) + 1
Planted = tuple[Scenario, tuple[str, ...]]
Plant = Callable[[Population], Iterator[Planted]]


@dataclass(frozen=True)
class Leak:
    """A publication that leaks: its scenario, then what is changed of its tables (SQL)."""

    kind: str
    scenario: Scenario
    edits: tuple[str, ...] = ()


def leaks(population: Population) -> Iterator[Leak]:
    """Plant each kind of leak everywhere in a population."""
    for kind, plant in KINDS.items():
        for scenario, edits in plant(population):
            yield Leak(kind, scenario, edits)


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


# Amounts by financer.


def _few_contributors(population: Population) -> Iterator[Planted]:
    for count in (1, 2, FEW):
        for _, cell in population.alone:
            yield _with_opco(population, cell, [100] * count), ()


def _dominated_amount(population: Population) -> Iterator[Planted]:
    for _, cell in population.alone:
        others = len(population.persons(cell)) - 1
        yield _with_opco(population, cell, [others * 10, *([1] * others)]), ()


def _with_opco(population: Population, cell: int, amounts: list[int]) -> Scenario:
    """Let an OPCO pay ``amounts`` to the first persons of a cell."""
    persons = population.persons(cell)
    paid = dict(zip(persons, amounts, strict=False))
    return population.scenario.with_cell(
        cell,
        {
            name: {**amount, "opco": paid[name]} if name in paid else amount
            for name, amount in persons.items()
        },
    )


def _dominated_row(population: Population) -> Iterator[Planted]:
    """Let one person make nearly all of a row by amounts that it puts in common."""
    for row, cell in population.alone:
        first, *others = population.persons(cell)
        persons = {name: part(100, opco=50, agefiph=50) for name in others}
        persons[first] = part(100, opco=9000, agefiph=9000)
        pooled = {(row, "opco"): None, (row, "agefiph"): None}
        yield _pool(population.scenario.with_cell(cell, persons), pooled), ()


def _dominated_remainder(population: Population) -> Iterator[Planted]:
    """The same where what the row tells hides it: what it does not tell is of one person."""
    for row, cell in population.alone:
        first, *others = population.persons(cell)
        persons = {name: part(900, opco=2, agefiph=2) for name in others}
        persons[first] = part(900, opco=200, agefiph=200)
        pooled = {(row, "opco"): None, (row, "agefiph"): None}
        yield _pool(population.scenario.with_cell(cell, persons), pooled), ()


def _remainder_of_a_few(population: Population) -> Iterator[Planted]:
    """Put in common two amounts of the same few persons: the remainder is theirs."""
    for count in (1, 2, FEW):
        for row, cell in population.alone:
            persons = {
                name: part(100, opco=50, agefiph=50) if rank < count else part(100)
                for rank, name in enumerate(population.persons(cell))
            }
            pooled = {(row, "opco"): None, (row, "agefiph"): None}
            yield _pool(population.scenario.with_cell(cell, persons), pooled), ()


def _alone_in_common(population: Population) -> Iterator[Planted]:
    for block in population.blocks:
        pooled = dict(population.scenario.pooled)
        del pooled[block.row, "titulaire"]
        yield replace(population.scenario, pooled=pooled), ()


def _amount_by_difference(population: Population) -> Iterator[Planted]:
    """Tell again the amount of one row alone: what it puts in common with it follows."""
    for block in population.blocks:
        yield _pool(population.scenario, {(block.row, "titulaire"): None}), ()


def _told_again_of_a_few(population: Population) -> Iterator[Planted]:
    """Tell again, of one row or of two together, an amount of too few contributors."""
    for block in population.blocks:
        yield _pool(population.scenario, {(block.row, "employeur"): 1}), ()
    for blocks in population.by_region:
        for counts in ((1, 1), (1, 2), (2, 1), (2, 2)):
            scenario = _co_fund_all(population.scenario, blocks, counts)
            yield _pool(scenario, {(block.row, "employeur"): 1 for block in blocks}), ()


def _rest_of_a_row(population: Population) -> Iterator[Planted]:
    """Let what follows be taken out of a row: two amounts of the same few are left."""
    for blocks in population.by_region:
        for block, neighbour in (blocks, blocks[::-1]):
            for count in (1, 2, FEW):
                scenario = co_fund(population.scenario, block, count)
                for cell in block.cells:
                    persons = scenario.cells[cell][3]
                    both = {
                        name: {**paid, "opco": 30} if "employeur" in paid else paid
                        for name, paid in persons.items()
                    }
                    scenario = scenario.with_cell(cell, both)
                # What is told again is then of this row alone.
                pooled = {(block.row, "opco"): None, (neighbour.row, "titulaire"): None}
                yield _pool(scenario, pooled), ()


def _rest_of_a_group(population: Population) -> Iterator[Planted]:
    """Leave, of a whole région, too few contributors to what its ventilation does not tell."""
    for blocks in population.by_region:
        for counts in ((1, 1), (1, 2), (2, 2), (3, 1), (1, 3), (2, 1)):
            yield _co_fund_all(population.scenario, blocks, counts), ()


def _rest_of_all(population: Population) -> Iterator[Planted]:
    """Tell again in all the amounts of one block by région: of the others too few are left."""
    told, left = zip(*population.by_region, strict=True)
    for counts in ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1)):
        scenario = _co_fund_all(population.scenario, left, counts)
        scenario = _co_fund_all(scenario, told, (FEW, FEW))
        yield _pool(scenario, {(block.row, "employeur"): 2 for block in told}), ()


def _co_fund_all(
    scenario: Scenario, blocks: tuple[Block, ...], counts: tuple[int, ...]
) -> Scenario:
    for block, count in zip(blocks, counts, strict=True):
        scenario = co_fund(scenario, block, count)
    return scenario


def _pool(scenario: Scenario, pooled: dict[tuple[int, str], int | None]) -> Scenario:
    return replace(scenario, pooled=scenario.pooled | pooled)


# Rows that say something else than what was judged.


def _hidden_amount_told(population: Population) -> Iterator[Planted]:
    """Let a row tell an amount that it should put in common, and make up for it."""
    for block in population.blocks:
        amount = _employer_amount(population, block)
        yield _moved(population, amount, f"num_ligne = {block.row}")


def _hidden_amount_told_again(population: Population) -> Iterator[Planted]:
    for blocks in population.by_region:
        amount = sum(_employer_amount(population, block) for block in blocks)
        yield _moved(population, amount, _of_region(population, blocks))


def _moved(population: Population, amount: int, where: str) -> Planted:
    return population.scenario, (
        f"update int_usagers__diffusion set montant_employeur = montant_employeur + {amount}, "
        f"montant_non_ventile = montant_non_ventile - {amount} where {where}",
    )


def _remainder_told(population: Population) -> Iterator[Planted]:
    """Let what a ventilation leaves tell the amount of one of its rows."""
    for blocks in population.by_region:
        for block in blocks:
            yield _ventilation_edit(
                population,
                blocks,
                "montant_non_ventile = montant_non_ventile + "
                f"{_employer_amount(population, block)}",
            )


def _contributors_counted(population: Population) -> Iterator[Planted]:
    """Let a ventilation, which counts no dossier, count those of a hidden amount."""
    for blocks in population.by_region:
        for count in (1, 3):
            yield _ventilation_edit(population, blocks, f"nb_dossiers = {count}")


def _contributors_said(population: Population) -> Iterator[Planted]:
    for blocks in population.by_region:
        for count in (1, 3):
            yield _ventilation_edit(population, blocks, f"nb_titulaires = {count}")


def _ventilation_in_two_rows(population: Population) -> Iterator[Planted]:
    """Tell two amounts in two rows of one key: each says its own contributors."""
    for blocks in population.by_region:
        scenario = _pool(population.scenario, {(block.row, "employeur"): 1 for block in blocks})
        where = _of_region(population, blocks)
        yield (
            scenario,
            (
                "insert into int_usagers__diffusion select * replace (0 as montant_titulaire, "
                "-montant_employeur as montant_non_ventile, 6 as nb_titulaires) "
                f"from int_usagers__diffusion where {where}",
                "update int_usagers__diffusion set montant_employeur = 0, montant_non_ventile = "
                f"-montant_titulaire where montant_titulaire <> 0 and {where}",
            ),
        )


def _partly_in_common(population: Population) -> Iterator[Planted]:
    for block in population.blocks:
        for financer in ("titulaire", "employeur"):
            yield (
                population.scenario,
                (
                    "update int_usagers__communs set montant = montant - 1 "
                    f"where num_ligne = {block.row} and financeur = 'montant_{financer}'",
                ),
            )


def _employer_amount(population: Population, block: Block) -> int:
    return sum(
        paid.get("employeur", 0)
        for cell in block.cells
        for paid in population.persons(cell).values()
    )


def _ventilation_edit(population: Population, blocks: tuple[Block, ...], change: str) -> Planted:
    where = _of_region(population, blocks)
    return population.scenario, (f"update int_usagers__diffusion set {change} where {where}",)


def _of_region(population: Population, blocks: tuple[Block, ...]) -> str:
    region = population.region(blocks[0])
    return f"niveau_diffusion = {FIRST_STEP} and code_region_residence = '{region}'"


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
    "financeur_de_trop_peu_de_contributeurs": _few_contributors,
    "montant_domine": _dominated_amount,
    "ligne_dominee": _dominated_row,
    "reste_domine": _dominated_remainder,
    "reste_de_quelques_personnes": _remainder_of_a_few,
    "montant_seul_en_commun": _alone_in_common,
    "financeur_par_difference": _amount_by_difference,
    "ventilation_de_trop_peu_de_contributeurs": _told_again_of_a_few,
    "reste_d_une_ligne": _rest_of_a_row,
    "reste_d_un_groupe": _rest_of_a_group,
    "reste_de_tous": _rest_of_all,
    "montant_cache_dit": _hidden_amount_told,
    "montant_cache_ventile": _hidden_amount_told_again,
    "reste_de_ventilation_dit": _remainder_told,
    "dossiers_d_une_ventilation": _contributors_counted,
    "contributeurs_d_une_ventilation": _contributors_said,
    "ventilation_en_deux_lignes": _ventilation_in_two_rows,
    "montant_tu_en_partie": _partly_in_common,
}
