"""What an export holds, said once: its roles, its figures, how each value is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestration.landing.intake.column_rules import (
    TOMORROW,
    Rule,
    Table,
    filled,
    matches_pattern,
    readable,
)
from orchestration.landing.sources.exports import financer_words as financers
from orchestration.landing.sources.exports import values
from orchestration.landing.sources.exports.roles import Roles

MASKED = "masque"
# Of a line that is written twice in a file, the second; what is read may be the same and two lines.
REPEATED = "repete"
LOADED = "date_chargement"


@dataclass(frozen=True)
class Figure:
    """A measure; ``whole`` numbers are counts, of which the first of an export is its main one."""

    name: str
    whole: bool = False


@dataclass(frozen=True)
class Export:
    """An export and how its values are read.

    ``period`` is the role of the month or quarter, that matches ``period_pattern`` once read;
    ``repairs`` is the SQL of each value; ``places``: ends of the names of columns of places;
    ``known`` gives the code list (seed and column) of values that are kept even if it lacks them;
    ``patterns``: by column, what it must match, and how a record is rejected else.
    """

    source: str
    dataset: str
    roles: Roles
    period: str
    period_pattern: str
    figures: tuple[Figure, ...]
    filled: tuple[str, ...]
    repairs: Mapping[str, str]
    places: tuple[str, ...] = ()
    known: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    patterns: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, str]:
        """Kind of every column that a file may have."""
        figures = {x.name: "entier_publie" if x.whole else "nombre_publie" for x in self.figures}
        codes = {name: "entier" for name in ("code_rs", "code_rncp") if name in self.roles.all}
        kinds = {LOADED: "date_publiee", **figures, **codes}
        return {name: kinds.get(name, "texte") for name in sorted(self.roles.all)} | {
            MASKED: "texte",
            REPEATED: "texte",
        }

    def table(self, financed: tuple[str, ...]) -> Table:
        """Return how a file is landed whose columns of financers are ``financed``."""
        return Table(
            source=self.source,
            name=self.source,
            columns=self.columns,
            rules=tuple(self._rules()),
            # Rows that are read alike are added up by the models: only a line written twice is one.
            key=("num",),
            repairs=self._repairs(),
            completions=self._completions(),
            computed={MASKED: f"{MASKED} = 'true'", **_allocated(financed)}
            if self._has_amounts
            else {MASKED: f"{MASKED} = 'true'"},
        )

    @property
    def _has_amounts(self) -> bool:
        return any(figure.name == financers.NOT_ALLOCATED for figure in self.figures)

    def _repairs(self) -> dict[str, str]:
        masked = " or ".join(values.is_masked(figure.name) for figure in self.figures)
        main = self.figures[0].name
        return {
            **self.repairs,
            **{figure.name: values.unmasked(figure.name) for figure in self.figures},
            MASKED: f"(({masked}) or {values.unmasked(main)} is null)::varchar",
        }

    def _completions(self) -> dict[str, str]:
        completed: dict[str, str] = {}
        for end in self.places:
            departement, region = (f"code_{x}_{end}" for x in ("departement", "region"))
            named, named_region = (f"{x}_{end}" for x in ("departement", "region"))
            place = values.place(departement, named, "departements")
            its_region = values.region_of(place)
            completed |= {
                departement: place,
                region: f"coalesce({its_region}, {values.place(region, named_region, 'regions')})",
            }
        if "type_referentiel" in self.roles.all:
            completed["type_referentiel"] = """
                case
                    when code_rncp <> '-1' and code_rs = '-1' then 'RNCP'
                    when code_rs <> '-1' and code_rncp = '-1' then 'RS'
                    else type_referentiel
                end
            """
        return completed

    def _rules(self) -> list[Rule]:
        main = self.figures[0].name
        shape = "AAAA-MM" if "(" in self.period_pattern else "AAAA-Tn"
        return [
            Rule("doublon", "même ligne qu'une autre", f"{REPEATED} is not null"),
            *filled(self.filled),
            matches_pattern(
                self.period, self.period_pattern, "periode_invalide", f"période attendue : {shape}"
            ),
            *readable({name: kind for name, kind in self.columns.items() if kind != "texte"}),
            Rule("date_hors_bornes", "date dans le futur", f"{LOADED}_lu > {TOMORROW}", LOADED),
            *(
                matches_pattern(column, pattern, reason, detail)
                for column, (pattern, reason, detail) in self.patterns.items()
            ),
            Rule("nombre_hors_bornes", "nombre négatif", f"{main}_lu < 0", main),
            *(
                [
                    Rule(
                        "codes_incoherents",
                        "un code au plus, RS ou RNCP, peut différer de -1",
                        "code_rs_lu <> -1 and code_rncp_lu <> -1",
                        "code_rs",
                    )
                ]
                if "code_rs" in self.roles.all
                else []
            ),
        ]


def excess() -> str:
    """SQL telling that financers pay more than is committed, beyond 1 € and 0.1 %."""
    return f"{_rest(financers.TOLD)} < -({_TOLERANCE})"


_TOLERANCE = "1 + montant_engage_lu / 1000"


def _rest(columns: tuple[str, ...]) -> str:
    return f"montant_engage_lu - ({' + '.join(f'coalesce({x}_lu, 0)' for x in columns)})"


def _allocated(financed: tuple[str, ...]) -> dict[str, str]:
    """SQL of each amount of a financer, and of what none of them pays, the whole if none is told.

    Amounts that make more than the whole are not told: they are not what their names say.
    """
    if not any(name in financers.TOLD for name in financed):
        return {financers.NOT_ALLOCATED: "montant_engage_lu"}
    rest = _rest(financers.TOLD)
    return {
        **{
            name: f"case when not coalesce({excess()}, false) then {name}_lu end"
            for name in financers.TOLD
        },
        financers.NOT_ALLOCATED: f"""
            case
                when {excess()} then montant_engage_lu
                when {rest} > {_TOLERANCE} then {rest}
                when montant_engage_lu is not null then 0
            end
        """,
    }
