"""Price and fee of a Coinbase trade, so that they give the money that moved.

Coinbase prints a spot price, a subtotal, a total and a fee, each rounded by itself, and the spread
it keeps stands now in the fee column and now only in the subtotal. What left or reached the account
is the total, so that is what price and fee must reproduce:

1. quantity x price with the fee column gives the total but for rounding: the price as printed, and
   the fee is what is missing to the total;
2. the subtotal is up to `SPREAD` dearer than the printed price: that is spread, and it counts as
   fee, because it is what the trade cost against the market;
3. the subtotal is off by no more than the price was rounded (older exports round the price of
   small coins) and the spread: the price is the subtotal per coin; without a subtotal it is what
   moved per coin;
4. anything else is no rounding: the columns contradict each other, and the row is not read.
"""

from decimal import ROUND_DOWN, ROUND_UP, Context, Decimal, InvalidOperation
from typing import Literal, NamedTuple

from coach.brokers.statements.amounts import CENT, EXACT, ZERO
from coach.model.fills import Side

SPREAD = Decimal("0.03")

SPREAD_IS_FEE = "the subtotal holds a spread that the fee column leaves out; it counts as fee"
PRICE_FROM_SUBTOTAL = (
    "the printed price does not give the subtotal; the price is subtotal / quantity"
)
PRICE_FROM_TOTAL = "the printed price is rounded; the price is what moved / quantity"

_DECIMALS = Decimal("1e-18")
_WIDE = Context(prec=400, traps=[InvalidOperation])


class PrintedMoney(NamedTuple):
    """The money of one row, all of it positive; None where the export has no such cell."""

    side: Side
    quantity: Decimal
    price: Decimal
    subtotal: Decimal | None
    total: Decimal | None
    fee: Decimal | None


class SettledMoney(NamedTuple):
    """Price and fee as coach books them, and the sentence to warn with."""

    price: Decimal
    fee: Decimal
    warning: str = ""


class Contradiction(NamedTuple):
    """The column that is not what the others give, and what they give."""

    column: Literal["subtotal", "total"]
    expected: Decimal


def reconcile(printed: PrintedMoney) -> SettledMoney | Contradiction:
    """Choose price and fee by the rules above."""
    fee, total, grain = printed.fee, printed.total, _grain(printed)
    if total is None:
        return _contradicting_subtotal(printed, grain) or SettledMoney(printed.price, fee or ZERO)
    implied = paid_beyond(printed.side, printed.quantity, printed.price, total)
    fitting = implied >= -grain if fee is None else abs(implied - fee) <= grain
    if not fitting:
        return _unfitting(printed, implied, fee or ZERO, grain)
    return _contradicting_subtotal(printed, grain) or SettledMoney(
        printed.price, max(implied, ZERO)
    )


def _unfitting(
    printed: PrintedMoney, implied: Decimal, fee: Decimal, grain: Decimal
) -> SettledMoney | Contradiction:
    subtotal, total = printed.subtotal, printed.total or ZERO
    if subtotal is None:
        if abs(implied - fee) > _leeway(printed, grain):
            return Contradiction("total", _with_fee(printed.side, _worth(printed), fee))
        return _per_coin(
            printed, _with_fee(printed.side, total, fee.copy_negate()), fee, PRICE_FROM_TOTAL
        )
    if abs(_with_fee(printed.side, subtotal, fee) - total) > grain:
        return Contradiction("total", _with_fee(printed.side, subtotal, fee))
    if ZERO < implied - fee <= EXACT.multiply(subtotal, SPREAD):
        return SettledMoney(printed.price, implied, SPREAD_IS_FEE)
    contradiction = _contradicting_subtotal(printed, grain)
    return contradiction or _per_coin(printed, subtotal, fee, PRICE_FROM_SUBTOTAL)


def _per_coin(
    printed: PrintedMoney, money: Decimal, fee: Decimal, warning: str
) -> SettledMoney | Contradiction:
    price, dust = per_coin(printed.side, printed.quantity, money)
    if price <= ZERO:
        return Contradiction("total", _with_fee(printed.side, _worth(printed), fee))
    return SettledMoney(price, fee + dust, warning)


def _contradicting_subtotal(printed: PrintedMoney, grain: Decimal) -> Contradiction | None:
    worth, subtotal = _worth(printed), printed.subtotal
    if subtotal is None or abs(subtotal - worth) <= _leeway(printed, grain):
        return None
    return Contradiction("subtotal", worth)


def _leeway(printed: PrintedMoney, grain: Decimal) -> Decimal:
    """Return how far price x quantity may be off: a spread, and the rounding of the price.

    Zeros behind a price say nothing: Coinbase once wrote six decimals, of which the first two
    meant something (0.450000).
    """
    exponent = printed.price.normalize().as_tuple().exponent
    last = min(exponent, 0) if isinstance(exponent, int) else 0
    rounding = EXACT.multiply(printed.quantity, Decimal((0, (5,), last - 1)))
    return EXACT.multiply(_worth(printed), SPREAD) + rounding + grain


def _worth(printed: PrintedMoney) -> Decimal:
    return EXACT.multiply(printed.quantity, printed.price)


def _with_fee(side: Side, money: Decimal, fee: Decimal) -> Decimal:
    return EXACT.add(money, fee) if side == "buy" else EXACT.subtract(money, fee)


def paid_beyond(side: Side, quantity: Decimal, price: Decimal, total: Decimal) -> Decimal:
    """Return what a buy cost above, or a sell brought below, quantity x price."""
    worth = EXACT.multiply(quantity, price)
    return EXACT.subtract(total, worth) if side == "buy" else EXACT.subtract(worth, total)


def per_coin(side: Side, quantity: Decimal, total: Decimal) -> tuple[Decimal, Decimal]:
    """Return the price that `total` makes, to 18 decimals, and the dust that is left as a fee."""
    rounding = ROUND_DOWN if side == "buy" else ROUND_UP
    price = _WIDE.divide(total, quantity).quantize(_DECIMALS, rounding, _WIDE)
    return price, paid_beyond(side, quantity, price, total)


def _grain(printed: PrintedMoney) -> Decimal:
    """Return the unit of the coarsest amount as printed, at most a cent."""
    amounts = (printed.subtotal, printed.total, printed.fee)
    exponents = [amount.as_tuple().exponent for amount in amounts if amount is not None]
    coarsest = max((exponent for exponent in exponents if isinstance(exponent, int)), default=0)
    return min(CENT, Decimal((0, (1,), coarsest)))
