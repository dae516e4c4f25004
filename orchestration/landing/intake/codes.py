"""Codes as spreadsheets and other tools give them back, mended where the right one is certain."""

import csv
from dataclasses import dataclass
from functools import cache

from orchestration import settings
from orchestration.sql import literal

# What a tool writes in place of nothing.
_NOTHING = (
    *("nan", "nat", "none", "null", "<na>", "nr", "nc", "n/a", "#n/a", "-"),
    # (codes are compared without their spaces)
    *("non renseigné", "non renseigne", "non renseignée", "nonrenseigné", "nonrenseigne"),
)


def without_sentinel(text: str) -> str:
    """SQL of a text, null where it only says that there is none."""
    said = ", ".join(map(literal, _NOTHING))
    return f"case when lower({text}) not in ({said}) then {text} end"


def whole(text: str) -> str:
    """SQL of a code that has lost its decimals (``70332.0``), its spaces and its apostrophe."""
    bare = rf"regexp_replace({text}, '[\s\x{{a0}}\x{{202f}}'']', '', 'g')"
    mended = without_sentinel(f"regexp_replace({bare}, '^(-?[0-9]+)[.,]0*$', '\\1')")
    # Nearly all are whole already, and the rest costs ten times more.
    return f"case when regexp_full_match({text}, '-?[A-Z]*[0-9]+') then {text} else {mended} end"


def padded(text: str, length: int) -> str:
    """SQL of a code of ``length`` digits that has its first zeros again, four at most."""
    code, least = whole(text), max(1, length - 4)
    # Nearly all are in this form already.
    return f"""
        case
            when regexp_full_match({text}, '[0-9]{{{length}}}') then {text}
            when regexp_full_match({code}, '[0-9]{{{least},{length - 1}}}')
                then lpad({code}, {length}, '0')
            else {code}
        end
    """


def register_code(name: str, prefix: str) -> str:
    """SQL of a number in a register: without its prefix, -1 when there is none."""
    return f"coalesce(regexp_replace(upper({whole(name)}), '^{prefix}([0-9]+)$', '\\1'), '-1')"


def spelled(text: str) -> str:
    """SQL of a name as names are compared: letters and digits, no case, accents or punctuation."""
    return f"trim(regexp_replace(strip_accents(lower({text})), '[^a-z0-9]+', ' ', 'g'))"


@dataclass(frozen=True)
class CodeList:
    """A code list of the seeds: its codes, each with its label and what it belongs to."""

    rows: tuple[dict[str, str], ...]

    def codes(self) -> tuple[str, ...]:
        """Return the codes."""
        return tuple(row["code"] for row in self.rows)

    def looked_up(self, text: str, key: str, value: str) -> str:
        """SQL of the ``value`` of the line whose ``key`` is a text; null when it has none."""
        keys = ", ".join(literal(row[key]) for row in self.rows)
        values = ", ".join(literal(row[value]) for row in self.rows)
        return f"map([{keys}], [{values}])[{text}]"

    def named(self, text: str) -> str:
        """SQL of the code whose label is a text, however it is spelled; null when it has none."""
        names = ", ".join(spelled(literal(row[self.label])) for row in self.rows)
        codes = ", ".join(literal(row["code"]) for row in self.rows)
        return f"map([{names}], [{codes}])[{spelled(text)}]"

    @property
    def label(self) -> str:
        """Name of the column of labels."""
        return "nom" if "nom" in self.rows[0] else "libelle"


@cache
def code_list(name: str) -> CodeList:
    """Read ``seeds/<name>.csv``."""
    path = settings.PROJECT / "seeds" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return CodeList(tuple(csv.DictReader(file)))
