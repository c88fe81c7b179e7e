"""Columns that repeat what others say: where they disagree, the row contradicts itself.

A total, cost or amount is held against price x quantity, with or without the fee. Rounding is no
contradiction: the repeated figure may be off by one unit of its last digit (half a unit where it
has no decimals), and price x quantity by what the last digit of the price leaves open, but by no
more than half a percent.
"""

from decimal import Decimal
from typing import NamedTuple

from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.fills import Side

VALUE = "price x quantity"
MONEY_MOVED = "price x quantity with the fee"

_HALF = Decimal("0.5")
_LARGEST_SHARE = Decimal("0.005")
_SMALLEST_FEE = Decimal("0.01")
_MOST_OF_A_MINIMUM_COMMISSION = 10


class Redundancy(NamedTuple):
    """A column that repeats others, by its tidied name, and what it repeats."""

    column: str
    repeats: str


class TradedQuantity(NamedTuple):
    """What a row says was traded: so much of the base, each at a price in the quote."""

    base: str
    quote: str
    side: Side
    quantity: Decimal
    price: Decimal

    @property
    def value(self) -> Decimal:
        """Return price x quantity, in the quote."""
        return EXACT.multiply(self.quantity, self.price)

    def moved(self, fee: Decimal) -> Decimal:
        """Return the money that a buy cost or a sale brought, its fee (in the quote) included."""
        count = EXACT.add if self.side == "buy" else EXACT.subtract
        return count(self.value, fee)


def check(
    printed: Decimal, traded: TradedQuantity, fee: Decimal | None, where: int, found: str
) -> None:
    """Refuse a row whose repeated figure is not what its other cells give.

    `fee` is None where the figure leaves it out. A figure may be negative on a buy.
    """
    money = traded.value if fee is None else traded.moved(fee)
    wrong_sign = printed < ZERO < money and traded.side == "sell"
    if wrong_sign or not agree(printed.copy_abs(), money.copy_abs(), traded):
        formula = VALUE if fee is None else MONEY_MOVED
        raise expected(where, f"{formula}, {_plain(money)}", found)


def agree(printed: Decimal, money: Decimal, traded: TradedQuantity) -> bool:
    """Return whether two figures for the money of a trade are one but for rounding."""
    of_price = EXACT.multiply(traded.quantity, EXACT.multiply(unit(traded.price), _HALF))
    slack = EXACT.add(_slack(printed), min(of_price, EXACT.multiply(traded.value, _LARGEST_SHARE)))
    return EXACT.subtract(printed, money).copy_abs() <= slack


def check_fee(
    fee: Decimal, currency: str, traded: TradedQuantity, where: int, slack: Decimal = ZERO
) -> None:
    """Refuse a fee above its trade's value, where it is paid in one of the two coins traded.

    `slack` is what rounding may have added to it. A fee in a third coin cannot be compared.
    """
    if not fee or currency not in (traded.base, traded.quote):
        return
    limit = traded.value if currency == traded.quote else traded.quantity
    paid = fee.copy_abs()
    if paid <= EXACT.add(limit, slack) or paid == unit(fee) <= _SMALLEST_FEE:
        return
    value = f"{_plain(limit)} {currency}"
    raise Unreadable(
        where,
        f"expected a fee of at most the trade's value, {value}, found {_plain(fee)} {currency}",
    )


def may_be_minimum_commission(fee: Decimal, currency: str, traded: TradedQuantity) -> bool:
    """Return whether a fee above its trade's value may be the least that a broker charges.

    Such a fee is money, and of the size of a small trade: up to ten times what was traded.
    """
    most = EXACT.multiply(traded.value, _MOST_OF_A_MINIMUM_COMMISSION)
    return currency == traded.quote and traded.value < fee <= most


def unit(figure: Decimal) -> Decimal:
    """Return one of a figure's last digit: 0.01 for 12.30."""
    exponent = figure.as_tuple().exponent
    return Decimal((0, (1,), exponent)) if isinstance(exponent, int) else ZERO


def _slack(printed: Decimal) -> Decimal:
    one = unit(printed)
    return one if one < 1 else EXACT.multiply(one, _HALF)


def _plain(figure: Decimal) -> str:
    text = format(figure, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
