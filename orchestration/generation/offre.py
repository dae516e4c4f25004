"""What the bodies offer: trainings, their places, actions and sessions, as arrays.

Belongs here: the drawing of the offer with its shares and skew. Does not: the XML (``edof``). The
offer depends on the scale and the seed only, so that an older dossier may refer to a training which
every later catalogue still delivers; dates are the catalogue's affair.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.generation import reference
from orchestration.generation.certifications import Catalogue, Certification
from orchestration.generation.organismes import Organisme
from orchestration.generation.rates import RATES
from orchestration.generation.tirages import (
    Booleens,
    Entiers,
    Reels,
    Tranche,
    cale,
    distincts,
    effectifs,
    prix_affiche,
)

LOCALISATIONS_NATIONALES = 200_000  # rows training × département, legislative exceptions aside
PART_EXCEPTIONS = 0.07  # rows of driving licences, bilan, VAE and creation, on top
PART_DISTANCE = 0.22  # of the rows
PART_SANS_HEURES = 0.64
PART_CHEZ_SOI = 0.6  # first place in the body's own département
PART_MIXTE = 0.15
PART_FERMEE = 0.15
PRIX_MAX_EUR = 25_000
CONCENTRATION = 2.2  # exponent of the bodies' skew: 151 bodies for 830 rows in the NSF 326 sample
NB_LIEUX = (Tranche(1, 1, 0.86), Tranche(2, 2, 0.08), Tranche(3, 5, 0.045), Tranche(6, 20, 0.015))
LIEUX_MOYENS = 1.38  # mean of NB_LIEUX
NB_ACTIONS = (Tranche(1, 1, 0.80), Tranche(2, 2, 0.14), Tranche(3, 3, 0.04), Tranche(4, 7, 0.02))
NB_OUVERTES = (
    Tranche(0, 0, 0.03), Tranche(1, 1, 0.66), Tranche(2, 2, 0.16),
    Tranche(3, 3, 0.07), Tranche(4, 6, 0.055), Tranche(7, 12, 0.025),
)  # fmt: skip


@dataclass(frozen=True)
class Offre:
    """Trainings (``f_``), their rows, i.e. places (``l_``), and their actions (``a_``).

    ``debut_lignes`` and ``debut_actions`` are offsets, one longer than the level above. Prices in
    cents, tax included; ``l_departement`` indexes ``reference.departements()``, -1 when remote.
    """

    f_certification: Entiers
    f_organisme: Entiers
    f_heures: Entiers
    f_numero: tuple[str, ...]
    debut_lignes: Entiers
    l_departement: Entiers
    debut_actions: Entiers
    a_modalite: Entiers
    a_prix: Entiers
    a_ouvertes: Entiers
    a_fermees: Entiers

    def formation_des_lignes(self) -> Entiers:
        """Training of each row."""
        return np.repeat(np.arange(len(self.f_certification)), np.diff(self.debut_lignes))


def construit(
    scale: float, graine: int, catalogue: Catalogue, organismes: tuple[Organisme, ...]
) -> Offre:
    """Draw the offer of a scale: the certifying trainings, then the legislative exceptions."""
    alea = np.random.default_rng([graine, 4])
    lignes = max(round(LOCALISATIONS_NATIONALES * scale), 100)
    certification, lieux, distance = _formations(lignes, alea, catalogue)
    debut_lignes = np.concatenate(([0], np.cumsum(lieux)))
    organisme = _organismes(certification, catalogue, len(organismes), alea)
    departements = _departements(debut_lignes, distance, organisme, organismes, alea)
    nb_actions = effectifs(NB_ACTIONS, int(debut_lignes[-1]), alea)
    ligne = np.repeat(np.arange(len(departements)), nb_actions)
    formation = np.repeat(np.arange(len(lieux)), lieux)[ligne]
    nombre = len(ligne)
    prix, heures = _prix_et_heures(certification, catalogue, alea)
    variation = np.where(alea.random(nombre) < 0.2, alea.choice([0.8, 0.9, 1.1, 1.25], nombre), 1)
    mixte = (alea.random(nombre) < PART_MIXTE).astype(np.int64)
    return Offre(
        f_certification=certification,
        f_organisme=organisme,
        f_heures=heures,
        f_numero=_numeros(certification, heures, catalogue, alea),
        debut_lignes=debut_lignes,
        l_departement=departements,
        debut_actions=np.concatenate(([0], np.cumsum(nb_actions))),
        a_modalite=np.where(departements[ligne] < 0, 2, mixte),
        a_prix=np.minimum(prix_affiche(prix[formation] * variation), PRIX_MAX_EUR * 100),
        a_ouvertes=effectifs(NB_OUVERTES, nombre, alea),
        a_fermees=(alea.random(nombre) < PART_FERMEE).astype(np.int64),
    )


def _formations(
    lignes: int, alea: np.random.Generator, catalogue: Catalogue
) -> tuple[Entiers, Entiers, Booleens]:
    """Certification, number of places and remoteness of each training, for ``lignes`` rows."""
    exceptions = np.array([c.exception for c in catalogue.certifications])
    poids = np.array([c.poids_offre for c in catalogue.certifications])
    distance = np.array([c.part_distance for c in catalogue.certifications])
    # A remote training is one row, a local one several: hence the share of trainings to aim at.
    part = PART_DISTANCE * LIEUX_MOYENS / (1 - PART_DISTANCE + PART_DISTANCE * LIEUX_MOYENS)
    morceaux = []
    for exception, cible in ((False, lignes), (True, max(round(lignes * PART_EXCEPTIONS), 10))):
        parts = np.where(exceptions == exception, poids, 0)
        parts = parts / parts.sum()
        certification = alea.choice(len(parts), size=cible, p=parts)
        seuil = distance if exception else cale(distance, parts, part)
        a_distance = alea.random(cible) < seuil[certification]
        lieux = np.where(a_distance, 1, effectifs(NB_LIEUX, cible, alea))
        # One draw per row wanted is more than enough; the surplus is cut at the exact row.
        fin = int(np.searchsorted(np.cumsum(lieux), cible)) + 1
        lieux[fin - 1] -= int(lieux[:fin].sum()) - cible
        morceaux.append((certification[:fin], lieux[:fin], a_distance[:fin]))
    certification, lieux, a_distance = (
        np.concatenate([morceau[rang] for morceau in morceaux]) for rang in range(3)
    )
    return certification, lieux, a_distance.astype(np.bool_)


def _organismes(
    certification: Entiers, catalogue: Catalogue, nombre: int, alea: np.random.Generator
) -> Entiers:
    """Give each training a body: skewed, and each NSF group has its own leaders."""
    codes_nsf = sorted({c.nsf for c in catalogue.certifications})
    decalage = np.array([codes_nsf.index(c.nsf) for c in catalogue.certifications])
    rang = (nombre * alea.random(len(certification)) ** CONCENTRATION).astype(np.int64)
    return np.asarray((rang + decalage[certification] * (nombre // len(codes_nsf))) % nombre)


def _departements(
    debut_lignes: Entiers,
    distance: Booleens,
    organisme: Entiers,
    organismes: tuple[Organisme, ...],
    alea: np.random.Generator,
) -> Entiers:
    """Place each row: -1 when remote, mostly the body's own département first, never one twice."""
    departements = reference.departements()
    rang = {d.code: rang for rang, d in enumerate(departements)}
    siege = np.array([rang[o.departement.code] for o in organismes])
    habitants = np.array([d.milliers_habitants for d in departements], dtype=float)
    lieux = alea.choice(len(departements), size=debut_lignes[-1], p=habitants / habitants.sum())
    premiers = debut_lignes[:-1]
    chez_soi = alea.random(len(premiers)) < PART_CHEZ_SOI
    lieux[premiers[chez_soi]] = siege[organisme[chez_soi]]
    lieux[premiers[distance]] = -1
    for formation in np.flatnonzero(np.diff(debut_lignes) > 1).tolist():
        debut, fin = int(debut_lignes[formation]), int(debut_lignes[formation + 1])
        lieux[debut:fin] = distincts(lieux[debut:fin].tolist(), len(departements))
    return np.asarray(lieux)


def _prix_et_heures(
    certification: Entiers, catalogue: Catalogue, alea: np.random.Generator
) -> tuple[Reels, Entiers]:
    """Price in cents around the certification's, and hours (0 = not declared, 64 %)."""
    prix = np.array([c.prix_eur for c in catalogue.certifications])[certification]
    dispersion = np.array([c.dispersion for c in catalogue.certifications])[certification]
    usuelles = np.array([c.heures for c in catalogue.certifications])[certification]
    nombre = len(certification)
    tires = prix * np.exp(dispersion * alea.standard_normal(nombre))
    heures = np.maximum(np.rint(usuelles * np.exp(0.3 * alea.standard_normal(nombre))), 4)
    declarees = alea.random(nombre) >= PART_SANS_HEURES
    return np.clip(tires, 60, PRIX_MAX_EUR) * 100, np.where(declarees, heures, 0).astype(np.int64)


def _numeros(
    certification: Entiers, heures: Entiers, catalogue: Catalogue, alea: np.random.Generator
) -> tuple[str, ...]:
    """Numbers given by the bodies, each in its own manner; a running number makes them unique."""
    styles = alea.integers(4, size=len(certification)).tolist()
    codes = [catalogue.certifications[rang].code for rang in certification.tolist()]
    manieres = ("{code}_{rang}", "F{rang:06d}", "A{rang}-INTER-{duree}H", "MOD-{rang}")
    return tuple(
        manieres[style].format(code=code, rang=rang, duree=duree)
        for rang, (style, code, duree) in enumerate(
            zip(styles, codes, heures.tolist(), strict=True), start=1001
        )
    )


def habilitations(
    offre: Offre, certifications: tuple[Certification, ...], graine: int
) -> list[tuple[int, int]]:
    """Pairs (certification, body) that the partners' file authorises: nearly all those offered."""
    alea = np.random.default_rng([graine, 5])
    couples = np.unique(np.stack([offre.f_certification, offre.f_organisme], axis=1), axis=0)
    ordinaires = np.array([not c.exception for c in certifications])[couples[:, 0]]
    couples = couples[ordinaires]
    connus = couples[alea.random(len(couples)) >= RATES.offre_non_habilitee]
    return [(int(certification), int(organisme)) for certification, organisme in connus]
