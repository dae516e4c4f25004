"""Tables of the demand: who buys which certification, where, at what price.

Belongs here: turning the public shares into lookup tables for the SQL of ``consommation``. Does
not: the drawing of dossiers.
"""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from orchestration.generation import reference
from orchestration.generation.certifications import Catalogue, Certification
from orchestration.generation.offre import Offre

TRANCHES_SEGMENT = 4096
TRANCHES_DEPARTEMENT = 8192
ANNEES_DES_PARTS = (2021, 2023, 2024)
HAUSSE_PERMIS = 0.03  # yearly rise of the legislative exceptions' prices, around 2024

Matrice = npt.NDArray[np.float64]


def certifications(catalogue: Catalogue) -> pd.DataFrame:
    """One row per certification: certification, code, prix (cents), dispersion, heures, jours …"""
    return pd.DataFrame(
        [
            {
                "certification": rang,
                "code": c.code,
                "formacode": c.formacodes[0] if c.formacodes else None,
                "prix": c.prix_eur * 100,
                "dispersion": c.dispersion,
                "heures": c.heures,
                "jours": c.jours,
                "part_distance": c.part_distance,
                "exception": c.exception,
            }
            for rang, c in enumerate(catalogue.certifications)
        ]
    )


def segments(catalogue: Catalogue) -> pd.DataFrame:
    """Quantile table (annee, profil, tranche) → (premiere, nombre) of the segment bought."""
    morceaux = []
    for annee in reference.annees():
        for profil, parts in enumerate(_appetences(catalogue, annee.annee).T):
            rangs = _quantiles(parts, TRANCHES_SEGMENT)
            morceaux.append(
                pd.DataFrame(
                    {
                        "annee": annee.annee,
                        "profil": profil,
                        "tranche": np.arange(TRANCHES_SEGMENT),
                        "premiere": np.array([s.premiere for s in catalogue.segments])[rangs],
                        "nombre": np.array([s.nombre for s in catalogue.segments])[rangs],
                    }
                )
            )
    return pd.concat(morceaux)


def _parts(catalogue: Catalogue, annee: int) -> Matrice:
    """Share of each segment in a year's dossiers, between the years that are known."""
    parts = np.array(
        [np.interp(annee, ANNEES_DES_PARTS, segment.parts) for segment in catalogue.segments]
    )
    return np.asarray(parts / parts.sum())


def _appetences(catalogue: Catalogue, annee: int) -> Matrice:
    """Joint shares (segments, 8 profiles), fitted to both margins by iterative proportions."""
    genres = (reference.PART_FEMMES, 1 - reference.PART_FEMMES)
    profils = np.array([genre * age for genre in genres for age in reference.PART_AGE])
    parts = _parts(catalogue, annee)
    jointes = np.array([reference.publics()[s.public] for s in catalogue.segments])
    # A certification not sold yet keeps a share too small to be drawn, rather than 0 / 0.
    parts = np.maximum(parts, 1e-12)
    jointes = jointes * parts[:, None] * profils[None, :]
    for _ in range(30):
        jointes *= (parts / jointes.sum(axis=1))[:, None]
        jointes *= (profils / jointes.sum(axis=0))[None, :]
    return np.asarray(jointes)


def _quantiles(parts: Matrice, tranches: int) -> npt.NDArray[np.int64]:
    """Rank of the share in which each of the evenly spaced quantiles falls."""
    bornes = np.cumsum(parts) / parts.sum()
    milieux = (np.arange(tranches) + 0.5) / tranches
    return np.minimum(np.searchsorted(bornes, milieux), len(parts) - 1)


def departements() -> pd.DataFrame:
    """One row per département: rang, code, code_commune (chef-lieu)."""
    return pd.DataFrame(
        {
            "rang": range(len(reference.departements())),
            "code": [d.code for d in reference.departements()],
            "code_commune": [d.code_commune for d in reference.departements()],
        }
    )


def repartition_departement() -> pd.DataFrame:
    """Quantile table tranche → departement, in proportion of the populations."""
    habitants = np.array([d.milliers_habitants for d in reference.departements()], dtype=float)
    return pd.DataFrame(
        {
            "tranche": np.arange(TRANCHES_DEPARTEMENT),
            "departement": _quantiles(habitants, TRANCHES_DEPARTEMENT),
        }
    )


def facteurs(catalogue: Catalogue) -> pd.DataFrame:
    """Price factor by (annee, exception) that gives each year its mean price."""
    lignes = []
    for annee in reference.annees():
        hausse = 1 + HAUSSE_PERMIS * (min(annee.annee, 2026) - 2024)
        depense = {True: 0.0, False: 0.0}
        parts = _parts(catalogue, annee.annee)
        for part, segment in zip(parts.tolist(), catalogue.segments, strict=True):
            for rang in range(segment.nombre):
                certification = catalogue.certifications[segment.premiere + rang]
                # Probability of the rank drawn by (n + 1)^u, see achats.sql.
                poids = math.log((rang + 2) / (rang + 1)) / math.log(segment.nombre + 1)
                depense[certification.exception] += part * poids * _prix_attendu(certification)
        ordinaire = (annee.prix_moyen - depense[True] * hausse) / depense[False]
        lignes += [
            {"annee": annee.annee, "exception": True, "facteur": hausse},
            {"annee": annee.annee, "exception": False, "facteur": ordinaire},
        ]
    return pd.DataFrame(lignes)


def _prix_attendu(certification: Certification) -> float:
    return certification.prix_eur * math.exp(certification.dispersion**2 / 2)


def offres(offre: Offre) -> pd.DataFrame:
    """One row per training and place, sorted so that a certification, then its places, follow."""
    formation = offre.formation_des_lignes()
    premieres = offre.debut_actions[:-1]
    table = pd.DataFrame(
        {
            "certification": offre.f_certification[formation],
            "departement": offre.l_departement,
            "organisme": offre.f_organisme[formation],
            "numero_organisme": np.array(offre.f_numero, dtype=object)[formation],
            "modalite": offre.a_modalite[premieres],
            "prix": offre.a_prix[premieres],
            "heures": offre.f_heures[formation],
        }
    )
    table = table.sort_values(["certification", "departement"], kind="stable", ignore_index=True)
    table.insert(0, "offre", np.arange(len(table)))
    return table
