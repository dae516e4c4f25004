"""What a CSV source demands of its columns, said once and run as SQL over the whole file.

In a rule's SQL, ``prix`` is the raw text (null when empty) and ``prix_lu`` the typed value (null
when unreadable). A rule holds, and rejects the record, when its SQL is true; null passes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from orchestration.sql import literal

# The farthest day that is no future: it has begun somewhere.
TOMORROW = "(current_date + 1)"
# Of numbers nearly all are plain, and the rest costs ten times more.
# A text without the gaps between its thousands: 1 234,50 is 1234,50.
_CLOSED_UP = r"regexp_replace({0}, '[\s\x{{a0}}\x{{202f}}]([0-9]{{3}})\b', '\1', 'g')"
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
    # The same as lists of others write them, or as a spreadsheet has written them again.
    "date_publiee": """
        case
            when regexp_full_match({0}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ].*)?')
                then try_cast(left({0}, 10) as date)
            when regexp_full_match({0}, '[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}}( .*)?')
                then try_strptime(left({0}, 10), '%d/%m/%Y')::date
        end
    """,
    "nombre_publie": rf"""
        case
            when regexp_full_match({{0}}, '-?[0-9]{{{{1,12}}}}([.][0-9]+)?')
                then try_cast({{0}} as decimal(18, 2))
            when regexp_full_match({_CLOSED_UP}, '-?[0-9]{{{{1,12}}}}([.,][0-9]*)? *€?')
                then try_cast(replace(trim({_CLOSED_UP}, ' €'), ',', '.') as decimal(18, 2))
        end
    """,
    "entier_publie": rf"""
        case
            when regexp_full_match({{0}}, '-?[0-9]{{{{1,9}}}}') then try_cast({{0}} as integer)
            when regexp_full_match({_CLOSED_UP}, '-?[0-9]{{{{1,9}}}}([.,]0*)?')
                then try_cast(regexp_replace({_CLOSED_UP}, '[.,]0*$', '') as integer)
        end
    """,
    "booleen_publie": """
        case
            when lower({0}) in ('true', 'vrai', 'oui', '1') then true
            when lower({0}) in ('false', 'faux', 'non', '0') then false
        end
    """,
}
_UNREADABLE = {
    "date": ("date_invalide", "date attendue au format AAAA-MM-JJ"),
    "nombre": ("nombre_invalide", "nombre attendu, deux décimales au plus après un point"),
    "entier": ("nombre_invalide", "nombre entier attendu"),
    "booleen": ("booleen_invalide", "« true » ou « false » attendu"),
    "date_publiee": ("date_invalide", "date attendue, AAAA-MM-JJ ou jj/mm/aaaa"),
    "nombre_publie": ("nombre_invalide", "nombre attendu"),
    "entier_publie": ("nombre_invalide", "nombre entier attendu"),
    "booleen_publie": ("booleen_invalide", "vrai ou faux attendu"),
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
    (``texte``, ``date``, ``nombre``, ``entier``, ``booleen``; in lists of others, ``date_publiee``
    and so on); the first of ``rules`` that holds rejects the record; ``key`` identifies a record in
    its file; ``repairs`` is SQL that mends a raw text before any rule, ``completions`` what mends
    it from the other columns, which are mended already; ``computed`` are landed columns other than
    the raw one of that name, as SQL; a file may lack the ``optional_columns``, then null;
    ``noted`` is SQL of a number of remarks on a record, added up in ``verifies`` (``note``);
    ``renamed_columns`` maps other names to the present ones; of the ``unread_columns`` nothing is
    said: they are known.
    """

    source: str
    name: str
    columns: Mapping[str, str]
    rules: tuple[Rule, ...]
    key: tuple[str, ...]
    repairs: Mapping[str, str] = field(default_factory=dict)
    completions: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    noted: str = "0"
    optional_columns: frozenset[str] = frozenset()
    renamed_columns: Mapping[str, str] = field(default_factory=dict)
    unread_columns: frozenset[str] = frozenset()

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
