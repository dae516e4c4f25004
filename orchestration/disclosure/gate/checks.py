"""The gate of the secret: a candidate goes in, a disclosure report comes out.

Belongs here: putting the checks together, on the vault and on the candidate's own files. Does not:
Dagster, nor what each check does. Everything is recounted from dossiers, not from the models.
"""

import datetime as dt
import time
from collections.abc import Sequence

from orchestration import warehouse
from orchestration.candidates.candidate import Candidate
from orchestration.datasets import Dataset, variables
from orchestration.disclosure.gate import (
    amounts_by_financer,
    consistency,
    interval_attack,
    linear_attack,
    row_rules,
    utility,
)
from orchestration.disclosure.gate.baseline import prove
from orchestration.disclosure.gate.disclosure_page import write_report
from orchestration.disclosure.gate.disclosure_report import DisclosureReport, Rules
from orchestration.disclosure.gate.findings import Finding
from orchestration.disclosure.gate.interval_attack import Widths
from orchestration.disclosure.gate.linear_attack import Attack
from orchestration.disclosure.gate.linked_tables import check_joint_disclosure
from orchestration.disclosure.gate.microdata import is_first_version, link_dossiers


def check_disclosure(
    jeu: Dataset, candidate: Candidate, dataset_pairs: Sequence[tuple[Dataset, Dataset]] = ()
) -> DisclosureReport:
    """Attack what ``dataset`` is about to publish, and write the report beside the candidate.

    ``deviations``: pairs of datasets, ``dataset`` in each, whose totals may be subtracted.
    """
    start = time.monotonic()
    subtracted = [finding for pair in dataset_pairs for finding in check_joint_disclosure(*pair)]
    rules = _rules(jeu)
    parquet = candidate.path("parquet")
    with warehouse.vault(read_only=True) as connection:
        first = is_first_version(connection, jeu)
        link_dossiers(connection, jeu)
        found = [
            *row_rules.recount(connection, jeu, rules.dominance, parquet),
            *amounts_by_financer.cross_check(connection, jeu, rules.dominance),
            *(consistency.compare_with_facts(connection, jeu) if first else []),
        ]
        persons = linear_attack.attack_persons(connection, jeu)
        amounts = linear_attack.attack_amounts(connection, jeu, rules.dominance)
        widths = interval_attack.measure(connection, jeu, rules.largeur)
        found += [
            *linear_attack.check_implied_groups(connection, jeu),
            *_attack_findings(persons, amounts, widths),
            *subtracted,
        ]
        report = DisclosureReport(
            jeu=jeu.nom,
            titre=jeu.titre,
            success=all(finding.success for finding in found),
            controle_le=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            premiere=first,
            regles=rules,
            fichiers=candidate.fichiers,
            constats=tuple(found),
            personnes=persons,
            montants=amounts,
            largeurs=widths,
            sans_protection=prove(connection, jeu),
            niveaux=utility.niveaux(connection, jeu, parquet),
            estimations=utility.estimations(connection, jeu),
            financeurs=utility.financeurs(connection, jeu, parquet),
            unanimites=utility.unanimites(connection, jeu),
            secondes=round(time.monotonic() - start, 1),
        )
    write_report(report)
    return report


def _rules(jeu: Dataset) -> Rules:
    secret = variables()["secret"]
    return Rules(
        seuil=jeu.seuil or 0,
        dominance=secret["part_dominante"],
        largeur=secret["largeur_minimale"],
        plan=jeu.plan,
        ventilation=jeu.ventilation,
    )


def _attack_findings(persons: Attack, amounts: Attack, widths: Widths) -> list[Finding]:
    """What the attack must not find."""
    return [
        Finding(
            "personnes_determinees",
            "Aucun effectif caché ne se déduit des lignes publiées",
            persons.inconnues,
            persons.fuites,
        ),
        Finding(
            "montants_determines",
            "Aucun montant mis en commun ne se déduit, s'il a trop peu de contributeurs",
            amounts.inconnues,
            amounts.fuites,
        ),
        Finding(
            "intervalles",
            "Qui connaît les règles hésite assez sur chaque petit groupe caché",
            widths.petites,
            widths.etroites,
        ),
    ]
