"""The joint check: two datasets about the same persons, whose totals anybody may subtract.

What one counts and the other does not: purchases whose person has not entered training yet, or
whose cohort the other does not publish yet.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, combinations
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from orchestration import settings, warehouse
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.microdata import names_of
from orchestration.disclosure.gate.outcomes import Finding

FloatArray = npt.NDArray[np.float64]


def check_joint_disclosure(large: Dataset, narrow: Dataset) -> list[Finding]:
    """Judge what ``large`` minus ``narrow`` tells, by the stricter threshold of both.

    The marts are read, which one build makes together, and not the candidates: the gate of one
    dataset must not wait for that of the other. Where one is missing there is nothing to subtract.
    """
    if not settings.vault_path().exists():
        return []
    with warehouse.vault(read_only=True) as connection:
        return [
            *subtract_totals(connection, large, narrow),
            *subtract_years(connection, large, narrow),
        ]


def subtract_totals(
    connection: duckdb.DuckDBPyConnection, large: Dataset, narrow: Dataset
) -> list[Finding]:
    """Judge the difference on a connection to the vault."""
    seuil = max(dataset.seuil or 0 for dataset in (large, narrow))
    names = {large.nom, narrow.nom}
    evidence = Evidence(connection, {"seuil": seuil})
    if evidence.value("marts_construits", jeux=sorted(names)) < len(names):
        return []
    for side, dataset in (("large", large), ("etroit", narrow)):
        evidence.make(f"comptes_{side}", "tables/comptes", **names_of(dataset, connection))
    evidence.make("ecartes", **names_of(narrow, connection))
    amounts = [c.nom for c in narrow.colonnes if c.nom.startswith("montant_")]
    told = [
        name
        for name in amounts
        if all(
            evidence.value("donne_le_total", montant=name, jeu=dataset.nom)
            for dataset in (large, narrow)
        )
    ]
    alike = (
        [
            evidence.judge(
                "personnes_de_l_ecart_par_periode",
                "L'écart entre les deux jeux, dans chaque période, compte 0 ou au moins "
                f"{seuil} personnes",
                tables=names_of(narrow, connection)["tables"],
            )
        ]
        if narrow.counters and large.cohort_months == narrow.cohort_months
        else []
    )
    return [
        *alike,
        evidence.judge(
            "personnes_de_l_ecart",
            f"L'écart entre les deux jeux compte 0 ou au moins {seuil} personnes",
        ),
        evidence.judge(
            "montants_de_l_ecart",
            f"L'écart entre leurs totaux d'un même montant a 0 ou au moins {seuil} contributeurs",
            montants_dits=told,
        ),
    ]


def subtract_years(
    connection: duckdb.DuckDBPyConnection, large: Dataset, narrow: Dataset
) -> list[Finding]:
    """Judge what each financer paid in some years by one dataset, less the same by the other: what
    was bought in these years and not entered. So is what both tell of no financer.
    """
    seuil = max(dataset.seuil or 0 for dataset in (large, narrow))
    names = names_of(narrow, connection)
    evidence = Evidence(connection, names)
    marts = sorted(f"{dataset.nom}_totaux" for dataset in (large, narrow))
    if evidence.value("marts_construits", jeux=marts) < len(marts):
        return []
    *financers, remainder = names["parts"]
    figures = [*financers, *names["montants"][:2]]
    rows = evidence.rows("annees_financees", folder="totaux", jeux=marts, dits=figures)
    years = [row["annee"] for row in rows]
    judged: list[bool] = []
    if years:
        found = evidence.columns(
            "ecarts_par_annee", folder="totaux", annees=years, dits=[*figures, remainder]
        )
        hidden = {(name, row["annee"]) for row in rows for name in figures if row[f"tait_{name}"]}
        hidden |= {(remainder, year) for year in years}
        for name in figures:
            told = [year for year in years if (name, year) not in hidden]
            judged += _few_of_any(
                _by_person(found, found["chiffre"] == name, told), told, seuil, names
            )
        together = np.zeros(len(found["annee"]), dtype=bool)
        for name, year in hidden:
            if name in {*financers, remainder}:
                together |= (found["chiffre"] == name) & (found["annee"] == year)
        judged += _few_of_any(_by_person(found, together, years), years, seuil, names)
    return [
        Finding(
            "financeurs_de_l_ecart",
            "Ce qu'un financeur paie dans des années selon un jeu et non selon l'autre est de 0 ou "
            f"d'au moins {seuil} personnes",
            len(judged),
            sum(judged),
        )
    ]


def _by_person(
    found: Mapping[str, npt.NDArray[np.generic]],
    which: npt.NDArray[np.bool_],
    years: Sequence[int],
) -> FloatArray:
    """Return the sums of persons (rows) by year (columns)."""
    kept = which & np.isin(found["annee"], years)
    persons, rows = np.unique(found["personne"][kept], return_inverse=True)
    sums = np.zeros((len(persons), len(years)))
    np.add.at(sums, (rows, np.searchsorted(years, found["annee"][kept])), found["montant"][kept])
    return sums


def _few_of_any(
    sums: FloatArray, years: Sequence[int], seuil: int, names: Mapping[str, Any]
) -> list[bool]:
    """Say of every choice of years whether too few persons have a part of their sum."""
    ranks = range(len(years))
    chosen = chain.from_iterable(combinations(ranks, size + 1) for size in ranks)
    judged = []
    for columns in chosen:
        parts = np.abs(sums[:, columns].sum(axis=1))
        count = np.count_nonzero(parts)
        dominant = count and parts.max() >= names["dominance"] * parts.sum()
        judged.append(bool(count and (count < seuil or dominant)))
    return judged
