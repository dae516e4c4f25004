"""A method that leaks: what it changes of the sound one, and what shows that it leaks."""

from dataclasses import dataclass

from tests.factories.rendered_models import Edit
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_versions import FILE

FIRST, SECOND = 0, 1
BOTH = (PURCHASES, USERS)
# What the file tells that no sound one does.
SMALL_ROWS = f"select count(*) from {FILE} where nb_titulaires < {{k}}"


@dataclass(frozen=True)
class Method:
    """One of ``rules`` must refuse what a version tells once the models have these ``edits``.

    ``shown``: a query (``{k}``: the threshold) that gives more than after the sound method wherever
    there is a leak; without one, there is a leak wherever the file is another.
    ``inherited``: SQL on the registry, for a leak of the version before.
    """

    rules: frozenset[str]
    edits: tuple[Edit, ...] = ()
    version: int = FIRST
    datasets: tuple[str, ...] = BOTH
    shown: str | None = None
    inherited: str | None = None


def leak(
    rules: str,
    *edits: Edit,
    version: int = FIRST,
    datasets: tuple[str, ...] = BOTH,
    shown: str | None = None,
    inherited: str | None = None,
) -> Method:
    """Return a method that one of these ``rules``, separated by spaces, refuses."""
    return Method(frozenset(rules.split()), edits, version, datasets, shown, inherited)


def step(name: str, old: str, new: str) -> Edit:
    """Return a change of the macro of a step of diffusion."""
    return Edit(f"macros/diffusion/{name}.sql", old, new)
