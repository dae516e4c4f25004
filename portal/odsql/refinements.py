"""``refine``, ``exclude`` and ``facet``: the values that a person ticks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from portal.errors import read_integer, shortened
from portal.odsql import comparisons, query_errors, tree
from portal.odsql.conditions import conjunction, disjunction, negation
from portal.odsql.fragment import Fragment, constant, sql
from portal.odsql.parser import parse_call
from portal.odsql.scope import Context, column_of_field
from portal.packages.field import TEMPORAL, Field

_REFINEMENT = re.compile(r"\s*(?:`((?:\\.|[^`\\])+)`|([^:]+?))\s*:(.*)", re.DOTALL)
_QUOTED = re.compile(r"\s*(['\"])(.*)\1\s*", re.DOTALL)
_TRUE = {"true", "1", "yes"}


@dataclass(frozen=True)
class Facet:
    """What ``facet=…`` asks of a field; ``None`` where the field's own annotation decides."""

    name: str
    disjunctive: bool | None = None
    sort: str | None = None
    limit: int | None = None
    hierarchy: str | None = None


@dataclass(frozen=True)
class Refinement:
    """A field and the values ticked."""

    field: Field
    values: tuple[str, ...]

    def condition(self, context: Context, *, disjunctive: bool) -> Fragment:
        """Return the condition: all of the values, or one of them."""
        equalities = [_equals(self.field, value, context) for value in self.values]
        return disjunction(equalities) if disjunctive else conjunction(equalities)


def parse_refinements(
    texts: Iterable[str], context: Context, clause: str = "refine"
) -> tuple[Refinement, ...]:
    """Read ``name:value`` texts, grouped by field. Raises ``ApiError``."""
    by_field: dict[str, tuple[Field, list[str]]] = {}
    for text in texts:
        if not text.strip():
            continue
        parts = _REFINEMENT.fullmatch(text)
        if not parts:
            raise query_errors.malformed(f"{text}: name:value is expected", clause)
        name = parts[1] or parts[2]
        field = context.dataset.field(name)
        if field is None:
            raise query_errors.unknown_field(name, 0, context.known_names(), clause)
        quoted = _QUOTED.fullmatch(parts[3])
        value = re.sub(r"\\(.)", r"\1", quoted[2]) if quoted else parts[3].strip()
        by_field.setdefault(field.nom, (field, []))[1].append(value)
    return tuple(Refinement(field, tuple(values)) for field, values in by_field.values())


def is_disjunctive(field: Field, facets: Mapping[str, Facet]) -> bool:
    """Tell whether values of a field are alternatives: as the request says, else as the field."""
    facet = facets.get(field.nom)
    if facet and facet.disjunctive is not None:
        return facet.disjunctive
    return field.disjunctive


def condition(
    refine: Sequence[Refinement],
    exclude: Sequence[Refinement],
    facets: Mapping[str, Facet],
    context: Context,
    except_field: str | None = None,
) -> Fragment:
    """Return the condition of all refinements, save those of one field (for its own facet)."""
    kept = [
        item.condition(context, disjunctive=is_disjunctive(item.field, facets))
        for item in refine
        if item.field.nom != except_field
    ]
    left_out = [negation(item.condition(context, disjunctive=True)) for item in exclude]
    return conjunction([*kept, *left_out])


def _equals(field: Field, text: str, context: Context) -> Fragment:
    expression = column_of_field(field)
    within = replace(context, clause="refine")
    if field.hierarchy:
        return _self_or_below(field, text, field.hierarchy)
    if field.type in TEMPORAL:
        node = tree.Comparison(
            0, text, tree.Name(0, field.nom, field.nom), "=", tree.DateLiteral(0, text, text)
        )
        return comparisons.compare(node, within)
    return comparisons.equals_text(expression, text, within)


def _self_or_below(field: Field, text: str, separator: str) -> Fragment:
    """Return the condition that a value is ``text`` or below it."""
    value, below = constant(text), constant(text + separator)
    column = column_of_field(field)
    if field.multivalued:
        return sql(
            "(len(list_filter({}, lambda x: x = {} or starts_with(x, {}))) > 0)",
            column.fragment,
            value,
            below,
        )
    return sql("({} = {} or starts_with({}, {}))", column.varchar(), value, column.varchar(), below)


def parse_facets(texts: Iterable[str], context: Context) -> dict[str, Facet]:
    """Read ``facet`` parameters: a name, or ``facet(name="x", disjunctive=true)``."""
    by_field: dict[str, Facet] = {}
    for text in texts:
        for item in [text] if "(" in text else text.split(","):
            if item.strip():
                facet = _parse_facet(item.strip(), context)
                by_field[facet.name] = facet
    return by_field


def _parse_facet(text: str, context: Context) -> Facet:
    options: dict[str, str] = {}
    name = text.strip("`")
    if re.match(r"facet\s*\(", text, re.IGNORECASE):
        call = parse_call(text, "facet")
        for item in call.arguments if isinstance(call, tree.Call) else ():
            key, value = _option(item, context)
            options[key] = value
        name = options.get("name", "")
    field = context.dataset.field(name)
    if field is None:
        raise query_errors.unknown_field(name, 0, context.known_names(), "facet")
    limit = options.get("limit")
    return Facet(
        field.nom,
        disjunctive=options["disjunctive"].lower() in _TRUE if "disjunctive" in options else None,
        sort=options.get("sort"),
        limit=_limit(limit, text) if limit is not None else None,
        hierarchy=_hierarchy(options, field),
    )


def _limit(text: str, facet: str) -> int:
    """Return how many values a facet may show; -1 for all of them."""
    number = read_integer(text)
    if number is None or number < -1:
        raise query_errors.malformed(
            f"{facet}: limit={shortened(text)} is not a number of values", "facet"
        )
    return number


def _hierarchy(options: Mapping[str, str], field: Field) -> str | None:
    if options.get("hierarchical", "").lower() in _TRUE:
        return options.get("separator") or field.hierarchy or "/"
    return None


def _option(node: tree.Node, context: Context) -> tuple[str, str]:
    if isinstance(node, tree.Name):
        return "name", node.name
    if isinstance(node, tree.Literal):
        return "name", str(node.constant)
    if isinstance(node, tree.Comparison) and isinstance(node.left, tree.Name):
        right = node.right
        if isinstance(right, tree.Literal):
            return node.left.name.lower(), str(right.constant)
        return node.left.name.lower(), right.name if isinstance(right, tree.Name) else right.text
    raise query_errors.malformed(f"{node.text}: name=value is expected", "facet")
