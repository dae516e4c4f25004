"""The copy of a publication in a bucket, as a Dagster asset.

Belongs here: the thin Dagster side. Does not: sending (``pousser``). Only there when
``CPF_OBJETS`` names a bucket. Its failure fails the run and leaves the local publication alone:
the next run sends what is missing.
"""

import dagster as dg

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.objets.erreurs import AdresseError, ObjetsError
from orchestration.objets.pousser import pousser
from orchestration.progress import teller
from orchestration.publication.versions import HistoriqueError
from orchestration.schedules import OBJETS


def assets(jeu: Jeu) -> list[dg.AssetsDefinition]:
    """The published versions of ``jeu`` in the bucket, if one is asked for."""
    if not settings.objets():
        return []

    @dg.asset(
        key=dg.AssetKey([OBJETS, jeu.nom]),
        group_name=OBJETS,
        deps=[dg.AssetKey(["publications", jeu.nom])],
        kinds={"s3"},
        description=f"{jeu.titre} : les mêmes versions dans un stockage objet.",
    )
    def _objets(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]
        say = teller(context.log)
        try:
            [sent] = pousser(settings.objets(), [jeu.nom], dire=say)
        except (AdresseError, ObjetsError, HistoriqueError) as error:
            say(f"{error} La publication locale est faite.")
            raise dg.Failure(f"dépôt échoué, publication locale faite. {error}") from None
        return dg.MaterializeResult(
            metadata={"version": sent.version, "objets": sent.objets, "octets": sent.octets}
        )

    return [_objets]
