"""One value per payer: of the totals if they tell amounts by payer, else of the detail."""

from portal.dashboards.compute import (
    Question,
    Source,
    answering,
    figure_of,
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
    if not all(question.reader.has(source.dataset, column) for column in payers):
        source = Source(question.dashboard.detail, Conditions())
    kept = with_filters(question, source, year)
    sums = ", ".join(f"round(sum({column}), 2) as {column}" for column in payers)
    statement = Statement(
        f"select {sums}, {marks(question, source)} from {{fichier}}{kept.conditions.where()}",
        kept.conditions.parameters,
    )
    ((*amounts, secrets, count, provisional),) = await question.reader.rows(
        source.dataset, statement
    )
    rows = [
        row_of(
            column, payers[column], amount, *_payer_marks(amount, secrets, count),
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
        notes=() if source.exact else (_PAYERS,),
    )  # fmt: skip


def _payer_marks(amount: object, secrets: object, count: object) -> tuple[int, int]:
    """How many rows are secret, of how many: a payer whom no row tells is."""
    return (1, 1) if amount is None else (int(str(secrets)), int(str(count)))


_PAYERS = "Lu dans le détail, qui ne dit qui paie que pour une partie : ce sont des minimums."
