"""The landing as Dagster assets: one per source, its deliveries and what was rejected.

Belongs here: the thin Dagster side. Does not: reading, checking or writing files (``land``).
"""

import math
from collections.abc import Sequence

import dagster as dg

from orchestration import settings
from orchestration.landing.land import Bilan, land_pending
from orchestration.landing.totaux import TotauxSource, totaux
from orchestration.progress import teller

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
        bilans = land_pending(source, progress=teller(context.log))
        bilan = totaux(source)
        return dg.MaterializeResult(
            metadata=_metadata(bilans, bilan),
            check_results=[
                _refusals_check(bilans),
                dg.AssetCheckResult(
                    check_name="reconciliation",
                    passed=bilan.lus == bilan.atterris + bilan.rejetes,
                    metadata={
                        "lus": bilan.lus,
                        "atterris": bilan.atterris,
                        "rejetés": bilan.rejetes,
                    },
                ),
            ],
        )

    return _asset


def _refusals_check(bilans: Sequence[Bilan]) -> dg.AssetCheckResult:
    refused = [bilan for bilan in bilans if bilan.statut == "refuse"]
    return dg.AssetCheckResult(
        check_name="aucun_fichier_refuse",
        passed=not refused,
        metadata={"refus": dg.MetadataValue.json([bilan.erreur for bilan in refused])},
    )


def _metadata(bilans: Sequence[Bilan], bilan: TotauxSource) -> dict[str, dg.MetadataValue]:
    landed = [item for item in bilans if item.statut == "atterri"]
    return {
        "lignes_lues": dg.MetadataValue.int(bilan.lus),
        "lignes_atterries": dg.MetadataValue.int(bilan.atterris),
        "lignes_rejetees": dg.MetadataValue.int(bilan.rejetes),
        "livraisons": dg.MetadataValue.int(bilan.livraisons),
        "nouvelles_livraisons": dg.MetadataValue.int(len(landed)),
        "octets_lus": dg.MetadataValue.int(sum(item.octets for item in landed)),
        "secondes": dg.MetadataValue.float(round(math.fsum(item.secondes for item in bilans), 2)),
        "rejets_par_motif": dg.MetadataValue.md(_rejects_table(bilan)),
        "dernieres_livraisons": dg.MetadataValue.md(_deliveries_table(bilans)),
    }


def _rejects_table(bilan: TotauxSource) -> str:
    if not bilan.rejets_par_motif:
        return "Aucun rejet."
    rows = sorted(bilan.rejets_par_motif.items(), key=lambda item: -item[1])
    return "\n".join(
        ["| motif | enregistrements |", "|---|--:|", *(f"| {key} | {n:,} |" for key, n in rows)]
    )


def _deliveries_table(bilans: Sequence[Bilan], most: int = 12) -> str:
    head = ["| fichier | statut | lus | atterris | rejetés |", "|---|---|--:|--:|--:|"]
    return "\n".join(
        head
        + [
            f"| {item.fichier} | {item.statut} | {item.lus:,} | {item.atterris:,} "
            f"| {item.rejetes:,} |"
            for item in bilans[-most:]
        ]
    )
