"""Profit: what was realised and what is open, per account and symbol and in all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, TypedDict

from coach.model.fills import Side
from coach.model.trades import Method, UnknownBasis
from coach.views.holdings.base_currency import BaseProfitRow, base_profit
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.trades import Profit, ProfitRow, Sum

SYMBOL_PROFITS = (
    Column("symbol", "symbol"),
    Column("account", "account"),
    Column("quote"),
    Column("gross", "gross", "money"),
    Column("fees", "fees", "fee"),
    Column("net", "net", "money"),
    Column("open_quantity", "open", "number"),
    Column("held_quantity", "held", "number"),
    Column("open_cost", "open cost", "fee"),
    Column("other_fees"),
    Column("unknown_quantity"),
    Column("unknown_proceeds"),
    Column("margin", "on margin"),
    Column("doubtful", "?"),
)
EXACT = 1_000
"""Digits, far more than any sum of amounts has."""


class SymbolProfitRow(TypedDict):
    """The profit and the open position of a symbol in an account, in its quote currency.

    `unknown_*` sum up the sales without a known purchase, which are in no profit; `doubtful` says
    in clauses why the open position may be over, `held_quantity` how much of it is left by
    following the coin through the account, whatever it was sold for.
    """

    symbol: str
    account: str
    quote: str
    gross: Decimal
    fees: Decimal
    net: Decimal
    open_quantity: Decimal
    held_quantity: Decimal
    open_cost: Decimal
    other_fees: Mapping[str, Decimal]
    margin: bool
    doubtful: Sequence[str]
    unknown_quantity: Decimal
    unknown_proceeds: Decimal


class ProfitTotal(TypedDict):
    """Realised money in one quote currency."""

    gross: Decimal
    fees: Decimal
    net: Decimal


class UnknownSaleRow(TypedDict):
    """A sale without a known purchase; with `rounding` it is a unit in the last place."""

    fill_id: bytes
    symbol: str
    side: Side
    at: datetime
    quantity: Decimal
    proceeds: Decimal
    fee: Decimal
    account: str
    rounding: bool
    likely_origin: str | None


class ProfitReport(TypedDict):
    """Profit by one method; `total` is per quote currency, `unknown_basis` is in no profit.

    `in_base` is null for who has chosen no base currency.
    """

    method: Method
    by_symbol: list[SymbolProfitRow]
    total: dict[str, ProfitTotal]
    unknown_basis: list[UnknownSaleRow]
    in_base: BaseProfitRow | None


def profit_report(profit: "Profit") -> ProfitReport:
    """Return all profit."""
    return {
        "method": profit.method,
        "by_symbol": [symbol_profit(profit, row) for row in profit.rows],
        "total": {quote: profit_total(total) for quote, total in profit.totals.items()},
        "unknown_basis": [unknown_sale(profit, sale) for sale in profit.unknown],
        "in_base": None if profit.base is None else base_profit(profit.base),
    }


def symbol_profit(profit: "Profit", row: "ProfitRow") -> SymbolProfitRow:
    """Return the profit of a symbol in an account, and its sales without a known purchase."""
    position = row.position
    sales = [sale for sale in taken_beyond(profit, row) if not sale.rounding]
    return {
        "symbol": position.symbol,
        "account": row.account,
        "quote": position.quote,
        "gross": position.gross,
        "fees": position.fees,
        "net": position.net,
        "open_quantity": position.open_quantity,
        "held_quantity": row.held().quantity,
        "open_cost": position.open_cost,
        "other_fees": position.other_fees,
        "margin": position.margin,
        "doubtful": row.doubt.clauses if row.doubt else (),
        "unknown_quantity": exact_sum(sale.quantity for sale in sales),
        "unknown_proceeds": exact_sum(sale.proceeds for sale in sales),
    }


def taken_beyond(profit: "Profit", row: "ProfitRow") -> list[UnknownBasis]:
    """Return what was taken beyond the position of this account and symbol."""
    position = row.position
    book = row.account, position.symbol, position.margin
    return [sale for sale in profit.unknown if (sale.account, sale.symbol, sale.margin) == book]


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts, nothing rounded."""
    with localcontext(prec=EXACT):
        return sum(amounts, Decimal(0))


def profit_total(total: "Sum") -> ProfitTotal:
    """Return the realised money of a quote currency."""
    return {"gross": total.gross, "fees": total.fees, "net": total.net}


def unknown_sale(profit: "Profit", sale: UnknownBasis) -> UnknownSaleRow:
    """Return a sale without a known purchase, and where its coins probably came from."""
    return {
        "fill_id": sale.key,
        "symbol": sale.symbol,
        "side": sale.side,
        "at": sale.at,
        "quantity": sale.quantity,
        "proceeds": sale.proceeds,
        "fee": sale.fee,
        "account": sale.account,
        "rounding": sale.rounding,
        "likely_origin": profit.origins.get((sale.account, sale.key)) or None,
    }
