"""From verdicts to what a person reads: a measure in French, and examples that reveal nothing.

Belongs here: wording and the choice of examples. Does not: evaluating.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.jeux import Jeu
from orchestration.publication.sources import Approvisionnement
from orchestration.quality.cadres import Lecteur, Mesures
from orchestration.quality.moteur import Verdict
from orchestration.quality.page import nombre
from orchestration.quality.profils import profil
from orchestration.quality.rapport import Resultat
from orchestration.quality.regles import (
    FICHIER,
    PROFIL,
    RENSEIGNEE,
    SOURCES,
    TYPES,
    UNIQUE,
    Regle,
)

NON_MONTREE = "(non montrée)"
# These refuse the absence or the repetition of values, not the values.
_SANS_DOUTE = (RENSEIGNEE, UNIQUE)


def resultats(
    jeu: Jeu,
    regles: Sequence[Regle],
    verdicts: Mapping[str, Verdict],
    lecteur: Lecteur,
    mesures: Mesures,
    sources: Approvisionnement,
) -> tuple[Resultat, ...]:
    """Word each verdict; every rule has one result, in the order of the rules."""
    failed = [rule for rule in regles if not verdicts[rule.id].success]
    doubtful = {name for rule in failed if rule.type not in _SANS_DOUTE for name in rule.colonnes}
    measured = {
        FICHIER: _colonnes(jeu, mesures),
        TYPES: _types(jeu, mesures),
        SOURCES: _sources(sources),
    }
    return tuple(
        Resultat(
            regle=rule.id,
            libelle=rule.libelle,
            severity=rule.severity,
            success=verdicts[rule.id].success,
            evalues=verdicts[rule.id].evalues,
            inattendus=verdicts[rule.id].inattendus,
            part=_part(verdicts[rule.id]),
            mesure=measured.get(rule.cadre) or _mesure(rule, verdicts[rule.id], mesures),
            exemples=_exemples(jeu, rule, verdicts[rule.id], lecteur, doubtful),
        )
        for rule in regles
    )


def _part(verdict: Verdict) -> float:
    return round(verdict.inattendus / verdict.evalues, 6) if verdict.evalues else 0.0


def _mesure(regle: Regle, verdict: Verdict, mesures: Mesures) -> str:
    if not verdict.evaluable:
        return "non évaluable : une colonne manque ou n'a pas le type attendu"
    if regle.cadre == PROFIL:
        return _mesure_profil(regle, mesures)
    if verdict.observe is not None:
        return f"valeur observée : {nombre(verdict.observe)}"
    if not verdict.inattendus:
        return f"{nombre(verdict.evalues)} lignes vérifiées"
    share = f"{_part(verdict):.2%}".replace(".", ",").replace("%", " %")
    return f"{nombre(verdict.inattendus)} sur {nombre(verdict.evalues)} lignes ({share})"


def _mesure_profil(regle: Regle, mesures: Mesures) -> str:
    name = regle.kwargs["column"]
    if name in ("debut", "fin"):
        return f"période la plus récente : {mesures.periode_max or 'aucune'}"
    if name in ("csv_fidele", "jsonl_fidele"):
        return "identiques" if getattr(mesures, name) else "différents"
    return f"mesuré : {nombre(profil(mesures).get(name))}{_attendu(regle)}"


def _attendu(regle: Regle) -> str:
    words = {"min_value": "au moins", "max_value": "au plus"}
    bounds = [
        f"{word} {nombre(regle.kwargs[key])}" for key, word in words.items() if key in regle.kwargs
    ]
    return f" (attendu : {', '.join(bounds)})" if bounds else ""


def _colonnes(jeu: Jeu, mesures: Mesures) -> str:
    declared, found = [column.nom for column in jeu.colonnes], [n for n, _ in mesures.colonnes]
    missing = [name for name in declared if name not in found]
    extra = [name for name in found if name not in declared]
    if missing or extra:
        parts = {"manque": missing, "en trop": extra}
        return " ; ".join(f"{word} : {', '.join(names)}" for word, names in parts.items() if names)
    return f"{len(found)} colonnes" if declared == found else "l'ordre n'est pas celui déclaré"


def _types(jeu: Jeu, mesures: Mesures) -> str:
    found = dict(mesures.colonnes)
    wrong = [
        f"{column.nom} est {found[column.nom]} au lieu de {column.type}"
        for column in jeu.colonnes
        if found.get(column.nom, column.type) != column.type
    ]
    return " ; ".join(wrong) or "types déclarés"


def _sources(sources: Approvisionnement) -> str:
    if sources.manquantes:
        return f"jamais atterri : {', '.join(sources.manquantes)}"
    return f"atterri : {', '.join(sources.filiere)}"


def _exemples(
    jeu: Jeu, regle: Regle, verdict: Verdict, lecteur: Lecteur, douteuses: set[str]
) -> tuple[dict[str, Any], ...]:
    """Return the public keys of some rows that fail, at most five.

    Nothing for a rule on persons, no row that may stand for too few of them, and no value of a
    column that any rule has just refused: it could be anything, a name for example.
    """
    if verdict.success or not verdict.lignes or jeu.personnes in regle.colonnes:
        return ()
    if not {*jeu.cle, *([jeu.personnes] if jeu.personnes else [])} <= set(lecteur.types):
        return ()
    enough = f"{jeu.personnes} >= {jeu.seuil}" if jeu.personnes else "true"
    rows = lecteur.lire(jeu.cle, verdict.lignes, enough)
    return tuple(
        {name: NON_MONTREE if name in douteuses else value for name, value in row.items()}
        for row in rows
    )
