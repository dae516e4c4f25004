"""Addresses and contact persons of the EDOF catalogue, and the stream of draws that its texts use.

Belongs here: the elements ``adresse`` and ``coordonnees``. Does not: trainings, actions and
sessions (``edof``). Contact persons are invented; in reality these elements must never go further
than the raw extract.
"""

from xml.sax.saxutils import escape

import numpy as np

from orchestration.generation import noms, reference
from orchestration.generation.organismes import Organisme, code_postal


class Hasard:
    """A cheap stream of draws: numpy's generator, taken by blocks instead of one by one."""

    BLOC = 65_536

    def __init__(self, alea: np.random.Generator) -> None:
        """Read from ``alea``."""
        self._alea = alea
        self._tirages: list[float] = []

    def part(self) -> float:
        """Next draw, in [0, 1)."""
        if not self._tirages:
            self._tirages = self._alea.random(self.BLOC).tolist()
        return self._tirages.pop()

    def entier(self, borne: int) -> int:
        """Next draw, an integer below ``borne``."""
        return int(self.part() * borne)


def adresse(hasard: Hasard, organisme: Organisme, departement: int) -> str:
    """Address of a place (rank of its département); a remote training (-1) gives the body's own."""
    if departement < 0:
        lieu, postal = organisme.departement, organisme.code_postal
    else:
        lieu = reference.departements()[departement]
        postal = code_postal(lieu, hasard.entier(60))
    voie = noms.VOIES[hasard.entier(len(noms.VOIES))]
    return (
        f'<adresse numero="1"><ligne>{escape(organisme.denomination[:50])}</ligne>'
        f"<codepostal>{postal}</codepostal><ville>{lieu.chef_lieu.upper()}</ville>"
        f'<extras info="adresse"><extra info="libelle-voie">{voie}</extra>'
        '<extra info="conformite-reglementaire">1</extra></extras></adresse>'
    )


def coordonnees(hasard: Hasard, adresse_xml: str = "") -> str:
    """Contact person, with an address when given."""
    nom = noms.NOMS[hasard.entier(len(noms.NOMS))]
    prenom = noms.PRENOMS[hasard.entier(len(noms.PRENOMS))]
    numero = hasard.entier(10_000)
    return (
        f'<coordonnees numero="{numero}"><nom>{nom}</nom><prenom>{prenom}</prenom>{adresse_xml}'
        f"<telfixe><numtel>019900{numero:04d}</numtel></telfixe>"
        f"<courriel>contact{numero}@example.fr</courriel></coordonnees>"
    )
