"""Rates of the generated extracts' real-life dirt, in one place.

Every rate is a probability per record of the source named in the comment; tests read the same
object. Shares of healthy data are in ``faits/*.csv``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rates:
    """Probability of each planted defect, per record of its source."""

    # Records that the landing rejects.
    date_invalide: float = 0.00003  # dossiers: an impossible calendar date
    prix_negatif: float = 0.00002  # dossiers: a price below zero
    identifiant_absent: float = 0.00002  # dossiers: no id_dossier
    formation_rejetee: float = 0.0002  # EDOF: formation whose datemaj is impossible
    organisme_sans_siren: float = 0.0001  # liste publique: SIREN cut short

    # Records that land, to be cleaned or counted further on.
    tabulation: float = 0.0005  # dossiers, EDOF: TAB before a SIRET
    doublon_dossier: float = 0.0002  # dossiers: exact duplicate of a record
    doublon_financement: float = 0.0002  # financements: exact duplicate of a record
    doublon_formation: float = 0.0003  # EDOF: formation delivered twice
    doublon_organisme: float = 0.0002  # liste publique: exact duplicate of a line
    certification_inconnue: float = 0.0004  # dossiers, EDOF: code absent from the register
    financeur_inconnu: float = 0.0003  # financements: code outside the nine
    sans_financement: float = 0.0005  # dossiers: delivered without any financement
    financement_orphelin: float = 0.0002  # financements: dossier that no file delivers
    offre_non_habilitee: float = 0.03  # (body, certification) absent from the partners

    ancienne_certification: float = 0.005  # dossiers: code that has ended and was replaced
    residence_lointaine: float = 0.0005  # titulaires: overseas collectivités, abroad

    # Cells left empty, bodies left out.
    genre_vide: float = 0.0  # everybody's is in the NIR that opens the account
    situation_vide: float = 0.004
    csp_vide: float = 0.02
    residence_vide: float = 0.005
    heures_vides: float = 0.12
    formacode_vide: float = 0.02
    organisme_absent: float = 0.02  # trading bodies that the liste publique does not know
    partenaire_sans_siret: float = 0.02
    partenaire_autre_etablissement: float = 0.02  # listed where it does not sell
    partenaire_evaluateur: float = 0.01  # may examine, and sells trainings
    partenaire_retire: float = 0.01
    partenaire_revenu: float = 0.005  # removed, then listed again
    certificateur_sans_siret: float = 0.31


RATES = Rates()
