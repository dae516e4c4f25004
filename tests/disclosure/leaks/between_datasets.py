"""Leaks of the difference of the two datasets: of too few persons or contributors."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.factories.two_datasets import MONTH, Waiting

FEW, ENOUGH = range(1, 11), 14


@dataclass(frozen=True)
class Difference:
    """What both datasets tell, of a month, of persons whom one counts; the rule that refuses it."""

    kind: str
    persons: Waiting
    rule: str = ""
    month: str = MONTH


def differences() -> Iterator[Difference]:
    """Yield what must be refused."""
    for few in FEW:
        yield Difference("a few persons", Waiting(few, told=False), "personnes_de_l_ecart")
        yield Difference("the amount of a few", Waiting(ENOUGH, few), "montants_de_l_ecart")
    yield Difference("nothing is compared", Waiting(0), "personnes_de_l_ecart", "2019-05")


def sound_differences() -> Iterator[Difference]:
    """Yield what may be published."""
    yield Difference("the same persons", Waiting(0))
    yield Difference("enough persons", Waiting(ENOUGH))
    yield Difference("enough contributors", Waiting(ENOUGH, ENOUGH))
    yield Difference("an amount of a few that is not told", Waiting(ENOUGH, 3, told=False))
