"""The lines below `coach pnl` that tell its sums in the base currency of the user."""

from typing import TYPE_CHECKING

from coach.model.fills import base_of
from coach.wording.numbers import amount, counted, money, quantity
from coach.wording.rates import newest_candles, rate_uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.model.bookkeeping.base_currency import BaseProfit, BaseSums, PositionWorth


def base_lines(base: "BaseProfit") -> "Iterator[str]":
    """Yield what was realised and what is open in the base currency, and what is not in it."""
    yield from realised_lines(base.realised)
    if base.of_open.sums.closes:
        net = money(base.of_open.sums.net, base.realised.currency, sign=True)
        yield f"  of it {net} of trades that are still open"
    yield from _open_lines(base)


def realised_lines(found: "BaseSums") -> "Iterator[str]":
    """Yield what was realised in a currency, by which candles, and what was not converted."""
    currency, sums = found.currency, found.sums
    yield (
        f"all in {currency}  gross {amount(sums.gross, currency, sign=True)}"
        f"  fees {amount(sums.fees, currency)}  net {amount(sums.net, currency, sign=True)}"
    )
    if found.rates:
        yield f"  by {rate_uses(found.rates)}"
    for quote, left in found.left.items():
        yield (
            f"  without {counted(left.closes, 'close')} of net"
            f" {money(left.net, quote, sign=True)}: no stored candle converts their moment"
        )


def _open_lines(base: "BaseProfit") -> "Iterator[str]":
    if base.worth is not None:
        currency = base.realised.currency
        what = f"open positions in {currency}, at the newest stored candles"
        yield f"{what}: {money(base.worth, currency)}"
    yield from (f"  {_worth(one)}" for one in base.positions)


def _worth(one: "PositionWorth") -> str:
    account, symbol, held = one.position
    what = f"{quantity(held)} {base_of(symbol)} in {account}"
    if one.value is None:
        return f"{what}: in no sum, no stored candle leads to {one.currency}"
    by = f", by {newest_candles(one.candles)}" if one.candles else ""
    return f"{what}: {money(one.value, one.currency)}{by}"
