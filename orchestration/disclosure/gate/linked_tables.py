"""The joint check: two datasets about the same persons, whose totals anybody may subtract.

What one counts and the other does not: purchases whose person has not entered training yet.
"""

import duckdb

from orchestration import settings, warehouse
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Evidence, Finding
from orchestration.disclosure.gate.microdata import VAULT_SCHEMA, population


def check_joint_disclosure(large: Dataset, narrow: Dataset) -> list[Finding]:
    """Judge what ``large`` minus ``narrow`` tells, by the stricter threshold of both.

    The marts are read, which one build makes together, and not the candidates: the gate of one
    dataset must not wait for that of the other. Where one is missing there is nothing to subtract.
    """
    if not settings.vault_path().exists():
        return []
    with warehouse.vault(read_only=True) as connection:
        return subtract_totals(connection, large, narrow)


def subtract_totals(
    connection: duckdb.DuckDBPyConnection, large: Dataset, narrow: Dataset
) -> list[Finding]:
    """Judge the difference on a connection to the vault."""
    seuil = max(dataset.seuil or 0 for dataset in (large, narrow))
    tables = {"dossiers": f"{VAULT_SCHEMA}.int_dossiers__courants"}
    evidence = Evidence(connection, {"seuil": seuil, "tables": tables})
    names = {large.nom, narrow.nom}
    if evidence.value("tables_de_l_entrepot", jeux=sorted(names)) < len(names):
        return []
    evidence.make("ecartes", large=population(large), etroit=population(narrow))
    amounts = [c.nom for c in narrow.colonnes if c.nom.startswith("montant_")]
    shared = [
        name
        for name in amounts
        if all(_gives_total(evidence, name, dataset) for dataset in (large, narrow))
    ]
    hidden = [name for name in amounts if name not in shared]
    return [
        evidence.judge(
            "personnes_de_l_ecart",
            f"L'écart entre les deux jeux compte 0 ou au moins {seuil} personnes",
        ),
        evidence.judge(
            "montants_de_l_ecart",
            "L'écart entre leurs totaux d'un même montant a 0 ou au moins "
            f"{seuil} contributeurs, et leurs restes aussi",
            montants_dits=shared,
            montants_tus=hidden if "montant_engage" in shared else [],
        ),
    ]


def _gives_total(evidence: Evidence, montant: str, dataset: Dataset) -> bool:
    return bool(
        evidence.value(
            "donne_le_total", montant=montant, jeu=dataset.nom, population=population(dataset)
        )
    )
