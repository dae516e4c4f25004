"""The two published tables drawn from persons, as their public descriptions tell them."""

from dataclasses import dataclass
from itertools import product

GROUPED = "REGROUPE"  # the row does not break down by this dimension
REMOTE = "A_DISTANCE"  # our name for an empty place, which means that there is none
DOMINANCE = 85  # per cent of an amount that one person, or one training body, may not make
BODIES = 3
CENSUS_MONTHS = 13  # months after which a cohort is old enough to be told with its statuses

AMOUNTS = (
    "montant_engage", "montant_titulaire", "montant_reste_a_charge", "montant_employeur",
    "montant_france_travail", "montant_opco", "montant_region", "montant_agefiph",
    "montant_transitions_pro", "montant_autre", "montant_personne",
)  # fmt: skip
FINANCERS = {
    "TITULAIRE": "montant_titulaire", "RESTE_A_CHARGE": "montant_reste_a_charge",
    "EMPLOYEUR": "montant_employeur", "FRANCE_TRAVAIL": "montant_france_travail",
    "OPCO": "montant_opco", "REGION": "montant_region", "AGEFIPH": "montant_agefiph",
    "TRANSITIONS_PRO": "montant_transitions_pro", "AUTRE": "montant_autre",
}  # fmt: skip
# Who has this financer has a handicap, no job, or an employer who knows.
SENSITIVE_FINANCERS = (
    "montant_agefiph", "montant_france_travail", "montant_transitions_pro", "montant_employeur",
)  # fmt: skip
OPEN = ("Validé", "Entrée en formation", "Sortie de formation", "En cours")
NOT_DONE = (
    "Clos - Non Réalisé annulé titulaire", "Clos - Non Réalisé annulé OF",
    "Dossier annulé gestionnaire", "Rejeté",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A published table: its threshold in persons, its dimensions in chains, coarse to fine.

    In a chain a value of a finer dimension has one value of each coarser one.
    """

    name: str
    threshold: int
    chains: tuple[tuple[str, ...], ...]
    status: str

    @property
    def label(self) -> str:
        """``formations`` or ``usagers``."""
        return self.name.split("_")[1]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension, in the order of the chains."""
        return tuple(dimension for chain in self.chains for dimension in chain)

    @property
    def periods(self) -> tuple[str, ...]:
        """Dimensions of time, coarse to fine."""
        return self.chains[0]

    def subsets(self, present: set[str]) -> list[tuple[str, ...]]:
        """Every set of dimensions among ``present`` that says something no other set says.

        With ``edition`` and ``level``, which a reader may filter rows by as well.
        """
        chains = [
            ("", *(dimension for dimension in chain if dimension in present))
            for chain in (*self.chains, ("edition",), ("level",))
        ]
        return [tuple(filter(None, choice)) for choice in product(*chains)]


PURCHASES = Table(
    "moncompteformation_formations_engagees",
    threshold=5,
    chains=(
        ("annee_validation", "trimestre_validation", "mois_validation"),
        ("code_region_lieu_formation", "code_departement_lieu_formation"),
        ("code_nsf", "code_certification"),
        ("modalite_presence",),
        ("statut_dossier",),
    ),
    status="statut_dossier",
)
USERS = Table(
    "moncompteformation_usagers",
    threshold=11,
    chains=(
        ("annee_entree", "trimestre_entree"),
        ("code_region_residence", "code_departement_residence"),
        ("genre",),
        ("tranche_age",),
        ("situation", "csp"),
        ("statut",),
    ),
    status="statut",
)
TABLES = (PURCHASES, USERS)
OFFER = "moncompteformation_catalogueformation"
