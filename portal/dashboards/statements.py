"""SQL of a figure, once as it is asked of the image of a version, once as anybody asks the file."""

from dataclasses import dataclass
from typing import Any

from orchestration.sql import literal
from portal.engine.engine import Sql

_SOURCE = "{fichier}"


@dataclass(frozen=True)
class Statement:
    """A statement. ``text`` reads ``{fichier}`` and has a ``?`` for each of ``parameters``."""

    text: str
    parameters: tuple[Any, ...] = ()

    def asked(self, base: str) -> Sql:
        """Return it as the engine runs it, on the image attached as ``base``."""
        return Sql(self.text.replace(_SOURCE, f"{base}.donnees"), self.parameters)

    def published(self, address: str) -> str:
        """Return it as a reader can run it on the published Parquet file."""
        first, *others = self.text.replace(_SOURCE, literal(address)).split("?")
        values = [
            str(value) if isinstance(value, int) else literal(value) for value in self.parameters
        ]
        return first + "".join(value + part for value, part in zip(values, others, strict=True))


@dataclass(frozen=True)
class Conditions:
    """Conjunction of conditions on rows."""

    texts: tuple[str, ...] = ()
    parameters: tuple[Any, ...] = ()

    def equal(self, expression: str, value: Any) -> "Conditions":
        """Add that an expression has a value; ``None`` is no value."""
        if value is None:
            return Conditions((*self.texts, f"{expression} is null"), self.parameters)
        return Conditions((*self.texts, f"{expression} = ?"), (*self.parameters, value))

    def one_of(self, expression: str, values: tuple[str | None, ...]) -> "Conditions":
        """Add that an expression has one of two values, of which ``None`` is no value."""
        told = tuple(value for value in values if value is not None)
        choices = [f"{expression} = ?"] * len(told)
        if None in values:
            choices.append(f"{expression} is null")
        return Conditions((*self.texts, f"({' or '.join(choices)})"), (*self.parameters, *told))

    def unless_told(self, key: str, told: "Conditions") -> "Conditions":
        """Keep the rows of ``told``, and of these those whose ``key`` no row of it has."""
        listed = f"select {key} from {_SOURCE}{told.where()}"
        exact = f"({' and '.join(told.texts)})"
        return Conditions(
            (*self.texts, f"({exact} or {key} not in ({listed}))"),
            (*self.parameters, *told.parameters, *told.parameters),
        )

    def where(self) -> str:
        """Return the clause, empty if there is no condition."""
        return f" where {' and '.join(self.texts)}" if self.texts else ""
