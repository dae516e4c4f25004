"""Reports made by hand, for the tests of the publication: they need no Great Expectations."""

import datetime as dt

from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat
from orchestration.publication.sources import approvisionnement
from orchestration.quality.cadres import Mesures, ouvrir
from orchestration.quality.comparaisons import Contexte
from orchestration.quality.rapport import Rapport, Resultat, ecrire_rapport
from orchestration.quality.regles import CRITIQUE, lire_reglement


def resultat(regle: str, *, success: bool, severity: str = CRITIQUE) -> Resultat:
    """Verdict of a rule on twelve rows, one of which is the example when it fails."""
    unexpected = 0 if success else 1
    examples = () if success else ({"ligne": 3},)
    return Resultat(
        regle, f"Règle {regle}", severity, success, 12, unexpected, unexpected / 12, "", examples
    )


def rapport(jeu: Jeu, candidat: Candidat, *resultats: Resultat) -> Rapport:
    """Report of a real candidate with these verdicts (default: one success), written beside it."""
    found = resultats or (resultat("cle_unique", success=True),)
    sources = approvisionnement(jeu)
    with ouvrir(jeu, candidat) as lecteur:
        mesures = lecteur.mesurer(lire_reglement(jeu))
    made = Rapport(
        jeu=jeu.nom,
        titre=jeu.titre,
        success=all(item.success for item in found if item.severity == CRITIQUE),
        controle_le=dt.datetime.now(dt.UTC).isoformat(),
        seuil=jeu.seuil,
        plan=jeu.plan,
        filiere=sources.filiere,
        reference=None,
        fichiers=candidat.fichiers,
        mesures=mesures,
        extraits=sources.extraits,
        resultats=found,
    )
    ecrire_rapport(made)
    return made


def contexte(jeu: Jeu, reference: Mesures | None = None) -> Contexte:
    """What the derived rules of ``jeu`` are derived from, compared or not with measures."""
    version = "2026.02.1" if reference else None
    return Contexte(jeu, lire_reglement(jeu), approvisionnement(jeu), version, reference)
