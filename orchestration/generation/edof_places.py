"""Addresses and contact persons of the EDOF catalogue, and the stream of draws that its texts use.

Belongs here: the elements ``adresse`` and ``coordonnees``. Does not: trainings, actions and
sessions (``edof``). Contact persons are invented; in reality these elements must never go further
than the raw extract.
"""

from xml.sax.saxutils import escape

import numpy as np

from orchestration.generation import invented_names, reference
from orchestration.generation.training_bodies import Organisme, code_postal


class RandomStream:
    """A cheap stream of draws: numpy's generator, taken by blocks instead of one by one."""

    BLOCK = 65_536

    def __init__(self, rng: np.random.Generator) -> None:
        """Read from ``alea``."""
        self._rng = rng
        self._draws: list[float] = []

    def part(self) -> float:
        """Next draw, in [0, 1)."""
        if not self._draws:
            self._draws = self._rng.random(self.BLOCK).tolist()
        return self._draws.pop()

    def integer(self, bound: int) -> int:
        """Next draw, an integer below ``borne``."""
        return int(self.part() * bound)


def address(stream: RandomStream, organisme: Organisme, departement: int) -> str:
    """Address of a place (rank of its département); a remote training (-1) gives the body's own."""
    if departement < 0:
        place, postcode = organisme.departement, organisme.code_postal
    else:
        place = reference.departements()[departement]
        postcode = code_postal(place, stream.integer(60))
    street = invented_names.STREETS[stream.integer(len(invented_names.STREETS))]
    return (
        f'<adresse numero="1"><ligne>{escape(organisme.denomination[:50])}</ligne>'
        f"<codepostal>{postcode}</codepostal><ville>{place.chef_lieu.upper()}</ville>"
        f'<extras info="adresse"><extra info="libelle-voie">{street}</extra>'
        '<extra info="conformite-reglementaire">1</extra></extras></adresse>'
    )


def contact_person(stream: RandomStream, address_xml: str = "") -> str:
    """Contact person, with an address when given."""
    name = invented_names.LAST_NAMES[stream.integer(len(invented_names.LAST_NAMES))]
    first_name = invented_names.FIRST_NAMES[stream.integer(len(invented_names.FIRST_NAMES))]
    number = stream.integer(10_000)
    return (
        f'<coordonnees numero="{number}"><nom>{name}</nom><prenom>{first_name}</prenom>{address_xml}'
        f"<telfixe><numtel>019900{number:04d}</numtel></telfixe>"
        f"<courriel>contact{number}@example.fr</courriel></coordonnees>"
    )
