"""`coach pnl`: realised profit and open positions, per symbol and in all."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coach.cli.answers import Answer, Column, Table, rows
from coach.cli.frame import frame_of
from coach.cli.plain import plain
from coach.cli.reading import money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.trades import Profit, ProfitRow
    from coach.model.events import Json
    from coach.model.trades import UnknownBasis

Method = Literal["fifo", "average"]


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
        found = api.profit(desk, method, symbol, account)
    frame.show(answer(found))


def answer(profit: "Profit") -> Answer:
    """Return profit per symbol, and the totals per quote currency."""
    values = rows([_row(row) for row in profit.rows])
    total: dict[str, Json] = {
        quote: {"gross": plain(s.gross), "fees": plain(s.fees), "net": plain(s.net)}
        for quote, s in profit.totals.items()
    }
    data: dict[str, Json] = {
        "method": profit.method,
        "by_symbol": list(values),
        "total": total,
        "unknown_basis": [plain(_unknown(line)) for line in profit.unknown],
    }
    table = Table(columns(several=len({row["account"] for row in values}) > 1), values)
    below = tuple(totals(profit)) if values else ()
    return Answer("pnl", data, table, below=below, warnings=profit.warnings)


def columns(*, several: bool) -> tuple[Column, ...]:
    """Return the columns; accounts are named to a person who has several."""
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
    )


def totals(profit: "Profit") -> "Iterator[str]":
    """Yield a line per quote currency."""
    for quote, s in profit.totals.items():
        gross, net = money(str(s.gross), quote), money(str(s.net), quote)
        fees = money(str(s.fees), quote, sign=False)
        yield f"total {quote}  gross {gross}  fees {fees}  net {net}"


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
    }


def _unknown(line: "UnknownBasis") -> "dict[str, object]":
    return {
        "fill_id": line.key,
        "symbol": line.symbol,
        "side": line.side,
        "at": line.at,
        "quantity": line.quantity,
        "proceeds": line.proceeds,
        "fee": line.fee,
    }
