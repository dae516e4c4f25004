"""The blocking checks of the secret: one by dataset of persons, one for all of them together.

Belongs here: the thin Dagster side. Does not: what is checked (``controle``, ``commun``).
"""

from collections.abc import Sequence
from itertools import pairwise

import dagster as dg

from orchestration.jeux import Jeu
from orchestration.progress import teller
from orchestration.publication.candidat import charger
from orchestration.secret.commun import controler_commun
from orchestration.secret.constats import Constat
from orchestration.secret.controle import controler_secret
from orchestration.secret.rapport import HTML, RapportSecret


def gates(jeux: Sequence[Jeu]) -> list[dg.AssetChecksDefinition]:
    """The checks of every dataset that has a threshold, the joint one on the narrower dataset."""
    personal = [jeu for jeu in jeux if jeu.seuil]
    pairs = list(pairwise(personal))
    alone = [_secret(jeu, [pair for pair in pairs if jeu in pair]) for jeu in personal]
    return [*alone, *(_commun(large, narrow) for large, narrow in pairs)]


def _secret(jeu: Jeu, ecarts: Sequence[tuple[Jeu, Jeu]]) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=dg.AssetKey(["candidats", jeu.nom]),
        name="secret",
        blocking=True,
        description="Attaque de ce qui va être publié : rien ne doit se déduire de moins de "
        f"{jeu.seuil} personnes. Un échec bloque ce jeu, et lui seul.",
    )
    def _check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        candidat = charger(jeu)
        rapport = controler_secret(jeu, candidat, ecarts)
        _dire(context, rapport.echecs)
        path = dg.MetadataValue.path(str(candidat.dossier / HTML))
        return dg.AssetCheckResult(
            passed=rapport.success, metadata={**_chiffres(rapport), "rapport": path}
        )

    return _check


def _commun(large: Jeu, etroit: Jeu) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=dg.AssetKey(["candidats", etroit.nom]),
        name="secret_commun",
        blocking=True,
        description=f"{large.titre} et {etroit.titre} décrivent les mêmes personnes : l'écart de "
        "leurs totaux ne doit désigner personne.",
    )
    def _check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        found = controler_commun(large, etroit)
        _dire(context, [item for item in found if not item.success])
        return dg.AssetCheckResult(
            passed=all(item.success for item in found),
            metadata={"detail": dg.MetadataValue.md(_tableau(found))},
        )

    return _check


def _dire(context: dg.AssetCheckExecutionContext, echecs: Sequence[Constat]) -> None:
    for item in echecs:
        teller(context.log)(f"secret en échec : {item.libelle} ({item.anomalies})")


def _chiffres(rapport: RapportSecret) -> dict[str, dg.MetadataValue]:
    return {
        "chiffres_attaques": dg.MetadataValue.int(
            rapport.personnes.chiffres + rapport.montants.chiffres
        ),
        "valeurs_cachees": dg.MetadataValue.int(
            rapport.personnes.inconnues + rapport.montants.inconnues
        ),
        "retrouvees": dg.MetadataValue.int(rapport.personnes.fuites + rapport.montants.fuites),
        "retrouvees_sans_protection": dg.MetadataValue.int(rapport.sans_protection.retrouvees),
        "secondes": dg.MetadataValue.float(rapport.secondes),
        "detail": dg.MetadataValue.md(_tableau(rapport.constats)),
    }


def _tableau(constats: Sequence[Constat]) -> str:
    rows = [f"| {item.libelle} | {item.examines} | {item.anomalies} |" for item in constats]
    return "\n".join(["| règle | examinés | en échec |", "|---|--:|--:|", *rows])
