"""`coach coverage`: which periods are held, from where, which are missing, and how to get them."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.record.coverage import gap_lines, period_lines, with_ways
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.views.holdings.coverage import COVERAGE, coverage_report
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.model.events import Json

EMPTY = "no fills yet"
WHOLE = "no gap found"


def coverage(
    context: typer.Context,
    account: Annotated[str | None, typer.Option(metavar="NAME", help="Only this one.")] = None,
    symbol: Annotated[str | None, typer.Option(metavar="SYMBOL", help="Only this one.")] = None,
    after: After = None,
    limit: Limit = None,
) -> None:
    """Show which periods you have brought in, and which seem to be missing.

    A gap is a sale of more than is held, a month without a fill where your own rate lets expect
    many, or what a broker did not let coach read.
    """
    from coach.engine.api import trades
    from coach.engine.api.fills import coverage as api

    frame = frame_of(context)
    with frame.session() as session:
        wanted = trades.symbol_named(session, symbol) if symbol else None
        found = api.coverage(session, account, wanted)
    values = with_ways(rows([coverage_report(one) for one in found]))
    below = tuple(_below(values, one_symbol=symbol is not None))
    answer = Answer("coverage", list(values), Table(COVERAGE, values, EMPTY), below=below)
    frame.show(page(answer, "id", after, limit))


def _below(values: "list[dict[str, Json]]", *, one_symbol: bool) -> "Iterator[str]":
    """Yield the gaps, and of one symbol its periods."""
    if one_symbol:
        for row in values:
            yield from period_lines(row)
    gaps = [line for row in values for line in gap_lines(row)]
    yield from gaps or ([WHOLE] if values else [])
