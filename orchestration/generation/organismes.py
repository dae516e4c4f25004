"""The training bodies: those that trade, and the liste publique that should contain them.

Belongs here: the bodies and ``organismes_<date>.csv`` in the format of the DGEFP. Does not: what
they sell (``offre``). Half of the trading bodies sell under an establishment that the list does not
give: they are found again by their SIREN only.
"""

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from orchestration.generation import noms, reference
from orchestration.generation.fichiers import remplace
from orchestration.generation.rates import RATES

EN_ACTIVITE_NATIONAL = 13_700  # bodies with an offer
LISTE_NATIONALE = 154_107  # lines of the liste publique
PART_AUTRE_ETABLISSEMENT = 0.5

ENTETE = (
    "numeroDeclarationActivite", "denomination", "siren", "siretEtablissementDeclarant",
    "adressePhysiqueOrganismeFormation.voie", "adressePhysiqueOrganismeFormation.codePostal",
    "adressePhysiqueOrganismeFormation.ville", "adressePhysiqueOrganismeFormation.codeRegion",
    "certifications.actionsDeFormation", "certifications.bilansDeCompetences",
    "certifications.VAE", "certifications.actionsDeFormationParApprentissage",
    "informationsDeclarees.dateDerniereDeclaration", "informationsDeclarees.debutExercice",
    "informationsDeclarees.finExercice", "informationsDeclarees.nbStagiaires",
    "informationsDeclarees.nbStagiairesConfiesParUnAutreOF",
    "informationsDeclarees.effectifFormateurs",
    *(
        f"informationsDeclarees.specialitesDeFormation.{nature}Specialite{rang}"
        for rang in (1, 2, 3)
        for nature in ("code", "libelle")
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Organisme:
    """A body: ``siret`` is where it trades, ``siret_declarant`` what the list gives."""

    siren: str
    siret: str
    siret_declarant: str
    denomination: str
    departement: reference.Departement
    voie: str
    code_postal: str


def construit(scale: float, graine: int) -> tuple[Organisme, ...]:
    """Make the trading bodies, from the largest catalogue to the smallest."""
    nombre = max(round(EN_ACTIVITE_NATIONAL * min(scale, 1.0) ** 0.75), 60)
    return _tire(nombre, np.random.default_rng([graine, 2]))


def _tire(nombre: int, alea: np.random.Generator) -> tuple[Organisme, ...]:
    departements = reference.departements()
    habitants = np.array([d.milliers_habitants for d in departements], dtype=float)
    lieux = alea.choice(len(departements), size=nombre, p=habitants / habitants.sum())
    nics = alea.integers(1, 60, size=nombre).tolist()
    ailleurs = (alea.random(nombre) < PART_AUTRE_ETABLISSEMENT).tolist()
    voies = alea.integers(len(noms.VOIES), size=nombre).tolist()
    numeros = alea.integers(1, 180, size=nombre).tolist()
    titres = noms.denominations(nombre, alea)
    quartiers = alea.integers(0, 60, size=nombre).tolist()
    return tuple(
        Organisme(
            siren=siren,
            siret=f"{siren}{nic + (17 if ailleurs[rang] else 0):05d}",
            siret_declarant=f"{siren}{nic:05d}",
            denomination=titres[rang],
            departement=departements[lieu],
            voie=f"{numeros[rang]} {noms.VOIES[voies[rang]]}",
            code_postal=code_postal(departements[lieu], quartiers[rang]),
        )
        for rang, (siren, lieu, nic) in enumerate(
            zip(noms.sirens(nombre, alea), lieux.tolist(), nics, strict=True)
        )
    )


def code_postal(departement: reference.Departement, quartier: int) -> str:
    """Give a postcode of the département: its chef-lieu's, or a neighbour's for ``quartier`` > 30.

    Corse keeps 200xx/201xx south and 202xx north; overseas postcodes keep their three digits.
    """
    if quartier <= 30:
        return departement.code_postal
    if departement.code == "75":
        return f"750{quartier % 20 + 1:02d}"
    if departement.code in {"2A", "2B"}:
        return f"20{(100 if departement.code == '2A' else 220) + (quartier - 31) * 2:03d}"
    if len(departement.code) == 3:
        return f"{departement.code}{quartier - 20:02d}"
    return f"{departement.code}{(quartier - 30) * 20:03d}"


def ecrit(
    dossier: Path, jour: dt.date, organismes: tuple[Organisme, ...], scale: float, graine: int
) -> Path:
    """Write the liste publique: the trading bodies but a few, lost among those without an offer."""
    alea = np.random.default_rng([graine, 3])
    autres = _tire(max(round((LISTE_NATIONALE - EN_ACTIVITE_NATIONAL) * scale), 50), alea)
    connus = [o for o in organismes if alea.random() >= RATES.organisme_absent]
    actifs = {o.siren for o in connus}
    liste = connus + [o for o in autres if o.siren not in actifs]
    ordre = alea.permutation(len(liste)).tolist()
    chemin = dossier / f"organismes_{jour.isoformat()}.csv"
    with (
        remplace(chemin) as provisoire,
        provisoire.open("w", encoding="utf-8-sig", newline="") as fichier,
    ):
        ecrivain = csv.writer(fichier, delimiter=";", lineterminator="\n")
        ecrivain.writerow(ENTETE)
        for rang in ordre:
            ligne = _ligne(liste[rang], liste[rang].siren in actifs, jour, alea)
            ecrivain.writerow(ligne)
            if alea.random() < RATES.doublon_organisme:
                ecrivain.writerow(ligne)
    return chemin


def _ligne(
    organisme: Organisme, en_activite: bool, jour: dt.date, alea: np.random.Generator
) -> list[str]:
    hasards = alea.random(8).tolist()
    exercice = jour.year - 1 - (hasards[0] < 0.2)
    domaines = reference.domaines()
    nombre = int(hasards[1] * 4)
    rangs = sorted({int(hasards[2] * 997 * (rang + 1)) % len(domaines) for rang in range(nombre)})
    specialites = [(domaines[rang].nsf, domaines[rang].libelle) for rang in rangs]
    specialites += [("", "")] * (3 - len(specialites))
    certifie = en_activite or hasards[3] < 0.215
    stagiaires = int(5 + 900 * hasards[4] ** 4)
    region = int(organisme.departement.code_region)
    siren = organisme.siren[:6] if hasards[7] < RATES.organisme_sans_siren else organisme.siren
    return [
        f"{region:02d}{organisme.siren}"[:11],
        organisme.denomination,
        siren,
        organisme.siret_declarant,
        organisme.voie.upper(),
        organisme.code_postal,
        organisme.departement.chef_lieu.upper(),
        organisme.departement.code_region,
        _booleen(certifie),
        _booleen(certifie and hasards[5] < 0.22),
        _booleen(certifie and hasards[5] > 0.86),
        _booleen(certifie and hasards[6] < 0.12),
        f"{exercice + 1}-{int(hasards[6] * 6) + 1:02d}-{int(hasards[5] * 28) + 1:02d}",
        f"{exercice}-01-01",
        f"{exercice}-12-31",
        str(stagiaires),
        str(int(stagiaires * hasards[0] * 0.4)),
        str(1 + stagiaires // 60),
        *(texte for couple in specialites for texte in couple),
    ]


def _booleen(valeur: bool) -> str:
    return "true" if valeur else "false"
