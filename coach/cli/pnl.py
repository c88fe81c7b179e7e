"""`coach pnl`: realised profit and open positions, per symbol and in all."""

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coach.cli.answers import Answer
from coach.cli.frame import frame_of
from coach.cli.reading import local, money, number
from coach.model.plain import amount, plain
from coach.views.table import Column, Table, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.trades import Profit, ProfitRow
    from coach.model.events import Json
    from coach.model.trades import UnknownBasis
    from coach.views.table import Row

Method = Literal["fifo", "average"]
SHOWN_SALES = 20
EXACT = 1_000
"""Digits, far more than any sum of amounts has."""


def pnl(
    context: typer.Context,
    method: Annotated[Method, typer.Option(help="How sells meet their buys.")] = "fifo",
    symbol: Annotated[str | None, typer.Option(metavar="SYMBOL", help="Only this one.")] = None,
    account: Annotated[str | None, typer.Option(metavar="NAME", help="Only this one.")] = None,
) -> None:
    """Show realised profit (gross, fees, net) and open positions, per symbol."""
    from coach.engine.api import trades as api

    frame = frame_of(context)
    with frame.desk() as desk:
        found = answer(api.profit(desk, method, symbol, account), desk.user.zone)
    frame.show(found)


def answer(profit: "Profit", zone: str = "UTC") -> Answer:
    """Return profit per symbol, and the totals per quote currency."""
    values = rows(list(profit_rows(profit)))
    total: dict[str, Json] = {
        quote: {"gross": plain(s.gross), "fees": plain(s.fees), "net": plain(s.net)}
        for quote, s in profit.totals.items()
    }
    data: dict[str, Json] = {
        "method": profit.method,
        "by_symbol": list(values),
        "total": total,
        "unknown_basis": [plain(_unknown(profit, line)) for line in profit.unknown],
    }
    several = len({row["account"] for row in values}) > 1
    shown = columns(several=several, margin=any(row["margin"] for row in values))
    doubtful = any(row.doubt for row in profit.rows)
    people = (*shown, Column("doubtful", "?")) if doubtful else shown
    table = Table((*shown, Column("doubtful")), values)
    below = (*totals(profit), *apart(profit, zone))
    return Answer(
        "pnl",
        data,
        table,
        for_people=Table(people, [_for_a_person(row) for row in values]),
        below=below,
        warnings=profit.warnings,
    )


def columns(*, several: bool, margin: bool) -> tuple[Column, ...]:
    """Return the columns; accounts and margin are named to a person who has several, or any."""
    return (
        Column("symbol", "symbol"),
        Column("account", "account" if several else ""),
        Column("quote"),
        Column("gross", "gross", "money"),
        Column("fees", "fees", "fee"),
        Column("net", "net", "money"),
        Column("open_quantity", "open", "number"),
        Column("open_cost", "open cost", "fee"),
        Column("other_fees"),
        Column("unknown_quantity"),
        Column("unknown_proceeds"),
        Column("margin", "on margin" if margin else ""),
    )


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
        taken = _sum(line.quantity for line in _beyond(profit, row) if line.rounding)
        if taken:
            symbol = row.position.symbol
            yield f"rounding: {amount(taken)} beyond the positions of {symbol}, in no trade"


def _beyond(profit: "Profit", row: "ProfitRow") -> "list[UnknownBasis]":
    """Return what was taken beyond the position of this book."""
    position = row.position
    book = row.account, position.symbol, position.margin
    return [line for line in profit.unknown if (line.account, line.symbol, line.margin) == book]


def _sale(line: "UnknownBasis", zone: str) -> str:
    quote = line.symbol.rpartition("-")[2]
    proceeds, fee = (money(str(sum_), quote, sign=False) for sum_ in (line.proceeds, line.fee))
    at = local(plain(line.at), zone)
    quantity = number(str(line.quantity))
    return f"{line.symbol}  {at}  {quantity}  proceeds {proceeds} {quote}  fee {fee} {quote}"


def profit_rows(profit: "Profit") -> "Iterator[dict[str, object]]":
    """Yield a row per book, with the sales in it that have no purchase."""
    for row in profit.rows:
        sales = [line for line in _beyond(profit, row) if not line.rounding]
        yield _row(row) | {
            "unknown_quantity": _sum(line.quantity for line in sales),
            "unknown_proceeds": _sum(line.proceeds for line in sales),
        }


def _sum(amounts: "Iterator[Decimal]") -> Decimal:
    with localcontext(prec=EXACT):
        return sum(amounts, Decimal(0))


def _row(row: "ProfitRow") -> "dict[str, object]":
    position = row.position
    return {
        "symbol": position.symbol,
        "account": row.account,
        "quote": position.quote,
        "gross": position.gross,
        "fees": position.fees,
        "net": position.net,
        "open_quantity": position.open_quantity,
        "open_cost": position.open_cost,
        "other_fees": position.other_fees,
        "margin": position.margin,
        "doubtful": row.doubt.clauses if row.doubt else (),
    }


def _unknown(profit: "Profit", line: "UnknownBasis") -> "dict[str, object]":
    return {
        "fill_id": line.key,
        "symbol": line.symbol,
        "side": line.side,
        "at": line.at,
        "quantity": line.quantity,
        "proceeds": line.proceeds,
        "fee": line.fee,
        "account": line.account,
        "rounding": line.rounding,
        "likely_origin": profit.origins.get((line.account, line.key)) or None,
    }
