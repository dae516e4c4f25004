"""``make fuzz``: many requests, each of which must be answered or refused; what is not is printed.

Belongs here: counting and printing. Does not: drawing (``brouiller``), judging (``atelier``).
Arguments: how many (100,000), then the first seed.
"""

import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.atelier import Atelier, Demande, monter
from tests.fuzz.brouiller import demandes

NOMBRE, LOT, MONTRES = 100_000, 2_000, 5


@dataclass
class Bilan:
    """What came of the requests so far."""

    statuts: Counter[int] = field(default_factory=Counter)
    defauts: dict[str, list[Demande]] = field(default_factory=dict)
    plus_lente: tuple[float, Demande | None] = (0.0, None)

    def juger(self, atelier: Atelier, demande: Demande) -> None:
        """Ask, and take note."""
        answer = atelier.demander(demande)
        self.statuts[answer.statut] += 1
        if answer.secondes > self.plus_lente[0]:
            self.plus_lente = (answer.secondes, demande)
        if answer.defaut:
            self.defauts.setdefault(answer.defaut.partition(" : ")[0], []).append(demande)

    def dire(self) -> None:
        """Print it."""
        count = sum(self.statuts.values())
        told = ", ".join(f"{status} : {number}" for status, number in sorted(self.statuts.items()))
        print(f"{count} demandes ({told}) ; répondues : {self.statuts[200] / count:.0%}")
        print(f"la plus lente : {self.plus_lente[0]:.2f} s, {self.plus_lente[1]}")
        for reason, found in self.defauts.items():
            print(f"DÉFAUT, {len(found)} fois : {reason}")
            for demand in sorted(found, key=lambda item: len(item.requete))[:MONTRES]:
                print(f"  {demand}")


def main(nombre: int, graine: int) -> int:
    """Ask in batches of one seed each; return 0 if nothing is wrong."""
    report = Bilan()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, monter(Path(folder)) as shop:
        drawn = graine
        while sum(report.statuts.values()) < nombre:
            _lot(report, shop, drawn)
            drawn += 1
            done = sum(report.statuts.values())
            print(f"{done} demandes, {len(report.defauts)} sortes de défauts", file=sys.stderr)
    report.dire()
    print(f"graines {graine} à {drawn - 1}, {time.monotonic() - start:.0f} s")
    return 1 if report.defauts else 0


def _lot(bilan: Bilan, atelier: Atelier, graine: int) -> None:
    @seed(graine)
    @settings(
        max_examples=LOT,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=tuple(HealthCheck),
    )
    @given(demandes)
    def ask(demande: Demande) -> None:
        bilan.juger(atelier, demande)

    ask()


if __name__ == "__main__":
    given_numbers = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*[*given_numbers, *(NOMBRE, 1)[len(given_numbers) :]]))
