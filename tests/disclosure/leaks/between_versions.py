"""Leaks that only two successive versions show: what leaves the rows of one, and what enters."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import duckdb

from tests.factories.safe_partition import THRESHOLD, Population
from tests.factories.small_datasets import USERS
from tests.factories.small_vault import (
    AMOUNTS,
    DIMENSIONS,
    Cell,
    Part,
    Scenario,
    create_file,
    fill,
    part,
)

FEW = THRESHOLD - 1
LAST_LEVEL = len(DIMENSIONS) + 1
MEASURES = ("nb_dossiers", "nb_dossiers_avec_duree", "heures", *AMOUNTS)


@dataclass(frozen=True)
class Revision:
    """A version that follows another: the dossiers that leave their row, and the cells that enter
    (those of a dossier that has changed are in both). ``base`` tells every amount. ``late``: what
    enters is of a period published for good, and is not followed further.
    """

    kind: str
    base: Scenario
    leaving: frozenset[str] = frozenset()
    entering: Scenario = field(default_factory=lambda: Scenario([], [], {}, threshold=THRESHOLD))
    late: bool = False


@contextmanager
def vault_of(revision: Revision) -> Iterator[duckdb.DuckDBPyConnection]:
    """Publish the base, then make the vault of the version that follows it."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("attach ':memory:' as coffre")
        fill(connection, revision.base)
        _register(connection)
        fill(connection, revision.entering)
        _follow(connection, revision)
        create_file(connection)
        yield connection


def _register(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep what the version shows, as the registry does."""
    kept = {
        "lignes": "from int_usagers__diffusion",
        "lots": "select num_ligne as num_lot, num_ligne, null as communs "
        "from int_usagers__partition",
        "ouverts": "select dossiers.*, membres.num_lot from int_dossiers__courants as dossiers "
        "inner join int_usagers__cellules as cellules using (code_departement_residence) "
        "inner join coffre.nomenclatures.statuts using (statut_dossier) "
        "inner join (select num_ligne as num_lot, unnest(numeros) as numero "
        "from int_usagers__partition) as membres on membres.numero = cellules.numeros[1] "
        "where cellules.csp = dossiers.code_csp and cellules.statut = statuts.statut_usager",
    }
    for table, query in kept.items():
        connection.execute(f"create table coffre.registre.{table} as {query}")
        connection.execute(
            f"create view coffre.registre.{USERS}__{table} as from coffre.registre.{table}"
        )


def _follow(connection: duckdb.DuckDBPyConnection, revision: Revision) -> None:
    """Take off what leaves, add what enters: the rows of the version that follows."""
    names = ", ".join(f"'dossier {name}'" for name in sorted(revision.leaving)) or "''"
    registre, membres = "coffre.registre.ouverts", "int_usagers__partition"
    last = "(select max(num_ligne) from coffre.registre.lignes)"
    key = ", ".join(["niveau_diffusion", *DIMENSIONS])
    gone = ", ".join(f"-sum({name}) as {name}" for name in AMOUNTS)
    sums = ", ".join(f"sum({name}) as {name}" for name in MEASURES)
    statements = {
        "entrants": "select * from int_dossiers__courants",
        "sortants": f"select *, num_lot as num_ligne from {registre} where id_dossier in ({names})",
        "restants": f"select * from {registre} where id_dossier not in ({names})",
        "nouvelle": f"select {key}, {sums}, sum(nb_titulaires)::bigint as nb_titulaires, "
        f"coalesce(max(num_ligne), {last} + row_number() over (order by {key}))::integer "
        "as num_ligne from ("
        "from coffre.registre.lignes union all by name "
        "select * exclude (num_ligne) from int_usagers__diffusion union all by name "
        f"select {', '.join(f'lignes.{name}' for name in ('niveau_diffusion', *DIMENSIONS))}, "
        "departs.* exclude (num_ligne) from (select num_ligne, -count(*) as nb_dossiers, "
        "-count(*) as nb_dossiers_avec_duree, -sum(nombre_heures_h) as heures, "
        f"{gone}, -count(distinct titulaire) filter (where titulaire not in (select titulaire "
        "from int_usagers__restants as restants where restants.num_lot = sortants.num_ligne)) "
        "as nb_titulaires from int_usagers__sortants as sortants group by num_ligne) as departs "
        "inner join coffre.registre.lignes as lignes using (num_ligne)) "
        f"group by {key} having sum(nb_dossiers) > 0",
        "lots": f"from coffre.registre.lots union all select lignes.num_ligne + {last} as num_lot, "
        f"nouvelle.num_ligne, null as communs from {membres} as lignes "
        f"inner join int_usagers__nouvelle as nouvelle using ({key})",
        "ouverts": "from int_usagers__restants union all by name select entrants.*, "
        f"membres.num_ligne + {last} as num_lot from int_usagers__entrants as entrants "
        "inner join int_usagers__cellules as cellules using (code_departement_residence) "
        "inner join coffre.nomenclatures.statuts using (statut_dossier) "
        f"inner join (select num_ligne, unnest(numeros) as numero from {membres}) as membres "
        "on membres.numero = cellules.numeros[1] and cellules.csp = entrants.code_csp "
        f"and cellules.statut = statuts.statut_usager where not {revision.late}",
        "clos": f"select id_dossier from int_usagers__entrants where {revision.late}",
    }
    for table, query in statements.items():
        connection.execute(f"create or replace table int_usagers__{table} as {query}")
    connection.execute(
        "create or replace table int_usagers__diffusion as from int_usagers__nouvelle"
    )
    connection.execute(
        "insert into int_dossiers__courants by name "
        "select * exclude (num_lot) from int_usagers__restants"
    )


def sound_revisions(population: Population) -> Iterator[Revision]:
    """Revise rows by k persons or more, for good: nothing of it tells of fewer."""
    base = _base(population)
    yield Revision("rien", base)
    for rank, (_, cell) in enumerate(population.alone):
        names = list(base.cells[cell][3])[:THRESHOLD]
        yield Revision("départ", base, frozenset(names))
        yield Revision("arrivée", base, entering=_lot(base, cell, 1, THRESHOLD + rank))
        yield Revision("échange", base, frozenset(names), _lot(base, cell, 1, THRESHOLD))


def revisions(population: Population) -> Iterator[Revision]:
    """Plant each kind of leak of two versions everywhere in a population."""
    for kind, plant in KINDS.items():
        for revision in plant(population, _base(population)):
            yield replace(revision, kind=kind)


def _base(population: Population) -> Scenario:
    """Return the population, all amounts told, and more persons in each cell that is a row, for k
    of them may leave. One of these rows is of the last level.
    """
    scenario = replace(population.scenario, pooled={})
    for cell, (*_, persons) in enumerate(scenario.cells):
        paid = {name: part(amounts["titulaire"]) for name, amounts in persons.items()}
        if (1, [cell]) in scenario.lignes:
            paid |= {f"de plus {cell} {rank}": part() for rank in range(2 * THRESHOLD)}
        scenario = scenario.with_cell(cell, paid)
    lignes = list(scenario.lignes)
    last = max(rank for rank, (level, _) in enumerate(lignes) if level == 1)
    lignes[last] = (LAST_LEVEL, lignes[last][1])
    return replace(scenario, lignes=lignes)


def _lot(base: Scenario, cell: int, level: int, count: int, **amounts: int) -> Scenario:
    persons = {f"entre {cell} {rank}": part(**amounts) for rank in range(count)}
    return _lots(base, [(level, [(cell, persons)])])


def _lots(base: Scenario, rows: list[tuple[int, list[tuple[int, dict[str, Part]]]]]) -> Scenario:
    """Return entering rows: the level of each, and who enters in each of its cells."""
    cells: list[Cell] = []
    lignes = []
    for level, members in rows:
        lignes.append((level, [len(cells) + rank for rank in range(len(members))]))
        cells += [(*base.cells[cell][:3], persons) for cell, persons in members]
    return Scenario(cells, lignes, {}, threshold=THRESHOLD)


def _single_rows(base: Scenario) -> list[int]:
    return [cells[0] for level, cells in base.lignes if level == 1]


def _redrawn_blocks(population: Population, base: Scenario) -> Iterator[Revision]:
    """Exchange a small cell of a block for a sibling published until then."""
    for block in population.blocks:
        department = base.cells[block.cells[0]][0]
        neighbour = next(c for c in _single_rows(base) if base.cells[c][0] == department)
        for cell in block.small:
            moved = base.cells[cell][3]
            taken = base.cells[neighbour][3]
            company = {f"entre {cell} {rank}": part() for rank in range(THRESHOLD)}
            entering = _lots(
                base, [(2, [(neighbour, taken)]), (3, [(cell, moved), (neighbour, company)])]
            )
            yield Revision("", base, frozenset(moved) | frozenset(taken), entering)


def _few_leave(_: Population, base: Scenario) -> Iterator[Revision]:
    for count in range(1, THRESHOLD):
        for cell in _single_rows(base):
            yield Revision("", base, frozenset(list(base.cells[cell][3])[:count]))


def _few_enter(_: Population, base: Scenario) -> Iterator[Revision]:
    """Let few persons join a row, alone or while so many leave it that their number is not seen."""
    for count in range(1, THRESHOLD):
        for cell in _single_rows(base):
            leaving = frozenset(list(base.cells[cell][3])[: count + THRESHOLD])
            yield Revision("", base, entering=_lot(base, cell, 1, count))
            yield Revision("", base, leaving, _lot(base, cell, 1, count))


def _few_replaced(_: Population, base: Scenario) -> Iterator[Revision]:
    """Let as many enter as leave: counts do not move, amounts do."""
    for count in range(1, THRESHOLD):
        for cell in _single_rows(base):
            leaving = frozenset(list(base.cells[cell][3])[:count])
            yield Revision("", base, leaving, _lot(base, cell, 1, count, titulaire=150))


def _few_for_good(_: Population, base: Scenario) -> Iterator[Revision]:
    """Let k persons leave a row, of whom all but a few have another dossier that stays."""
    for count in range(1, THRESHOLD):
        for cell in _single_rows(base):
            persons = base.cells[cell][3]
            leaving = list(persons)[:THRESHOLD]
            twice = {f"{name}#2": part() for name in leaving[count:]}
            again = base.with_cell(cell, {**persons, **twice})
            yield Revision("", again, frozenset(leaving))


def _few_contributors_leave(_: Population, base: Scenario) -> Iterator[Revision]:
    """Let k persons leave a row, of whom few had an amount that it tells."""
    for count in range(1, THRESHOLD):
        for cell in _single_rows(base):
            persons = dict(base.cells[cell][3])
            names = list(persons)
            for name in names[THRESHOLD - count : 2 * THRESHOLD]:
                persons[name] = part(100, opco=40)
            financed = base.with_cell(cell, persons)
            yield Revision("", financed, frozenset(names[:THRESHOLD]))


def _few_at_the_last_level(_: Population, base: Scenario) -> Iterator[Revision]:
    """Let few persons join the last level, whose count may change by few."""
    cell = _last_row(base)
    for count in range(1, THRESHOLD):
        yield Revision("", base, entering=_lot(base, cell, LAST_LEVEL, count))


def _few_come_late(_: Population, base: Scenario) -> Iterator[Revision]:
    """The same in two cells of two years, by dossiers that cost nothing and are not followed
    further: a lot that shows nothing but its persons.
    """
    cell = _last_row(base)
    for other in _single_rows(base):
        for sizes in ((1, 3), (2, 2), (3, 1)):
            cells = [
                (chosen, {f"entre {chosen} {rank}": part(0) for rank in range(size)})
                for chosen, size in zip((cell, other), sizes, strict=True)
            ]
            lot = replace(_lots(base, [(LAST_LEVEL, cells)]), years={1: 2024})
            yield Revision("", base, entering=lot, late=True)


def _last_row(base: Scenario) -> int:
    return next(cells[0] for level, cells in base.lignes if level == LAST_LEVEL)


KINDS: dict[str, Callable[[Population, Scenario], Iterator[Revision]]] = {
    "blocs_redessines_apres_revision": _redrawn_blocks,
    "revision_de_trop_peu_de_personnes": _few_leave,
    "arrivee_de_trop_peu_de_personnes": _few_enter,
    "remplacement_de_trop_peu_de_personnes": _few_replaced,
    "revision_par_difference": _few_for_good,
    "depart_de_trop_peu_de_contributeurs": _few_contributors_leave,
    "lot_de_trop_peu_de_personnes": _few_at_the_last_level,
    "lot_tardif_de_trop_peu_de_personnes": _few_come_late,
}
