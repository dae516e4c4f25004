"""Conditions: from the tree to SQL that is true, false or null."""

from collections.abc import Callable, Sequence
from typing import Any

from portal.odsql import comparisons, predicates, query_errors, text_search, tree
from portal.odsql.fragment import Fragment, Kind, join_fragments, sql
from portal.odsql.parser import parse_where
from portal.odsql.scope import Context
from portal.odsql.vocabulary import PREDICATES
from portal.packages.dataset import Dataset


def dataset_rows(dataset: Dataset, where: Fragment, joins: Sequence[Fragment] = ()) -> Fragment:
    """Return ``from … where …`` over the rows of a dataset."""
    source = join_fragments("", [Fragment(f"from {dataset.base}.donnees as d"), *joins])
    return source if where == TRUE else sql("{} where {}", source, where)


TRUE = Fragment("true")


def every(clauses: Sequence[str], context: Context) -> Fragment:
    """Compile several ``where``, all of which must hold."""
    return conjunction(
        [compile_condition(parse_where(text), context) for text in clauses if text.strip()]
    )


def conjunction(conditions: Sequence[Fragment]) -> Fragment:
    """Return the condition that all hold; none at all holds always."""
    useful = [condition for condition in conditions if condition != TRUE]
    return sql("({})", join_fragments(" and ", useful)) if useful else TRUE


def disjunction(conditions: Sequence[Fragment]) -> Fragment:
    """Return the condition that one holds at least."""
    return (
        sql("({})", join_fragments(" or ", list(conditions))) if conditions else Fragment("false")
    )


def negation(condition: Fragment) -> Fragment:
    """Return the contrary: what compares nothing is not true, hence its contrary is."""
    return sql("(not coalesce({}, false))", condition)


def compile_condition(node: tree.Node, context: Context) -> Fragment:
    """Compile a condition. Raises ``ApiError``."""
    if isinstance(node, tree.And):
        return conjunction([compile_condition(condition, context) for condition in node.conditions])
    if isinstance(node, tree.Or):
        return disjunction([compile_condition(condition, context) for condition in node.conditions])
    if isinstance(node, tree.Not):
        return negation(compile_condition(node.condition, context))
    if isinstance(node, tree.Call):
        return _call(node, context)
    if isinstance(node, (tree.Literal, tree.Name)):
        return _lone_term(node, context)
    return _compile_test(node, context)


def _compile_test(node: tree.Node, context: Context) -> Fragment:
    compile_test = _COMPILERS.get(type(node))
    if compile_test is None:
        raise _not_a_condition(node, context)
    return compile_test(node, context)


def _call(node: tree.Call, context: Context) -> Fragment:
    if node.function in PREDICATES:
        return predicates.compile_predicate(node, context)
    raise _not_a_condition(node, context)


def _lone_term(node: tree.Literal | tree.Name, context: Context) -> Fragment:
    """A text is looked for everywhere; a name alone is a boolean."""
    if isinstance(node, tree.Literal):
        if isinstance(node.constant, str):
            return text_search.everywhere(node.constant, context)
        if isinstance(node.constant, bool):
            return Fragment("true" if node.constant else "false")
        raise _not_a_condition(node, context)
    compiled = context.lookup(node)
    if compiled.kind is not Kind.BOOLEAN:
        raise query_errors.malformed(
            f"{node.text} (position {node.position}) is a {compiled.kind.value}, not a condition",
            context.clause,
        )
    return compiled.fragment


def _is_null(node: tree.IsNull, context: Context) -> Fragment:
    compiled = context.compile(node.expression)
    if compiled.kind is Kind.LIST:
        return sql("(coalesce(len({}), 0) = 0)", compiled.fragment)
    return sql("({} is null)", compiled.fragment)


def _like(node: tree.Like, context: Context) -> Fragment:
    return text_search.like(context.compile(node.expression), node, context)


def _not_a_condition(node: tree.Node, context: Context) -> Exception:
    return query_errors.malformed(node.text, context.clause)


_COMPILERS: dict[type[tree.Node], Callable[[Any, Context], Fragment]] = {
    tree.Comparison: comparisons.compare,
    tree.In: comparisons.in_values,
    tree.InRange: comparisons.in_range,
    tree.InField: comparisons.in_field,
    tree.Like: _like,
    tree.IsNull: _is_null,
    tree.IsBoolean: comparisons.is_boolean,
}
