"""The joint check: two datasets about the same persons, whose totals anybody may subtract.

What one counts and the other does not: purchases whose person has not entered training yet, or
whose cohort the other does not publish yet.
"""

import duckdb

from orchestration import settings, warehouse
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Evidence, Finding
from orchestration.disclosure.gate.microdata import names_of


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
    return [
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
