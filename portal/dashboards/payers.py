"""One value per payer: of the totals if they tell amounts by payer, else of the detail."""

from portal.dashboards.compute import (
    Question,
    Source,
    answering,
    figure_of,
    in_part,
    is_provisional,
    marks,
    whole,
    with_filters,
)
from portal.dashboards.figures import Figure
from portal.dashboards.row_making import complete, row_of
from portal.dashboards.statements import Conditions, Statement


async def compute_payers(question: Question) -> Figure:
    """One row per payer: the totals if they tell amounts by payer, else the detail."""
    year = question.year
    payers = question.dashboard.payers
    source = await answering(question, set(question.filters), question.year_grains, year)
    if not all(question.reader.has(source.dataset, column) for column in (*payers, _TOLD)):
        source = Source(question.dashboard.detail, Conditions())
    kept = with_filters(question, source, year)
    # Where every payer is told, one without amount has none.
    none = f"case when bool_and({_TOLD} = 'publies') then 0 end"
    sums = ", ".join(f"coalesce(round(sum({column}), 2), {none}) as {column}" for column in payers)
    statement = Statement(
        f"select {sums}, bool_and({_TOLD} = 'publies') as dits, {marks(question, source)} "
        f"from {{fichier}}{kept.conditions.where()}",
        kept.conditions.parameters,
    )
    ((*amounts, told, _, count, provisional),) = await question.reader.rows(
        source.dataset, statement
    )
    rows = [
        row_of(
            column, payers[column], *_payer_marks(amount, told=bool(told), alone=count == 1),
            provisional=bool(provisional), dated=True,
        )
        for column, amount in zip(payers, amounts, strict=True)
    ]  # fmt: skip
    rows.sort(key=lambda row: -(row.value or 0))
    total, total_query = await whole(question, year)
    shown, undetailed = complete(question.measure, question.chart.limit, rows, total)
    return figure_of(
        question, source, shown, year=year, total=total, undetailed=undetailed, count=len(rows),
        provisional=bool(provisional) or is_provisional(question, year),
        queries=(statement.published(question.addresses[source.dataset]), total_query),
        notes=(_PAYERS,) if in_part(question, source) else (),
    )  # fmt: skip


def _payer_marks(amount: object, *, told: bool, alone: bool) -> tuple[object, int, int]:
    """Return an amount, how many rows keep it secret, and of how many.

    Unless every payer is ``told``, what is missing is secret, and a sum of several rows may miss
    some.
    """
    if amount is None:
        return (None, 1, 1)
    return (amount, 0, 1) if told or alone else (amount, 1, 2)


# Says whether a row tells the amount of each payer.
_TOLD = "montants_par_financeur"
_PAYERS = "Lu dans le détail, qui ne dit qui paie que pour une partie : ce sont des minimums."
