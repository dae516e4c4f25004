"""The gate of the secret: a candidate goes in, a disclosure report comes out."""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import settings, warehouse
from orchestration.candidates.candidate import Candidate
from orchestration.datasets import Dataset, variables
from orchestration.disclosure.gate import interval_attack, linear_attack, row_rules, utility
from orchestration.disclosure.gate.disclosure_page import write_report
from orchestration.disclosure.gate.disclosure_report import DisclosureReport, Rules
from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.linked_tables import check_joint_disclosure
from orchestration.disclosure.gate.microdata import (
    link_dossiers,
    one_counter_a_row,
    open_evidence,
)
from orchestration.disclosure.gate.outcomes import Attack, Finding, Widths, round_down
from orchestration.disclosure.gate.totals_attack import judge_totals, open_totals
from orchestration.disclosure.gate.totals_report import TotalsReport, write_totals_report
from orchestration.published_rows import published_rows
from orchestration.registry import followed_version, is_shown
from orchestration.store.versions import read_pointer


@dataclass(frozen=True)
class Judgement:
    """What every rule found in the rows and the file of a dataset, and what the attacks gave."""

    findings: tuple[Finding, ...]
    persons: Attack
    widths: Widths


def check_disclosure(
    jeu: Dataset, candidate: Candidate, dataset_pairs: Sequence[tuple[Dataset, Dataset]] = ()
) -> DisclosureReport:
    """Attack what ``jeu`` is about to publish, and write the report beside the candidate.

    ``dataset_pairs``: pairs of datasets, ``jeu`` in each, whose totals may be subtracted.
    """
    start = time.monotonic()
    subtracted = [finding for pair in dataset_pairs for finding in check_joint_disclosure(*pair)]
    rules = disclosure_rules(jeu)
    with warehouse.vault(read_only=True) as connection:
        file = published_rows(connection, candidate.path("parquet"))
        evidence = open_candidate(connection, jeu, file, _followed_file(connection, jeu))
        judgement = judge(evidence, jeu, rules)
        findings = (*judgement.findings, *subtracted)
        report = DisclosureReport(
            jeu=jeu.nom,
            titre=jeu.titre,
            success=all(finding.success for finding in findings),
            controle_le=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            regles=rules,
            fichiers=candidate.fichiers,
            constats=tuple(finding.rounded(rules.seuil) for finding in findings),
            personnes=judgement.persons.rounded(rules.seuil),
            largeurs=judgement.widths.rounded(rules.seuil),
            sans_protection=linear_attack.attack_plain_threshold(evidence).rounded(rules.seuil),
            niveaux=utility.niveaux(evidence),
            editions=utility.editions(evidence),
            suites=utility.suites(evidence),
            en_attente=utility.en_attente(evidence),
            estimations=utility.estimations(evidence),
            # (of counters there are none)
            financeurs=() if jeu.counters else utility.financeurs(evidence),
            secondes=round(time.monotonic() - start, 1),
        )
    write_report(report)
    return report


def check_totals(rows: Dataset, totals: Dataset, candidate: Candidate) -> TotalsReport:
    """Attack the exact ``totals`` of the dataset ``rows``, with the rows that it is about to
    publish, and write the report beside the candidate.
    """
    start = time.monotonic()
    rows_file = settings.candidates(rows.nom) / f"{rows.nom}.parquet"
    with warehouse.vault(read_only=True) as connection:
        evidence = open_totals(
            connection,
            rows,
            published_rows(connection, candidate.path("parquet")),
            published_rows(connection, rows_file),
            _followed_files(connection, rows, totals),
        )
        judgement = judge_totals(evidence, rows.tables)
    seuil = rows.seuil or 0
    report = TotalsReport(
        jeu=totals.nom,
        titre=totals.titre,
        success=all(finding.success for finding in judgement.findings),
        controle_le=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seuil=seuil,
        fichiers=candidate.fichiers,
        constats=tuple(finding.rounded(seuil) for finding in judgement.findings),
        tableaux=judgement.tables,
        retrouvees_sans_protection=round_down(judgement.unprotected, seuil),
        secondes=round(time.monotonic() - start, 1),
    )
    write_totals_report(report)
    return report


def _followed_files(
    connection: duckdb.DuckDBPyConnection, rows: Dataset, totals: Dataset
) -> tuple[Path, Path] | None:
    """Return the files of rows and totals that the candidates follow; None for a fresh start."""
    followed = _followed_file(connection, rows)
    pointer = read_pointer(settings.publications(totals.nom))
    if followed is None or pointer is None:
        return None
    return followed, settings.publications(totals.nom) / pointer.version / f"{totals.nom}.parquet"


def _followed_file(connection: duckdb.DuckDBPyConnection, jeu: Dataset) -> Path | None:
    """Return the Parquet file of the version that a candidate follows; None for a fresh start."""
    version = followed_version(jeu)
    if version is None or not is_shown(connection, jeu):
        return None
    return settings.publications(jeu.nom) / version / f"{jeu.nom}.parquet"


def disclosure_rules(jeu: Dataset) -> Rules:
    """Return the rules that ``dbt_project.yml`` sets to a dataset."""
    secret = variables()["secret"]
    return Rules(
        seuil=jeu.seuil or 0,
        dominance=secret["part_dominante"],
        organismes=secret["organismes_minimum"],
        largeur=secret["largeur_minimale"],
        mois_avant_definitif=secret["mois_avant_definitif"],
        plan=jeu.plan,
    )


def open_candidate(
    connection: duckdb.DuckDBPyConnection, jeu: Dataset, file: str, previous: Path | None = None
) -> Evidence:
    """Return the evidence of a candidate whose rows the relation ``file`` (SQL) holds, and of the
    file of the version that it follows.
    """
    rows = one_counter_a_row(jeu, file)
    connection.execute(f"create or replace temp view fichier as select * from {rows}")
    return open_evidence(connection, jeu, previous)


def judge(evidence: Evidence, jeu: Dataset, rules: Rules) -> Judgement:
    """Judge the rows of the vault and those of the file, and attack them."""
    link_dossiers(evidence)
    findings = row_rules.judge_rows(evidence, jeu)
    evidence.make("arbres")
    persons = linear_attack.attack_persons(evidence)
    widths = interval_attack.measure(evidence, rules.seuil, rules.largeur)
    return Judgement((*findings, *_attack_findings(persons, widths)), persons, widths)


def _attack_findings(persons: Attack, widths: Widths) -> list[Finding]:
    """What the attack must not find."""
    return [
        Finding(
            "personnes_determinees",
            "Aucun effectif caché ne se déduit des lignes publiées",
            persons.inconnues,
            persons.fuites,
        ),
        Finding(
            "intervalles",
            "Qui connaît les règles hésite assez sur chaque petit groupe caché",
            widths.petites,
            widths.etroites,
        ),
    ]
