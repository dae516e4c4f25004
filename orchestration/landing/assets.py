"""The landing as Dagster assets: one per source, its deliveries and what was rejected.

Belongs here: the thin Dagster side. Does not: reading, checking or writing files (``land``).
"""

import math
from collections.abc import Sequence

import dagster as dg

from orchestration import settings
from orchestration.landing.history import SourceTotals, totals
from orchestration.landing.land import LandingReport, land_pending
from orchestration.progress import reporter
from orchestration.resources import STATE

DESCRIPTIONS = {
    "edof": "L'offre : catalogue EDOF (XML, ISO-8859-1). Dernière livraison complète.",
    "dossiers": "Les dossiers du système d'information (personnel) : livraisons mensuelles.",
    "financements": "Les financements des dossiers (personnel) : livraisons mensuelles.",
    "certifications": "Le registre RNCP/RS de France compétences : dernier export.",
    "organismes": "La liste publique des organismes de formation : dernier export.",
    "portail": "L'export public de l'offre, tel que publié : pour tourner sans EDOF.",
}


def assets() -> list[dg.AssetsDefinition]:
    """One asset and two checks for each source."""
    return [_landing_asset(source) for source in settings.SOURCES]


def _landing_asset(source: str) -> dg.AssetsDefinition:
    key = dg.AssetKey(["atterrissage", source])

    @dg.asset(
        key=key,
        group_name="landing",
        required_resource_keys={STATE},
        kinds={"duckdb", "parquet"},
        description=DESCRIPTIONS[source],
        check_specs=[
            dg.AssetCheckSpec(
                "aucun_fichier_refuse", asset=key, description="Chaque fichier livré a été lu."
            ),
            dg.AssetCheckSpec(
                "reconciliation",
                asset=key,
                description="Enregistrements lus = atterris + rejetés, sur toutes les livraisons.",
            ),
        ],
    )
    def _asset(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]
        reports = land_pending(source, progress=reporter(context.log))
        report = totals(source)
        return dg.MaterializeResult(
            metadata=_metadata(reports, report),
            check_results=[
                _refusals_check(reports),
                dg.AssetCheckResult(
                    check_name="reconciliation",
                    passed=report.lus == report.atterris + report.rejetes,
                    metadata={
                        "lus": report.lus,
                        "atterris": report.atterris,
                        "rejetés": report.rejetes,
                    },
                ),
            ],
        )

    return _asset


def _refusals_check(reports: Sequence[LandingReport]) -> dg.AssetCheckResult:
    refused = [report for report in reports if report.status == "refuse"]
    return dg.AssetCheckResult(
        check_name="aucun_fichier_refuse",
        passed=not refused,
        metadata={"refus": dg.MetadataValue.json([report.error for report in refused])},
    )


def _metadata(
    reports: Sequence[LandingReport], report: SourceTotals
) -> dict[str, dg.MetadataValue]:
    landed = [file_summary for file_summary in reports if file_summary.status == "atterri"]
    return {
        "lignes_lues": dg.MetadataValue.int(report.lus),
        "lignes_atterries": dg.MetadataValue.int(report.atterris),
        "lignes_rejetees": dg.MetadataValue.int(report.rejetes),
        "livraisons": dg.MetadataValue.int(report.deliveries),
        "nouvelles_livraisons": dg.MetadataValue.int(len(landed)),
        "octets_lus": dg.MetadataValue.int(sum(file_summary.octets for file_summary in landed)),
        "secondes": dg.MetadataValue.float(
            round(math.fsum(file_summary.seconds for file_summary in reports), 2)
        ),
        "rejets_par_motif": dg.MetadataValue.md(_rejects_table(report)),
        "dernieres_livraisons": dg.MetadataValue.md(_deliveries_table(reports)),
    }


def _rejects_table(report: SourceTotals) -> str:
    if not report.rejects_by_reason:
        return "Aucun rejet."
    rows = sorted(report.rejects_by_reason.items(), key=lambda file_summary: -file_summary[1])
    return "\n".join(
        ["| motif | enregistrements |", "|---|--:|", *(f"| {key} | {n:,} |" for key, n in rows)]
    )


def _deliveries_table(reports: Sequence[LandingReport], most: int = 12) -> str:
    head = ["| fichier | statut | lus | atterris | rejetés |", "|---|---|--:|--:|--:|"]
    return "\n".join(
        head
        + [
            f"| {file_summary.fichier} | {file_summary.status} | {file_summary.lus:,} | {file_summary.atterris:,} "
            f"| {file_summary.rejetes:,} |"
            for file_summary in reports[-most:]
        ]
    )
