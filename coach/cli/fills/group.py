"""`coach fills`: fills one by one, what was reported of each, and leaving one out."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.fills import history_lines
from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Last, Limit
from coach.errors import UsageError
from coach.views.holdings import fills as views
from coach.views.paging import list_page
from coach.views.table import Column, Table, rows
from coach.wording import moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.fills.single import FillChange
    from coach.model.bookkeeping.fill_reports import FillHistory
    from coach.views.table import Row

HELP = "Fills one by one, and leaving one out."
EXAMPLES = """\
\b
  coach fills list --trade 8f3a
  coach fills show 5c01
  coach fills leave-out 5c01 --reason "a test order"
  coach fills take-back 5c01
  coach fills list --left-out

A fill that is left out counts for nothing: books, trades, habits, rules and digests are as if it
had never been. It stays out when it is imported again.
"""
FOR_PEOPLE = (
    Column("id", "fill", "key"),
    Column("at", "at", "time"),
    Column("symbol", "symbol"),
    Column("side", "side"),
    Column("quantity", "quantity", "number"),
    Column("price", "price", "number"),
    Column("account", "account"),
    Column("reason", "left out because"),
)
EMPTY = "no fills"
FillId = Annotated[str, typer.Argument(metavar="FILL", help="The beginning of its id.")]
Account = Annotated[str | None, typer.Option(metavar="NAME", help="Only this one.")]
Time = Annotated[str | None, typer.Option(metavar="TIME", help="Day, week, time, or 30d.")]


def listed(context: typer.Context) -> None:
    """List the fills."""
    if context.invoked_subcommand is None:
        list_(context)


app = sub_app(HELP, alone=listed, epilog=EXAMPLES)


@app.command("list")
def list_(  # noqa: PLR0913 -- one parameter for each option
    context: typer.Context,
    *,
    since: Time = None,
    until: Time = None,
    symbol: Annotated[str | None, typer.Option(metavar="SYMBOL", help="Only this one.")] = None,
    account: Account = None,
    trade: Annotated[
        str | None, typer.Option(metavar="TRADE", help="Those of this round trip.")
    ] = None,
    left_out: Annotated[
        bool, typer.Option("--left-out", help="Those that you left out, alone.")
    ] = False,
    after: After = None,
    limit: Limit = None,
    last: Last = None,
) -> None:
    """List the fills, oldest first."""
    from coach.engine.api import trades
    from coach.engine.api.fills import single as api

    frame = frame_of(context)
    with frame.session() as session:
        zone, now = frame.zone, session.clock()
        wanted = api.FillFilter(
            account=account,
            symbol=trades.symbol_named(session, symbol) if symbol else None,
            since=moments.since(since, zone, now),
            until=moments.until(until, zone, now),
            trade=trade,
            left_out=True if left_out else None,
            page=list_page(after, limit, last),
        )
        found = [*api.fills(session, wanted), *(api.fills_not_held(session) if left_out else ())]
    values = rows([views.fill(one) for one in found])
    people = Table(_worth_showing(values), values, EMPTY)
    table = Table(views.FILLS, values, EMPTY)
    frame.show(Answer("fills list", list(values), table, for_people=people))


@app.command()
def show(context: typer.Context, fill: FillId, account: Account = None) -> None:
    """Show what was reported of a fill, and what is in effect."""
    from coach.engine.api.fills import single as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.history(session, fill, account)
    frame.show(_one("fills show", found))


@app.command("leave-out")
def leave_out(
    context: typer.Context,
    fill: FillId,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why it does not count; it is kept.")
    ] = None,
    account: Account = None,
) -> None:
    """Leave a fill out for good: a test order, a mistake.

    Its books, trades, habits and rules are made anew without it. It stays out when it is imported
    again; take-back lets it count again.
    """
    from coach.engine.api.fills import single as api

    if reason is None:
        raise UsageError(
            'coach fills leave-out FILL --reason "a test order"', what="why is it out?"
        )
    frame = frame_of(context)
    with frame.session() as session:
        change = api.leave_out(session, fill, reason, account)
    hint = f"coach fills take-back {change.history.row.key.hex()[:8]} lets it count again"
    frame.show(replace(_changed("fills leave-out", change), hints=(hint,)))


@app.command("take-back")
def take_back(context: typer.Context, fill: FillId, account: Account = None) -> None:
    """Let a fill count again that you left out."""
    from coach.engine.api.fills import single as api

    frame = frame_of(context)
    with frame.session() as session:
        change = api.take_back(session, fill, account)
    frame.show(_changed("fills take-back", change))


def _worth_showing(values: "Sequence[Row]") -> "tuple[Column, ...]":
    """Leave out the account where there is one, and reasons where nothing is left out."""
    empty = set() if any(row["reason"] for row in values) else {"reason"}
    if len({row["account"] for row in values}) < 2:  # noqa: PLR2004 -- several accounts
        empty.add("account")
    return tuple(column for column in FOR_PEOPLE if column.key not in empty)


def _changed(command: str, change: "FillChange") -> Answer:
    return replace(_one(command, change.history), warnings=views.unchanged_fill(command, change))


def _one(command: str, found: "FillHistory") -> Answer:
    [value] = values = rows([views.fill_history(found)])
    lines = tuple(history_lines(found))
    return Answer(command, value, Table(views.FILLS, values), lines=lines)
