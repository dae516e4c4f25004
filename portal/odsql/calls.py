"""What calls of functions share: their arguments, the reader's clock.

Belongs here: what depends on no function. Does not: compiling expressions.
"""

from portal.odsql import query_errors, tree
from portal.odsql.context import Context
from portal.odsql.fragment import Fragment, constant, sql


def arguments(
    node: tree.Call, context: Context, minimum: int, maximum: int | None = None
) -> tuple[tree.Node, ...]:
    """Return the arguments of a call, as many as it must have."""
    call_arguments = node.arguments
    if not minimum <= len(call_arguments) <= (maximum or minimum):
        raise query_errors.malformed(
            f"{node.text} has {len(call_arguments)} argument(s) where {node.function} takes {minimum}"
            + (f" to {maximum}" if maximum else "")
            + f" (position {node.position})",
            context.clause,
        )
    return call_arguments


def local_time(instant: Fragment, timezone: str) -> Fragment:
    """Return a UTC moment as clocks of ``fuseau`` tell it."""
    if timezone == "UTC":
        return instant
    return sql("timezone({}, timezone('UTC', {}))", constant(timezone), instant)
