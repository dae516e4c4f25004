"""The typed tree of ODSQL: what a clause says, with positions, before fields are looked up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A piece of a clause: ``text`` as typed, ``position`` its offset in characters, from 0."""

    position: int
    text: str


@dataclass(frozen=True)
class Literal(Node):
    """A text, a number, a boolean or null."""

    constant: str | int | float | bool | None


@dataclass(frozen=True)
class DateLiteral(Node):
    """``date'2024-03'``: the text between the quotes."""

    constant: str


@dataclass(frozen=True)
class GeometryLiteral(Node):
    """``geom'POINT(2 48)'``: the text between the quotes."""

    constant: str


@dataclass(frozen=True)
class Name(Node):
    """A field or an alias, without its back quotes."""

    name: str


@dataclass(frozen=True)
class Star(Node):
    """``*``: all fields, all rows, or no bound."""


@dataclass(frozen=True)
class Wildcard(Node):
    """``nb_*``: the fields whose name begins so."""

    prefix: str


@dataclass(frozen=True)
class Quantity(Node):
    """``1 day``, ``10km``: a quantity and its unit, as typed."""

    constant: float
    unit: str


@dataclass(frozen=True)
class Distinct(Node):
    """``distinct f`` inside ``count``."""

    expression: Node


@dataclass(frozen=True)
class Call(Node):
    """A function, its name in lower case."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Arithmetic(Node):
    """Operands of equal precedence, applied from the left; one operator less than operands."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True)
class UnaryMinus(Node):
    """Unary minus."""

    expression: Node


@dataclass(frozen=True)
class Comparison(Node):
    """``operator`` is one of ``= != < <= > >=``."""

    left: Node
    operator: str
    right: Node


@dataclass(frozen=True)
class In(Node):
    """``f in (a, b)``."""

    expression: Node
    values: tuple[Node, ...]


@dataclass(frozen=True)
class InRange(Node):
    """``f in [a..b[``; a ``Star`` is no bound."""

    expression: Node
    low: Node
    high: Node
    low_included: bool
    high_included: bool


@dataclass(frozen=True)
class InField(Node):
    """``'a' in f``, ``f`` multivalued."""

    constant: Node
    field: Name


@dataclass(frozen=True)
class Like(Node):
    """``f like 'words'``."""

    expression: Node
    pattern: str


@dataclass(frozen=True)
class IsNull(Node):
    """``f is null``."""

    expression: Node


@dataclass(frozen=True)
class IsBoolean(Node):
    """``f is true``."""

    expression: Node
    constant: bool


@dataclass(frozen=True)
class And(Node):
    """All of them."""

    conditions: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    """Any of them."""

    conditions: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    """The contrary; a condition on nothing is not true, so its contrary is."""

    condition: Node


@dataclass(frozen=True)
class Selection(Node):
    """An item of ``select`` or ``group_by``."""

    expression: Node
    alias: str | None

    @property
    def name(self) -> str:
        """Name of the column in the answer."""
        if self.alias is not None:
            return self.alias
        return self.expression.name if isinstance(self.expression, Name) else self.expression.text


@dataclass(frozen=True)
class OrderItem(Node):
    """An item of ``order_by``."""

    expression: Node
    descending: bool
