"""What a CSV source demands of its columns, said once and run as SQL over the whole file.

In a rule's SQL, ``prix`` is the raw text (null when empty) and ``prix_lu`` the typed value (null
when unreadable). A rule holds, and rejects the record, when its SQL is true; null passes.
"""

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from orchestration import settings
from orchestration.sql import literal

# How each kind of column is read. Every reading is guarded: DuckDB's casts accept too much
# ('2023/1/5' is a date, '1e3' and '12.345' are decimals), and quote the value when they fail.
_READINGS = {
    "date": "case when {0} like '____-__-__' then try_cast({0} as date) end",
    "nombre": """
        case
            when regexp_full_match({0}, '-?[0-9]{{1,12}}([.][0-9]{{1,2}}0*)?')
                then try_cast({0} as decimal(18, 2))
        end
    """,
    "entier": """
        case
            when regexp_full_match({0}, '-?[0-9]{{1,9}}([.]0*)?')
                then try_cast(split_part({0}, '.', 1) as integer)
        end
    """,
    "booleen": "case {0} when 'true' then true when 'false' then false end",
}
_UNREADABLE = {
    "date": ("date_invalide", "date attendue au format AAAA-MM-JJ"),
    "nombre": ("nombre_invalide", "nombre attendu, deux décimales au plus après un point"),
    "entier": ("nombre_invalide", "nombre entier attendu"),
    "booleen": ("booleen_invalide", "« true » ou « false » attendu"),
}


@dataclass(frozen=True)
class Rule:
    """One reason to reject: the SQL that holds, a stable code, a French sentence without value."""

    motif: str
    detail: str
    condition: str
    column: str | None = None


@dataclass(frozen=True)
class Table:
    """What a CSV source delivers and what becomes of it.

    ``source`` and ``name`` name the landed table; ``columns`` are the raw columns and their kind
    (``texte``, ``date``, ``nombre``, ``entier``, ``booleen``); the first of ``rules`` that holds
    rejects the record; ``key`` identifies a record in its file; ``repairs`` is SQL that mends a raw
    text before any rule; ``computed`` are landed columns other than the raw one of that name, as
    SQL; a file may lack the ``optional_columns``, then null; ``renamed_columns`` maps older names
    to the present ones. Unknown columns refuse the file, unless it is ``extensible``: then they are
    left aside, with a warning.
    """

    source: str
    name: str
    columns: Mapping[str, str]
    rules: tuple[Rule, ...]
    key: tuple[str, ...]
    repairs: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    optional_columns: frozenset[str] = frozenset()
    renamed_columns: Mapping[str, str] = field(default_factory=dict)
    extensible: bool = False

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Columns that every file has."""
        return tuple(name for name in self.columns if name not in self.optional_columns)


def readings(columns: Mapping[str, str]) -> dict[str, str]:
    """Return, for each column that is not text, the SQL of its typed value."""
    return {name: _READINGS[kind].format(name) for name, kind in columns.items() if kind != "texte"}


def readable(columns: Mapping[str, str]) -> list[Rule]:
    """Every filled column can be read as its kind."""
    return [
        Rule(*_UNREADABLE[kind], f"{name} is not null and {name}_lu is null", name)
        for name, kind in columns.items()
        if kind != "texte"
    ]


def filled(columns: Iterable[str]) -> list[Rule]:
    """Every one of these columns is filled."""
    return [Rule("valeur_absente", "valeur obligatoire", f"{x} is null", x) for x in columns]


def short_enough(columns: Iterable[str], most: int) -> list[Rule]:
    """Every one of these texts has at most ``most`` characters."""
    detail = f"texte de plus de {most} caractères"
    # Bytes first: the count of characters is only needed for the few long texts.
    return [
        Rule("texte_trop_long", detail, f"strlen({x}) > {most} and length({x}) > {most}", x)
        for x in columns
    ]


def between(column: str, low: str, high: str, motif: str, detail: str) -> Rule:
    """The typed value stands between two SQL expressions, bounds included."""
    return Rule(motif, detail, f"{column}_lu not between {low} and {high}", column)


def one_of(column: str, codes: Collection[str], motif: str = "code_inconnu") -> Rule:
    """The text is one of a closed list."""
    quoted_codes = ", ".join(literal(code) for code in sorted(codes))
    return Rule(
        motif, "valeur absente de la nomenclature", f"{column} not in ({quoted_codes})", column
    )


def matches_pattern(column: str, pattern: str, motif: str, detail: str) -> Rule:
    """The text matches a regular expression, from end to end."""
    return Rule(motif, detail, f"not regexp_full_match({column}, '{pattern}')", column)


@cache
def regions_of_departements() -> dict[str, str]:
    """Return the code of the région of each département, from ``seeds/departements.csv``."""
    path = settings.PROJECT / "seeds" / "departements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["code_region"] for row in csv.DictReader(file)}


def departements() -> tuple[str, ...]:
    """Return the codes of the départements."""
    return tuple(regions_of_departements())
