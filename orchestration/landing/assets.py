"""The landing as Dagster assets: one per source, its deliveries and what was rejected."""

import math
from collections.abc import Mapping, Sequence
from itertools import islice

import dagster as dg

from orchestration import settings
from orchestration.landing.consultation import rejected
from orchestration.landing.intake.history import SourceTotals, current, totals
from orchestration.landing.land import LandingReport, land_pending
from orchestration.progress import reporter
from orchestration.resources import STATE
from orchestration.warehouse import connect

DESCRIPTIONS = {
    "edof": "L'offre : catalogue EDOF (XML, ISO-8859-1). Dernière livraison complète.",
    "dossiers": "Les dossiers du système d'information (personnel) : livraisons mensuelles.",
    "financements": "Les financements des dossiers (personnel) : livraisons mensuelles.",
    "certifications": "Le registre RNCP/RS de France compétences : dernier export.",
    "organismes": "La liste publique des organismes de formation : dernier export.",
    "portail": "L'export public de l'offre, tel que publié : pour tourner sans EDOF.",
    "portail_achats": "L'export public des achats : chaque mois, dans sa dernière livraison.",
    "portail_usagers": "L'export public des usagers : chaque trimestre, de même.",
    "portail_entrees_sorties": "L'export public des entrées et sorties, par mois, de même.",
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
        landed = totals(source)
        return dg.MaterializeResult(
            metadata=_metadata(source, reports, landed),
            check_results=[
                _refusals_check(reports),
                dg.AssetCheckResult(
                    check_name="reconciliation",
                    passed=landed.lus == landed.atterris + landed.rejetes,
                    metadata={
                        "lus": landed.lus,
                        "atterris": landed.atterris,
                        "rejetés": landed.rejetes,
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
    source: str, reports: Sequence[LandingReport], landed: SourceTotals
) -> dict[str, dg.MetadataValue]:
    new = [report for report in reports if report.status == "atterri"]
    return {
        "lignes_lues": dg.MetadataValue.int(landed.lus),
        "lignes_atterries": dg.MetadataValue.int(landed.atterris),
        "lignes_rejetees": dg.MetadataValue.int(landed.rejetes),
        "livraisons": dg.MetadataValue.int(landed.deliveries),
        "nouvelles_livraisons": dg.MetadataValue.int(len(new)),
        "octets_lus": dg.MetadataValue.int(sum(report.octets for report in new)),
        "secondes": dg.MetadataValue.float(
            round(math.fsum(report.seconds for report in reports), 2)
        ),
        "rejets": dg.MetadataValue.md(_rejected_records(source)),
        "rejets_par_motif": dg.MetadataValue.md(_rejects_table(landed.rejects_by_reason)),
        "dernieres_livraisons": dg.MetadataValue.md(_deliveries_table(reports)),
    }


def _rejected_records(source: str, most: int = 100) -> str:
    """Where the first rejected records of what is read are, and why; never their text."""
    rejecting = [deposit for deposit in current(source) if deposit.rejetes]
    if not rejecting:
        return "Aucun rejet."
    lines = ["| fichier | ligne | colonne | motif | pourquoi |", "|---|--:|---|---|---|"]
    with connect() as connection:
        records = (
            f"| {deposit.fichier} | {row.ligne or '–'} | {row.colonne or '–'} | {row.motif} "
            f"| {row.detail} |"
            for deposit in rejecting
            for row in rejected(connection, deposit, with_content=False)
        )
        lines += islice(records, most)
    return "\n".join([*lines, "", f"Tous : `cpf rejets {source}`."])


def _rejects_table(rejects_by_reason: Mapping[str, int]) -> str:
    if not rejects_by_reason:
        return "Aucun rejet."
    rows = sorted(rejects_by_reason.items(), key=lambda reason: -reason[1])
    return "\n".join(
        ["| motif | enregistrements |", "|---|--:|", *(f"| {key} | {n:,} |" for key, n in rows)]
    )


def _deliveries_table(reports: Sequence[LandingReport], most: int = 12) -> str:
    head = ["| fichier | statut | lus | atterris | rejetés |", "|---|---|--:|--:|--:|"]
    rows = [
        f"| {report.fichier} | {report.status} | {report.lus:,} | {report.atterris:,} "
        f"| {report.rejetes:,} |"
        for report in reports[-most:]
    ]
    return "\n".join(head + rows)
