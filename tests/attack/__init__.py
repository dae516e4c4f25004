"""An independent attack on what is published; it shares nothing with the gate.

tables        the two tables as their public descriptions tell them
truth         raw extracts → every dossier on the day of a version
published     versions, their rows, since when each row says what it says
members       who is behind each row
world         all of it for one state
row_rules     persons, contributors, training bodies, means, unanimity, row by row
statuses      statuses that stay, groups of which nobody went
flat_participation  what titulaires paid, less the part that everybody knows
changes       what two versions say differently, as arrays
deltas        every two versions, every union of rows
hidden_cells  intervals of what a coarse row holds; subtraction
joint         both tables together
reports       groups that a report names
free_text     persons in the offer's texts
access        what another user may read, what is shown without being published
recount       rows and cohorts against the truth
finding       a count with its denominator
plants        what is planted into raw extracts; states: states to attack, made with ``cpf``
"""

from collections.abc import Callable
from pathlib import Path

from tests.attack.access import attack_access
from tests.attack.deltas import attack_versions
from tests.attack.finding import Finding
from tests.attack.flat_participation import attack_flat
from tests.attack.free_text import attack_texts
from tests.attack.hidden_cells import attack_hidden_cells
from tests.attack.joint import attack_joint
from tests.attack.recount import recount
from tests.attack.reports import attack_reports
from tests.attack.row_rules import attack_rows
from tests.attack.statuses import attack_statuses
from tests.attack.world import World, open_world

Attack = Callable[[World], list[Finding]]
ATTACKS: tuple[Attack, ...] = (
    attack_rows, attack_statuses, attack_flat, attack_versions, attack_reports, attack_texts,
    attack_access, attack_hidden_cells, attack_joint, recount,
)  # fmt: skip


def attack(
    state: Path, raw_state: Path | None = None, attacks: tuple[Attack, ...] = ATTACKS
) -> list[Finding]:
    """Attack all that ``state`` has published; findings in the order of their codes.

    Raises:
        FileNotFoundError: nothing is published, or a raw extract of a version is missing.
    """
    with open_world(state, raw_state) as world:
        findings = [finding for each in attacks for finding in each(world)]
    return sorted(findings, key=lambda finding: (int(finding.code.rstrip("abcdef")), finding.code))
