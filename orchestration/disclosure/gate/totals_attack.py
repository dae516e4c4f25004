"""The attack on exact totals: what follows from them, from the rows, and from the version before.

Every total is recounted from dossiers. What rows leave of a told one, and what hidden ones of a sum
are together, must be nobody's or enough persons'; no hidden one of few may follow from the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.datasets import NAMED_IN_PART, Dataset, TotalsTable
from orchestration.disclosure.gate.findings import Evidence, Finding
from orchestration.disclosure.gate.microdata import open_evidence
from orchestration.disclosure.tabular.bounds import tighten
from orchestration.disclosure.tabular.determined import determined_cells
from orchestration.published_rows import published_rows

# A hidden total may hold hidden totals, so many times.
_DEPTH = 6
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
# Ranks of totals, and of their parts.
Link = tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]
FIGURES = ("dossiers", "montant", "heures")


@dataclass(frozen=True)
class TableShare:
    """A table of totals: its cells, and of them the ``secretes``, which hold these shares of its
    dossiers and euros; the share of its cells that say an older value.
    """

    tableau: str
    cellules: int
    secretes: int
    part_dossiers: float
    part_euros: float
    part_anciens: float


@dataclass(frozen=True)
class Unknowns:
    """What the file does not tell: ``exposes`` persons behind each cell, and the sums that hold
    them (``equations``, m × n: −1 at a total that is hidden too).
    """

    exposes: FloatArray
    equations: sparse.csr_matrix
    has_known_total: BoolArray


@dataclass(frozen=True)
class TotalsJudgement:
    """What every rule found, the tables, and what the same attack gives without protection."""

    findings: tuple[Finding, ...]
    tables: tuple[TableShare, ...]
    unprotected: int


def open_totals(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    file: str,
    rows_file: str,
    previous: tuple[Path, Path] | None = None,
) -> Evidence:
    """Return the evidence of totals whose rows the relation ``file`` (SQL) holds.

    ``dataset``: the one that they are of, whose rows ``rows_file`` holds; ``previous``: the files
    of its rows and of its totals in the version that they follow.
    """
    connection.execute(f"create or replace temp view totaux_du_fichier as select * from {file}")
    connection.execute(f"create or replace temp view fichier as select * from {rows_file}")
    evidence = open_evidence(connection, dataset, previous[0] if previous else None)
    follows = previous is not None and previous[1].exists() and bool(evidence.names["suivis_avant"])
    if previous and follows:
        connection.execute(
            "create or replace temp view totaux_precedents as "
            f"select * from {published_rows(connection, previous[1])}"
        )
    drawn = {
        column: source
        for column, source in dataset.drawn.items()
        if any(column in table.dimensions for table in dataset.tables)
    }
    first = set(dataset.plan[0])
    return Evidence(
        connection,
        {
            **evidence.names,
            "tableaux": dataset.tables,
            "tirees": list(drawn),
            "en_partie": {name: of for name, of in NAMED_IN_PART.items() if name in drawn},
            "attendues": [*first, *(column for column, source in drawn.items() if source in first)],
            "suit": follows,
            "comptes_avant": follows and f"coffre.registre.{dataset.nom}__comptes",
            "seuil": dataset.seuil,
        },
    )


def judge_totals(evidence: Evidence, tables: Sequence[TotalsTable]) -> TotalsJudgement:
    """Judge the totals of the file, and attack them."""
    seuil = evidence.names["seuil"]
    for table in ("actuels", "nouvelles", "membres"):
        evidence.make(table)
    for step in ("restants", "comptes_totaux", "sommes_totaux", "pluriels", "cellules_totaux"):
        evidence.make(step, f"totaux/{step}")
    most = {"au_plus": evidence.value("plus_de_dossiers", folder="totaux")}
    financed = [t for t in tables if t.tells_financers]
    dims = list(dict.fromkeys(column for table in financed for column in table.dimensions))
    evidence.make("financements_totaux", "totaux/financements_totaux", finances=financed, dims=dims)
    evidence.make("personnes_totaux", "totaux/personnes_totaux", **most)
    evidence.make("exposes_totaux", "totaux/exposes_totaux", lues="personnes_totaux")
    findings = [
        evidence.judge(rule, text, folder="totaux")
        for rule, text in {
            "totaux_exacts": "Un total dit est celui du coffre, ou celui de la version d'avant",
            "tableaux_complets": "Chaque tableau compte tous les dossiers, cellule par cellule",
            "totaux_en_attente": "Une période provisoire ne dit que ce que dit un autre tableau",
            "restes_des_totaux": "Ce que les lignes laissent d'un total dit n'est à personne, ou "
            f"est à au moins {seuil} personnes",
            "financeurs_exacts": "Un montant dit par financeur est celui du coffre, et tous font "
            "ce qui est engagé",
            "restes_des_financeurs": "Ce que les lignes laissent d'un montant dit par financeur "
            f"n'est à personne, ou est à au moins {seuil} personnes",
        }.items()
    ]
    if evidence.names["suit"]:
        evidence.make("evolutions_personnes", "totaux/evolutions_totaux")
        evidence.make("evolutions", "totaux/exposes_totaux", lues="evolutions_personnes")
        findings.append(
            evidence.judge(
                "totaux_redits",
                f"Un total ne bouge que de la part de personne, ou d'au moins {seuil} personnes",
                folder="totaux",
            )
        )
    cells = evidence.columns("inconnues", folder="totaux", **most)
    links = _links(evidence, tables)
    read = {figure: _read(cells, figure) for figure in FIGURES}
    systems = [
        _unknowns(exposed, known | (exposed == 0), links) for exposed, known in read.values()
    ]
    systems.append(_financers(evidence, cells, links))
    findings += _attack(evidence, systems, seuil)
    exposed, known = read["dossiers"]
    plain = _unknowns(exposed, known | (exposed == 0) | (exposed >= seuil), links)
    shares = evidence.rows("parts_par_tableau", folder="totaux")
    return TotalsJudgement(
        tuple(findings),
        tuple(TableShare(**share) for share in shares),
        int(_determined(plain, seuil).sum()) if plain.exposes.size else 0,
    )


def _read(
    cells: Mapping[str, npt.NDArray[np.generic]], figure: str
) -> tuple[FloatArray, BoolArray]:
    """Persons whom telling a figure of each cell would expose, and whether the file tells it."""
    return (
        np.asarray(cells[f"{figure}_exposes"], dtype=np.float64),
        np.asarray(cells[f"{figure}_connus"], dtype=bool),
    )


def _financers(
    evidence: Evidence, cells: Mapping[str, npt.NDArray[np.generic]], links: Sequence[Link]
) -> Unknowns:
    """Amounts by financer that the file does not tell: each adds up from table to table, and all
    of a cell make what it engages.
    """
    found = evidence.columns("financeurs_inconnus", folder="totaux")
    names = [*evidence.names["parts"], "montant_titulaire"]
    size, engaged = len(cells["numero"]), len(names)
    # By figure, then by cell; last, what each cell engages.
    exposed = np.zeros((engaged + 1, size))
    known = np.ones((engaged + 1, size), dtype=bool)
    is_financed = np.zeros(size, dtype=bool)
    for rank, name in enumerate(names):
        rows = found["chiffre"] == name
        numbers = np.asarray(found["numero"][rows], dtype=int) - 1
        exposed[rank, numbers] = found["exposes"][rows]
        known[rank, numbers] = found["est_connu"][rows]
        is_financed[numbers] = True
    exposed[engaged] = exposed[: engaged - 1].sum(axis=0)
    known[engaged] = _read(cells, "montant")[1]
    inside = np.flatnonzero(is_financed)
    financed = [(t[both], p[both]) for t, p in links for both in [is_financed[t] & is_financed[p]]]
    blocks = [(t + rank * size, p + rank * size) for t, p in financed for rank in range(engaged)]
    blocks.append(
        (
            np.tile(inside, engaged - 1) + engaged * size,
            np.concatenate([inside + rank * size for rank in range(engaged - 1)]),
        )
    )
    return _unknowns(exposed.ravel(), known.ravel(), blocks)


def _attack(evidence: Evidence, systems: Sequence[Unknowns], seuil: int) -> list[Finding]:
    """What the attack must not find in any of the systems."""
    width = float(min(evidence.names["largeur"], seuil - 1))
    few = [_few(unknowns, seuil) for unknowns in systems]
    return [
        Finding(
            "sommes_cachees",
            "Ce que les totaux cachés d'une somme sont ensemble n'est à personne, ou est à au "
            f"moins {seuil} personnes",
            sum(unknowns.equations.shape[0] for unknowns in systems),
            sum(int(_is_few_together(unknowns, seuil).sum()) for unknowns in systems),
        ),
        Finding(
            "totaux_determines",
            "Aucun total caché de trop peu de personnes ne se déduit des autres",
            sum(len(unknowns.exposes) for unknowns in systems),
            sum(int(_determined(unknowns, seuil).sum()) for unknowns in systems),
        ),
        Finding(
            "intervalles_des_totaux",
            "Qui connaît les sommes hésite assez sur chaque total caché de trop peu de personnes",
            sum(int(some.sum()) for some in few),
            sum(
                int((some & (_width(unknowns) < width)).sum())
                for some, unknowns in zip(few, systems, strict=True)
            ),
        ),
    ]


def _links(evidence: Evidence, tables: Sequence[TotalsTable]) -> list[Link]:
    """Totals and their parts, by pair of tables: ranks of cells."""
    links = []
    for total, parts in permutations(tables, 2):
        if not parts.divides(total) or any(other.between(total, parts) for other in tables):
            continue
        found = evidence.columns("liens_totaux", folder="totaux", total=total, parts=parts)
        links.append((np.asarray(found["total"]) - 1, np.asarray(found["part"]) - 1))
    return links


def _unknowns(
    exposed: FloatArray,
    known: BoolArray,
    links: Sequence[Link],
) -> Unknowns:
    hidden = np.flatnonzero(~known)
    rank = np.full(len(exposed), -1)
    rank[hidden] = np.arange(len(hidden))
    blocks, totals_known = [], []
    for totals, parts in links:
        numbers, row = np.unique(totals, return_inverse=True)
        cells = np.concatenate([rank[parts], rank[numbers]])
        rows = np.concatenate([row, np.arange(len(numbers))])
        signs = np.concatenate([np.ones(len(parts)), -np.ones(len(numbers))])
        kept = cells >= 0
        block = sparse.csr_matrix(
            (signs[kept], (rows[kept], cells[kept])), shape=(len(numbers), len(hidden))
        )
        some = np.diff(block.indptr) > 0
        blocks.append(block[some])
        totals_known.append((rank[numbers] < 0)[some])
    return Unknowns(
        exposed[hidden],
        sparse.vstack(blocks, format="csr")
        if blocks
        else sparse.csr_matrix((0, len(hidden)), dtype=float),
        np.concatenate(totals_known) if totals_known else np.zeros(0, dtype=bool),
    )


def _is_few_together(unknowns: Unknowns, seuil: int) -> BoolArray:
    """Say of each sum whose total is known whether its hidden cells are those of too few persons.

    A hidden total is worth no more than its own hidden parts: what is told of these is known.
    """
    worth = unknowns.exposes.copy()
    entries = unknowns.equations.tocoo()
    is_part = entries.data > 0
    rows, parts = entries.row[is_part], entries.col[is_part]
    total_rows, totals = entries.row[~is_part], entries.col[~is_part]
    m = unknowns.equations.shape[0]
    for _ in range(_DEPTH):
        sums = np.bincount(rows, worth[parts], m)
        np.minimum.at(worth, totals, sums[total_rows])
    together = np.bincount(rows, worth[parts], m)[unknowns.has_known_total]
    return np.asarray((together > 0) & (together < seuil))


def _determined(unknowns: Unknowns, seuil: int) -> BoolArray:
    return np.asarray(determined_cells(unknowns.equations) & _few(unknowns, seuil))


def _few(unknowns: Unknowns, seuil: int) -> BoolArray:
    """Say which hidden cells are somebody's, and of too few."""
    return np.asarray((unknowns.exposes > 0) & (unknowns.exposes < seuil))


def _width(unknowns: Unknowns) -> FloatArray:
    """Width of the interval of each hidden cell, from equation to equation."""
    size = len(unknowns.exposes)
    rhs = np.asarray(unknowns.equations @ unknowns.exposes)
    low, high = tighten(unknowns.equations, rhs, np.zeros(size), np.full(size, np.inf))
    return high - low
