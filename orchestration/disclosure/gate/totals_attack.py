"""The attack on exact totals: what follows from them, from the rows, and from the version before.

Every total is recounted from dossiers. What rows leave of a told one, and what hidden ones of a sum
are together, must be nobody's or enough persons'; no hidden one of few may follow from the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.microdata import open_evidence
from orchestration.disclosure.gate.outcomes import Finding, TableShare
from orchestration.disclosure.gate.totals_unknowns import (
    BoolArray,
    FloatArray,
    Unknowns,
    financers,
    links_of,
    read_figure,
    unknowns_of,
)
from orchestration.disclosure.tabular.bounds import tighten
from orchestration.disclosure.tabular.determined import determined_cells
from orchestration.published_rows import published_rows
from orchestration.totals_tables import NAMED_IN_PART, TotalsTable

# A hidden total may hold hidden totals, so many times.
_DEPTH = 6
# Whoever counts from the one dossier that each secret total shows hesitates between two numbers.
HESITATION = 1.0
FIGURES = ("dossiers", "montant", "heures")


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
            **{
                f"{table}_avant": follows and f"coffre.registre.{dataset.nom}__{table}"
                for table in ("comptes", "premiers", "totaux")
            },
            "mois_de_cohorte": dataset.cohort_months,
            "seuil": dataset.seuil,
        },
    )


def judge_totals(evidence: Evidence, tables: Sequence[TotalsTable]) -> TotalsJudgement:
    """Judge the totals of the file, and attack them."""
    seuil = evidence.names["seuil"]
    for table in ("actuels", "nouvelles", "membres"):
        evidence.make(table)
    for step in ("restants", "comptes_totaux", "periodes_totaux", "pluriels"):
        evidence.make(step, f"totaux/{step}")
    evidence.make("totaux_dits", "totaux/totaux_dits", lus="totaux_du_fichier")
    if evidence.names["suit"]:
        evidence.make("totaux_dits_avant", "totaux/totaux_dits", lus="totaux_precedents")
        evidence.make("mouvements_totaux", "totaux/mouvements_totaux")
    for step in ("sommes_totaux", "cellules_totaux"):
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
        findings += [
            evidence.judge(rule, text, folder="totaux")
            for rule, text in {
                "totaux_gardes": "Les totaux d'une période qui n'est pas redite sont ceux de la "
                "version d'avant",
                "totaux_redits": "Un total ne bouge que de la part de personne, ou d'au moins "
                f"{seuil} personnes",
            }.items()
        ]
    cells = evidence.columns("inconnues", folder="totaux", **most)
    links = links_of(evidence, tables)
    read = {figure: read_figure(cells, figure) for figure in FIGURES}
    kept = {f: np.asarray(cells[f"{f}_dits_avant"], dtype=bool) for f in FIGURES}
    systems = [
        unknowns_of(exposed, known | (exposed == 0), links, was_told=kept[figure])
        for figure, (exposed, known) in read.items()
    ]
    # Dossiers, for whoever sees that there is one in each secret cell.
    exposed, known = read["dossiers"]
    seen, untold = (np.asarray(cells[name], dtype=np.float64) for name in ("au_moins", "non_dits"))
    counted = np.where(seen > 0, untold, exposed)
    systems.append(
        unknowns_of(counted, known | (counted == 0), links, seen, was_told=kept["dossiers"])
    )
    systems.append(financers(evidence, cells, links))
    findings += _attack(evidence, systems, seuil)
    if evidence.names["suit"]:
        told = links_of(evidence, [table for table in tables if not table.waits])
        changes = [read_figure(cells, f"{figure}_change") for figure in FIGURES]
        findings.append(
            _attack_changes(
                [unknowns_of(exposed, known | (exposed == 0), told) for exposed, known in changes],
                seuil,
            )
        )
    plain = unknowns_of(exposed, known | (exposed == 0) | (exposed >= seuil), links)
    shares = evidence.rows("parts_par_tableau", folder="totaux")
    return TotalsJudgement(
        tuple(findings),
        tuple(TableShare(**share) for share in shares),
        int(_determined(plain, seuil).sum()) if plain.exposes.size else 0,
    )


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
            sum(int(few_together(unknowns, seuil).sum()) for unknowns in systems),
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
                int((some & _is_narrow(unknowns, width)).sum())
                for some, unknowns in zip(few, systems, strict=True)
            ),
        ),
    ]


def _attack_changes(systems: Sequence[Unknowns], seuil: int) -> Finding:
    """What the same attack must not find in what changed of totals since they were told before."""
    return Finding(
        "changements_caches",
        "Ce qui change dans les totaux cachés d'une somme n'est à personne, ou est à au moins "
        f"{seuil} personnes",
        sum(unknowns.equations.shape[0] + len(unknowns.exposes) for unknowns in systems),
        sum(
            # (what cancels out in a sum that is nobody's tells of nobody)
            int((few & ~unknowns.is_empty).sum()) + int(_determined(unknowns, seuil).sum())
            for unknowns in systems
            for few in [few_together(unknowns, seuil)]
        ),
    )


def few_together(unknowns: Unknowns, seuil: int) -> BoolArray:
    """Say of each sum (m) whether what it hides is known, and that of too few persons.

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
    together = np.bincount(rows, worth[parts], m)
    few = unknowns.has_known_total & (together > 0) & (together < seuil)
    # A total that is kept is known as it was: what changed since, of parts that are told for the
    # first time, is hidden with those that are not.
    changed = np.where(unknowns.was_told, unknowns.exposes, 0)
    hidden = np.bincount(rows, np.where(unknowns.was_told, 0, worth)[parts], m)
    kept = np.bincount(total_rows, changed[totals], m)
    since = kept - np.bincount(rows, changed[parts], m)
    # Whoever joined and is hidden is on both sides, and is not told.
    together = np.abs(hidden - np.maximum(since, 0))
    return np.asarray(few | ((kept > 0) & unknowns.is_beside_new & (together < seuil)))


def _determined(unknowns: Unknowns, seuil: int) -> BoolArray:
    return np.asarray(determined_cells(unknowns.equations) & _few(unknowns, seuil))


def _few(unknowns: Unknowns, seuil: int) -> BoolArray:
    """Say which hidden cells are somebody's, and of too few."""
    return np.asarray((unknowns.exposes > 0) & (unknowns.exposes < seuil))


def _is_narrow(unknowns: Unknowns, width: float) -> BoolArray:
    """Say which hidden cells have too narrow an interval: ``width``, or less where it is counted
    from what each cell shows of itself.
    """
    least = HESITATION if unknowns.at_least.any() else width
    return np.asarray(_width(unknowns) < least)


def _width(unknowns: Unknowns) -> FloatArray:
    """Width of the interval of each hidden cell, from equation to equation."""
    size = len(unknowns.exposes)
    rhs = np.asarray(unknowns.equations @ unknowns.exposes)
    low, high = tighten(unknowns.equations, rhs, unknowns.at_least, np.full(size, np.inf))
    return high - low
