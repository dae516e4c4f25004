"""The blocking checks of the secret: one by dataset of persons, one for all of them together."""

from collections.abc import Sequence

import dagster as dg

from orchestration.candidates.candidate import load
from orchestration.candidates.origin import in_use
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.checks import check_disclosure, check_totals
from orchestration.disclosure.gate.disclosure_report import HTML, DisclosureReport
from orchestration.disclosure.gate.linked_tables import check_joint_disclosure
from orchestration.disclosure.gate.outcomes import Finding
from orchestration.progress import reporter
from orchestration.resources import STATE

# Nothing is hidden of what its publisher has published: there is nothing to find again.
PUBLIC = {"statut": "données ouvertes du producteur : aucun contrôle de diffusion ajouté"}


def gates(datasets: Sequence[Dataset]) -> list[dg.AssetChecksDefinition]:
    """The checks of every dataset that has a threshold, the joint one on the narrower dataset."""
    personal = [dataset for dataset in datasets if dataset.seuil]
    by_name = {dataset.nom: dataset for dataset in datasets}
    pairs = [(by_name[name], narrow) for narrow in personal for name in narrow.linked]
    # What counters are subtracted from is published without them: they alone wait.
    alone = [
        _disclosure_check(
            dataset,
            [(large, other) for large, other in pairs if _is_judged(dataset, large, other)],
        )
        for dataset in personal
    ]
    joint = [
        _joint_check([large for large, other in pairs if other is narrow], narrow)
        for narrow in personal
        if narrow.linked
    ]
    totals = [
        _totals_check(by_name[dataset.totals_of], dataset)
        for dataset in datasets
        if dataset.totals_of
    ]
    return [*alone, *joint, *totals]


def _is_judged(dataset: Dataset, large: Dataset, narrow: Dataset) -> bool:
    return dataset is narrow or (dataset is large and not narrow.counters)


def _totals_check(rows: Dataset, totals: Dataset) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=dg.AssetKey(["candidats", totals.nom]),
        additional_deps=[dg.AssetKey(["candidats", rows.nom])],
        name="secret",
        blocking=True,
        required_resource_keys={STATE},
        description="Attaque des totaux, avec les lignes du détail et la version d'avant : rien ne "
        f"doit se déduire de moins de {rows.seuil} personnes. Un échec bloque ce jeu et ses "
        "lignes.",
    )
    def _check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        if in_use(rows).origin:
            return dg.AssetCheckResult(passed=True, metadata=PUBLIC)
        candidate = load(totals)
        report = check_totals(rows, totals, candidate)
        _report_failures(context, report.echecs)
        return dg.AssetCheckResult(
            passed=report.success,
            description=verdict(report.echecs),
            metadata={
                **failures(report.constats),
                "rapport": dg.MetadataValue.path(str(candidate.folder / HTML)),
                "totaux": dg.MetadataValue.int(sum(table.cellules for table in report.tableaux)),
                "secrets": dg.MetadataValue.int(sum(table.secretes for table in report.tableaux)),
                "retrouves_sans_protection": dg.MetadataValue.int(
                    report.retrouvees_sans_protection
                ),
                "secondes": dg.MetadataValue.float(report.secondes),
                "detail": dg.MetadataValue.md(_markdown_table(report.constats)),
            },
        )

    return _check


def _disclosure_check(
    dataset: Dataset, dataset_pairs: Sequence[tuple[Dataset, Dataset]]
) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=dg.AssetKey(["candidats", dataset.nom]),
        name="secret",
        blocking=True,
        required_resource_keys={STATE},
        description="Attaque de ce qui va être publié : rien ne doit se déduire de moins de "
        f"{dataset.seuil} personnes. Un échec bloque ce jeu et ses totaux.",
    )
    def _check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        if in_use(dataset).origin:
            return dg.AssetCheckResult(passed=True, metadata=PUBLIC)
        candidate = load(dataset)
        pairs = [pair for pair in dataset_pairs if not any(in_use(x).origin for x in pair)]
        report = check_disclosure(dataset, candidate, pairs)
        _report_failures(context, report.echecs)
        page = dg.MetadataValue.path(str(candidate.folder / HTML))
        return dg.AssetCheckResult(
            passed=report.success,
            description=verdict(report.echecs),
            metadata={**failures(report.constats), "rapport": page, **_figures(report)},
        )

    return _check


def _joint_check(larges: Sequence[Dataset], narrow: Dataset) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=dg.AssetKey(["candidats", narrow.nom]),
        name="secret_commun",
        blocking=True,
        required_resource_keys={STATE},
        description=" ".join(
            f"{large.titre} et {narrow.titre} décrivent les mêmes personnes : l'écart de "
            "leurs totaux ne doit désigner personne."
            for large in larges
        ),
    )
    def _check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        ours = [] if in_use(narrow).origin else [x for x in larges if not in_use(x).origin]
        findings = [finding for large in ours for finding in check_joint_disclosure(large, narrow)]
        failed = [finding for finding in findings if not finding.success]
        _report_failures(context, failed)
        return dg.AssetCheckResult(
            passed=not failed,
            description=verdict(failed),
            metadata={
                **failures(findings),
                "rapport": dg.MetadataValue.path(str(load(narrow).folder / HTML)),
                "detail": dg.MetadataValue.md(_markdown_table(findings)),
            },
        )

    return _check


def _report_failures(context: dg.AssetCheckExecutionContext, echecs: Sequence[Finding]) -> None:
    for finding in echecs:
        reporter(context.log)(f"secret en échec : {finding.libelle} ({finding.anomalies})")


def verdict(failed: Sequence[Finding]) -> str:
    """What a person reads first: whether it may be published, else each reason with its count."""
    if not failed:
        return "Rien ne se déduit : aucune règle n'est en échec."
    return "Publication bloquée : " + " ; ".join(
        f"{finding.libelle} ({finding.anomalies} sur {finding.examines})" for finding in failed
    )


def failures(findings: Sequence[Finding]) -> dict[str, dg.MetadataValue]:
    """What failed, then a count that plots from one control to the next."""
    failed = [finding for finding in findings if not finding.success]
    return {
        "echecs": dg.MetadataValue.md(_markdown_table(failed) if failed else "aucun"),
        "regles_bloquantes_en_echec": dg.MetadataValue.int(len(failed)),
    }


def _figures(report: DisclosureReport) -> dict[str, dg.MetadataValue]:
    return {
        "lignes_attaquees": dg.MetadataValue.int(report.personnes.chiffres),
        "valeurs_cachees": dg.MetadataValue.int(report.personnes.inconnues),
        "retrouvees": dg.MetadataValue.int(report.personnes.fuites),
        "retrouvees_sans_protection": dg.MetadataValue.int(report.sans_protection.retrouvees),
        "secondes": dg.MetadataValue.float(report.secondes),
        "detail": dg.MetadataValue.md(_markdown_table(report.constats)),
    }


def _markdown_table(constats: Sequence[Finding]) -> str:
    rows = [
        f"| {finding.libelle} | {finding.examines} | {finding.anomalies} |" for finding in constats
    ]
    return "\n".join(["| règle | examinés | en échec |", "|---|--:|--:|", *rows])
