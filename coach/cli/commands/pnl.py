"""`coach pnl`: realised profit and open positions, per symbol and in all."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coach.advice.readable import local, money, number
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.model.plain import amount, plain
from coach.views import profit as views
from coach.views.table import Column, Table, json_row, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.trades import Profit
    from coach.model.trades import UnknownBasis
    from coach.views.table import Row

Method = Literal["fifo", "average"]
SHOWN_SALES = 20
SEVERAL = 2


def pnl(
    context: typer.Context,
    method: Annotated[Method, typer.Option(help="How sells meet their buys.")] = "fifo",
    symbol: Annotated[str | None, typer.Option(metavar="SYMBOL", help="Only this one.")] = None,
    account: Annotated[str | None, typer.Option(metavar="NAME", help="Only this one.")] = None,
    currency: Annotated[
        str | None,
        typer.Option("--in", metavar="CURRENCY", help="Each closed trade's net in this one."),
    ] = None,
) -> None:
    """Show realised profit (gross, fees, net) and open positions, per symbol.

    With --in each closed trade is converted by the stored candles that contain what closed it,
    which are named; what no candle tells stays as it is, and is said. With the setting
    base_currency all of it is told in that currency, too.
    """
    from coach.engine.api import trades as api

    frame = frame_of(context)
    if currency is not None:
        from coach.cli.fills.converted import converted_answer

        if method != "fifo":
            raise UsageError("leave --method out", what="--in converts trades, not positions")
        with frame.session() as session:
            wanted = api.symbol_named(session, symbol) if symbol else None
            frame.show(converted_answer(session, currency, wanted, account))
        return
    with frame.session() as session:
        found = answer(api.profit(session, method, symbol, account), frame.zone)
    frame.show(found)


def answer(profit: "Profit", zone: str = "UTC") -> Answer:
    """Return profit per symbol, and the totals per quote currency."""
    report = views.profit_report(profit)
    values = rows(report["by_symbol"])
    table = Table(views.SYMBOL_PROFITS, values)
    people = Table(columns(profit), [_for_a_person(row) for row in values])
    below = (*totals(profit), *_in_base(profit), *apart(profit, zone))
    return Answer(
        "pnl", json_row(report), table, for_people=people, below=below, warnings=profit.warnings
    )


def columns(profit: "Profit") -> tuple[Column, ...]:
    """Return the columns for a person; what all rows share or none has is left out."""
    dull = {"account"} if len({row.account for row in profit.rows}) < SEVERAL else set[str]()
    if not any(row.position.margin for row in profit.rows):
        dull.add("margin")
    if not any(row.doubt for row in profit.rows):
        dull |= {"doubtful", "held_quantity"}
    return tuple(column for column in views.SYMBOL_PROFITS if column.key not in dull)


def _for_a_person(row: "Row") -> "Row":
    return {**row, "doubtful": "?" if row["doubtful"] else ""}


def totals(profit: "Profit") -> "Iterator[str]":
    """Yield a line per quote currency."""
    for quote, s in profit.totals.items():
        gross, net = money(str(s.gross), quote), money(str(s.net), quote)
        fees = money(str(s.fees), quote, sign=False)
        coins = sorted(
            {
                coin
                for row in profit.rows
                if row.position.quote == quote
                for coin in row.position.other_fees
            }
        )
        without = f"  without fees in {', '.join(coins)}" if coins else ""
        yield f"total {quote}  gross {gross}  fees {fees}  net {net}{without}"


def _in_base(profit: "Profit") -> "Iterator[str]":
    if profit.base is not None:
        from coach.cli.fills.base_currency import base_lines

        yield from base_lines(profit.base)


def apart(profit: "Profit", zone: str) -> "Iterator[str]":
    """Yield what is in no profit: fees in other coins, and sales whose purchase nobody saw."""
    for row in profit.rows:
        if fees := row.position.other_fees:
            paid = ", ".join(f"{amount(fee)} {coin}" for coin, fee in fees.items())
            yield f"fees in other coins: {row.position.symbol} {paid}"
    for row in profit.rows:
        if row.doubt:
            yield f"? {row.doubt.sentence()}"
    sales = [line for line in profit.unknown if not line.rounding]
    if sales:
        yield "no known purchase:"
    for line in sales[:SHOWN_SALES]:
        origin = profit.origins.get((line.account, line.key))
        yield f"  {_sale(line, zone)}{f'  (probably {origin})' if origin else ''}"
    if len(sales) > SHOWN_SALES:
        yield f"  and {len(sales) - SHOWN_SALES} more; --json lists them"
    yield from _rounding(profit)


def _rounding(profit: "Profit") -> "Iterator[str]":
    """Yield what was taken beyond positions by units in the last place, which is in no trade."""
    for row in profit.rows:
        taken = views.exact_sum(
            line.quantity for line in views.taken_beyond(profit, row) if line.rounding
        )
        if taken:
            symbol = row.position.symbol
            yield f"rounding: {amount(taken)} beyond the positions of {symbol}, in no trade"


def _sale(line: "UnknownBasis", zone: str) -> str:
    quote = line.symbol.rpartition("-")[2]
    proceeds, fee = (money(str(sum_), quote, sign=False) for sum_ in (line.proceeds, line.fee))
    at = local(plain(line.at), zone)
    quantity = number(str(line.quantity))
    return f"{line.symbol}  {at}  {quantity}  proceeds {proceeds} {quote}  fee {fee} {quote}"
