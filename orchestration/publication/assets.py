"""The factory: candidate → gate → publication, as Dagster assets of one dataset.

Belongs here: the thin Dagster side, the same for every dataset. Does not: export, rules, versions.
"""

import time

import dagster as dg

from orchestration import warehouse
from orchestration.jeux import Jeu
from orchestration.progress import teller
from orchestration.publication import registre
from orchestration.publication.candidat import Candidat, charger, preparer
from orchestration.publication.exposition import exposer_site
from orchestration.publication.publier import publier
from orchestration.quality.controle import controler
from orchestration.quality.rapport import Rapport, relire
from orchestration.schedules import freshness


def assets(jeu: Jeu) -> list[dg.AssetsDefinition]:
    """The candidate files and the publication of ``jeu``."""
    candidate_key = dg.AssetKey(["candidats", jeu.nom])

    @dg.asset(
        key=candidate_key,
        group_name="candidats",
        deps=_models(jeu),
        kinds={"parquet", "csv", "json", "excel"},
        description=f"Les fichiers mêmes qui seront publiés : {jeu.titre}.",
    )
    def _candidate() -> dg.MaterializeResult:  # type: ignore[type-arg]
        start = time.monotonic()
        metadata = _candidate_metadata(preparer(jeu), start)
        if jeu.bilan:
            metadata["bilan"] = dg.MetadataValue.md(_bilan(jeu.bilan))
        return dg.MaterializeResult(metadata=metadata)

    @dg.asset(
        key=dg.AssetKey(["publications", jeu.nom]),
        group_name="publications",
        deps=[candidate_key],
        kinds={"parquet", "csv", "json", "excel"},
        freshness_policy=freshness(jeu),
        description=f"{jeu.titre} : versions publiées, immuables ({jeu.rythme}).",
    )
    def _publication() -> dg.MaterializeResult:  # type: ignore[type-arg]
        publication = publier(jeu, charger(jeu), relire(jeu))
        exposer_site()
        return dg.MaterializeResult(
            metadata={
                "version": publication.version,
                "statut": publication.statut,
                "dagster/row_count": publication.lignes,
                "octets": publication.octets,
                "rapport": dg.MetadataValue.path(str(publication.chemin / "qualite.html")),
                "chemin": dg.MetadataValue.path(str(publication.chemin)),
            }
        )

    return [_candidate, _publication]


def gate(jeu: Jeu) -> dg.AssetChecksDefinition:
    """The blocking check: its failure stops the publication of this dataset alone."""

    @dg.asset_check(
        asset=dg.AssetKey(["candidats", jeu.nom]),
        name="qualite",
        blocking=True,
        description="Great Expectations sur les fichiers candidats : une règle critique en échec "
        "bloque la publication, et elle seule.",
    )
    def _gate(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        rapport = controler(jeu, charger(jeu))
        failed = [result for result in rapport.resultats if not result.success]
        for result in failed:
            teller(context.log)(f"règle en échec ({result.severity}) : {result.libelle}")
        return dg.AssetCheckResult(passed=rapport.success, metadata=_gate_metadata(rapport))

    return _gate


def _models(jeu: Jeu) -> list[dg.AssetKey]:
    intermediate = [*([jeu.bilan] if jeu.bilan else []), *registre.modeles(jeu)]
    return [
        dg.AssetKey(["marts", jeu.nom]),
        *(dg.AssetKey(["intermediate", name]) for name in intermediate),
    ]


def _bilan(model: str) -> str:
    """Counts of what was kept, set aside or missing: figures only, nothing of a person."""
    with warehouse.vault(read_only=True) as connection:
        found = connection.execute(f"select * from coffre.intermediate.{model}")
        head = [column[0] for column in found.description or []]
        rows = [[str(cell) for cell in row] for row in found.fetchall()]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *rows])


def _candidate_metadata(candidat: Candidat, start: float) -> dict[str, dg.MetadataValue]:
    sizes = {file.nom: file.octets for file in candidat.fichiers}
    return {
        "dagster/row_count": dg.MetadataValue.int(candidat.lignes),
        "octets": dg.MetadataValue.json(sizes),
        "secondes": dg.MetadataValue.float(round(time.monotonic() - start, 2)),
    }


def _gate_metadata(rapport: Rapport) -> dict[str, dg.MetadataValue]:
    lines = ["| règle | gravité | résultat |", "|---|---|---|"]
    lines += [
        f"| {result.libelle} | {result.severity} | {'réussie' if result.success else 'ÉCHEC'} |"
        for result in rapport.resultats
    ]
    return {
        "regles": dg.MetadataValue.int(len(rapport.resultats)),
        "detail": dg.MetadataValue.md("\n".join(lines)),
    }
