"""What a CSV source demands of its columns, said once and run as SQL over the whole file.

Belongs here: the kinds of columns, the rules that reject a record and their French sentences. Does
not: which column bears which rule (each source's module) or running them (``controle``).

In a rule's SQL, ``prix`` is the raw text (null when empty) and ``prix_lu`` the typed value (null
when unreadable). A rule holds, and rejects the record, when its SQL is true; null passes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

# How each kind of column is read. Every reading is guarded: DuckDB's casts accept too much
# ('2023/1/5' is a date, '1e3' and '12.345' are decimals), and quote the value when they fail.
_READINGS = {
    "date": "case when {0} like '____-__-__' then try_cast({0} as date) end",
    "nombre": "case when regexp_full_match({0}, '-?[0-9]{{1,12}}([.][0-9]{{1,2}}0*)?') "
    "then try_cast({0} as decimal(18, 2)) end",
    "entier": "case when regexp_full_match({0}, '-?[0-9]{{1,9}}([.]0*)?') "
    "then try_cast(split_part({0}, '.', 1) as integer) end",
    "booleen": "case {0} when 'true' then true when 'false' then false end",
}
_UNREADABLE = {
    "date": ("date_invalide", "date attendue au format AAAA-MM-JJ"),
    "nombre": ("nombre_invalide", "nombre attendu, deux décimales au plus après un point"),
    "entier": ("nombre_invalide", "nombre entier attendu"),
    "booleen": ("booleen_invalide", "« true » ou « false » attendu"),
}


@dataclass(frozen=True)
class Regle:
    """One reason to reject: the SQL that holds, a stable code, a French sentence without value."""

    motif: str
    detail: str
    si: str
    colonne: str | None = None


@dataclass(frozen=True)
class Table:
    """What a CSV source delivers and what becomes of it.

    ``source`` and ``nom`` name the landed table; ``colonnes`` are the raw columns and their kind
    (``texte``, ``date``, ``nombre``, ``entier``, ``booleen``); the first of ``regles`` that holds
    rejects the record; ``cle`` identifies a record in its file; ``preparees`` is SQL that repairs
    a raw text before any rule; ``calculees`` are landed columns other than the raw one of that
    name, as SQL; a file may lack the ``facultatives``, then null; ``renommees`` are older names.
    Unknown columns refuse the file, unless it ``s_etend``: then they are left aside, and told.
    """

    source: str
    nom: str
    colonnes: Mapping[str, str]
    regles: tuple[Regle, ...]
    cle: tuple[str, ...]
    preparees: Mapping[str, str] = field(default_factory=dict)
    calculees: Mapping[str, str] = field(default_factory=dict)
    facultatives: frozenset[str] = frozenset()
    renommees: Mapping[str, str] = field(default_factory=dict)
    s_etend: bool = False

    @property
    def requises(self) -> tuple[str, ...]:
        """Columns that every file has."""
        return tuple(name for name in self.colonnes if name not in self.facultatives)


def readings(colonnes: Mapping[str, str]) -> dict[str, str]:
    """Return, for each column that is not text, the SQL of its typed value."""
    return {
        name: _READINGS[kind].format(name) for name, kind in colonnes.items() if kind != "texte"
    }


def lisibles(colonnes: Mapping[str, str]) -> list[Regle]:
    """Every filled column can be read as its kind."""
    return [
        Regle(*_UNREADABLE[kind], f"{name} is not null and {name}_lu is null", name)
        for name, kind in colonnes.items()
        if kind != "texte"
    ]


def remplies(colonnes: Iterable[str]) -> list[Regle]:
    """Every one of these columns is filled."""
    return [Regle("valeur_absente", "valeur obligatoire", f"{x} is null", x) for x in colonnes]


def courtes(colonnes: Iterable[str], most: int) -> list[Regle]:
    """Every one of these texts has at most ``most`` characters."""
    detail = f"texte de plus de {most} caractères"
    # Bytes first: the count of characters is only needed for the few long texts.
    return [
        Regle("texte_trop_long", detail, f"strlen({x}) > {most} and length({x}) > {most}", x)
        for x in colonnes
    ]


def entre(colonne: str, low: str, high: str, motif: str, detail: str) -> Regle:
    """The typed value stands between two SQL expressions, bounds included."""
    return Regle(motif, detail, f"{colonne}_lu not between {low} and {high}", colonne)


def parmi(colonne: str, codes: Collection[str], motif: str = "code_inconnu") -> Regle:
    """The text is one of a closed list."""
    listed = ", ".join("'" + code.replace("'", "''") + "'" for code in sorted(codes))
    return Regle(
        motif, "valeur absente de la nomenclature", f"{colonne} not in ({listed})", colonne
    )


def forme(colonne: str, pattern: str, motif: str, detail: str) -> Regle:
    """The text matches a regular expression, from end to end."""
    return Regle(motif, detail, f"not regexp_full_match({colonne}, '{pattern}')", colonne)
