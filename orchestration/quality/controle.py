"""The gate: a candidate goes in, a report comes out that says whether it may be published.

Belongs here: putting rules, frames and verdicts together. Does not: Dagster, nor publishing.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat
from orchestration.publication.sources import Approvisionnement, approvisionnement
from orchestration.publication.versions import courante
from orchestration.quality.cadres import Lecteur, Mesures, ouvrir
from orchestration.quality.comparaisons import Contexte
from orchestration.quality.derivees import regles_derivees
from orchestration.quality.moteur import NON_EVALUABLE, Moteur, Verdict
from orchestration.quality.profils import cadres_mesures
from orchestration.quality.rapport import Rapport, ecrire_rapport, lire_mesures
from orchestration.quality.regles import CRITIQUE, DONNEES, Regle, Reglement, lire_reglement
from orchestration.quality.resultats import resultats

# Cells that a frame may hold: bounds the memory, and Great Expectations copies frames.
CELLULES = 10_000_000


def controler(jeu: Jeu, candidat: Candidat) -> Rapport:
    """Judge the candidate's files by every rule of ``jeu``, and write the report beside them."""
    sources = approvisionnement(jeu)
    reglement = lire_reglement(jeu)
    contexte = _contexte(jeu, reglement, sources)
    rules = [*regles_derivees(contexte), *reglement.regles]
    with ouvrir(jeu, candidat) as lecteur:
        mesures = lecteur.mesurer(reglement)
        verdicts = _verdicts(rules, lecteur, contexte, mesures)
        found = resultats(jeu, rules, verdicts, lecteur, mesures, sources)
    rapport = Rapport(
        jeu=jeu.nom,
        titre=jeu.titre,
        success=all(result.success for result in found if result.severity == CRITIQUE),
        controle_le=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seuil=jeu.seuil,
        plan=jeu.plan,
        filiere=sources.filiere,
        reference=contexte.version_reference,
        fichiers=candidat.fichiers,
        mesures=mesures,
        extraits=sources.extraits,
        resultats=found,
    )
    ecrire_rapport(rapport)
    return rapport


def _contexte(jeu: Jeu, reglement: Reglement, sources: Approvisionnement) -> Contexte:
    last = courante(settings.publications(jeu.nom))
    if last is None or tuple(last["filiere"]) != sources.filiere:
        return Contexte(jeu, reglement, sources, None, None)
    same = last["seuil"] == jeu.seuil and last["plan"] == [list(step) for step in jeu.plan]
    return Contexte(jeu, reglement, sources, last["version"], lire_mesures(last["mesures"]), same)


def _verdicts(
    rules: Sequence[Regle], lecteur: Lecteur, contexte: Contexte, mesures: Mesures
) -> dict[str, Verdict]:
    moteur = Moteur()
    verdicts: dict[str, Verdict] = {}
    frames = cadres_mesures(contexte.jeu, mesures, contexte.approvisionnement)
    for name, frame in frames.items():
        verdicts |= moteur.evaluer(frame, [rule for rule in rules if rule.cadre == name])
    on_rows = [rule for rule in rules if rule.cadre == DONNEES]
    readable = [rule for rule in on_rows if set(rule.colonnes) <= set(lecteur.types)]
    for group in groupes(readable, mesures.lignes):
        verdicts |= _on_rows(group, lecteur, moteur)
    return {rule.id: verdicts.get(rule.id, NON_EVALUABLE) for rule in rules}


def _on_rows(group: list[Regle], lecteur: Lecteur, moteur: Moteur) -> dict[str, Verdict]:
    frame = lecteur.cadre(group)
    if frame is not None:
        return moteur.evaluer(frame, group)
    if len(group) == 1:
        return {group[0].id: NON_EVALUABLE}
    # One condition that DuckDB refuses (a column of another type) must not hide the others.
    return {
        name: verdict
        for rule in group
        for name, verdict in _on_rows([rule], lecteur, moteur).items()
    }


def groupes(rules: Sequence[Regle], lignes: int) -> Iterator[list[Regle]]:
    """Put together rules on the same rows, as many as a frame of ``CELLULES`` can hold."""
    for filtre in dict.fromkeys(rule.filtre for rule in rules):
        group: list[Regle] = []
        columns: set[str] = set()
        for rule in (item for item in rules if item.filtre == filtre):
            wanted = {rule.id} if rule.condition else set(rule.colonnes)
            if group and len(columns | wanted) * lignes > CELLULES:
                yield group
                group, columns = [], set()
            group.append(rule)
            columns |= wanted
        yield group
