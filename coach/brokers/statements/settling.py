"""Price and fee of a Coinbase trade, so that they give the money that moved.

Coinbase prints a spot price, a subtotal, a total and a fee, each rounded by itself, and the spread
it keeps stands now in the fee column and now only in the subtotal. What left or reached the account
is the total, so that is what price and fee must reproduce:

1. quantity x price with the fee column gives the total but for rounding: the price as printed, and
   the fee is what is missing to the total;
2. the subtotal is up to `SPREAD` dearer than the printed price: that is spread, and it counts as
   fee, because it is what the trade cost against the market;
3. the subtotal is further off (old exports round the price of small coins): the price is the
   subtotal per coin;
4. the columns contradict each other: price and fee as printed, and a warning.
"""

from decimal import ROUND_DOWN, ROUND_UP, Context, Decimal, InvalidOperation
from typing import NamedTuple

from coach.brokers.statements.amounts import CENT, EXACT, ZERO
from coach.model.fills import Side

SPREAD = Decimal("0.03")

SPREAD_IS_FEE = "the subtotal holds a spread that the fee column leaves out; it counts as fee"
PRICE_FROM_SUBTOTAL = (
    "the printed price does not give the subtotal; the price is subtotal / quantity"
)
DOES_NOT_ADD_UP = "the total does not add up; price and fee are as printed"

_DECIMALS = Decimal("1e-18")
_WIDE = Context(prec=400, traps=[InvalidOperation])


class Printed(NamedTuple):
    """The money of one row, all of it positive; None where the export has no such cell."""

    side: Side
    quantity: Decimal
    price: Decimal
    subtotal: Decimal | None
    total: Decimal | None
    fee: Decimal | None


class Settled(NamedTuple):
    """Price and fee as coach books them, and the sentence to warn with."""

    price: Decimal
    fee: Decimal
    warning: str = ""


def settle(printed: Printed) -> Settled:
    """Choose price and fee by the rules above."""
    if printed.total is None:
        return Settled(printed.price, printed.fee or ZERO)
    implied = paid_beyond(printed.side, printed.quantity, printed.price, printed.total)
    grain = _grain(printed)
    fitting = implied >= -grain if printed.fee is None else abs(implied - printed.fee) <= grain
    if fitting:
        return Settled(printed.price, max(implied, ZERO))
    return _unfitting(printed, implied, grain)


def _unfitting(printed: Printed, implied: Decimal, grain: Decimal) -> Settled:
    fee, subtotal = printed.fee or ZERO, printed.subtotal
    if subtotal and _adds_up(printed, fee, grain):
        if ZERO < implied - fee <= EXACT.multiply(subtotal, SPREAD):
            return Settled(printed.price, implied, SPREAD_IS_FEE)
        price, dust = per_coin(printed.side, printed.quantity, subtotal)
        if price:
            return Settled(price, fee + dust, PRICE_FROM_SUBTOTAL)
    return Settled(printed.price, fee, DOES_NOT_ADD_UP)


def paid_beyond(side: Side, quantity: Decimal, price: Decimal, total: Decimal) -> Decimal:
    """Return what a buy cost above, or a sell brought below, quantity x price."""
    worth = EXACT.multiply(quantity, price)
    return EXACT.subtract(total, worth) if side == "buy" else EXACT.subtract(worth, total)


def per_coin(side: Side, quantity: Decimal, total: Decimal) -> tuple[Decimal, Decimal]:
    """Return the price that `total` makes, to 18 decimals, and the dust that is left as a fee."""
    rounding = ROUND_DOWN if side == "buy" else ROUND_UP
    price = _WIDE.divide(total, quantity).quantize(_DECIMALS, rounding, _WIDE)
    return price, paid_beyond(side, quantity, price, total)


def _adds_up(printed: Printed, fee: Decimal, grain: Decimal) -> bool:
    subtotal, total = printed.subtotal or ZERO, printed.total or ZERO
    expected = subtotal + fee if printed.side == "buy" else subtotal - fee
    return abs(expected - total) <= grain


def _grain(printed: Printed) -> Decimal:
    """Return the unit of the coarsest amount as printed, at most a cent."""
    amounts = (printed.subtotal, printed.total, printed.fee)
    exponents = [amount.as_tuple().exponent for amount in amounts if amount is not None]
    coarsest = max(exponent for exponent in exponents if isinstance(exponent, int))
    return min(CENT, Decimal((0, (1,), coarsest)))
