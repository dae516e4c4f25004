"""Tables of the demand, for the SQL to join: who buys which certification, where, at what price."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from orchestration.generation import reference
from orchestration.generation.invented_certifications import Catalog, Certification
from orchestration.generation.offer import Offer
from orchestration.generation.register_tables import former_codes
from orchestration.generation.scales import NATIONAL, Scale
from orchestration.generation.training_bodies import TrainingBody, ranges

SEGMENT_QUANTILES = 4096
DEPARTEMENT_QUANTILES = 8192
SHARE_YEARS = (2021, 2023, 2024)
EXCEPTION_PRICE_RISE = 0.03  # yearly rise of the legislative exceptions' prices, around 2024

Matrix = npt.NDArray[np.float64]


def certifications(catalog: Catalog, bodies: tuple[TrainingBody, ...], seed: int) -> pd.DataFrame:
    """One row per certification: certification, code, prix (cents), dispersion, heures, jours …

    The bodies that sell it are ``nombre_organismes`` from ``premier_organisme``.
    """
    by_sector = ranges(bodies)
    former = former_codes(catalog, seed)
    table = pd.DataFrame(
        [
            {
                "certification": rank,
                "code": c.code,
                "ancien_code": former.get(c.code),
                "formacode": c.formacodes[0] if c.formacodes else None,
                "prix": c.prix_eur * 100,
                "dispersion": c.dispersion,
                "heures": c.heures,
                "jours": c.jours,
                "part_distance": c.part_distance,
                "exception": c.exception,
                "abandon": c.sector.abandon,
                "premier_organisme": by_sector[c.sector.secteur].start,
                "nombre_organismes": len(by_sector[c.sector.secteur]),
            }
            for rank, c in enumerate(catalog.certifications)
        ]
    )
    return table.astype({"ancien_code": "string"})


def segments(catalog: Catalog) -> pd.DataFrame:
    """Quantile table (annee, profil, tranche) → (premiere, nombre) of the segment bought."""
    pieces = []
    for year in reference.years():
        for profile, parts in enumerate(_preferences(catalog, year.annee).T):
            ranks = _quantiles(parts, SEGMENT_QUANTILES)
            pieces.append(
                pd.DataFrame(
                    {
                        "annee": year.annee,
                        "profil": profile,
                        "tranche": np.arange(SEGMENT_QUANTILES),
                        "premiere": np.array([s.first for s in catalog.segments])[ranks],
                        "nombre": np.array([s.count for s in catalog.segments])[ranks],
                    }
                )
            )
    return pd.concat(pieces)


def _parts(catalog: Catalog, year: int) -> Matrix:
    """Share of each segment in a year's dossiers, between the years that are known."""
    parts = np.array([np.interp(year, SHARE_YEARS, segment.parts) for segment in catalog.segments])
    return np.asarray(parts / parts.sum())


def _preferences(catalog: Catalog, year: int) -> Matrix:
    """Joint shares (segments, 8 profiles), fitted to both margins by iterative proportions."""
    genders = (reference.WOMEN_SHARE, 1 - reference.WOMEN_SHARE)
    profiles = np.array([gender * age for gender in genders for age in reference.AGE_SHARES])
    parts = _parts(catalog, year)
    joint_shares = np.array([reference.audiences()[s.public] for s in catalog.segments])
    # A certification not sold yet keeps a share too small to be drawn, rather than 0 / 0.
    parts = np.maximum(parts, 1e-12)
    joint_shares = joint_shares * parts[:, None] * profiles[None, :]
    for _ in range(30):
        joint_shares *= (parts / joint_shares.sum(axis=1))[:, None]
        joint_shares *= (profiles / joint_shares.sum(axis=0))[None, :]
    return np.asarray(joint_shares)


def _quantiles(parts: Matrix, quantile_count: int) -> npt.NDArray[np.int64]:
    """Rank of the share in which each of the evenly spaced quantiles falls."""
    bounds = np.cumsum(parts) / parts.sum()
    midpoints = (np.arange(quantile_count) + 0.5) / quantile_count
    return np.minimum(np.searchsorted(bounds, midpoints), len(parts) - 1)


def departements() -> pd.DataFrame:
    """One row per département: rang, code, code_commune (chef-lieu), facteur_demandeurs.

    The factor multiplies the national share of job seekers; its mean over the inhabitants is 1.
    """
    shares = NATIONAL.place_shares()
    rates = np.array([float(d.taux_chomage) for d in reference.departements()])
    return pd.DataFrame(
        {
            "rang": range(len(reference.departements())),
            "code": [d.code for d in reference.departements()],
            "code_commune": [d.code_commune for d in reference.departements()],
            "facteur_demandeurs": 0.5 + 0.5 * rates / float((rates * shares).sum()),
        }
    )


def departement_quantiles(scale: Scale) -> pd.DataFrame:
    """Quantile table tranche → departement, in proportion of the populations."""
    return pd.DataFrame(
        {
            "tranche": np.arange(DEPARTEMENT_QUANTILES),
            "departement": _quantiles(scale.place_shares(), DEPARTEMENT_QUANTILES),
        }
    )


def factors(catalog: Catalog) -> pd.DataFrame:
    """Price factor by (annee, exception) that gives each year its mean price."""
    rows = []
    for year in reference.years():
        rise = 1 + EXCEPTION_PRICE_RISE * (min(year.annee, 2026) - 2024)
        spending = {True: 0.0, False: 0.0}
        parts = _parts(catalog, year.annee)
        for part, segment in zip(parts.tolist(), catalog.segments, strict=True):
            for rank in range(segment.count):
                certification = catalog.certifications[segment.first + rank]
                # Probability of the rank drawn by (n + 1)^u, see achats.sql.
                weight = math.log((rank + 2) / (rank + 1)) / math.log(segment.count + 1)
                spending[certification.exception] += part * weight * _expected_price(certification)
        ordinary_factor = (year.prix_moyen - spending[True] * rise) / spending[False]
        rows += [
            {"annee": year.annee, "exception": True, "facteur": rise},
            {"annee": year.annee, "exception": False, "facteur": ordinary_factor},
        ]
    return pd.DataFrame(rows)


def _expected_price(certification: Certification) -> float:
    return certification.prix_eur * math.exp(certification.dispersion**2 / 2)


def offers(offer: Offer) -> pd.DataFrame:
    """One row per training and place, sorted so that a certification, then its places, follow."""
    formation = offer.row_formations()
    first_actions = offer.action_offsets[:-1]
    table = pd.DataFrame(
        {
            "certification": offer.f_certification[formation],
            "departement": offer.l_departement,
            "organisme": offer.f_body[formation],
            "numero_organisme": np.array(offer.f_numbers, dtype=object)[formation],
            "etablissement": formation,
            "modalite": offer.a_mode[first_actions],
            "prix": offer.a_prices[first_actions],
            "heures": offer.f_hours[formation],
        }
    )
    table = table.sort_values(["certification", "departement"], kind="stable", ignore_index=True)
    table.insert(0, "offre", np.arange(len(table)))
    return table
