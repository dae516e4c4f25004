"""What the bodies offer: trainings, their places, actions and sessions, as arrays.

Belongs here: the drawing of the offer with its shares and skew. Does not: the XML (``edof``). The
offer depends on the scale and the seed only, so that an older dossier may refer to a training which
every later catalogue still delivers; dates are the catalogue's affair.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.generation import reference
from orchestration.generation.certifications import Catalogue, Certification
from orchestration.generation.organismes import Organisme
from orchestration.generation.rates import RATES

Entiers = npt.NDArray[np.int64]
Reels = npt.NDArray[np.float64]
Booleens = npt.NDArray[np.bool_]

LOCALISATIONS_NATIONALES = 200_000  # rows training × département, legislative exceptions aside
PART_EXCEPTIONS = 0.07  # rows of driving licences, bilan, VAE and creation, on top
PART_DISTANCE = 0.22  # of the rows
PART_SANS_HEURES = 0.64
NB_LIEUX = ((1, 1, 0.86), (2, 2, 0.08), (3, 5, 0.045), (6, 20, 0.015))
NB_ACTIONS = ((1, 1, 0.80), (2, 2, 0.14), (3, 3, 0.04), (4, 7, 0.02))
NB_OUVERTES = (
    (0, 0, 0.03), (1, 1, 0.66), (2, 2, 0.16), (3, 3, 0.07), (4, 6, 0.055), (7, 12, 0.025),
)  # fmt: skip
LIEUX_MOYENS = 1.38  # mean of NB_LIEUX
PRIX_MAX_EUR = 25_000
PART_MIXTE = 0.15
PART_FERMEE = 0.15
CONCENTRATION = 2.2  # exponent of the bodies' skew: 151 bodies for 830 rows in the NSF 326 sample


@dataclass(frozen=True)
class Offre:
    """Trainings, their rows (places) and actions; ``debut_*`` are offsets, one longer than their level.

    Shapes: ``f_*`` (trainings,), ``l_*`` (rows,), ``a_*`` (actions,). Prices in cents, tax included;
    ``l_departement`` indexes ``reference.departements()``, -1 when remote.
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

    def ligne_formation(self) -> Entiers:
        """Training of each row."""
        return np.repeat(np.arange(len(self.f_certification)), np.diff(self.debut_lignes))


def construit(
    scale: float, graine: int, catalogue: Catalogue, organismes: tuple[Organisme, ...]
) -> Offre:
    """Draw the offer of a scale: the certifying trainings, then the legislative exceptions."""
    alea = np.random.default_rng([graine, 4])
    lignes = max(round(LOCALISATIONS_NATIONALES * scale), 100)
    certifications, lieux, distance = _formations(lignes, alea, catalogue)
    nb = len(certifications)
    debut_lignes = np.concatenate(([0], np.cumsum(lieux)))
    organisme = _organismes(certifications, catalogue, len(organismes), alea)
    departements = _departements(debut_lignes, distance, organisme, organismes, alea)
    nb_actions = _effectif(NB_ACTIONS, int(debut_lignes[-1]), alea)
    debut_actions = np.concatenate(([0], np.cumsum(nb_actions)))
    action_ligne = np.repeat(np.arange(len(departements)), nb_actions)
    action_formation = np.repeat(np.arange(nb), lieux)[action_ligne]
    actions = len(action_ligne)
    mixte = alea.random(actions) < PART_MIXTE
    prix, heures = _prix_et_heures(certifications, catalogue, alea)
    variation = np.where(alea.random(actions) < 0.2, alea.choice([0.8, 0.9, 1.1, 1.25], actions), 1)
    return Offre(
        f_certification=certifications,
        f_organisme=organisme,
        f_heures=heures,
        f_numero=_numeros(certifications, heures, catalogue, alea),
        debut_lignes=debut_lignes,
        l_departement=departements,
        debut_actions=debut_actions,
        a_modalite=np.where(departements[action_ligne] < 0, 2, mixte.astype(np.int64)),
        a_prix=np.minimum(_arrondi(prix[action_formation] * variation), PRIX_MAX_EUR * 100),
        a_ouvertes=_effectif(NB_OUVERTES, actions, alea),
        a_fermees=(alea.random(actions) < PART_FERMEE).astype(np.int64),
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
        certifications = alea.choice(len(parts), size=cible, p=parts)
        seuil = distance if exception else _cale(distance, parts, part)
        a_distance = alea.random(cible) < seuil[certifications]
        lieux = np.where(a_distance, 1, _effectif(NB_LIEUX, cible, alea))
        # One draw per row wanted is more than enough; the surplus is cut at the exact row.
        fin = int(np.searchsorted(np.cumsum(lieux), cible)) + 1
        lieux[fin - 1] -= int(lieux[:fin].sum()) - cible
        morceaux.append((certifications[:fin], lieux[:fin], a_distance[:fin]))
    certifications, lieux, a_distance = (
        np.concatenate([morceau[rang] for morceau in morceaux]) for rang in range(3)
    )
    return certifications, lieux, a_distance.astype(np.bool_)


def _cale(distance: Reels, parts: Reels, cible: float) -> Reels:
    """Scale the remote shares (each ≤ 0.9) so that their mean over the trainings is ``cible``."""
    facteur = 1.0
    for _ in range(20):
        facteur *= cible / float((np.minimum(distance * facteur, 0.9) * parts).sum())
    return np.minimum(distance * facteur, 0.9)


def _effectif(
    tranches: tuple[tuple[int, int, float], ...], nombre: int, alea: np.random.Generator
) -> Entiers:
    """Draw counts from (lowest, highest, probability) brackets."""
    rangs = alea.choice(len(tranches), size=nombre, p=[part for _, _, part in tranches])
    bas, haut = (np.array([tranche[cote] for tranche in tranches])[rangs] for cote in (0, 1))
    return alea.integers(bas, haut + 1)


def _organismes(
    certifications: Entiers, catalogue: Catalogue, nombre: int, alea: np.random.Generator
) -> Entiers:
    """Give each training a body: skewed, and specialised since each NSF group has its own leaders."""
    codes_nsf = sorted({c.nsf for c in catalogue.certifications})
    decalage = np.array([codes_nsf.index(c.nsf) for c in catalogue.certifications])
    rang = (nombre * alea.random(len(certifications)) ** CONCENTRATION).astype(np.int64)
    return (rang + decalage[certifications] * (nombre // len(codes_nsf))) % nombre


def _departements(
    debut_lignes: Entiers,
    distance: Booleens,
    organisme: Entiers,
    organismes: tuple[Organisme, ...],
    alea: np.random.Generator,
) -> Entiers:
    """Place each row: -1 when remote, mostly the body's own département first, never one twice."""
    departements = reference.departements()
    rang_departement = {d.code: rang for rang, d in enumerate(departements)}
    siege = np.array([rang_departement[o.departement.code] for o in organismes])
    habitants = np.array([d.milliers_habitants for d in departements], dtype=float)
    lieux = alea.choice(len(departements), size=debut_lignes[-1], p=habitants / habitants.sum())
    premiers = debut_lignes[:-1]
    chez_soi = alea.random(len(premiers)) < 0.6
    lieux[premiers[chez_soi]] = siege[organisme[chez_soi]]
    lieux[premiers[distance]] = -1
    for formation in np.flatnonzero(np.diff(debut_lignes) > 1).tolist():
        debut, fin = int(debut_lignes[formation]), int(debut_lignes[formation + 1])
        lieux[debut:fin] = _distincts(lieux[debut:fin].tolist(), len(departements))
    return lieux


def _distincts(lieux: list[int], nombre: int) -> list[int]:
    """Move each repeated place to the next free one."""
    pris: set[int] = set()
    for rang, lieu in enumerate(lieux):
        libre = lieu
        while libre in pris:
            libre = (libre + 1) % nombre
        pris.add(libre)
        lieux[rang] = libre
    return lieux


def _prix_et_heures(
    certifications: Entiers, catalogue: Catalogue, alea: np.random.Generator
) -> tuple[Reels, Entiers]:
    """Price in cents around the certification's, and hours (0 = not declared, 64 %)."""
    prix = np.array([c.prix_eur for c in catalogue.certifications])[certifications]
    dispersion = np.array([c.dispersion for c in catalogue.certifications])[certifications]
    usuelles = np.array([c.heures for c in catalogue.certifications])[certifications]
    nombre = len(certifications)
    tires = prix * np.exp(dispersion * alea.standard_normal(nombre))
    heures = np.maximum(np.rint(usuelles * np.exp(0.3 * alea.standard_normal(nombre))), 4)
    declarees = alea.random(nombre) >= PART_SANS_HEURES
    return np.clip(tires, 60, PRIX_MAX_EUR) * 100, np.where(declarees, heures, 0).astype(np.int64)


def _arrondi(centimes: Reels) -> Entiers:
    """Round to 10 € as bodies do, and give one price in eight its cents (VAT added to a net price)."""
    ronds = np.rint(centimes / 1000).astype(np.int64) * 1000
    return np.where(ronds % 8000 == 0, ronds + 60, ronds)


def _numeros(
    certifications: Entiers, heures: Entiers, catalogue: Catalogue, alea: np.random.Generator
) -> tuple[str, ...]:
    """Numbers given by the bodies, each in its own manner; the running number makes them unique."""
    styles = alea.integers(4, size=len(certifications)).tolist()
    codes = [c.code for c in catalogue.certifications]
    return tuple(
        (f"{codes[certification]}_{rang}", f"F{rang:06d}", f"A{rang}-INTER-{duree}H", f"MOD-{rang}")[
            style
        ]
        for rang, (style, certification, duree) in enumerate(
            zip(styles, certifications.tolist(), heures.tolist(), strict=True), start=1001
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
