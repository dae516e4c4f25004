"""The first pages of the diagnosis: where each is, and the dataset that it reads."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.diagnostic import habilitations, key_figures, territories
from portal.diagnostic.shown_tables import DIAGNOSIS, FIGURES, SIGNALS


@dataclass(frozen=True)
class Entry:
    """A page: ``said``, in a few words, is what is found there; ``indexed``: by search engines."""

    dataset: str
    path: str
    title: str
    said: str
    indexed: bool = True


_ENTRIES = (
    Entry(
        DIAGNOSIS,
        territories.PATH,
        "Offre et demande",
        "l'état d'un territoire, l'offre d'un organisme et la demande autour",
    ),
    Entry(
        FIGURES,
        key_figures.PATH,
        "Chiffres clés",
        "chacun avec sa définition, son évolution et la requête qui le donne",
    ),
    Entry(
        SIGNALS,
        habilitations.PATH,
        "Habilitations",
        "le catalogue comparé aux listes publiées des certificateurs",
        indexed=False,
    ),
)


def entries(served: Iterable[str]) -> list[Entry]:
    """Return the pages that answer where these datasets are ``served``."""
    names = set(served)
    return [entry for entry in _ENTRIES if entry.dataset in names]
