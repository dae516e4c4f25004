"""Reports made by hand, for the tests of the publication: they need no Great Expectations."""

import datetime as dt

from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat
from orchestration.publication.sources import approvisionnement
from orchestration.quality.cadres import Mesures, ouvrir
from orchestration.quality.comparaisons import Contexte
from orchestration.quality.rapport import Rapport, Resultat, ecrire_rapport
from orchestration.quality.regles import CRITIQUE, lire_reglement
from orchestration.secret.constats import Constat
from orchestration.secret.detail import Estimation, Financeur, Niveau, Unanimite
from orchestration.secret.etroits import Largeurs
from orchestration.secret.rapport import RapportSecret, Regles
from orchestration.secret.rapport import ecrire_rapport as ecrire_secret
from orchestration.secret.relations import Attaque
from orchestration.secret.sans_protection import Preuve


def resultat(regle: str, *, success: bool, severity: str = CRITIQUE) -> Resultat:
    """Verdict of a rule on twelve rows, one of which is the example when it fails."""
    unexpected = 0 if success else 1
    examples = () if success else ({"ligne": 3},)
    return Resultat(
        regle, f"Règle {regle}", severity, success, 12, unexpected, unexpected / 12, "", examples
    )


def rapport(jeu: Jeu, candidat: Candidat, *resultats: Resultat, secret: bool = True) -> Rapport:
    """Report of a real candidate with these verdicts (default: one success), written beside it.

    So is that of the ``secret``, for a dataset of persons: without it nothing is published.
    """
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
    if secret and jeu.seuil:
        ecrire_secret(rapport_secret(jeu, candidat))
    return made


def rapport_secret(jeu: Jeu, candidat: Candidat, *constats: Constat) -> RapportSecret:
    """Disclosure report of a candidate that nobody attacked, with these findings."""
    return RapportSecret(
        jeu=jeu.nom,
        titre=jeu.titre,
        success=all(item.success for item in constats),
        controle_le="2026-11-23T19:06:00Z",
        premiere=True,
        regles=Regles(jeu.seuil or 0, 0.85, 4, jeu.plan, jeu.ventilation),
        fichiers=candidat.fichiers,
        constats=constats,
        personnes=Attaque(23_500, 78_104, 0, 0),
        montants=Attaque(14_509, 16_884, 0, 0),
        largeurs=Largeurs(78_104, 4, 0),
        sans_protection=Preuve(78_104, 1_118),
        secondes=3.8,
        niveaux=(Niveau(1, 10, 750, "7500.00"), Niveau(2, 2, 250, "2500.00")),
        estimations=(Estimation(5, (0.5, 0.5)), Estimation(11, (0.25, 0.5))),
        financeurs=(
            Financeur("montant_titulaire", "6000.00", "2000.00"),
            Financeur("montant_non_ventile", "4000.00", "-2000.00"),
        ),
        unanimites=(Unanimite("csp", 1, ({"genre": "Femme", "csp": "<Cadre>"},)),),
    )


def contexte(jeu: Jeu, reference: Mesures | None = None) -> Contexte:
    """What the derived rules of ``jeu`` are derived from, compared or not with measures."""
    version = "2026.02.1" if reference else None
    return Contexte(jeu, lire_reglement(jeu), approvisionnement(jeu), version, reference)
