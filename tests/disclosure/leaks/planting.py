"""What planting a leak needs: the leak itself, and a population to plant it in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.factories.safe_partition import THRESHOLD, Population
from tests.factories.scenario import Scenario

FEW = THRESHOLD - 1
Planted = tuple[Scenario, tuple[str, ...]]
Plant = Callable[[Population], Iterator[Planted]]


@dataclass(frozen=True)
class Leak:
    """A publication that leaks: its scenario, then what is changed of its tables (SQL)."""

    kind: str
    scenario: Scenario
    edits: tuple[str, ...] = ()


def leaks(population: Population, kinds: Mapping[str, Plant]) -> Iterator[Leak]:
    """Plant each kind of leak everywhere in a population."""
    for kind, plant in kinds.items():
        for scenario, edits in plant(population):
            yield Leak(kind, scenario, edits)
