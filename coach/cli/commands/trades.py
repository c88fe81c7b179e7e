"""`coach trades`: round trips, flat to flat, oldest first."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.errors import UsageError
from coach.views import trades as views
from coach.views.paging import list_page
from coach.views.table import Column, Table, rows
from coach.wording import moments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coach.engine.api.trades import TradeView
    from coach.views.table import Row

FOR_PEOPLE = (
    Column("id", "trade", "key"),
    Column("symbol", "symbol"),
    Column("closed_at", "closed", "date"),
    Column("fees", "fees", "fee"),
    Column("net", "net", "money"),
    Column("holding_s", "held", "duration"),
    Column("r", "R", "statistic"),
    Column("tags", "tags"),
    Column("notes", "notes", "number"),
)
EMPTY = "no closed trades"
OPEN_FOR_PEOPLE = (
    Column("id", "trade", "key"),
    Column("symbol", "symbol"),
    Column("opened_at", "opened", "date"),
    Column("open_quantity", "open", "number"),
    Column("held_quantity", "held", "number"),
    Column("fees", "realised fees", "fee"),
    Column("net", "realised net", "money"),
    Column("tags", "tags"),
    Column("notes", "notes", "number"),
)
NONE_OPEN = "no open trades"
Time = Annotated[str | None, typer.Option(metavar="TIME", help="Day, week, time, or 30d.")]


def trades(  # noqa: PLR0913 -- one parameter for each option
    context: typer.Context,
    *,
    since: Time = None,
    until: Time = None,
    symbol: Annotated[str | None, typer.Option(metavar="SYMBOL", help="Only this one.")] = None,
    account: Annotated[str | None, typer.Option(metavar="NAME", help="Only this one.")] = None,
    still_open: Annotated[
        bool, typer.Option("--open", help="Those that are open, with what they realised so far.")
    ] = False,
    after: After = None,
    limit: Limit = None,
) -> None:
    """List your round trips, oldest first, by when they were closed."""
    from coach.engine.api import trades as api

    frame = frame_of(context)
    if still_open and (since or until):
        hint = "leave --since and --until out: an open trade was not closed at any time"
        raise UsageError(hint, what="--open lists what is open now")
    with frame.session() as session:
        zone, now = frame.zone, session.clock()
        wanted = api.TradeFilter(
            since=moments.since(since, zone, now),
            until=moments.until(until, zone, now),
            symbol=api.symbol_named(session, symbol) if symbol else None,
            account=account,
        )
        doubtful = api.doubtful_positions(session, wanted)
        if still_open:
            still = api.open_round_trips(session, wanted.symbol, wanted.account)
            found = page(answer_open(still, doubtful), "id", after, limit)
        else:
            closed = api.round_trips(session, wanted, list_page(after, limit, None))
            found = answer(closed, doubtful)
        if wanted.symbol and not found.data:
            api.require_symbol(session, wanted.symbol)
    frame.show(found)


def answer(found: "Iterable[TradeView]", warnings: "Sequence[str]" = ()) -> Answer:
    """Return round trips."""
    values = rows([views.trade(view) for view in found])
    people = Table(
        _worth_showing(FOR_PEOPLE, values), [_for_a_person(row) for row in values], EMPTY
    )
    return Answer(
        "trades",
        list(values),
        Table(views.TRADES, values, EMPTY),
        for_people=people,
        warnings=tuple(warnings),
    )


def answer_open(found: "Iterable[TradeView]", warnings: "Sequence[str]" = ()) -> Answer:
    """Return open round trips, with what was realised of them so far."""
    values = rows([views.open_trade(view) for view in found])
    people = Table(
        _worth_showing(OPEN_FOR_PEOPLE, values), [_for_a_person(row) for row in values], NONE_OPEN
    )
    return Answer(
        "trades",
        list(values),
        Table(views.OPEN_TRADES, values, NONE_OPEN),
        for_people=people,
        warnings=tuple(warnings),
    )


def _worth_showing(columns: tuple[Column, ...], values: "Sequence[Row]") -> tuple[Column, ...]:
    """Leave out R and notes where no trade has any, and what is held where that is all of it."""
    empty = {key for key in ("r", "notes") if not any(row[key] not in (None, 0) for row in values)}
    if all(row.get("held_quantity") == row.get("open_quantity") for row in values):
        empty.add("held_quantity")
    return tuple(column for column in columns if column.key not in empty)


def _for_a_person(row: "Row") -> "Row":
    symbol = f"{row['symbol']} short" if row["side"] == "short" else row["symbol"]
    return {**row, "symbol": symbol, "notes": row["notes"] or None}
