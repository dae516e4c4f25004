"""Figures, periods and lists of the dashboards as French readers write them."""

from collections.abc import Sequence

from orchestration.html import format_number, format_percent

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_MILLION, _THOUSAND = 1_000_000, 1_000
# Amounts are told without cents from there on, shares without decimals under that many.
_WITHOUT_CENTS = 100
NO_BREAK = "\u00a0"
GRAINS = {"mois": "par mois", "trimestre": "par trimestre", "annee": "par an"}


def format_value(value: float | None, unit: str) -> str:
    """A value with its unit: ``12 345 dossiers``; what is not told is no figure."""
    if value is None:
        return "non diffusé"
    return f"{format_figure(value, unit)}{NO_BREAK}{_unit(value, unit)}"


def format_figure(value: float | None, unit: str) -> str:
    """A value without its unit."""
    if value is None:
        return "non diffusé"
    if unit == "€" and abs(value) >= _WITHOUT_CENTS:
        return format_number(round(value))
    if isinstance(value, float) and value.is_integer():
        return format_number(int(value))
    return format_number(round(value, 2) if isinstance(value, float) else value)


def _unit(value: float, unit: str) -> str:
    """The unit, in the singular for less than two."""
    if abs(value) >= 2 or not unit.endswith("s"):  # noqa: PLR2004 (French: 1,9 dossier)
        return unit
    return unit.removesuffix("s")


def format_short(value: float) -> str:
    """A graduation: ``25 M``, ``12 k``."""
    for size, sign in ((_MILLION, "M"), (_THOUSAND, "k")):
        if abs(value) >= size:
            return f"{format_number(round(value / size, 1)).removesuffix(',0')}{NO_BREAK}{sign}"
    return format_number(round(value, 1)).removesuffix(",0")


def format_evolution(evolution: float) -> str:
    """``+3,2 %``, with a true minus sign."""
    text = format_percent(abs(evolution))
    if abs(evolution) < 0.0005:  # noqa: PLR2004 (told as 0,0 %)
        return text
    return ("+" if evolution > 0 else "\u2212") + text


def format_period(code: str) -> str:
    """``2025-03`` → ``mars 2025``, ``2025-T1`` → ``1er trimestre 2025``."""
    year, _, part = code.partition("-")
    if part.startswith("T"):
        return f"{part[1]}{'er' if part == 'T1' else 'e'} trimestre {year}"
    return f"{_MONTHS[int(part) - 1]} {year}" if part else year


def format_measure(value: float) -> str:
    """A published number, with two decimals at most (four when it is less than one)."""
    number = float(value)
    decimals = 4 if abs(number) < 1 else 2
    return format_number(int(number) if number.is_integer() else round(number, decimals))


def format_list(words: Sequence[str]) -> str:
    """``a, b et c``."""
    *firsts, last = words
    return f"{', '.join(firsts)} et {last}" if firsts else last


def in_sentence(label: str) -> str:
    """A label in the middle of a sentence: no capital, unless it is an acronym."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
