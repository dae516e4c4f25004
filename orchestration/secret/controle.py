"""The gate of the secret: a candidate goes in, a disclosure report comes out.

Belongs here: putting the checks together, on the vault and on the candidate's own files. Does not:
Dagster, nor what each check does. Everything is recounted from dossiers, not from the models.
"""

import datetime as dt
import time
from collections.abc import Sequence

from orchestration import warehouse
from orchestration.jeux import Jeu, variables
from orchestration.publication.candidat import Candidat
from orchestration.secret import detail, etroits, fidelite, financements, recomptes, relations
from orchestration.secret.commun import controler_commun
from orchestration.secret.constats import Constat
from orchestration.secret.etroits import Largeurs
from orchestration.secret.faits import est_premiere, rattacher
from orchestration.secret.rapport import RapportSecret, Regles, ecrire_rapport
from orchestration.secret.relations import Attaque
from orchestration.secret.sans_protection import prouver


def controler_secret(
    jeu: Jeu, candidat: Candidat, ecarts: Sequence[tuple[Jeu, Jeu]] = ()
) -> RapportSecret:
    """Attack what ``jeu`` is about to publish, and write the report beside the candidate.

    ``ecarts``: pairs of datasets, ``jeu`` in each, whose totals may be subtracted.
    """
    start = time.monotonic()
    subtracted = [item for pair in ecarts for item in controler_commun(*pair)]
    rules = _regles(jeu)
    parquet = candidat.chemin("parquet")
    with warehouse.vault(read_only=True) as connection:
        first = est_premiere(connection, jeu)
        rattacher(connection, jeu)
        found = [
            *recomptes.recompter(connection, jeu, rules.dominance, parquet),
            *financements.recouper(connection, jeu, rules.dominance),
            *(fidelite.comparer(connection, jeu) if first else []),
        ]
        persons = relations.attaquer_personnes(connection, jeu)
        amounts = relations.attaquer_montants(connection, jeu, rules.dominance)
        widths = etroits.mesurer(connection, jeu, rules.largeur)
        found += [
            *relations.groupes_impliques(connection, jeu),
            *_attaques(persons, amounts, widths),
            *subtracted,
        ]
        rapport = RapportSecret(
            jeu=jeu.nom,
            titre=jeu.titre,
            success=all(item.success for item in found),
            controle_le=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            premiere=first,
            regles=rules,
            fichiers=candidat.fichiers,
            constats=tuple(found),
            personnes=persons,
            montants=amounts,
            largeurs=widths,
            sans_protection=prouver(connection, jeu),
            niveaux=detail.niveaux(connection, jeu, parquet),
            estimations=detail.estimations(connection, jeu),
            financeurs=detail.financeurs(connection, jeu, parquet),
            unanimites=detail.unanimites(connection, jeu),
            secondes=round(time.monotonic() - start, 1),
        )
    ecrire_rapport(rapport)
    return rapport


def _regles(jeu: Jeu) -> Regles:
    secret = variables()["secret"]
    return Regles(
        seuil=jeu.seuil or 0,
        dominance=secret["part_dominante"],
        largeur=secret["largeur_minimale"],
        plan=jeu.plan,
        ventilation=jeu.ventilation,
    )


def _attaques(persons: Attaque, amounts: Attaque, widths: Largeurs) -> list[Constat]:
    """What the attack must not find."""
    return [
        Constat(
            "personnes_determinees",
            "Aucun effectif caché ne se déduit des lignes publiées",
            persons.inconnues,
            persons.fuites,
        ),
        Constat(
            "montants_determines",
            "Aucun montant mis en commun ne se déduit, s'il a trop peu de contributeurs",
            amounts.inconnues,
            amounts.fuites,
        ),
        Constat(
            "intervalles",
            "Qui connaît les règles hésite assez sur chaque petit groupe caché",
            widths.petites,
            widths.etroites,
        ),
    ]
