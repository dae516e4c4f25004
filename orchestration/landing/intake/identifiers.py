"""Identifiers of persons and dossiers: every spelling of one is the same, and has one form.

Case, spaces, hyphens, full-width digits or leading zeros change between two exports, and do not
make another person: five spellings left as they are would be counted as five persons.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from orchestration import warehouse
from orchestration.landing.intake.column_rules import Rule

# Spaces, controls, invisible characters, hyphens and dashes, underscores: by Unicode category.
_LEFT_OUT = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd", "Pc"})
# Dots, and the hyphens that Unicode counts among other signs.
_SIGNS = frozenset(".·•‧∙⋅・。\N{MINUS SIGN}\N{HYPHEN BULLET}\N{MODIFIER LETTER MINUS SIGN}")


@dataclass(frozen=True)
class Identifier:
    """How the identifiers of ``column`` are written: ``letters``, then a number.

    ``letters`` is a regular expression on capitals and digits (``T``, ``[A-Z]{2}``); the number has
    ``digits`` digits, zeros before it included: ``T123`` is ``T000000123`` where ``digits`` is 9.
    With no number (0) ``letters`` is the whole (``[0-9A-F]{32}``). ``detail`` says it in French.
    """

    column: str
    letters: str
    digits: int
    detail: str

    @property
    def canonical(self) -> str:
        """SQL of the one spelling of the column."""
        return self.canonical_of(self.column)

    def canonical_of(self, text: str) -> str:
        """SQL of the one spelling of a text; of what has not this form, its letters and digits.

        Needs the function of :func:`engine`.
        """
        spelling = f"nullif(ecriture_simple({text}), '')"
        if self.digits:
            # As many zeros as may lack, then those that are too many go.
            number = f"^({self.letters})0*([0-9]{{1,{self.digits}}})$"
            zeros = "0" * self.digits
            spelling = f"regexp_replace({spelling}, '{number}', '\\1{zeros}\\2')"
            padded = f"^({self.letters})0*([0-9]{{{self.digits}}})$"
            spelling = f"regexp_replace({spelling}, '{padded}', '\\1\\2')"
        # Nearly all are in this form already, and the rest costs ten times more.
        form = f"regexp_full_match({text}, '{self._form}')"
        return f"case when {form} then {text} else {spelling} end"

    @property
    def rule(self) -> Rule:
        """What has not this form is rejected."""
        return Rule(
            "identifiant_invalide",
            self.detail,
            f"not regexp_full_match({self.column}, '{self._form}')",
            self.column,
        )

    @property
    def _form(self) -> str:
        return f"(?:{self.letters})[0-9]{{{self.digits}}}" if self.digits else self.letters


def plain_spelling(text: str) -> str:
    """Return a text in its compatible form (NFKC), in capitals, with its letters and digits only.

    Look-alikes of another script stay as they are: no form that is declared accepts them.
    """
    if text.isascii():
        return text.upper().translate(_NOTHING)
    letters = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in letters if not _left_out(character))


def _left_out(character: str) -> bool:
    return unicodedata.category(character) in _LEFT_OUT or character in _SIGNS


# The same for the usual texts, ten times faster.
_NOTHING = {code: None for code in range(128) if _left_out(chr(code))}


@contextmanager
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB in memory that knows ``ecriture_simple``: what several deposits may share."""
    with warehouse.connect() as connection:
        connection.create_function("ecriture_simple", plain_spelling, ["VARCHAR"], "VARCHAR")
        yield connection
