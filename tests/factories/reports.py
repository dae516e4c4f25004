"""Reports made by hand, for the tests of the publication: they need no Great Expectations."""

import datetime as dt

from orchestration.candidates.candidate import Candidate
from orchestration.candidates.deliveries import supply
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.disclosure_page import write_report as write_disclosure
from orchestration.disclosure.gate.disclosure_report import DisclosureReport, Rules
from orchestration.disclosure.gate.outcomes import Attack, Finding, Proof, TableShare, Widths
from orchestration.disclosure.gate.totals_report import TotalsReport, write_totals_report
from orchestration.disclosure.gate.utility import (
    Edition,
    Estimation,
    FinanceurTotals,
    Level,
    Suite,
    Waiting,
)
from orchestration.quality.drift import Context
from orchestration.quality.measures import Measures
from orchestration.quality.reader import open_reader
from orchestration.quality.report import Report, Result, write_report
from orchestration.quality.suite import CRITICAL, read_suite


def result(rule: str, *, success: bool, severity: str = CRITICAL) -> Result:
    """Verdict of a rule on twelve rows, one of which is the example when it fails."""
    unexpected = 0 if success else 1
    examples = () if success else ({"ligne": 3},)
    return Result(
        rule, f"Règle {rule}", severity, success, 12, unexpected, unexpected / 12, "", examples
    )


def report(jeu: Dataset, candidate: Candidate, *resultats: Result, secret: bool = True) -> Report:
    """Report of a real candidate with these verdicts (default: one success), written beside it.

    So is that of the disclosure control, for a dataset of persons: without it nothing is published.
    """
    results = resultats or (result("cle_unique", success=True),)
    sources = supply(jeu)
    with open_reader(jeu, candidate) as reader:
        mesures = reader.measure(read_suite(jeu))
    report = Report(
        jeu=jeu.nom,
        titre=jeu.titre,
        success=all(item.success for item in results if item.severity == CRITICAL),
        controle_le=dt.datetime.now(dt.UTC).isoformat(),
        seuil=jeu.seuil,
        plan=jeu.plan,
        filiere=sources.filiere,
        reference=None,
        fichiers=candidate.fichiers,
        mesures=mesures,
        extraits=sources.extraits,
        resultats=results,
    )
    write_report(report)
    if secret and jeu.seuil:
        write_disclosure(disclosure_report(jeu, candidate))
    if secret and jeu.totals_of:
        write_totals_report(totals_report(jeu, candidate))
    return report


def totals_report(jeu: Dataset, candidate: Candidate, *constats: Finding) -> TotalsReport:
    """Disclosure report of totals that nobody attacked, with these findings."""
    return TotalsReport(
        jeu=jeu.nom,
        titre=jeu.titre,
        success=all(finding.success for finding in constats),
        controle_le="2026-11-23T19:06:00Z",
        seuil=5,
        fichiers=candidate.fichiers,
        constats=constats,
        tableaux=(TableShare("annee_departement", 9, 3, 0.01, 0.02, 0.0),),
        retrouvees_sans_protection=15,
        secondes=2.1,
    )


def disclosure_report(jeu: Dataset, candidate: Candidate, *constats: Finding) -> DisclosureReport:
    """Disclosure report of a candidate that nobody attacked, with these findings."""
    return DisclosureReport(
        jeu=jeu.nom,
        titre=jeu.titre,
        success=all(finding.success for finding in constats),
        controle_le="2026-11-23T19:06:00Z",
        regles=Rules(
            seuil=jeu.seuil or 0,
            dominance=0.85,
            organismes=3,
            largeur=4,
            mois_avant_definitif=13,
            plan=jeu.plan,
        ),
        fichiers=candidate.fichiers,
        constats=constats,
        personnes=Attack(23_500, 78_104, 0, 0),
        largeurs=Widths(78_104, 4, 0),
        sans_protection=Proof(78_104, 1_118),
        secondes=3.8,
        niveaux=(Level(1, 10, 750, "7500.00"), Level(2, 2, 250, "2500.00")),
        editions=(Edition("definitive", 4, 9, 700, 8), Edition("provisoire", 13, 3, 300, 3)),
        suites=(Suite("gardee", 21), Suite("mise_a_jour", 3)),
        en_attente=Waiting(120, 7, 0),
        estimations=(Estimation(5, (0.5, 0.5)), Estimation(11, (0.25, 0.5))),
        financeurs=(
            FinanceurTotals("montant_personne", "6000.00", 8),
            FinanceurTotals("montant_opco", "0.00", 9),
            FinanceurTotals("montant_non_ventile", "4000.00", 11),
        ),
    )


def context(jeu: Dataset, reference: Measures | None = None) -> Context:
    """What the derived rules of ``dataset`` are derived from, compared or not with measures."""
    version = "2026.02.1" if reference else None
    return Context(jeu, read_suite(jeu), supply(jeu), version, reference)
