"""Which column of a file plays which role: told by somebody, known by its name, or guessed."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from orchestration.landing.intake.hints import Hints
from orchestration.landing.intake.names import plain_name
from orchestration.landing.intake.rejects import LandingError

GIVEN, CERTAIN, LIKELY, UNKNOWN = "donnée", "certaine", "probable", "aucune"
WIDE = (
    "Forme large (une colonne par mesure et modalité), non prise en charge : exporter une ligne "
    "par modalité."
)
_ADVICE = (
    "Donner un nom à celles du fichier dans --correspondance (cpf inspect montre ce qui est "
    "reconnu)."
)
_OF_A_MODALITY = re.compile(
    r"(?P<mesure>(nb|nbre|nombre)(_de|_d)?_(dossiers?|entrees?|titulaires?|stagiaires?))_."
)
_SURE = {GIVEN: 3, CERTAIN: 2, LIKELY: 1, UNKNOWN: 0}


@dataclass(frozen=True)
class Guess:
    """A column of a file and the role that it is taken for, None for none."""

    column: str
    role: str | None
    confidence: str


@dataclass(frozen=True)
class Roles:
    """Roles of an export. ``names``: by role, the plain names that are certainly it; ``patterns``:
    what guesses the role of a plain name where no name is certain; of each group of ``required`` a
    file has one at least, of ``one_of`` too.
    """

    names: Mapping[str, Collection[str]]
    patterns: Callable[[str], str | None]
    required: tuple[tuple[str, ...], ...]
    also: Collection[str] = ()

    @property
    def all(self) -> frozenset[str]:
        """Every role that there is."""
        return frozenset(self.names) | frozenset(self.also)

    def guess(self, plain: str) -> tuple[str | None, str]:
        """Return the role of a plain name, and how sure that is."""
        for role, names in self.names.items():
            if plain == role or plain in names:
                return role, CERTAIN
        if plain in self.also:
            return plain, CERTAIN
        guessed = self.patterns(plain)
        return guessed, LIKELY if guessed else UNKNOWN


def first_of(rules: Sequence[tuple[str, str]]) -> Callable[[str], str | None]:
    """Return what finds the role of the first regular expression that a plain name holds."""
    compiled = [(role, re.compile(pattern)) for role, pattern in rules]
    return lambda plain: next((role for role, found in compiled if found.search(plain)), None)


def guesses(roles: Roles, columns: Sequence[str], hints: Hints, file_name: str) -> list[Guess]:
    """Return the role of every column; a mapping wins, then the surest name.

    Raises :class:`LandingError` when the mapping names a role or a column that there is not.
    """
    given, set_aside = _given(roles, columns, hints, file_name)
    found = []
    for column in columns:
        if column in given:
            found.append(Guess(column, given[column], GIVEN))
        elif column in set_aside:
            found.append(Guess(column, None, GIVEN))
        else:
            role, confidence = roles.guess(hints.name_of(column))
            if role in given.values():
                role, confidence = None, UNKNOWN
            found.append(Guess(column, role, confidence))
    return _surest(found)


def refuse(roles: Roles, found: Sequence[Guess], file_name: str) -> None:
    """Raise :class:`LandingError` when a role is missing, or is that of several columns."""
    by_role = defaultdict(list)
    for guess in found:
        if guess.role:
            by_role[guess.role].append(guess.column)
    repeated = {role: columns for role, columns in by_role.items() if len(columns) > 1}
    if repeated:
        told = " ; ".join(
            f"{' et '.join(f'« {x} »' for x in columns)} ({role})"
            for role, columns in repeated.items()
        )
        advice = (
            WIDE
            if is_wide(found)
            else ("dire laquelle compte dans --correspondance (cpf inspect en propose une).")
        )
        raise LandingError(file_name, f"colonnes du même rôle : {told}. {advice}", ligne=1)
    missing = [group for group in roles.required if not any(x in by_role for x in group)]
    if missing:
        raise LandingError(
            file_name,
            "colonnes absentes : "
            + ", ".join(_accepted(roles, group) for group in missing)
            + ". "
            + (WIDE if is_wide(found) else _ADVICE),
            ligne=1,
        )


def _accepted(roles: Roles, group: Sequence[str]) -> str:
    names = [name for role in group for name in (role, *roles.names.get(role, ()))]
    return " ou ".join(dict.fromkeys(names))


def is_wide(found: Sequence[Guess]) -> bool:
    """Tell whether several columns are of one measure, each of one modality."""
    plains = {plain_name(guess.column) for guess in found}
    measures = {match["mesure"] for x in plains if (match := _OF_A_MODALITY.match(x))}
    return any(
        sum(x.startswith(f"{measure}_") for x in plains) > 1 and measure not in plains
        for measure in measures
    )


def _given(
    roles: Roles, columns: Sequence[str], hints: Hints, file_name: str
) -> tuple[dict[str, str], set[str]]:
    """Return the roles that a mapping gives to columns, and the columns that it sets aside.

    A line is ``role = "column"`` or ``"column" = "role"``: which one, the header tells.
    """
    held = {plain_name(column): column for column in columns}
    given: dict[str, str] = {}
    set_aside: set[str] = set()
    for left, right in hints.pairs:
        if not right or not left:
            aside = held.get(plain_name(left or right))
            if aside:
                set_aside.add(aside)
            continue
        role, column = _line(roles, held, left, right, file_name)
        given[column] = role
    return given, set_aside


def _line(
    roles: Roles, held: Mapping[str, str], left: str, right: str, file_name: str
) -> tuple[str, str]:
    for role, column in ((left, right), (right, left)):
        if role in roles.all and plain_name(column) in held:
            return role, held[plain_name(column)]
    if not {left, right} & roles.all:
        raise LandingError(
            file_name,
            f"correspondance : ni « {left} » ni « {right} » n'est un rôle. "
            f"Rôles : {', '.join(sorted(roles.all))}.",
        )
    column = right if left in roles.all else left
    raise LandingError(
        file_name, f"correspondance : la colonne « {column} » n'est pas dans le fichier.", ligne=1
    )


def _surest(found: Sequence[Guess]) -> list[Guess]:
    """Leave a role to the surest of the columns that may play it."""
    best: dict[str, int] = {}
    for guess in found:
        if guess.role:
            best[guess.role] = max(best.get(guess.role, 0), _SURE[guess.confidence])
    return [
        guess
        if guess.role is None or _SURE[guess.confidence] == best[guess.role]
        else Guess(guess.column, None, UNKNOWN)
        for guess in found
    ]
